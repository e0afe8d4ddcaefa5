#!/bin/sh
# postfix-stats-whm is killed at random while it takes messages in: no event is
# missing in the file, and counters are exact.
#
#	SEED=1 KILLS=25 sh tests/integration/whm-kill.sh

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
tap_start "postfix-stats-whm is killed"
. "$ROOT/tests/rig/whm.sh"
SEED=${SEED:-$(($(date +%s) % 100000))} KILLS=${KILLS:-25}
diag "SEED=$SEED"
NOW=$(date +%s)
EVENTS=$TMP/events

whm_server cp 'backfill: 3600' 'page_size: 50' 'overlap: 3600' \
    'remembered: 100000'
whm_configure "publish_interval: 1" \
    "whm: { events: $EVENTS, publish_interval: 0.05 }"

# more FIRST LAST: messages for the server, made at once
more()
{
	perl -e '
		my ($first, $last, $now) = @ARGV;
		my @types = qw(defer failure inprogress success success);
		for my $i ($first .. $last) {
			printf qq({"recipient":"u%d\@example.com","sendunixtime":%d,) .
			    qq("transport_is_remote":%d,"msgid":"1RuV0Z-%07d-BN",) .
			    qq("size":%d,"type":"%s","actionunixtime":%d}\n),
			    $i % 77, $now - 1000, $i % 2, $i, $i, $types[$i % 5],
			    $now - 900 + $i / 20;
		}' "$1" "$2" "$NOW" >>"$TMP/cp/messages"
}

# A moment between 10 and 500 ms, from the seed.
pause()
{
	perl -e 'srand($ARGV[0]); rand for 0 .. $ARGV[1];
		select undef, undef, undef, 0.01 + rand 0.49' "$SEED" "$1"
}

more 1 400
for kill in $(seq "$KILLS"); do
	whm_daemon
	pause "$kill"
	more $((kill * 400 + 1)) $((kill * 400 + 400))
	pause "$((kill + 1000))"
	whm_stop KILL
	stats_get --all >"$TMP/all" 2>/dev/null || [ ! -e "$STATE/whm.db" ] ||
	    diag "no good store after kill $kill"
done
whm_once
is $? 0 "it goes on after $KILLS kills"

sed -E 's/.*"msgid":"([^"]*)".*"type":"([^"]*)".*/\1 \2/' "$TMP/cp/messages" |
    sort >"$TMP/truth"
perl -MJSON::PP -ne '
	my $e = eval { decode_json($_) } or die "line $.: $_";
	print "$e->{msg_id} $e->{type}\n"' "$EVENTS" | sort >"$TMP/told" ||
    ok 1 "each line is JSON"
ok "$([ "$(wc -l <"$TMP/truth")" -eq $((KILLS * 400 + 400)) ]; echo $?)" \
    "$(wc -l <"$TMP/truth") messages"
is "$(sort -u "$TMP/told" | diff - "$TMP/truth" | head -5)" "" \
    "no event is missing, and none is made up"
diag "$(($(wc -l <"$TMP/told") - $(wc -l <"$TMP/truth"))) are there twice"
for type in success defer failure inprogress; do
	is "$(($(stats_get "whm_event:cp:$type:no") + $(stats_get "whm_event:cp:$type:yes")))" \
	    "$(grep -c " $type$" "$TMP/truth")" "$type is exact"
done
tap_end
