#!/bin/sh
# The subagent sleeps until something happens: it hears of a tailer's end and
# start, of the store and of a condition whose time has come, and between these
# nothing wakes it.  One ping an hour, and nobody asks, so that nothing else
# can have woken it.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

# limits KEY VALUE...: of notifications
limits()
{
	{
		echo "publish_interval: 600" # when asked to
		printf 'snmp:\n  notifications:\n'
		printf '    %s: %s\n' "$@"
	} >"$CONFIG"
}

# reload KEY VALUE...: the agent has these limits
reload()
{
	limits "$@"
	hush
	kill -HUP "$agentx_pid"
	says "configuration read again"
}

# said TEXT: since the last hush
said()
{
	grep -qF -- "$1" "$TMP/agentx.err"
}

says()
{
	wait_until "said '$1'" 20 || {
		diag "$(cat "$TMP/agentx.err")"
		return 1
	}
}

hush()
{
	: >"$TMP/agentx.err"
}

# switches PID: how often it went to sleep
switches()
{
	awk '/^voluntary/ { print $2 }' "/proc/$1/status"
}

calm()
{
	was=$(switches "$1")
	sleep 1
	[ "$(switches "$1")" = "$was" ]
}

# sleeps PID NAME
sleeps()
{
	wait_until "calm $1" 15
	was=$(switches "$1")
	sleep 5
	is "$(switches "$1")" "$was" "no wakeup in 5 s $2"
}

tap_start "nothing wakes an idle subagent"
state_for_nobody
limits silent_after 3600
log_append 3
statsd_start --from start
at_exit "$ROOT/tests/rig/snmpd.sh stop $TMP/snmpd"
"$ROOT/tests/rig/snmpd.sh" start "$TMP/snmpd" || exit 1
agentx_start "unix:$TMP/snmpd/agentx" --ping 3600
says "connected to snmpd" && says "serving "
ok $? "the subagent serves"
sleeps "$agentx_pid" "beside a tailer"

hush
kill -9 "$statsd_pid"
wait "$statsd_pid" 2>/dev/null
says "as it was left: no tailer is running"
ok $? "the tailer is killed: noticed"
sleeps "$agentx_pid" "without one"
hush
statsd_start
says "serving "
ok $? "the tailer starts: noticed"
hush
statsd_stop
says "as it was left: no tailer is running"
ok $? "the tailer ends: noticed"
statsd_start

# The directory.
hush
mv "$STATE" "$STATE.away"
says "serving the last good snapshot"
ok $? "the directory goes: noticed"
hush
cp -Rp "$STATE.away" "$STATE"
says "serving "
ok $? "another one comes: noticed"
hush
truncate -s -512 "$STATE/postfix-stats.db"
touch "$STATE/postfix-stats.db"
says "serving the last good snapshot"
ok $? "what happens in it is noticed, too"
sleeps "$agentx_pid" "nor then"
rm -r "$STATE"
mv "$STATE.away" "$STATE"
says "pfsStoreRestored: "
ok $? "the first one is back"

# Conditions.
reload silent_after 1
says "pfsLogSilent: "
ok $? "silent_after is lowered: judged at once"
sleeps "$agentx_pid" "while it is silent"
reload silent_after 3600
says "pfsLogActive: the last line of the log was counted "
ok $? "silent_after is raised: over, and judged at once"
reload silent_after 1
says "pfsLogSilent: "
ok $? "and lowered again"
hush
log_append 1
publish
says "pfsLogActive: the last line of the log was counted "
ok $? "a line is counted: over"
says "pfsLogSilent: "
ok $? "silence is noticed though nothing happens"
agentx_stop

# The same for pass_persist.
mkfifo "$TMP/questions"
"$BIN/postfix-stats-agentx" --pass-persist -c "$CONFIG" -d "$STATE" \
    <"$TMP/questions" >"$TMP/answers" 2>"$TMP/agentx.err" &
agentx_pid=$!
exec 3>"$TMP/questions"
says "serving "
ok $? "pass_persist"
sleeps "$agentx_pid" "beside a tailer"
hush
statsd_stop
says "as it was left: no tailer is running"
ok $? "the tailer ends: noticed"
exec 3>&-
tap_end
