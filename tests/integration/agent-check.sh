#!/bin/sh
# postfix-stats-agentx --check: each fault that it names is made on purpose,
# named, mended as it advises, and gone.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

# check [OPTION]...: its output is then in $TMP/check
check()
{
	# shellcheck disable=SC2086
	$as "$TMP/check-program" --check --host "$SERVER" \
	    --agentx-socket "$SOCKET" -c "$CONFIG" -d "$STATE" --ping 1 "$@" \
	    </dev/null >"$TMP/check" 2>&1
}

# named PATTERN: exactly one fault is, of this kind
named()
{
	if check $check_with; then
		return 1
	fi
	[ "$(grep -c '^fault: ' "$TMP/check")" -eq 1 ] &&
	    [ "$(grep -c '^mend: ' "$TMP/check")" -eq 1 ] &&
	    grep -q "^fault: .*$1" "$TMP/check"
}

# fault NAME PATTERN [OPTION]...
fault()
{
	title=$1 pattern=$2
	shift 2
	check_with=$*
	wait_until 'named "$pattern"' 30
	ok $? "$title: named"
	diag "$(grep -v '^ok: ' "$TMP/check")"
}

# mended [OPTION]...
mended()
{
	wait_until "check $*" 30
	ok $? "$title: mended"
	diag "$(grep -A 1 '^fault: ' "$TMP/check")"
}

# advice N: the Nth text in quotes of the line that begins with "mend:", with
# the view of this snmpd.conf put in
advice()
{
	sed -n 's/^mend: //p' "$TMP/check" | cut -d '"' -f $(($1 * 2)) |
	    sed "s/VIEW/all/"
}

SNMPD=$ROOT/tests/rig/snmpd.sh
MIB2=.1.3.6.1.2.1

snmpd()
{
	"$SNMPD" "$1" "$TMP/snmpd" || diag "snmpd does not $1"
}

# snmpd_with SED: restarted with another configuration
snmpd_with()
{
	sed -i "$1" "$CONF"
	snmpd restart
}

snmpd_add()
{
	printf '%s\n' "$@" >>"$CONF"
	snmpd restart
}

snmpd_pid()
{
	cat "$TMP/snmpd/pid"
}

agent()
{
	agentx_start "$SOCKET"
}

agent_kill()
{
	kill -9 "$agentx_pid"
	wait "$agentx_pid" 2>/dev/null
	agentx_pid=''
}

tap_start "what --check says of each fault, and whether its advice helps"
as=''
if [ "$(id -u)" -eq 0 ]; then
	as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
fi
state_for_nobody
cp "$BIN/postfix-stats-agentx" "$TMP/check-program"
at_exit "'$SNMPD' stop '$TMP/snmpd'"
"$SNMPD" start "$TMP/snmpd" || exit 1
CONF=$TMP/snmpd/snmpd.conf
SOCKET=unix:$TMP/snmpd/agentx
STORE=$STATE/postfix-stats.db
SERVER=127.0.0.1:$(cat "$TMP/snmpd/port")
log_append 3
statsd_start --from start
agent
title="all is well"
mended
is "$(grep -c '^ok: ' "$TMP/check")" "$(wc -l <"$TMP/check")" \
    "and nothing is said but what was checked"
diag "$(cat "$TMP/check")"

# snmpd.
snmpd stop
fault "snmpd stopped" "snmpd does not run: nothing listens at $SERVER"
snmpd restart
mended
kill -9 "$(snmpd_pid)"
fault "snmpd killed" "snmpd does not run: nothing listens at $SERVER"
snmpd restart
mended
fault "another address" "snmpd runs, .* nothing listens at 127.0.0.1:" \
    --host "127.0.0.1:$(pick_port)"
mended
kill -STOP "$(snmpd_pid)"
fault "snmpd hangs" "nothing comes back from $SERVER"
kill -9 "$(snmpd_pid)"
snmpd restart
mended
fault "another community" 'does not answer to the community "other"' \
    --community other
snmpd_add "$(advice 1)"
mended --community other
snmpd_with '/other/d'

# The socket.
snmpd_with '/^master/d; /^agentXSocket/d'
fault "snmpd is no master" "snmpd does not listen at the AgentX socket"
snmpd_add "$(advice 1)" "$(advice 2)"
mended
if [ "$(id -u)" -eq 0 ]; then
	snmpd_with 's/^agentXPerms.*/agentXPerms 0600 0755/'
	fault "the socket is closed" "is closed to nobody:nogroup"
	sed -i '/^agentXPerms/d' "$CONF"
	snmpd_add "$(advice 1)"
	mended
	agentx_stop
	chmod 700 "$TMP/snmpd"
	agent
	fault "its directory is closed" "/snmpd is root:root, mode 0700"
	eval "$(sed -n 's/^mend: //p' "$TMP/check")"
	mended
else
	skip "needs root: the socket is closed" 2
	skip "needs root: its directory is closed" 2
fi

# The view.  To see that our base is taken the check tries to take it.
sed -i 's/^view.*/view all included .1.3.6.1.2.1/' "$CONF"
snmpd_add "view whole included .1" "rocommunity whole 127.0.0.1 -V whole"
fault "the view hides us" 'the community "public" is not shown it'
line=$(advice 1)
check --community whole
ok $? "and the agent goes on serving"
snmpd_add "$line"
mended
echo "view all excluded $BASE_OID.1.2" >>"$CONF"
snmpd restart
fault "the view hides a table" \
    "objects of the store are not shown; the first is $BASE_OID.1.2.1"
