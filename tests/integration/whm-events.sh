#!/bin/sh
# Messages that WHM tells of: each is one event and is counted once, over pages,
# polls, restarts, rotation and a file that can't be written; addresses are hashed
# if that is wanted.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
tap_start "events of WHM"
. "$ROOT/tests/rig/whm.sh"
NOW=$(date +%s)
EVENTS=$TMP/events
WHM_OPTIONS='interval: 3600'

# told: what the file has, as MSGID RECIPIENT TYPE TIME
told()
{
	cat "$EVENTS"* | perl -MJSON::PP -ne '
		my $e = decode_json($_);
		print join(" ", @$e{qw(msg_id recipient type actionunixtime)}), "\n"' |
	    sort
}

# truth: the same of the server's
truth()
{
	perl -MJSON::PP -ne '
		my $e = decode_json($_);
		print join(" ", @$e{qw(msgid recipient type actionunixtime)}), "\n"' \
	    "$TMP/cp/messages" | sort
}

# counted: the keys of messages, and what they must be
counted()
{
	stats_get --all | grep -E '^whm_(event|delay|size):' |
	    sed 's/\.000000$//' | sort
}

counts_wanted()
{
	perl -MJSON::PP -e '
		my %n;
		for my $t (qw(success defer failure inprogress other)) {
			$n{"whm_event:cp:$t:$_"} = 0 for qw(no yes);
		}
		my @delay = (1, 5, 10, 60, 300, 3600, 86400, 432000);
		my @size = map { 1000 * 10 ** $_ } 0 .. 6;
		$n{"whm_delay:cp:le:$_"} = 0 for @delay;
		$n{"whm_size:cp:le:$_"} = 0 for @size;
		$n{"whm_${_}:cp:sum"} = $n{"whm_${_}:cp:count"} = 0
		    for qw(delay size);
		while (<>) {
			my $e = decode_json($_);
			my $type = $e->{type};
			my $took = $e->{actionunixtime} - $e->{sendunixtime};
			$n{"whm_event:cp:$type:" .
			    ($e->{transport_is_remote} ? "yes" : "no")}++;
			next unless $type =~ /^(success|failure)$/;
			$n{"whm_delay:cp:count"}++;
			$n{"whm_delay:cp:sum"} += $took;
			$took <= $_ and $n{"whm_delay:cp:le:$_"}++ for @delay;
			next unless $type eq "success";
			$n{"whm_size:cp:count"}++;
			$n{"whm_size:cp:sum"} += $e->{size};
			$e->{size} <= $_ and $n{"whm_size:cp:le:$_"}++ for @size;
		}
		print "$_ $n{$_}\n" for sort keys %n' "$TMP/cp/messages" | sort
}

# all_once NAME: events and counters are what the server has
all_once()
{
	is "$(told | diff - "$TMP/truth" | head -5)" "" "$1: each is one event"
	is "$(counted | diff - "$TMP/counts" | head -5)" "" "$1: and counted"
}

whm_server cp 'backfill: 7200' 'page_size: 20' 'overlap: 600' 'remembered: 512'
whm_configure "whm: { events: $EVENTS }"
: >"$TMP/cp/messages"
whm_once
is "$? $(wc -l <"$EVENTS")" "0 0" "nothing, yet"

# A hundred over some minutes, and fifty within one second.
for i in $(seq 100); do
	message "$i" $((NOW - 400 + 3 * i))
done >>"$TMP/cp/messages"
for i in $(seq 101 150); do
	message "$i" $((NOW - 100))
done >>"$TMP/cp/messages"
# a message told of twice, by different types
message 150 $((NOW - 90)) >>"$TMP/cp/messages"
truth >"$TMP/truth"
counts_wanted >"$TMP/counts"
: >"$TMP/cp/requests"
whm_once
all_once "151 on pages of 20"
is "$(grep -c 'chunk.start=21&*' "$TMP/cp/requests") $(grep -c 'chunk.start=41' "$TMP/cp/requests")" \
    "1 1" "within a second pages go on by rows"
is "$(grep 'emailtrack_search' "$TMP/cp/requests" | head -1 | grep -oE '(api\.sort[^& ]*|filter\.a\.(field|type)[^& ]*|max_results[^& ]*|chunk\.(size|enable)[^& ]*)' | sort | paste -sd' ')" \
    "api.sort.a.field=actionunixtime api.sort.a.method=numeric api.sort.a.reverse=0 api.sort.enable=1 chunk.enable=1 chunk.size=20 filter.a.field=actionunixtime filter.a.type=gt_equal max_results_by_type=0" \
    "how it is asked for"
whm_once
all_once "asked again"
ok "$([ "$(stats_get whm_server:cp:duplicates)" -ge 151 ]; echo $?)" \
    "those of the overlap are known"

fault cp "search unpaged"
timeout 30 "$BIN/postfix-stats-whm" --once -c "$CONFIG" -d "$STATE" \
    </dev/null 2>>"$TMP/whm.err"
is "$? $(stats_get whm_error:cp:search:order)" "1 1" \
    "a page that comes again and again is one too many"
fault cp

# The same one twice on a page.
message 203 $((NOW - 80)) >>"$TMP/cp/messages"
truth >"$TMP/truth"
counts_wanted >"$TMP/counts"
message 203 $((NOW - 80)) >>"$TMP/cp/messages"
whm_once
all_once "twice on a page"
sed -i '$d' "$TMP/cp/messages"

