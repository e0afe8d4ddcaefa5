#!/bin/sh
# Greylisting, as the daemon sees it on a real Postfix: a probe that is put off
# comes again with the same triplet, and is no failure as long as it may be put
# off.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig
skip_unless_root
tap_start "a probe that is put off by greylisting comes again"

SERVERS=$TMP/servers
at_exit 'sh "$RIG/probe.sh" stop "$SERVERS"'
sh "$RIG/probe.sh" start "$SERVERS" || exit 1
. "$SERVERS/env"

# probe_of NAME PORT RETRY-INTERVAL RETRY-DEADLINE: due at least each 4 s, which is
# also when it begins
probe_of()
{
	echo "  - { name: $1, server: 127.0.0.1, port: $2," \
	    "from: $1@sender.test, to: greylist@probe.test, interval: 4," \
	    "retry_interval: $3, retry_deadline: $4 }"
}

configure "probing: { publish_interval: 0.1, server_pause: 0 }" "probes:" \
    "$(probe_of patient "$GREY" 1 600)" \
    "$(probe_of at-data "$GREYDATA" 1 600)" \
    "$(probe_of hurried "$GREY" 1 2)" \
    "$(probe_of seldom "$GREY" 4 600)"

install -d -m 750 "$STATE"
"$BIN/postfix-stats-probe" -f -c "$CONFIG" -d "$STATE" </dev/null \
    >"$TMP/probe.err" 2>&1 &
probe_pid=$!
at_exit 'end_process "$probe_pid"'

get()
{
	stats_get "$1" 2>/dev/null
}

# at_least KEY NUMBER
at_least()
{
	[ "$(get "$1" | grep -x '[0-9]*' || echo 0)" -ge "$2" ]
}

put_off()
{
	for probe in patient at-data seldom; do
		at_least "probe_result:$probe:deferred" 3 || return 1
	done
}

wait_until put_off 40
ok $? "what is put off is tried again"
for probe in patient at-data; do
	is "$(get "probe:$probe:failures")" 0 "$probe: that is no failure"
	like "$(get "probe:$probe:success")" "[!0]*" \
	    "$probe: and there is no success that is 0"
	like "$(get "probe:$probe:last_success")" "[!1-9]*" \
	    "$probe: nor has there been one"
done
is "$(get "probe_phase:patient:rcptto:code")" 450 "patient: put off at RCPT"
is "$(get "probe_phase:at-data:data:code")" 450 "at-data: at DATA"

wait_until 'at_least probe:hurried:failures 1' 20
ok $? "hurried: after retry_deadline it is a failure"
is "$(get probe:hurried:success)" 0 "and no success"

# gaps NAME: between its attempts, in seconds
gaps()
{
	awk -v sender="<$1@sender.test>" '
	$4 == sender && n++ { print $7 - last }
	$4 == sender { last = $7 }' "$SERVERS/log/policy"
}

# no_sooner NAME SECONDS: in the mean; when the server asks may be late by as much
# as one of them.
no_sooner()
{
	gaps "$1" | awk -v retry="$2" '
	{ sum += $1 }
	END { exit !(NR >= 2 && sum >= (NR - 1) * retry) }'
}

no_sooner patient 1
ok $? "patient: a second lies between two attempts"
gaps patient | awk '$1 < 3 { soon = 1 } END { exit !soon }'
ok $? "and not the interval"
diag "$(gaps patient | paste -s -d ' ')"
no_sooner seldom 4
ok $? "seldom: four seconds here, as its retry_interval is"
diag "$(gaps seldom | paste -s -d ' ')"

: >"$SERVERS/run/pass"
passed()
{
	[ "$(get probe:patient:success)" = 1 ] &&
	    [ "$(get probe:at-data:success)" = 1 ] &&
	    [ "$(get probe:hurried:success)" = 1 ]
}
wait_until passed 20
ok $? "then all are let pass"
is "$(get probe:patient:failures)" 0 "patient: which had no failure"
at_least probe:hurried:failures 1
ok $? "hurried: which had one"
end_process "$probe_pid"
wait "$probe_pid"
ok $? "TERM ends it well"

# One that is under way then has asked and is not counted.
asked=$(gaps patient | wc -l) attempts=$(get probe:patient:attempts)
[ "$attempts" -eq "$asked" ] || [ "$attempts" -eq $((asked + 1)) ]
ok $? "patient: as many attempts are counted as Postfix had"
diag "$attempts, and $((asked + 1)) by Postfix"
is "$(sed -n 's/:[0-9]* .*<patient@/ <patient@/p' "$SERVERS/log/policy" |
    cut -d ' ' -f 1-4 | sort -u | wc -l)" 1 \
    "from one address, with one sender and one recipient"
tap_end
