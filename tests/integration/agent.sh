#!/bin/sh
# The subagent beside a tailer that ends, a store that is damaged, gone or
# closed, a configuration that changes and another subagent: the last good
# values stay, and pfsAgentStoreState says what they are worth.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

OTHER_OID=${BASE_OID%.*}.26
SENT=1.1.1.0 LINES=1.14.1.0 GENERATION=1.14.9.0 STORE_STATE=1.14.65.0
OK=1 STALE=2 DAMAGED=3 MISSING=4 UNREADABLE=5

# asked OID: what snmpd answers
asked()
{
	SNMP_PERSISTENT_DIR=$TMP/snmp MIBS='' snmpget -v 2c -c public -Oqv \
	    -t 2 -r 0 "$SERVER" "$1" 2>/dev/null
}

# shows OBJECT VALUE [BASE]
shows()
{
	[ "$(asked "${3-$BASE_OID}.$1")" = "$2" ]
}

# state_is STATE SECONDS NAME: then the last values must be there as well
state_is()
{
	wait_until "shows $STORE_STATE $1" "$2"
	ok $? "$3"
	is "$(asked "$BASE_OID.$SENT")" "$sent" "with the values of before"
}

# said TEXT: how many lines of the subagent have it, since the last hush
said()
{
	grep -cF -- "$1" "$TMP/agentx.err"
}

hush()
{
	: >"$TMP/agentx.err"
}

tailer_back()
{
	statsd_start || diag "no tailer"
	state_is $OK 5 "$1"
}

tap_start "the subagent and what happens around it"
state_for_nobody
install -d "$TMP/snmp"
at_exit "$ROOT/tests/rig/snmpd.sh stop $TMP/snmpd"
"$ROOT/tests/rig/snmpd.sh" start "$TMP/snmpd" || exit 1
SERVER=127.0.0.1:$(cat "$TMP/snmpd/port")
SOCKET=unix:$TMP/snmpd/agentx

# Before there is anything to serve.
agentx_start "$SOCKET"
wait_until "shows $STORE_STATE $MISSING" 5
ok $? "no store yet: missing"
like "$(asked "$BASE_OID.$SENT")" "No Such *" "and no number"
log_append 3
statsd_start --from start
wait_until "shows $SENT 3" 5
ok $? "it serves as soon as there is one"
is "$(asked "$BASE_OID.$STORE_STATE")" $OK "the store is ok"

# The tailer ends, one way or the other.
sent=3
hush
statsd_stop
state_is $STALE 10 "the tailer ends: stale"
is "$(said "as it was left: no tailer is running")" 1 "said once"
tailer_back "the tailer is back: ok"
kill -9 "$statsd_pid"
wait "$statsd_pid" 2>/dev/null
state_is $STALE 10 "the tailer is killed: stale"
tailer_back "it is back again: ok"

# Whoever opens a fifo waits for a writer.
kill -STOP "$agentx_pid"
statsd_stop
rm "$STATE/postfix-statsd.lock"
mkfifo -m 644 "$STATE/postfix-statsd.lock"
kill -CONT "$agentx_pid"
state_is $STALE 10 "a fifo in the lock's place does not hold the agent"
rm "$STATE/postfix-statsd.lock"
tailer_back "the lock is back: ok"
log_append 1
sent=4
wait_until "shows $SENT $sent" 5
ok $? "and what it counts is served"

# The store, while nobody mends it.
statsd_stop
wait_until "shows $STORE_STATE $STALE" 10
hush
truncate -s -512 "$STATE/postfix-stats.db"
state_is $DAMAGED 5 "the store is cut short: damaged"
is "$(said "serving the last good snapshot")" 1 "said once"
tailer_back "the tailer mends it: ok"
statsd_stop
wait_until "shows $STORE_STATE $STALE" 10
hush
rm "$STATE"/postfix-stats.db*
state_is $MISSING 5 "the store is removed: missing"
is "$(said "serving the last good snapshot")" 1 "said once"
log_append 1
"$BIN/postfix-statsd" --once -c "$CONFIG" -d "$STATE" --log "$LOG"
sent=5
state_is $STALE 10 "a store without a tailer: stale"
tailer_back "a tailer: ok"
if [ "$(id -u)" -eq 0 ]; then
	statsd_stop
	chmod 600 "$STATE/postfix-stats.db"
	state_is $UNREADABLE 5 "the store is closed: unreadable"
	tailer_back "the next one is open: ok"
else
	skip "needs root" 4
fi

# HUP.
cp "$CONFIG" "$TMP/good.yml"
echo "no_such_key: 1" >>"$CONFIG"
kill -HUP "$agentx_pid"
wait_until '[ "$(said no_such_key)" -eq 1 ]' 5
ok $? "HUP with a bad configuration says what is wrong"
is "$(asked "$BASE_OID.$SENT")" "$sent" "and changes nothing"
cat "$TMP/good.yml" - >"$CONFIG" <<E
snmp:
  base_oid: $OTHER_OID
E
kill -HUP "$agentx_pid"
wait_until "shows $SENT $sent $OTHER_OID" 5
ok $? "HUP with a new base OID serves there"
like "$(asked "$BASE_OID.$SENT")" "No Such *" "and no more at the old one"
log_append 1
wait_until "shows $SENT 6 $OTHER_OID" 5
ok $? "it goes on there"
cp "$TMP/good.yml" "$CONFIG"
kill -HUP "$agentx_pid"
sent=6
wait_until "shows $SENT $sent" 5
ok $? "and comes back"

# Another subagent for the same, with a store of its own to tell them apart.
# It comes round at each change of that.
mv "$TMP/agentx.err" "$TMP/first.err"
first=$agentx_pid first_state=$STATE
at_exit "end_process $first"
rm "$TMP/postfix-stats-agentx" # it is running
STATE=$TMP/second
cp -Rp "$first_state" "$STATE"
log_again()
{
	log_append 1
	"$BIN/postfix-statsd" --once -c "$CONFIG" -d "$STATE" --log "$LOG"
}
LOG=$TMP/second.log
log_append 100
cp "$BIN/postfix-stats-agentx" "$TMP/postfix-stats-agentx"
timeout 20 "$TMP/postfix-stats-agentx" -f -c "$CONFIG" -d "$STATE" \
    --agentx-socket "$SOCKET" --ping 1 </dev/null >"$TMP/second.err" 2>&1
is $? 1 "a second subagent for the same OIDs ends with status 1"
is "$(tail -1 "$TMP/second.err")" \
    "postfix-stats-agentx: another subagent serves our OIDs already" \
    "having said why"
wait_until "! shows $SENT $sent" 2
is $? 1 "and the first goes on serving"
end_process "$first"
wait_until "[ \"\$(asked $BASE_OID.$SENT)\" != $sent ]" 5
ok $? "and nobody serves any more when that ends"
tap_end