# One that the server tells late, between others.
{
	message 201 $((NOW - 200))
	cat "$TMP/cp/messages"
	message 202 $((NOW - 5))
} >"$TMP/more"
mv "$TMP/more" "$TMP/cp/messages"
truth >"$TMP/truth"
counts_wanted >"$TMP/counts"
whm_once
all_once "one that came late"

# One of the future does not stop what comes before it.
message 203 $((NOW + 5000)) >>"$TMP/cp/messages"
whm_once
message 204 $((NOW - 3)) >"$TMP/one"
cat "$TMP/one" >>"$TMP/cp/messages"
truth >"$TMP/truth"
counts_wanted >"$TMP/counts"
whm_once
whm_once
all_once "one of the future"

# The file: renamed, torn, in the way.
mv "$EVENTS" "$EVENTS.1"
message 205 $((NOW - 2)) >>"$TMP/cp/messages"
truth >"$TMP/truth"
counts_wanted >"$TMP/counts"
whm_once
all_once "the file was renamed"
is "$(wc -l <"$EVENTS")" 1 "a new one was begun"
printf '{"server":"cp","time":"torn' >>"$EVENTS"
message 206 $((NOW - 2)) >>"$TMP/cp/messages"
truth >"$TMP/truth"
counts_wanted >"$TMP/counts"
whm_once
all_once "a torn line"
# in a daemon, whose file is taken away from it
whm_names='' WHM_OPTIONS='interval: 1'
sed -i 's/interval: 3600/interval: 1/' "$TMP/cp.entry"
whm_names=cp
whm_configure "whm: { events: $EVENTS }"
: >"$TMP/cp/requests"
whm_daemon
wait_until '[ "$(requests cp emailtrack_search)" -ge 2 ]' 20
mv "$EVENTS" "$EVENTS.2"
mkdir "$EVENTS"
message 207 $((NOW - 1)) >>"$TMP/cp/messages"
wait_until '[ "$(stats_get whm_error:cp:search:events 2>/dev/null | grep -x "[0-9]*")" -ge 2 ] 2>/dev/null' 20
ok $? "a file that can't be written is a reason of its own"
is "$(counted | diff - "$TMP/counts")" "" "nothing is counted then"
rmdir "$EVENTS"
truth >"$TMP/truth"
counts_wanted >"$TMP/counts"
wait_until '[ "$(stats_get whm:cp:search:up)" = 1 ]' 20
wait_until 'counted | cmp -s - "$TMP/counts"' 20
all_once "it can be written again"
whm_stop
is $? 0 "the daemon ends"

# More than can be remembered: none is counted twice.
for i in $(seq 1000 1999); do
	message "$i" $((NOW - 20 + i / 100))
done >>"$TMP/cp/messages"
truth >"$TMP/truth"
counts_wanted >"$TMP/counts"
whm_once
whm_once
all_once "more than is remembered"
now=$(date +%s)
for i in $(seq 2000 2799); do
	message "$i" "$now"
done >>"$TMP/cp/messages"
truth >"$TMP/truth"
counts_wanted >"$TMP/counts"
whm_once
whm_once
all_once "more within one second than is remembered"

# Standard output; hashes.
rm -f "$STATE"/whm.db*
whm_configure "whm: { events: stdout, hash_addresses: yes, email_logs_series: 5 }"
message 3001 $((NOW - 1)) |
    sed -e 's|"deliveredto":null|"deliveredto":"/home/u1/mail/example.com/user99@/new"|' \
	-e 's/"deliveryuser":null/"deliveryuser":"user98"/' \
	>>"$TMP/cp/messages"
message 3002 $((NOW - 1)) |
    sed 's|"deliveredto":null|"deliveredto":"/home/u1/mail/example.com/user97/new"|' \
	>>"$TMP/cp/messages"
message 3000 $((NOW - 1)) ',"x":1' |
    sed 's/"message":"Accepted"/"message":"550 <user7@example.com> unknown, ask \\"odd one\\"@example.com or s@example.org"/' \
	>>"$TMP/cp/messages"
whm_once
is $? 0 "events on standard output"
is "$(wc -l <"$TMP/whm.out")" "$(wc -l <"$TMP/cp/messages")" "all of them"
is "$(grep -cE '(user|s)[0-9]*@|odd one|"u[0-9]+@' "$TMP/whm.out")" 0 \
    "without an address"
is "$(grep -cE 'user9[789]' "$TMP/whm.out")" 0 "nor a mailbox's path"
is "$(grep -o '"recipient":"[^"]*"' "$TMP/whm.out" | sort -u | wc -l)" \
    "$(grep -o '"recipient":"[^"]*"' "$TMP/cp/messages" | sort -u | wc -l)" \
    "as many hashes as addresses"
like "$(grep -o '"recipient":"[^"]*"' "$TMP/whm.out" | head -1)" \
    '"recipient":"????????????????@example.com"' "which have their domain"
is "$(db5.3_dump -p "$STATE/whm.db" | grep -cE 'user[0-9]+@|s@example')" 0 \
    "nor has the store one"
is "$(stat -c %a "$STATE/whm.key")" 600 "the key is nobody else's"
cp "$TMP/whm.out" "$TMP/first"
rm -f "$STATE"/whm.db*
whm_once
is "$(cmp "$TMP/first" "$TMP/whm.out")" "" "the same address has the same hash"
is "$(stats_get whm_server:cp:logs_dropped)" \
    "$(($(wc -l <"$TMP/cp/messages") - 5))" "five are kept as series"
tap_end