snmpd_with '/excluded/d'
mended
snmpd_with "s/ $BASE_OID\$/ $BASE_OID.1.1/"
fault "the view hides pfsAgent" "only a part of $BASE_OID is shown"
snmpd_with "s/ $BASE_OID.1.1\$/ $BASE_OID/"
mended

# And the IETF's MIBs.
sed -i "s/^view all included .1.3.6.1.2.1\$/view all included .1.3.6.1.2.1.1/" \
    "$CONF"
snmpd_add "view all included $MIB2.27"
fault "the view hides MTA-MIB" "nothing of $MIB2.28 is shown"
snmpd_add "$(advice 1)"
mended
snmpd_add "view all excluded $MIB2.27.1.1.2"
fault "the view hides a column" \
    "objects of $MIB2.27 are not shown; the first is $MIB2.27.1.1.2.1"
snmpd_with '/excluded/d'
mended
snmpd_with "/included $MIB2.2[78]\$/d; s/ $MIB2.1\$/ $MIB2/"

# The agent.
agentx_stop
fault "no agent" "no agent serves $BASE_OID"
agent
mended
kill -STOP "$agentx_pid"
fault "the agent hangs" "does not answer in time"
agent_kill
agent
mended

# Others at our place.
cat >"$TMP/other" <<P
#!/bin/sh
# pass: something below the base that is not ours
case \$1 in
-n)	[ "\$2" != $BASE_OID.7.7 ] || exit 0 ;;
esac
printf '%s\n' $BASE_OID.7.7 integer 7
P
cat >"$TMP/get-only" <<'P'
#!/bin/sh
# pass: GET answers, GETNEXT does not
[ "$1" = -g ] && printf '%s\n' "$2" string other
P
sed "s/$BASE_OID.7/$MIB2.28.2.1.30/" "$TMP/other" >"$TMP/other-ietf"
chmod 755 "$TMP/other" "$TMP/get-only" "$TMP/other-ietf"
agentx_stop
snmpd_add "pass $BASE_OID $TMP/other"
fault "a pass program at our base" "another program serves $BASE_OID"
snmpd_with '/^pass/d'
agent
mended
agentx_stop
snmpd_add "pass $BASE_OID $TMP/get-only"
fault "GET without GETNEXT" \
    "GET answers below $BASE_OID, but GETNEXT .* comes to"
snmpd_with '/^pass/d'
agent
mended
snmpd_add "pass -p 50 $MIB2.28.2.1.30 $TMP/other-ietf"
fault "a pass program in MTA-MIB" \
    "another program serves a part of $MIB2.28; its first object is $MIB2.28.2.1.30.7"
snmpd_with '/^pass/d'
mended
agentx_stop
first_state=$STATE first_log=$LOG STATE=$TMP/second LOG=$TMP/second.log
log_append 5
state_for_nobody
"$BIN/postfix-statsd" --once -c "$CONFIG" -d "$STATE" --log "$LOG"
agent
STATE=$first_state LOG=$first_log
fault "the agent of another store" "serves another store than $STORE"
agentx_stop
agent
mended

# The store.
statsd_stop
fault "no tailer" "the store $STORE is stale"
statsd_start
mended
statsd_stop
truncate -s -512 "$STORE"
fault "a damaged store" "store $STORE: "
statsd_start
mended
statsd_stop
rm "$STORE" "$STORE.1"
fault "no store" "there is no store $STORE"
statsd_start
mended
PROBES=$STATE/probe.db
echo "probe:mx:success 1" | "$ROOT/build/tools/store-put" "$STATE" probe.db
fault "nobody probes" "the store $PROBES is stale"
truncate -s -512 "$PROBES"
fault "a damaged store of probes" "store $PROBES: "
rm "$PROBES"
mended
if [ "$(id -u)" -eq 0 ]; then
	# The file alone would be replaced by an open one.
	chmod 700 "$STATE"
	fault "a closed store" "store $STORE: Permission denied"
	eval "$(sed -n 's/^mend: \(chmod 750 [^ ]*\) and .*/\1/p' "$TMP/check")"
	mended
else
	skip "needs root: a closed store" 2
fi

# No subagent, and no socket for one.
agentx_stop
sed -i '/^master/d; /^agentXSocket/d' "$CONF"
persist="$TMP/check-program --pass-persist -c $CONFIG -d $STATE"
snmpd_add "pass_persist $BASE_OID $persist" "pass_persist $MIB2.27 $persist"
fault "pass_persist without MTA-MIB" "nothing of $MIB2.28 is shown"
snmpd_add "pass_persist $MIB2.28 $persist"
mended
is "$(grep -c '^ok: ' "$TMP/check")" "$(wc -l <"$TMP/check")" \
    "pass_persist needs no socket: all is well"
diag "$(cat "$TMP/check")"

# As Debian starts it.  An agent at AgentX does not mind, pass_persist does.
SNMPD_WITHOUT=smux,mteTrigger,mteTriggerConf
export SNMPD_WITHOUT
snmpd restart
fault "snmpd with sendmail" "snmpd's own module for sendmail serves a part of $MIB2.28"
SNMPD_WITHOUT=smux,mteTrigger,mteTriggerConf$(advice 1 | sed 's/.*-I -/,/')
snmpd restart
mended
SNMPD_WITHOUT=smux,mteTrigger,mteTriggerConf
sed -i "/^pass_persist $MIB2.28/d" "$CONF"
snmpd restart
fault "sendmail alone" "snmpd's own module for sendmail serves a part of $MIB2.28"
sed -i '/^pass_persist/d' "$CONF"
snmpd_add "master agentx" "agentXSocket $SOCKET"
agent
mended
tap_end
