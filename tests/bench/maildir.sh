#!/bin/sh
# How long it takes from a mail's arrival in a Maildir to its count, beside
# mailexporter; and the same where there are 100,000 other files.
#
#	make bench PART=maildir		prints the table
#	make bench PART=maildir DOC=1	puts it into docs/performance.md too
#	TURNS=1 MAILS=20 FOREIGN=1000 make bench PART=maildir
#
# A mail is moved into `new'; ours is counted when probe.db says so, which is
# read whenever it is published, theirs when /metrics says so, which is asked
# without a pause.  Takes four minutes.

set -u
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
. "$ROOT/tests/bench/table.sh"
TURNS=${TURNS:-3} MAILS=${MAILS:-200} FOREIGN=${FOREIGN:-100000}
MEASURE=$ROOT/build/tools/measure
scratch

# box NAME: a Maildir
box()
{
	mkdir -p "$TMP/$1/new" "$TMP/$1/cur" "$TMP/$1/tmp"
}

# Nobody listens where it sends to: mail that is counted is made here.
probe_start()
{
	configure "probing: { publish_interval: 0.1 }" "probes:" \
	    "  - { name: bench, server: 127.0.0.1, port: 1, interval: 86400," \
	    "      from: a@bench.test, to: a@bench.test," \
	    "      delivery: { maildir: $TMP/$1, timeout: 60 } }"
	rm -rf "$STATE"
	install -d -m 750 "$STATE"
	"$BIN/postfix-stats-probe" -f -c "$CONFIG" -d "$STATE" </dev/null \
	    >"$TMP/probe.log" 2>&1 &
	probe_pid=$!
	wait_until 'stats_get mail:bench:watched | grep -qx 1' 120 \
	    >/dev/null 2>&1 || { cat "$TMP/probe.log" >&2; exit 1; }
}

mailexporter_start()
{
	cat >"$TMP/mailexporter.conf" <<P
monitoringinterval: 24h
mailchecktimeout: 1m
servers:
  - name: bench
    server: 127.0.0.1
    port: 1
    from: a@bench.test
    to: a@bench.test
    detectiondir: $TMP/theirs/new
P
	port=$(pick_port)
	mailexporter -config.file "$TMP/mailexporter.conf" \
	    -web.listen-address "127.0.0.1:$port" >"$TMP/mailexporter.log" 2>&1 &
	mailexporter_pid=$!
	at_exit 'end_process "$mailexporter_pid"'
	# It waits up to 20 s with its first mail, and watches before that.
	wait_until '"$MEASURE" scraped "$port" "$TMP/theirs" bench 1' 30 \
	    >/dev/null 2>&1 || { cat "$TMP/mailexporter.log" >&2; exit 1; }
}

# figure COLUMN FILE
figure()
{
	awk -v n="$1" '{ print $n }' "$2" | median
}

most()
{
	awk '{ print $2 }' "$1" | sort -n | tail -n 1
}

# One measurement of each, behind each other
turns()
{
	for _ in $(seq "$TURNS"); do
		"$MEASURE" found "$STATE" "$TMP/ours" bench "$MAILS" \
		    >>"$TMP/found" || exit 1
		[ -z "$mailexporter_pid" ] ||
		    "$MEASURE" scraped "$port" "$TMP/theirs" bench "$MAILS" \
			>>"$TMP/scraped" || exit 1
	done
}

foreign()
{
	perl -e '
		my ($box, $count) = @ARGV;
		for (1 .. $count) {
			my $name = "$box/cur/$_.foreign:2,S";
			open my $file, ">", $name or die "$name: $!\n";
			print $file "Subject: $_\n\nhello\n";
		}' "$TMP/crowd" "$FOREIGN"
}

# The one that watches, of the daemon's children
watcher_memory()
{
	for child in $(cat "/proc/$probe_pid/task/$probe_pid/children"); do
		awk '/^VmHWM/ { print $2 / 1024 }' "/proc/$child/status"
	done | sort -n | tail -n 1 | awk '{ printf "%.1f", $1 }'
}

table_start maildir
box ours
box theirs
box crowd
at_exit 'end_process "$probe_pid"'
probe_start ours
mailexporter_pid=''
! have mailexporter || mailexporter_start
turns
row "a mail in a Maildir until it is counted, median" \
    "$(figure 1 "$TMP/found")" ms "<=" 50
row "the slowest of $((TURNS * MAILS))" "$(most "$TMP/found")" ms
if [ -n "$mailexporter_pid" ]; then
	row "mailexporter: median" "$(figure 1 "$TMP/scraped")" ms
	row "mailexporter: the slowest" "$(most "$TMP/scraped")" ms
fi
end_process "$probe_pid"
foreign
probe_start crowd
"$MEASURE" found "$STATE" "$TMP/crowd" bench "$MAILS" >"$TMP/crowded" || exit 1
row "beside $FOREIGN foreign files, median" \
    "$(figure 1 "$TMP/crowded")" ms "<=" 50
row "the slowest of $MAILS" "$(most "$TMP/crowded")" ms
row "resident memory of who watches, at most" "$(watcher_memory)" MB "<=" 32
table_end
