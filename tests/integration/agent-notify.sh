#!/bin/sh
# Notifications: a real snmptrapd gets each one by all ways that are in
# snmpd.conf.example, on and off, each once, and late if snmpd was away.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

WAYS="v1-trap v2-trap v2-inform v3-inform"
STORE_STATE=1.14.65.0 ATTEMPTS=1.14.68.0 RATIO=1.14.69.0 QUEUED=1.14.70.0
queue='{ sample: no }' interval=600 # publications when asked to

# One line for each that comes: kind; enterprise and notification of an SNMPv1
# trap; objects.
trapd_start()
{
	install -d "$TMP/trapd"
	cat >"$TMP/trapd/snmptrapd.conf" <<'C'
authCommunity log public
createUser monitor SHA-256 "password one" AES "password two"
authUser log monitor
C
	MIBS='' SNMPCONFPATH=$TMP/trapd SNMP_PERSISTENT_DIR=$TMP/trapd \
	snmptrapd -f -C -c "$TMP/trapd/snmptrapd.conf" -n -X -Lo -OQsU \
	    -M "$ROOT/build/mibs:$ROOT/mibs:/usr/share/snmp/mibs" \
	    -m SNMPv2-MIB:POSTFIX-STATS-MIB -F '%P|%N|%w.%q|%v\n' \
	    "udp:127.0.0.1:$sink" </dev/null >"$TMP/traps" \
	    2>"$TMP/trapd.err" &
	trapd=$!
	at_exit "end_process $trapd"
	wait_until "grep -q NET-SNMP '$TMP/traps'" 10
}

# With the lines of the example.
snmpd_start()
{
	sinks=$(sed -n 's/^#\(trap.*sink\|informsink\|trapsess\) /\1 /p' \
	    "$ROOT/snmpd.conf.example" | sed "s/nms.example.com/127.0.0.1:$sink/")
	SNMPD_EXTRA=$sinks "$ROOT/tests/rig/snmpd.sh" start "$TMP/snmpd" "$@"
}

# got WAY NAME: those that came, a line each
got()
{
	case $1 in
	v1-trap) grep "^TRAP, SNMP v1,.*|postfixStats|6\.$2|" "$TMP/traps" ;;
	v2-trap) grep_v2 "TRAP2, SNMP v2c," "$2" ;;
	v2-inform) grep_v2 "INFORM, SNMP v2c," "$2" ;;
	v3-inform) grep_v2 "INFORM, SNMP v3," "$2" ;;
	esac
}

grep_v2()
{
	grep -E "^$1.*snmpTrapOID\.0 = $2(	|$)" "$TMP/traps"
}

# came NAME COUNT
came()
{
	for way in $WAYS; do
		[ "$(got "$way" "$1" | wc -l)" -ge "$2" ] || return 1
	done
}

# arrives NAME OBJECTS [COUNT]: for the COUNTth time, in all ways, with
# OBJECTS, a shell pattern, and then time and text
arrives()
{
	wait_until "came $1 ${3-1}" 60
	ok $? "$1 comes"
	for way in $WAYS; do
		like "$(got "$way" "$1" | tail -1 | tr '|\t' '\n\n' |
		    sed -n 's/^\(pfs[A-Za-z]*\)\.0 = /\1=/p' | xargs)" \
		    "$2 pfsNotifyTime=1* pfsNotifyText=?*" "$way: $2"
	done
}

# limits KEY VALUE...: the configuration from here on; what is not named is
# not judged
limits()
{
	{
		echo "queue: $queue"
		echo "publish_interval: $interval"
		printf 'snmp:\n  notifications:\n'
		printf '    %s: %s\n' silent_after 0 behind_after 0 \
		    deferral_high 0 "$@" |
		    awk '{ line[$1] = $0 } END { for (k in line) print line[k] }'
	} >"$CONFIG"
	[ -n "$agentx_pid" ] || return 0
	reloads=$((reloads + 1))
	kill -HUP "$agentx_pid"
	wait_until "said 'configuration read again' $reloads" 10
}

# said TEXT COUNT: whether the agent has logged it so many times
said()
{
	[ "$(grep -cF -- "$1" "$TMP/agentx.err")" -ge "$2" ]
}

