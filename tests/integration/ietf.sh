#!/bin/sh
# The IETF's tables for mail servers over a live snmpd as Debian builds and
# starts it: its own sendmail module stands in MTA-MIB's place, and nothing of
# it shows as long as we are there.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

MIB2=.1.3.6.1.2.1
APPL=$MIB2.27.1.1 MTA=$MIB2.28.1.1 GROUP=$MIB2.28.2.1 ERROR=$MIB2.28.5.1

# asked COMMAND [OPTION]... OID: by SNMPv2c unless told otherwise
asked()
{
	command=$1
	shift
	SNMP_PERSISTENT_DIR=$TMP/snmp SNMPCONFPATH=$TMP/snmp MIBS='' \
	    "$command" -v "${version:-2c}" -c public -On -t 5 -r 1 "$SERVER" "$@" 2>&1
}

value()
{
	asked snmpget -Oqv "$1"
}

walk()
{
	asked snmpwalk $MIB2.27
	asked snmpwalk $MIB2.28
}

check()
{
	"$ROOT/tests/rig/ietf-check" "$ROOT/docs/metrics.md"
}

# refused NAME SED: the checker finds what is wrong in a walk that was changed
refused()
{
	sed -E "$2" "$TMP/walk" >"$TMP/changed"
	if cmp -s "$TMP/walk" "$TMP/changed"; then
		ok 1 "nothing was changed: $1"
	else
		! check <"$TMP/changed" >"$TMP/faults"
		ok $? "the checker sees: $1"
	fi
}

# group NAME HIERARCHY: its number
group()
{
	asked snmpwalk $GROUP.25.1 |
	    sed -n "s/^$GROUP\\.25\\.1\\.\\([0-9]*\\) = STRING: \"$1\"$/\\1/p" |
	    while read -r number; do
		[ "$(value $GROUP.31.1."$number")" != "$2" ] || echo "$number"
	    done
}

# said TEXT...: lines of now
said()
{
	stamp=$(date '+%b %e %H:%M:%S')
	for text; do
		echo "$stamp mx $text"
	done >>"$LOG"
}

read_all()
{
	wait_for lines:read "$(wc -l <"$LOG")" 20
}

# configure_queue LINE...: sampled, from a socket that has twelve messages
configure_queue()
{
	printf '%s\n' "publish_interval: 1" \
	    "queue: { interval: 0.5, sockets: [ { path: $TMP/showq } ] }" \
	    "$@" >"$CONFIG"
}

# stored: messages in all queues; empty: no such instance
stored()
{
	value $MTA.2.1 | grep -v '^No Such'
}

tap_start "the IETF's tables, and no sendmail"
state_for_nobody
install -d "$TMP/snmp/cert_indexes"
at_exit "$ROOT/tests/rig/snmpd.sh stop $TMP/snmpd"
SNMPD_WITHOUT=smux,mteTrigger,mteTriggerConf \
    "$ROOT/tests/rig/snmpd.sh" start "$TMP/snmpd" || exit 1
SERVER=127.0.0.1:$(cat "$TMP/snmpd/port")
walk >"$TMP/sendmail"
like "$(cat "$TMP/sendmail")" "*$GROUP.31.1.*-1*" "snmpd serves sendmail first"
! check <"$TMP/sendmail" >/dev/null
ok $? "which the checker does not like"

# Everything that has a value.
"$ROOT/build/tools/loggen" --lines 20000 --instances >"$LOG"
said "postfix/master[1]: daemon started -- version 3.7.11, configuration /x" \
    "postfix/smtpd[2]: NOQUEUE: reject: RCPT from a[192.0.2.9]: 554 5.7.1 <x>: no; \"quoted\"" \
    "postfix/smtp[3]: connect to mx.example.com[192.0.2.1]:25: Connection refused" \
    "postfix/lmtp[4]: 4A1B2C3D4E: to=<u@a>, relay=a[192.0.2.1]:24, delay=1, dsn=4.2.2, status=deferred (x)" \
    "postfix/local[5]: 4A1B2C3D4E: to=<u@a>, relay=local, delay=1, dsn=5.4.6, status=bounced (mail forwarding loop)"
