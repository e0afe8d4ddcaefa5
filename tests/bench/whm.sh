#!/bin/sh
# What a day of a server with cPanel costs postfix-stats-whm, beside jansson
# that only parses the same pages.
#
#	make bench PART=whm		prints the table
#	make bench PART=whm DOC=1	puts it into docs/performance.md too
#	TURNS=1 MESSAGES=20000 make bench PART=whm
#
# The server is tests/rig/whm-server, which makes its messages up; its own CPU
# does not count.  Ours is that of one --once, by getrusage(2): TLS, parsing,
# events to a file, the store.  Its requests are then made again, and jansson
# gets what they were answered with.  Both take turns, and a figure is the median
# of the turns.  Takes ten minutes.

set -u
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
. "$ROOT/tests/bench/table.sh"
TURNS=${TURNS:-3} MESSAGES=${MESSAGES:-1000000}
MEASURE=$ROOT/build/tools/measure
scratch
. "$ROOT/tests/rig/whm.sh"
WHM_OPTIONS='backfill: 172800, timeout: 600'

# ours: CPU seconds, kilobytes
ours()
{
	rm -rf "$STATE" "$TMP/events"
	state_for_nobody
	: >"$TMP/day/requests"
	"$MEASURE" cpu "$TMP/output" "$BIN/postfix-stats-whm" --once \
	    -c "$CONFIG" -d "$STATE" 2>"$TMP/errors" || {
		cat "$TMP/errors" >&2
		exit 1
	}
}

# theirs: CPU seconds, pages, bytes
theirs()
{
	perl -MHTTP::Tiny -e '
		my ($requests, $port, $ca, $token) = @ARGV;
		my $http = HTTP::Tiny->new(timeout => 600, verify_SSL => 1,
		    SSL_options => { SSL_ca_file => $ca }, default_headers =>
		    { authorization => "whm root:$token" });
		open my $list, "<", $requests or die "$requests: $!\n";
		while (<$list>) {
			my $path = (split)[2];
			my $answer;
			next if $path !~ /emailtrack_search/;
			$answer = $http->get("https://localhost:$port$path");
			die "$path: $answer->{status}\n" if !$answer->{success};
			print length($answer->{content}), "\n",
			    $answer->{content};
		}' "$TMP/asked" "$(cat "$TMP/day/port")" "$TMP/localhost.pem" \
	    SECRET-day | "$ROOT/build/tools/json"
}

figure()
{
	awk -v n="$1" '{ print $n }' "$TMP/turns" | median
}

table_start whm
whm_server day || exit 1
echo "$MESSAGES $(($(date +%s) - 86400)) 86000" >"$TMP/day/generate"
whm_configure "whm: { events: $TMP/events }"
for _ in $(seq "$TURNS"); do
	our=$(ours) || exit 1
	cp "$TMP/day/requests" "$TMP/asked"
	their=$(theirs) || exit 1
	echo "$our $their"
done >"$TMP/turns"
row "messages, each an event in the file" "$(wc -l <"$TMP/events")" "" \
    "=" "$MESSAGES"
row "pages of them" "$(figure 4)"
row "CPU of postfix-stats-whm" "$(figure 1 | awk '{ printf "%.2f", $1 }')" s
row "CPU of jansson for the same pages" \
    "$(figure 3 | awk '{ printf "%.2f", $1 }')" s
row "that of ours, by jansson's" "$(ratio 1 3 "$TMP/turns")" x "<=" 2
row "resident memory, at most" \
    "$(figure 2 | awk '{ printf "%.1f", $1 / 1024 }')" MB "<=" 64
table_end