all_published()
{
	kill -USR1 "$statsd_pid"
	[ "$(stats_get lines:read)" = "$(wc -l <"$LOG")" ]
}

# All of the log is counted, and published.
publish_all()
{
	wait_until all_published 20 || diag "the tailer does not publish"
}

# The tailer has been made to stop.
stopped()
{
	read -r _ _ state _ <"/proc/$statsd_pid/stat" && [ "$state" = T ]
}

# step_until CMD: from publication to publication, each asked for while it is
# stopped at the one before; after the last there may be nothing to publish
step_until()
{
	wait_until stopped 20
	until eval "$1"; do
		kill -USR1 "$statsd_pid"
		kill -CONT "$statsd_pid"
		wait_until "stopped || $1" 20 || return 1
	done
}

shows()
{
	[ "$(SNMP_PERSISTENT_DIR=$TMP/snmp MIBS='' snmpget -v 2c -c public \
	    -Oqv -t 2 -r 0 "127.0.0.1:$port" "$BASE_OID.$1" \
	    2>/dev/null)" = "$2" ]
}

log_deferred()
{
	for _ in $(seq "$1"); do
		delivery_line smtp
	done | sed 's/dsn=2.0.0, status=sent/dsn=4.4.1, status=deferred/' \
	    >>"$LOG"
}

# damage COUNT: the agent has seen it
damage()
{
	statsd_stop
	truncate -s -512 "$STATE/postfix-stats.db"
	wait_until "said 'pfsStoreDamaged: the store is damaged' $1" 20
}

# mend COUNT: by the tailer, and the agent has seen it
mend()
{
	statsd_start
	wait_until "said 'pfsStoreRestored: ' $1" 20
}

# say WHAT: what the socket of showq says from now on
say()
{
	echo "$1" >"$TMP/says.new"
	mv "$TMP/says.new" "$TMP/says"
}

mailed()
{
	echo "=mail_result:mx $1"
	echo "=mail_trail:mx $2"
	[ "$1" = arrived ]
	echo "mail:mx:success $((1 - $?))"
}

# probed SUCCESS RESULT END [MAIL TRAIL]: what a probe found, when the certificate
# that it was shown ends, what became of its mail and where that is
probed()
{
	probe_generation=$((${probe_generation-0} + 1))
	"$ROOT/build/tools/store-put" -g "$probe_generation" "$STATE" \
	    probe.db <<P
probe:mx:success $1
probe:mx:attempts $probe_generation
=probe_result:mx $2
probe_cert:mx:end $3
mail:mx:sent 1
$(mailed "${4-arrived}" "${5-arrived after 0.213 s}")
P
	wait_until "shows 1.8.1.7.2.109.120 $probe_generation" 10 ||
	    diag "what the probe found is not served"
}

# Those that did not come by turns, beginning and end.
out_of_turn()
{
	for kind in TRAP TRAP2; do
		grep "^$kind," "$TMP/traps" |
		    sed 's/pfsQueueOld/pfsAgeHigh/; s/pfsQueueFresh/pfsAgeNormal/' |
		    grep -oE 'pfs(Log|Tailer|Store|Deferral|Queue|Age|Probe|Certificate|Mail)(Silent|Active|Lagging|CaughtUp|Damaged|Restored|High|Normal|Failed|Recovered|Expiring|Renewed|Overdue|Arrives)' |
		    awk -v kind="$kind" '{
			match($0, /^pfs(Log|Tailer|Store|Deferral|Queue|Age|Probe|Certificate|Mail)/)
			about = substr($0, 1, RLENGTH)
			begins = /(Silent|Lagging|Damaged|High|Failed|Expiring|Overdue)$/
			if (begins == holds[about])
				print kind, $0
			holds[about] = begins
		}'
	done
}

tap_start "notifications by trap and inform"
if [ "$(id -u)" -eq 0 ]; then
	state_for_nobody
else
	install -d "$STATE"
fi
install -d "$TMP/snmp"
sink=$(pick_port)
trapd_start
ok $? "snmptrapd runs"
at_exit "$ROOT/tests/rig/snmpd.sh stop $TMP/snmpd"
snmpd_start || exit 1
port=$(cat "$TMP/snmpd/port")