before=$(date +%s)
echo "list 12" >"$TMP/says"
"$ROOT/tests/rig/fake-showq" "$TMP/showq" "$TMP/says" &
fake_pid=$!
at_exit "end_process $fake_pid"
wait_until "[ -S '$TMP/showq' ]" 10
configure_queue
statsd_start --from start
read_all
agentx_start "unix:$TMP/snmpd/agentx"
wait_until '[ "$(value $MTA.1.1)" = "$(stats_get queue_in:messages)" ]' 20
ok $? "ours are there"
wait_until '[ "$(stored)" = 12 ]' 20
ok $? "mtaStoredMessages"
walk >"$TMP/walk"
is "$(check <"$TMP/walk")" "" "they are as the RFCs want them"
diag "$(wc -l <"$TMP/walk") objects"
is "$(grep -cF "$GROUP.26." "$TMP/walk")" 0 "no row of sendmail is left"

# Against the keys.
is "$(value $MTA.7.1)" "$(stats_get queue_in:recipients)" \
    "mtaReceivedRecipients"
is "$(value $MTA.4.1)" "$(($(stats_get queue_in:bytes) / 1024))" \
    "mtaReceivedVolume in units of 1024 bytes"
is "$(value $MTA.9.1)" \
    "$(stats_get --all | awk '/^delivery:[^@]*:sent / { n += $2 } END { print n }')" \
    "mtaTransmittedRecipients"
walk >"$TMP/walk.now"
stats_get --all |
    "$ROOT/tests/rig/ietf-sums" "$ROOT/lib/stats" "$TMP/walk.now" >"$TMP/sums"
ok $? "all counters and gauges are the sums of keys that ietf.def says"
diag "$(head "$TMP/sums")"
smtp=$(group smtp -1) smtpd=$(group smtpd -2) local=$(group local -1)
lmtp=$(group lmtp -1)
is "$(value $GROUP.11.1."$smtp")" "$(stats_get delivery:smtp:sent)" \
    "mtaGroupTransmittedRecipients"
is "$(value $GROUP.5.1."$smtp")" "$(stats_get delivery_volume:smtp:messages)" \
    "mtaGroupTransmittedMessages"
is "$(value $GROUP.15.1."$smtpd")" "$(stats_get smtpd_connect:smtpd)" \
    "mtaGroupAccumulatedInboundAssociations"
is "$(value $APPL.14.1)" "$(stats_get reject_stage:CONNECT)" \
    "applRejectedInboundAssociations"
is "$(value $ERROR.2.1."$local".5004006)" \
    "$(stats_get delivery_dsn:local:5.4.6)" "mtaGroupInternalErrorCount"
is "$(value $ERROR.3.1."$lmtp".4002002)" \
    "$(stats_get delivery_dsn:lmtp:4.2.2)" "mtaGroupOutboundErrorCount"
is "$(value $MTA.12.1)" \
    "$(stats_get --all | awk '/^delivery_dsn:.*[45]\.4\.6 / { n += $2 } END { print n }')" \
    "mtaLoopsDetected"
is "$(value $GROUP.21.1."$smtpd")" '"554 5.7.1 <x>: no; \"quoted\""' \
    "mtaGroupInboundRejectionReason"
is "$(value $GROUP.22.1."$smtp")" \
    '"connect to mx.example.com[192.0.2.1]:25: Connection refused"' \
    "mtaGroupOutboundConnectFailureReason"
is "$(value $APPL.4.1)" '"3.7.11"' "applVersion"
is "$(value $APPL.6.1)" 1 "applOperStatus: up"

