#!/bin/sh
# Answers of WHM that are no good: each kind has a reason of its own, changes no
# number, and is over with the next good answer.  What refuses us is left alone.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
tap_start "answers of WHM that are no good"
. "$ROOT/tests/rig/whm.sh"
NOW=$(date +%s)

WHM_OPTIONS='interval: 3600'
whm_server cp 'backfill: 3600' 'timeout: 2' \
    'max_bytes: 200000' 'overlap: 3600'
user_row alice a.example root a.example 10 9 1 0 1 1000 0 0 >"$TMP/cp/users"
message 3 $((NOW - 60)) >"$TMP/cp/messages"
whm_configure "whm: { events: $TMP/events }"

# what is shown of an endpoint, other than how asking went
said()
{
	case $1 in
	user_stats) stats_get --all | grep -E '^mail_(user|limit):' ;;
	stats) stats_get --all | grep '^whm_total:' ;;
	search) stats_get --all | grep -E '^whm_(event|size|delay):' ;;
	esac
}

# number KEY: 0 if there is none yet
number()
{
	stats_get "$1" | grep -x '[0-9]*' || echo 0
}

# refused ENDPOINT REASON FAULT...: the answer is refused for that reason
refused()
{
	endpoint=$1 reason=$2
	shift 2
	before=$(number "whm_error:cp:$endpoint:$reason")
	said "$endpoint" >"$TMP/said"
	fault cp "$endpoint $*"
	whm_once
	got="$? $(($(number "whm_error:cp:$endpoint:$reason") - before)) $(stats_get "whm:cp:$endpoint:up")"
	if [ "$endpoint" = search ]; then
		got="$got $(said "$endpoint" | cmp "$TMP/said" - && echo same)"
	else
		# a start takes no rows over, and a bad answer brings none
		got="$got $(said "$endpoint" | wc -l)"
	fi
	case $endpoint in
	search) is "$got" "1 1 0 same" "$endpoint: $*: $reason" ;;
	*) is "$got" "1 1 0 0" "$endpoint: $*: $reason" ;;
	esac
}

whm_once
is $? 0 "a good answer"
is "$(stats_get mail_user:cp:alice:a.example:send_count whm_event:cp:success:yes | paste -sd' ')" \
    "10 1" "and its numbers"

for endpoint in user_stats stats search; do
	refused $endpoint denied denied
	refused $endpoint denied http403-html
	refused $endpoint rate_limited rate 5
	refused $endpoint http http 500
	refused $endpoint http http 404
	refused $endpoint html html
	refused $endpoint html html-as-json
	refused $endpoint redirect redirect
	refused $endpoint api api
	refused $endpoint truncated truncated
	refused $endpoint truncated cut
	refused $endpoint too_large huge 300000
	refused $endpoint nesting deep 5000
	refused $endpoint shape norecords
	refused $endpoint shape notarray
	refused $endpoint shape notobject
	refused $endpoint shape nometadata
	refused $endpoint empty empty
	refused $endpoint closed garbage
	refused $endpoint closed close
	refused $endpoint timeout stall
	refused $endpoint too_large gzipbomb 2000000
	refused $endpoint overflowed overflowed
	refused $endpoint encoding utf8
	refused $endpoint duplicate_key duplicate
	refused $endpoint negative negative
	refused $endpoint number overflow
	refused $endpoint number float
	refused $endpoint json nul
done
for endpoint in user_stats stats; do
	refused $endpoint number word
	refused $endpoint shape missing SENDCOUNT
done
refused search number badtime
refused search shape missing actionunixtime
refused search shape missing msgid
for i in 1 2 3; do
	message "1$i" $((NOW - 50 + i))
done >>"$TMP/cp/messages"
refused search order unsorted
rm -rf "$STATE"/whm.db*
: >"$TMP/events"
whm_once
for i in 1 2; do
	message "2$i" $((NOW - 5000 + i))
done | cat - "$TMP/cp/messages" >"$TMP/more"
mv "$TMP/more" "$TMP/cp/messages"
refused search order unfiltered