# Deferrals.  The agent must have seen the store before they come.
reloads=0
limits deferral_high 50
: >"$LOG"
statsd_start
# A ping that snmpd does not answer would hold the agent up.
agentx_start "unix:$TMP/snmpd/agentx" --ping 8
wait_until "shows $STORE_STATE 1" 15
ok $? "the agent serves"
log_deferred 19
publish_all
wait_until "shows $ATTEMPTS 19" 10
ok $? "pfsAgentDeliveryAttempts"
shows $RATIO 100
ok $? "pfsAgentDeferralRatio"
said pfsDeferralHigh 1
is $? 1 "19 attempts are too few to judge by"
log_deferred 1
publish_all
arrives pfsDeferralHigh \
    "pfsAgentDeferralRatio=100 pfsAgentDeliveryAttempts=20"
log_append 60
publish_all
wait_until "shows $ATTEMPTS 80" 10
said pfsDeferralNormal 1
is $? 1 "a fourth is not below deferral_low"
log_append 1
publish_all
arrives pfsDeferralNormal \
    "pfsAgentDeferralRatio=24 pfsAgentDeliveryAttempts=81"

# The store.
damage 1
arrives pfsStoreDamaged "pfsAgentStoreState=damaged"
mend 1
arrives pfsStoreRestored "pfsAgentStoreState=ok"

# Both while snmpd is away.
"$ROOT/tests/rig/snmpd.sh" stop "$TMP/snmpd"
wait_until "said 'no connection to snmpd' 1" 20
ok $? "snmpd goes away"
damage 2 && mend 2
ok $? "the store is damaged and mended meanwhile"
is "$(got v2-trap pfsStoreDamaged | wc -l)" 1 "and nothing has come"
back=$(date +%s)
snmpd_start "$port" || exit 1
arrives pfsStoreDamaged "pfsAgentStoreState=damaged" 2
arrives pfsStoreRestored "pfsAgentStoreState=ok" 2
noticed=$(got v2-trap pfsStoreDamaged | tail -1 |
    sed 's/.*pfsNotifyTime\.0 = \([0-9]*\).*/\1/')
[ "$noticed" -le "$back" ]
ok $? "pfsNotifyTime is of before"

# snmpd hangs for longer than the library would wait to say it again.
snmpd=$(cat "$TMP/snmpd/pid")
kill -STOP "$snmpd"
at_exit "kill -CONT $snmpd 2>/dev/null"
damage 3
hung=$(date +%s)
wait_until '[ "$(date +%s)" -gt $((hung + 3)) ]' 10
kill -CONT "$snmpd"
mend 3
arrives pfsStoreRestored "pfsAgentStoreState=ok" 3
is "$(got v1-trap pfsStoreDamaged | wc -l)" 3 "none comes twice by SNMPv1 trap"
is "$(got v2-trap pfsStoreDamaged | wc -l)" 3 "nor by trap"

# Silence.
limits silent_after 2
arrives pfsLogSilent "pfsAgentLogSilence=[1-9]* pfsAgentStoreState=ok"
log_append 1
publish_all
arrives pfsLogActive "pfsAgentLogSilence=[01] pfsAgentStoreState=ok"

# More old lines than are read at once; the tailer is held at what it has
# published of them.
statsd_stop
limits behind_after 1
seq 30000 | sed 's|.*|2020-02-29T08:00:01+00:00 mx postfix/qmgr[1]: &: removed|' \
    >>"$LOG"
statsd_stepping
step_until '[ "$(stats_get tailer:seconds_behind)" -gt 0 ]'
ok $? "the tailer is held behind"
arrives pfsTailerLagging "pfsTailerBehind=[1-9]* pfsTailerBacklog=[1-9]*"
step_until '[ "$(stats_get lines:read)" = "$(wc -l <"$LOG")" ]'
ok $? "the tailer reaches the end"
arrives pfsTailerCaughtUp "pfsTailerBehind=0 pfsTailerBacklog=0"
kill -9 "$statsd_pid"
wait "$statsd_pid" 2>/dev/null

