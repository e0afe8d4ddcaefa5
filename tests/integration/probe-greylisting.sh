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

configure "probing: { publish_interval: 0.1 }" "probes:" \
    "  - { name: patient, server: 127.0.0.1, port: $GREY," \
    "      from: patient@sender.test, to: greylist@probe.test," \
    "      interval: 3600, retry_interval: 1, retry_deadline: 600 }" \
    "  - { name: at-data, server: 127.0.0.1, port: $GREYDATA," \
    "      from: at-data@sender.test, to: greylist@probe.test," \
    "      interval: 3600, retry_interval: 1, retry_deadline: 600 }" \
    "  - { name: hurried, server: 127.0.0.1, port: $GREY," \
    "      from: hurried@sender.test, to: greylist@probe.test," \
    "      interval: 3600, retry_interval: 1, retry_deadline: 2 }" \
    "  - { name: once-an-hour, server: 127.0.0.1, port: $GREY," \
    "      from: once-an-hour@sender.test, to: greylist@probe.test," \
    "      interval: 3600, retry_interval: 3600, retry_deadline: 3600 }"
# Different ports are different servers, but three probes share one.
sed -i 's/publish_interval: 0.1/&, server_pause: 0/' "$CONFIG"

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

put_off_twice()
{
	for probe in patient at-data; do
		at_least "probe_result:$probe:deferred" 2 || return 1
	done
}

wait_until put_off_twice 20
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

: >"$SERVERS/run/pass"
passed()
{
	[ "$(get probe:patient:success)" = 1 ] &&
	    [ "$(get probe:at-data:success)" = 1 ]
}
wait_until passed 20
ok $? "then it is let pass"
is "$(get probe:patient:failures) $(get probe_result:patient:ok)" "0 1" \
    "patient: one success, no failure"
attempts=$(get probe:patient:attempts)
tries()
{
	grep -c "<$1@sender.test>" "$SERVERS/log/policy"
}
is "$(tries patient)" "$attempts" "patient: as many attempts as Postfix had"
is "$(sed -n 's/:[0-9]* .*<patient@/ <patient@/p' "$SERVERS/log/policy" |
    cut -d ' ' -f 1-4 | sort -u | wc -l)" 1 \
    "from one address, with one sender and one recipient"
is "$(tries once-an-hour)" 1 "once-an-hour: no sooner than retry_interval"
is "$(get probe_result:once-an-hour:deferred)" 1 "and it stays deferred"
tap_end
