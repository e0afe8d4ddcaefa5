#!/bin/sh
# From mail to snmpwalk: a real Postfix handles known amounts of mail of every
# kind, the tailer follows its log, the subagent serves the store to a real
# snmpd, and each number equals what was sent.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root
RIG_SH=$ROOT/tests/rig

# asked KEY: what mail.sh says must be counted; 0 if it does not say
asked()
{
	awk -v key="$1" '$1 == key { n = $2 } END { print n + 0 }' \
	    "$TMP/expected"
}

# Every counter of mail that is not 0 and that mail.sh knows.
counted()
{
	stats_get --all | LC_ALL=C sort | awk '
	    /^(sent|recv|smtp|smtpd|delivery|reply|reject|receive|reject_service):/ ||
	    /^(queue_in:messages|queue_out:bounce_sent)[@ ]/ {
		if ($2 != 0)
			print
	    }'
}

log_read()
{
	[ "$(stats_get lines:read)" = "$(wc -l <"$LOG")" ]
}

# by_number COMMAND OID, by_name COMMAND OBJECT: from the private snmpd
by_number()
{
	SNMP_PERSISTENT_DIR=$TMP/snmp MIBS='' \
	    "$1" -v 2c -c public -OqUv "$SERVER" "$2"
}

by_name()
{
	SNMP_PERSISTENT_DIR=$TMP/snmp "$1" -v 2c -c public \
	    -M "$ROOT/build/mibs:$ROOT/mibs:/usr/share/snmp/mibs" \
	    -m POSTFIX-STATS-MIB -OqUs "$SERVER" "POSTFIX-STATS-MIB::$2"
}

# column NAME KEY: a column of a table in the form of counted(), where KEY is
# a printf format for the row's name; zeros left out
column()
{
	by_name snmpwalk "$1" | awk -v form="$2" '
	    NR == FNR { instance[$1] = $2; next }
	    {
		# pfsTransportSent.3."smtp" 5
		split($1, part, /[."]+/)
		if ($2 != 0)
			printf form "%s %s\n", part[3],
			    part[2] == 1 ? "" : "@" instance[part[2]], $2
	    }' "$TMP/instances" - | LC_ALL=C sort
}

# Rows of counted() that are of the form of column()
rows()
{
	grep -E "^$1(@[^ ]*)? " "$TMP/expected"
}

tap_start "what Postfix did is what postfix-stats-get and snmpwalk show"
LOG=$TMP/rig/log/mail.log
state_for_nobody
install -d "$TMP/rig" "$TMP/snmp"
at_exit "$RIG_SH/snmpd.sh stop $TMP/snmpd"
at_exit "$RIG_SH/postfix.sh stop $TMP/rig"
"$RIG_SH/postfix.sh" start "$TMP/rig" || exit 1
"$RIG_SH/snmpd.sh" start "$TMP/snmpd" || exit 1
SERVER=127.0.0.1:$(cat "$TMP/snmpd/port")
statsd_start --from start
ok $? "the tailer runs"
agentx_start "unix:$TMP/snmpd/agentx"

"$RIG_SH/mail.sh" "$TMP/rig" >"$TMP/expected" || exit 1
wait_until "'$RIG_SH/postfix.sh' idle '$TMP/rig'" 60
ok $? "Postfix has delivered, deferred, bounced or rejected all mail"
wait_until log_read 10
ok $? "every line is read"

# The store.
counted >"$TMP/counted"
diff "$TMP/expected" "$TMP/counted" >"$TMP/diff"
ok $? "all counters equal what was sent, and no other counts"
diag "$(cat "$TMP/diff")"
is "$(stats_get sent:legal)" 6 "sent:legal appears by itself"
is "$(stats_get receive:submission:NONE receive:relayin:NONE \
    delivery:relay:sent | xargs)" "4 4 5" "submission and relay are told apart"
is "$(stats_get sent:smtp sent:smtp@postfix sent:smtp@postfix-out | xargs)" \
    "26 21 5" "the two instances are told apart, and added"
is "$(stats_get lines:postfix)" "$(stats_get lines:read)" \
    "all lines are Postfix's"
is "$(stats_get lines:malformed lines:foreign lines:overlong | xargs)" \
    "0 0 0" "no line is malformed, foreign or overlong"

# The same over AgentX, by number.
is "$(stat -c %U "/proc/$agentx_pid")" nobody "the subagent is unprivileged"
lines=$(wc -l <"$LOG")
wait_until "[ \"\$(by_number snmpget $BASE_OID.1.14.1.0)\" = $lines ]" 10
ok $? "pfsLinesRead is the length of the log"
n=0
for key in sent:smtp sent:local sent:virtual sent:lmtp sent:discard \
    recv:smtp recv:local smtp:4xx smtp:5xx smtpd:4xx smtpd:5xx; do
	n=$((n + 1))
	is "$(by_number snmpget "$BASE_OID.1.1.$n.0")" "$(asked $key)" \
	    "$key is pfsTotals.$n"
done
is "$(by_number snmpgetnext "$BASE_OID")" 26 "the first object is found"
is "$(by_number snmpget "$BASE_OID.1.2.1.3.1.5.108.101.103.97.108")" 6 \
    "pfsTransportSent of legal, all instances"

# And by name.
is "$(by_name snmpget pfsReceivedLocal.0)" \
    "pfsReceivedLocal.0 $(asked recv:local)" "pfsReceivedLocal, by name"
by_name snmpwalk pfsInstanceName |
    sed -n 's/^[^.]*\.\([0-9]*\) "*\([^"]*\)"*$/\1 \2/p' >"$TMP/instances"
is "$(sed 1d "$TMP/instances" | cut -d ' ' -f 2 | sort | xargs)" \
    "postfix postfix-out" "pfsInstanceTable names both"
while read -r name form; do
	is "$(column "$name" "$form")" "$(rows "$(printf "$form" '[^:]*')")" \
	    "$name"
done <<'E'
pfsTransportSent delivery:%s:sent
pfsTransportDeferred delivery:%s:deferred
pfsTransportBounced delivery:%s:bounced
pfsTransportReplies4xx reply:%s:4xx
pfsTransportReplies5xx reply:%s:5xx
pfsServiceReceived receive:%s:NONE
pfsServiceRejected4xx reject_service:%s:4xx
pfsServiceRejected5xx reject_service:%s:5xx
E

statsd_stop
ok $? "the tailer ends with status 0"
agentx_stop
ok $? "the subagent ends with status 0"
is "$(counted | diff "$TMP/expected" -)" "" "the store stays as it was"
tap_end