# The queue: messages that are 50 s old.
echo "list 2" >"$TMP/says"
"$ROOT/tests/rig/fake-showq" "$TMP/showq" "$TMP/says" &
at_exit "end_process $!"
wait_until "test -S '$TMP/showq'" 10
chmod 777 "$TMP/showq"
queue="{ interval: 0.2, sockets: [ { path: $TMP/showq } ] }" interval=0.1
limits queue_high 3 queue_old 3600
statsd_start
wait_until "shows $QUEUED 2" 30
ok $? "pfsAgentQueuedMessages"
said pfsQueue 1
is $? 1 "two messages are not many, nor are they old"
say "list 3"
arrives pfsQueueHigh "pfsAgentQueuedMessages=3 pfsQueueSampled=1[0-9]*"
limits queue_high 3 queue_old 30
arrives pfsQueueOld "pfsAgentQueuedOldest=[1-9]* pfsQueueSampled=1[0-9]*"
say "list 2"
wait_until "shows $QUEUED 2" 20
said pfsQueueNormal 1
is $? 1 "two are not below queue_low"
say "list 0"
arrives pfsQueueNormal "pfsAgentQueuedMessages=0 pfsQueueSampled=1[0-9]*"
arrives pfsQueueFresh "pfsAgentQueuedOldest=0 pfsQueueSampled=1[0-9]*"
statsd_stop

# Probes.
far=$(($(date +%s) + 90 * 86400 + 3600)) near=$(($(date +%s) + 10 * 86400 + 3600))
limits
probed 1 ok "$far"
said pfsProbe 1 || said pfsCertificate 1
is $? 1 "a probe that does well is not spoken of"
probed 0 timeout:banner "$far"
arrives pfsProbeFailed "pfsNotifyProbe=mx pfsNotifyProbeResult=timeout:banner"
probed 0 refused "$far"
snmpd_away=$(grep -cF 'no connection to snmpd' "$TMP/agentx.err")
"$ROOT/tests/rig/snmpd.sh" stop "$TMP/snmpd"
wait_until "said 'no connection to snmpd' $((snmpd_away + 1))" 20
snmpd_start "$port" || exit 1
wait_until "shows $STORE_STATE 2" 20
probed 0 dns "$far"
is "$(got v2-trap pfsProbeFailed | wc -l)" 1 \
    "one that goes on to fail is told of once, whatever becomes of snmpd"
probed 1 ok "$near"
arrives pfsProbeRecovered "pfsNotifyProbe=mx pfsNotifyProbeResult=ok"
arrives pfsCertificateExpiring "pfsNotifyProbe=mx pfsNotifyCertificateDays=10"
limits certificate_days 10
arrives pfsCertificateRenewed "pfsNotifyProbe=mx pfsNotifyCertificateDays=10"
limits certificate_days 11
arrives pfsCertificateExpiring \
    "pfsNotifyProbe=mx pfsNotifyCertificateDays=10" 2
probed 1 ok "$far"
arrives pfsCertificateRenewed \
    "pfsNotifyProbe=mx pfsNotifyCertificateDays=90" 2
limits certificate_days 0
probed 1 ok "$near"
said pfsCertificateExpiring 3
is $? 1 "certificate_days: 0 is never"

# Their mail.
said pfsMail 1
is $? 1 "mail that arrives is not spoken of"
probed 1 ok "$near" overdue "deferred by smtp: 450 4.2.0 Greylisted"
arrives pfsMailOverdue "pfsNotifyProbe=mx pfsNotifyMailResult=overdue \
pfsNotifyMailWhere=deferred by smtp: 450 4.2.0 Greylisted"
probed 1 ok "$near" late "arrived after 900.000 s"
probed 0 refused "$near" unsent ""
probed 1 ok "$near"
arrives pfsMailArrives "pfsNotifyProbe=mx pfsNotifyMailResult=arrived \
pfsNotifyMailWhere=arrived after 0.213 s"
is "$(got v2-trap pfsMailOverdue | wc -l)" 1 \
    "what goes on not to arrive in time is told of once"

# None that is not wanted.
is "$(out_of_turn)" "" "each condition begins and ends by turns"
limits deferral_high 50 enabled no
truncate -s -512 "$STATE/postfix-stats.db"
wait_until "shows $STORE_STATE 3" 15
ok $? "the store is damaged once more"
said "pfsStoreDamaged: " 4
is $? 1 "but notifications are switched off"
tap_end
