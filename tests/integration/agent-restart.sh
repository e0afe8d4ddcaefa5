#!/bin/sh
# snmpd and the subagent are killed, ended and stopped, RESTARTS times each:
# the objects are always there again without help, with a line in the log for
# each change, and nothing is left of a subagent that ended.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

RESTARTS=${RESTARTS-3}
FIRST=$BASE_OID.1.1.1.0 # pfsSentSmtp
PATIENCE=30             # seconds; what is usual is printed
SNMPD=$ROOT/tests/rig/snmpd.sh

# asked COMMAND OID [SECONDS]: what snmpd answers
asked()
{
	SNMP_PERSISTENT_DIR=$TMP/snmp MIBS='' "$1" -v 2c -c public -Oqn \
	    -t "${3-1}" -r 0 "$SERVER" "$2" 2>/dev/null
}

# By GET, and by GETNEXT from just before the base.
served()
{
	[ "$(asked snmpget "$FIRST")" = "$FIRST $sent" ] &&
	    [ "$(asked snmpgetnext "${BASE_OID%.*}.24.4294967295")" = \
		"$FIRST $sent" ]
}

gone()
{
	case $(asked snmpget "$FIRST") in
	*"No Such Object"*) ;;
	*) return 1 ;;
	esac
}

snmpd_pid()
{
	cat "$TMP/snmpd/pid"
}

# How many sessions snmpd has; its own socket, which listens, has flags.
sessions()
{
	awk -v path="$TMP/snmpd/agentx" \
	    '$NF == path && $4 == "00000000"' /proc/net/unix | wc -l
}

no_session()
{
	[ "$(sessions)" -eq 0 ]
}

# logged TEXT: how many lines
logged()
{
	grep -cF -- "$1" "$TMP/agentx.err"
}

now()
{
	date +%s%3N
}

# served_again: whether it is; how long that took goes to $TMP/times
served_again()
{
	since=$(now)
	wait_until served "$PATIENCE" || return 1
	echo $(($(now) - since)) >>"$TMP/times"
}

# cycles FUNCTION NAME: do it RESTARTS times; it is good if it always is
cycles()
{
	: >"$TMP/times"
	good=0
	for _ in $(seq "$RESTARTS"); do
		"$1" || break
		good=$((good + 1))
	done
	is "$good" "$RESTARTS" "$2, $RESTARTS times: always served again"
	sort -n "$TMP/times" | awk '{ ms[NR] = $1 }
	    END { print "# ms: " ms[1] " to " ms[NR] ", median " \
		ms[int((NR + 1) / 2)] }'
}

# The subagent notices the end before snmpd is there again, so that there are
# two changes to log.
snmpd_ends()
{
	lost=$(logged "no connection to snmpd")
	pid=$(snmpd_pid)
	kill "-$1" "$pid"
	wait_until "! running $pid" 10 &&
	    wait_until '[ "$(logged "no connection to snmpd")" -gt "$lost" ]' \
		"$PATIENCE" &&
	    "$SNMPD" restart "$TMP/snmpd" && served_again
}

snmpd_killed()
{
	snmpd_ends KILL
}

snmpd_ended()
{
	snmpd_ends TERM
}

snmpd_reloaded()
{
	reloaded=$(grep -c '^Reconfiguring daemon' "$TMP/snmpd/snmpd.log")
	kill -HUP "$(snmpd_pid)"
	wait_until '[ "$(grep -c "^Reconfiguring daemon" \
	    "$TMP/snmpd/snmpd.log")" -gt "$reloaded" ]' 10 && served_again
}

agent()
{
	agentx_start "$SOCKET"
}

agent_killed()
{
	kill -9 "$agentx_pid"
	wait "$agentx_pid" 2>/dev/null
	agent
	served_again
}

agent_ended()
{
	agentx_stop && wait_until no_session 5 && wait_until gone 5 ||
	    return 1
	agent
	served_again
}

tap_start "snmpd and the subagent come and go"
state_for_nobody
install -d "$TMP/snmp"
at_exit "'$SNMPD' stop '$TMP/snmpd'"
"$SNMPD" start "$TMP/snmpd" || exit 1
SERVER=127.0.0.1:$(cat "$TMP/snmpd/port")
SOCKET=unix:$TMP/snmpd/agentx
sent=3
log_append "$sent"
statsd_start --from start
agent
served_again
ok $? "served"

cycles snmpd_killed "snmpd killed and started"
cycles snmpd_ended "snmpd ended and started"
is "$(logged "connected to snmpd at")" $((1 + 2 * RESTARTS)) \
    "each connection is one line in the log"
is "$(uniq -d "$TMP/agentx.err")" "" "and no line comes twice"
is "$(sessions)" 1 "snmpd has one session"
cycles snmpd_reloaded "snmpd reloaded"
is "$(sessions)" 1 "snmpd has one session"
: >"$TMP/agentx.err"
kill -9 "$(snmpd_pid)"
end=$(($(date +%s) + 5))
wait_until '[ "$(date +%s)" -ge "$end" ]' 10
is "$(logged "no connection to snmpd")" 1 \
    "snmpd is away for five ping intervals: one line"
"$SNMPD" restart "$TMP/snmpd"
served_again
ok $? "it is back: served again"

cycles agent_killed "the subagent killed and started"
is "$(sessions)" 1 "snmpd has one session"
cycles agent_ended "the subagent ended and started"
is "$(sessions)" 1 "snmpd has one session"

# snmpd throws out who does not answer for 6 s.
: >"$TMP/agentx.err"
kill -STOP "$agentx_pid"
end=$(($(date +%s) + 10))
is "$(asked snmpget "$FIRST" 15)" "" "the subagent is stopped: no answer"
asked snmpget .1.3.6.1.2.1.1.3.0 >/dev/null
ok $? "snmpd answers for others"
wait_until '[ "$(date +%s)" -ge "$end" ]' 15
wait_until gone 10
ok $? "after 10 s its objects are gone"
kill -CONT "$agentx_pid"
served_again
ok $? "it goes on: served again"
is "$(logged "no connection to snmpd") $(logged "connected to snmpd at")" \
    "1 1" "with a line for each change"

# A hung snmpd must not hold the subagent.
kill -STOP "$(snmpd_pid)"
kill "$agentx_pid"
wait_until '! running "$agentx_pid"' 10
ok $? "the subagent ends beside a stopped snmpd"
agentx_stop
is $? 0 "with status 0"
kill -CONT "$(snmpd_pid)"
wait_until gone 10
ok $? "snmpd goes on: nothing is left of the subagent"
is "$(sessions)" 0 "and no session"
agent
served_again
ok $? "the next is served"
: >"$TMP/agentx.err"
kill -STOP "$(snmpd_pid)"
wait_until '[ "$(logged "Connection timed out")" -eq 1 ]' "$PATIENCE"
ok $? "snmpd is stopped: the subagent says so"
kill -CONT "$(snmpd_pid)"
served_again
ok $? "snmpd goes on: served again"
wait_until '[ "$(logged "connected to snmpd at")" -eq 1 ]' 10
is "$(logged snmpd)" 2 "with a line for each change"
tap_end