# The queue: twelve messages of 1,000 bytes.
deferred=$(group deferred -3) hold=$(group hold -3)
is "$(for column in 4 7 10; do value $GROUP.$column.1."$deferred"; done | xargs)" \
    "12 11 12" "what is stored in a queue"
is "$(value $MTA.5.1) $(value $MTA.8.1)" "11 12" "and in all of them"
is "$(value $GROUP.32.1."$deferred")" '"4A00000001"' "mtaGroupOldestMessageId"
is "$(value $GROUP.4.1."$hold")" 0 "an empty queue"
like "$(value $GROUP.12.1."$hold")" "No Such Instance*" \
    "in which there is no oldest message"

# Absent, and no object at all.
like "$(value $MTA.10.1)" "No Such Instance*" "an absent object is no instance"
like "$(value $GROUP.6.1.1)" "No Such Instance*" "nor is one of a group"
like "$(value $GROUP.1.1.1)" "No Such Object*" "an index is no object"

# SNMPv1 has no Counter64, which is why MTA-MIB counts in 32 bits.
version=1
walk >"$TMP/walk.v1"
is "$(check <"$TMP/walk.v1")" "" "SNMPv1: they are as the RFCs want them"
cut -d ' ' -f 1-3 "$TMP/walk" >"$TMP/objects"
is "$(cut -d ' ' -f 1-3 "$TMP/walk.v1" | diff "$TMP/objects" -)" "" \
    "each object, of the same type"
is "$(value $MTA.9.1)" \
    "$(stats_get --all | awk '/^delivery:[^@]*:sent / { n += $2 } END { print n }')" \
    "GET of a counter"
like "$(value $MTA.10.1)" "*noSuchName*" "of an absent object"
like "$(value $BASE_OID.1.1.1.0)" "*noSuchName*" "of one that is a Counter64"
version=''
is "$(asked snmpget -On $BASE_OID.1.1.1.0)" \
    "$BASE_OID.1.1.1.0 = Counter64: $(stats_get sent:smtp)" "which is there by v2c"

# Times are reckoned when they are asked for.
first=$(value $GROUP.30.1."$smtp")
wait_until '[ "$(value $GROUP.30.1."$smtp")" -gt "$first" ]' 5
ok $? "mtaGroupCreationTime grows by itself"
echo silent >"$TMP/says.new"
mv "$TMP/says.new" "$TMP/says" # no more samples
first=$(value $GROUP.12.1."$deferred")
[ "$first" -ge 5000 ]
ok $? "mtaGroupOldestMessageStored is since its arrival, 50 s before the sample"
diag "$first"
wait_until '[ "$(value $GROUP.12.1."$deferred")" -gt $((first + 100)) ]' 20
ok $? "and grows by itself"
uptime=$(value ${MIB2}.1.3.0 | tr -d '()' | cut -d ' ' -f 1)
started=$(asked snmpget -Oqvt $APPL.5.1)
[ "$started" -ge 0 ] && [ "$started" -le "$(asked snmpget -Oqvt ${MIB2}.1.3.0)" ]
ok $? "applUptime is a sysUpTime that was"
diag "sysUpTime $uptime, applUptime $started"

# What master(8) says.
said "postfix/master[1]: terminating on signal 15"
instance=$(asked snmpwalk -Oqn $APPL.2 | sed -n 's/^.*\.\([0-9]*\) "postfix"$/\1/p')
wait_until '[ "$(value $APPL.6."$instance")" = 2 ]' 10
ok $? "an instance that ended is down"
said "postfix/master[1]: daemon started -- version 3.9.1, configuration /x"
wait_until '[ "$(value $APPL.4.$instance)" = "\"3.9.1\"" ]' 10
ok $? "and another version may come up"
is "$(value $APPL.6."$instance")" 1 "it is up again"
changed=$(asked snmpget -Oqvt $APPL.7."$instance")
[ "$changed" -gt 0 ]
ok $? "applLastChange is after snmpd's start"
for n in $(seq 12); do
	asked snmpget -Oqvt $APPL.7."$instance"
	sleep 0.1