# What is odd and right all the same.
for odd in gzip nulls strings "slow 100000" "delay 1"; do
	fault cp "* $odd"
	whm_once
	is $? 0 "$odd is no fault"
done
fault cp
whm_once
is "$? $(stats_get whm:cp:user_stats:up whm:cp:stats:up whm:cp:search:up | paste -sd' ')" \
    "0 1 1 1" "right again"
is "$(stats_get mail_user:cp:alice:a.example:send_count)" 10 "with its numbers"

# Its clock.
echo 4000 >"$TMP/cp/skew"
whm_once
is "$? $(stats_get whm_error:cp:user_stats:clock)" "1 1" "a clock that is ahead"
ok "$([ "$(stats_get whm_server:cp:clock_skew)" -ge 3990 ]; echo $?)" "is measured"
echo -4000 >"$TMP/cp/skew"
whm_once
is "$? $(stats_get whm_error:cp:search:clock)" "1 2" "one that is behind"
rm "$TMP/cp/skew"

# TLS and addresses.
sed 's/localhost:/127.0.0.1:/' "$TMP/cp.entry" >"$TMP/cp.entry.new"
cp "$TMP/cp.entry" "$TMP/cp.entry.kept"
mv "$TMP/cp.entry.new" "$TMP/cp.entry"
whm_configure
whm_once
is "$? $(stats_get whm_error:cp:user_stats:tls)" "1 1" \
    "a certificate of another name"
sed 's/, ca_file: [^,]*//' "$TMP/cp.entry.kept" >"$TMP/cp.entry"
whm_configure
whm_once
is "$? $(stats_get whm_error:cp:user_stats:tls)" "1 2" "a maker nobody knows"
sed 's/localhost:/no-such-host.invalid:/' "$TMP/cp.entry.kept" >"$TMP/cp.entry"
whm_configure
whm_once
is "$? $(stats_get whm_error:cp:user_stats:dns)" "1 1" "no such host"
sed "s/localhost:[0-9]*/localhost:$(pick_port)/" "$TMP/cp.entry.kept" \
    >"$TMP/cp.entry"
whm_configure
whm_once
is "$? $(stats_get whm_error:cp:user_stats:connect)" "1 1" "nobody listens"
like "$(cat "$TMP/whm.err")" "*user_stats: connect: *" "the log says why"
is "$(grep -c SECRET "$TMP/whm.err")" 0 "and no token"
mv "$TMP/cp.entry.kept" "$TMP/cp.entry"

# Left alone: by a daemon that would ask each second.
sed -i 's/interval: 3600/interval: 1/' "$TMP/cp.entry"
whm_configure "whm: { intervals: 2 }"
fault cp "* rate 30"
: >"$TMP/cp/requests"
whm_daemon
wait_until '[ "$(stats_get whm_server:cp:backing_off)" = 1 ]' 20
ok $? "429: it backs off"
like "$(cat "$TMP/whm.err")" "*left alone for 3[0-9] s*" "for as long as it said"
wait_until '! stats_get whm:cp:stats:duration 2>/dev/null | grep -q "[1-9]"' 5
is "$(requests cp)" 1 "nothing else was asked"
fault cp
kill -HUP "$whm_pid"
wait_until '[ "$(stats_get whm:cp:search:up 2>/dev/null)" = 1 ]' 20
ok $? "a reload asks at once"
fault cp "* denied"
before=$(number whm_error:cp:user_stats:denied)
wait_until '[ "$(number whm_error:cp:user_stats:denied)" -ge $((before + 3)) ]' 60
ok $? "403: it comes back"
waits=$(sed -n 's/.*left alone for \([0-9]*\) s/\1/p' "$TMP/whm.err" |
    tail -n 3 | paste -sd' ')
# shellcheck disable=SC2086
set -- $waits
ok "$([ "$3" -ge "$1" ] && [ "$3" -ge 2 ]; echo $?)" "later each time: $waits s"
wait_until '! stats_get mail_user:cp:alice:a.example:send_count >/dev/null' 30
ok $? "and what it said before is dropped"
is "$(stats_get whm:cp:user_stats:up)" 0 "it is not up"
whm_stop
is $? 0 "the daemon ends"
tap_end