done | sort -u >"$TMP/stamps"
is "$(cat "$TMP/stamps")" "$changed" "and stays what it is"

# Groups keep their numbers, whatever happens.
names()
{
	walk | grep -E "^$GROUP\\.(25|31)\\.1\\."
}
names >"$TMP/names"
kill -9 "$statsd_pid"
wait "$statsd_pid" 2>/dev/null
said "postfix/abc/smtp[3]: 4A1B2C3D4E: to=<u@a>, relay=a[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (x)"
statsd_start
read_all
wait_until '[ -n "$(group abc -1)" ]' 10
ok $? "a new transport has a group"
is "$(names | diff "$TMP/names" - | grep -c '^<')" 0 \
    "after a kill all others have the numbers they had"
[ "$(stats_get last_sent:abc)" -ge "$before" ]
ok $? "last_sent is the time of the line"
walk >"$TMP/walk"
is "$(check <"$TMP/walk")" "" "still right"

# The checker can fail.
refused "a type" "s/^($MTA.1.1 = )Counter32/\\1Gauge32/"
refused "another type of string" "s/^($APPL.2.1 = )STRING/\\1Hex-STRING/"
refused "an object that is missing" "/^$GROUP\\.20\\./d"
refused "a missing column of applTable" "/^$APPL\\.13\\./d"
refused "an object too much" "\$a$ERROR.9.1.1.5001001 = Counter32: 1"
refused "a column that is not readable" "s/^$GROUP\\.2\\.1\\./$GROUP.1.1./"
refused "what should be absent" "s/^$GROUP\\.5\\./$GROUP.6./"
refused "the order" "1{h;d;};2{G;}"
refused "a hierarchy" "s/^($GROUP\\.31.*: )-/\\1/"
refused "an index too much" "s/^($MTA\\.1\\.1) /\\1.1 /"
refused "a group without a name" "/^$GROUP\\.25\\.1\\.$smtp /d"
refused "a group of two names" "s/^($GROUP\\.25\\.3\\.[0-9]* = ).*/\\1STRING: \"x\"/"
refused "a status code" "s/^($ERROR\\.3\\.1\\.$lmtp)\\.4002002 /\\1.2000000 /"
refused "a queue that is a service" "s/^($GROUP\\.31\\.1\\.$hold = INTEGER: ).*/\\1-2/"
refused "a queue without messages" "/^$GROUP\\.4\\.1\\.$hold /d"
refused "an oldest message of none" "s/^($GROUP\\.12\\.1\\.)$deferred /\\1$hold /"
refused "a sum of queues" "s/^($MTA\\.2\\.1 = Gauge32: ).*/\\113/"
refused "an interval" "s/^($GROUP\\.30\\.1\\.$smtp = INTEGER: ).*/\\1-1/"

# Off, and gone.
configure_queue "snmp: { ietf_tables: no }"
kill -HUP "$agentx_pid"
walk >"$TMP/off"
wait_until 'walk | diff "$TMP/sendmail" - >"$TMP/diff"' 10
ok $? "ietf_tables: no: snmpd serves sendmail again"
diag "$(head "$TMP/diff")"
is "$(stats_get --walk | grep -c "^$MIB2\\.2[78]\\.")" 0 \
    "nor does postfix-stats-get --walk"
configure_queue
kill -HUP "$agentx_pid"
wait_until '[ "$(value $MTA.1.1)" = "$(stats_get queue_in:messages)" ]' 10
ok $? "yes: ours again"
is "$(walk | check)" "" "and right"
agentx_stop
wait_until 'walk | diff "$TMP/sendmail" - >"$TMP/diff"' 10
ok $? "without us snmpd serves sendmail again"
diag "$(head "$TMP/diff")"
tap_end
