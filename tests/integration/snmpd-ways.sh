#!/bin/sh
# Every line of snmpd.conf.example, as it stands there but for the paths, with
# a real snmpd: the subagent, pass_persist, exec and sh, extend; and who may
# ask, by SNMPv1, v2c and v3.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

EXT=.1.3.6.1.4.1.2021.8.1
EXTEND=.1.3.6.1.4.1.8072.1.3.2
NAMES=2 COMMAND=3 RESULT=100 OUTPUT=101

# wrap PROGRAM: one in $TMP/bin that serves our store
wrap()
{
	printf '#!/bin/sh\nexec "%s" -c "%s" -d "%s" "$@"\n' "$BIN/$1" \
	    "$CONFIG" "$STATE" >"$TMP/bin/$1"
	chmod 755 "$TMP/bin/$1"
}

# snmpd_start WORD...: with snmpd.conf.example, the lines that begin with
# #WORD uncommented and the paths such as are here, and with $more
snmpd_start()
{
	words=$(echo "$@" | tr ' ' '|')
	group='root nogroup'
	[ "$(id -u)" -eq 0 ] || group=''
	sed -E -e "s,^#(($words) ),\\1," \
	    -e "s,/usr/local/s?bin/,$TMP/bin/," \
	    -e "s,/var/agentx/master,$DIR/agentx," \
	    -e "s,root postfix-stats,$group," \
	    "$ROOT/snmpd.conf.example" >"$TMP/snmpd.conf"
	echo "$more" >>"$TMP/snmpd.conf"
	SNMPD_CONF=$TMP/snmpd.conf COMMUNITY=postfixstats \
	    "$ROOT/tests/rig/snmpd.sh" start "$DIR" || exit 1
	SERVER=127.0.0.1:$(cat "$DIR/port")
}

snmpd_stop()
{
	"$ROOT/tests/rig/snmpd.sh" stop "$DIR"
}

# asked COMMAND [OPTION]... OID: with numbers, by v2c unless told otherwise
asked()
{
	command=$1
	shift
	SNMP_PERSISTENT_DIR=$TMP/snmp SNMPCONFPATH=$TMP/snmp MIBS='' \
	    "$command" -On -t 5 -r 0 ${version:--v 2c -c postfixstats} \
	    "$@" 2>&1
}

# What a walk has and postfix-stats-get --walk has not: the rows that only the
# agent knows, and where the view ends.
not_own()
{
	grep -vE "^$BASE_OID\\.1\\.14\\.(6[4-9]|7[0-3])\\.0 |^End of MIB|No more var"
}

# value FORM OID: of one object
value()
{
	asked snmpget -Oqv "$SERVER" "$1"
}

# column OID: the values below it, as a walk has them
column()
{
	asked snmpwalk -Oqv "$SERVER" "$1" | grep -v 'No more var'
}

# index NAME: as an SNMP index
index()
{
	printf '%s' "$1" | od -An -v -tu1 |
	    awk '{ for (i = 1; i <= NF; i++) s = s "." $i; n += NF }
	    END { print n s }'
}

tap_start "the four ways of snmpd.conf.example, as written"
DIR=$TMP/snmpd
install -d "$TMP/bin" "$TMP/snmp"
state_for_nobody
wrap postfix-stats-get
wrap postfix-stats-agentx
"$ROOT/build/tools/loggen" --lines 20000 --instances >"$LOG"
"$BIN/postfix-statsd" --once -c "$CONFIG" -d "$STATE" --log "$LOG"
stats_get --walk | grep -F "$BASE_OID." >"$TMP/walk"
at_exit snmpd_stop

# 1. AgentX, as the file stands.
more=''
snmpd_start nothing
agentx_start "unix:$DIR/agentx"
wait_until '[ "$(value "$BASE_OID.1.1.1.0")" = "$(stats_get sent:smtp)" ]' 10
ok $? "AgentX: pfsSentSmtp is sent:smtp"
is "$(asked snmpbulkwalk "$SERVER" "$BASE_OID" | not_own |
    diff "$TMP/walk" -)" "" "AgentX: a walk is that of postfix-stats-get"
like "$(value "$EXT.$NAMES.1")" "No Such *" "extTable is not in the view"
like "$(value .1.3.6.1.2.1.25.1.1.0)" "No *" "nor is anything else"
version='-v 1 -c postfixstats'
is "$(asked snmpwalk "$SERVER" "$BASE_OID" | not_own |
    diff "$TMP/walk" - | sed -n 's/^< [^ ]* = \([^:]*\):.*/\1/p' | sort -u)" \
    Counter64 "SNMPv1: a walk has all but the Counter64"
is "$(asked snmpwalk "$SERVER" "$BASE_OID" | not_own |
    diff "$TMP/walk" - | grep -c '^>')" 0 "and nothing else"
like "$(value "$BASE_OID.1.1.1.0")" "*noSuchName*" "and has no Counter64"
version="-v 2c -c public -t 1"
like "$(value "$BASE_OID.1.1.1.0")" "Timeout*" "another community: no answer"
version=''
agentx_stop
snmpd_stop

# SNMPv3: the createUser line goes to where snmpd keeps its users.
sed -n 's/^#   \(createUser .*\)/\1/p' "$ROOT/snmpd.conf.example" \
    >"$DIR/persistent/snmpd.conf"
chmod 600 "$DIR/persistent/snmpd.conf"
is "$(grep -c . "$DIR/persistent/snmpd.conf")" 1 "the example has a user"
snmpd_start rouser
agentx_start "unix:$DIR/agentx"
version='-v 3 -u monitor -l authPriv -a SHA-256 -x AES'
wait_until '[ "$(asked snmpget -A "password one" -X "password two" -Oqv \
    "$SERVER" "$BASE_OID.1.1.1.0")" = "$(stats_get sent:smtp)" ]' 10
ok $? "SNMPv3, authPriv: pfsSentSmtp is sent:smtp"
is "$(asked snmpbulkwalk -A "password one" -X "password two" "$SERVER" \
    "$BASE_OID" | not_own | diff "$TMP/walk" -)" "" "and a walk is whole"
like "$(asked snmpget -A "password two" -X "password two" "$SERVER" \
    "$BASE_OID.1.1.1.0")" "*Authentication failure*" "but not by a wrong password"
version='-v 3 -u monitor -l authNoPriv -a SHA-256'
like "$(asked snmpget -A "password one" "$SERVER" "$BASE_OID.1.1.1.0")" \
    "*authorizationError*" "nor without encryption"
version=''
is "$(grep -c 'password' "$DIR/persistent/snmpd.conf")" 0 \
    "snmpd has put keys in place of the passwords"
agentx_stop
snmpd_stop

# 2. pass_persist.  By a pipe first, with standard error on it as snmpd has it.
is "$(printf 'PING\n\nget\n%s\nPING' "$BASE_OID.1.14.65.0" |
    "$TMP/bin/postfix-stats-agentx" --pass-persist 2>&1; echo "ended $?")" \
    "PONG
$BASE_OID.1.14.65.0
integer
2
ended 0" "--pass-persist: nothing but answers, and an end with the input"
is "$("$BIN/postfix-stats-agentx" --pass-persist -c "$TMP/none" </dev/null \
    2>"$TMP/err"; echo "ended $?, $(wc -l <"$TMP/err")")" "ended 64, 1" \
    "--pass-persist: without its configuration it does not begin"
snmpd_start pass_persist
is "$(asked snmpbulkwalk "$SERVER" "$BASE_OID" | not_own |
    diff "$TMP/walk" -)" "" \
    "pass_persist: a walk is that of postfix-stats-get"
is "$(asked snmpwalk "$SERVER" "$BASE_OID" | not_own |
    diff "$TMP/walk" -)" "" "one by one, too"
is "$(value "$BASE_OID.1.14.65.0")" 2 "pfsAgentStoreState: no tailer, stale"
like "$(value "$BASE_OID.1.1.1")" "No Such *" "half an OID: no such instance"
like "$(asked snmpset "$SERVER" "$BASE_OID.1.1.1.0" i 1)" \
    "*noAccess*" "a set that the view forbids"
child()
{
	pgrep -P "$(cat "$DIR/pid")" -f postfix-stats-agentx
}
pid=$(child)
is "$(echo "$pid" | wc -w)" 1 "snmpd has one child"
kill -9 "$pid"
wait_until '[ "$(value "$BASE_OID.1.1.1.0")" = "$(stats_get sent:smtp)" ]' 10
ok $? "killed, it is started again"
pid=$(child)
snmpd_stop
wait_until '! running "$pid"' 10
ok $? "it ends with snmpd"
more='rwcommunity writer 127.0.0.1'
snmpd_start pass_persist
version='-v 2c -c writer'
for type in 'i 1' 'u 1' 't 1' 's text' 'x 0a0d' 'o .1.3' 'a 192.0.2.1' 'U 1'
do
	# shellcheck disable=SC2086
	like "$(asked snmpset "$SERVER" "$BASE_OID.1.1.1.0" $type)" \
	    "*notWritable*" "a set of type ${type% *}: not writable"
done
version=''
is "$(value "$BASE_OID.1.1.1.0")" "$(stats_get sent:smtp)" \
    "and answers come on in step"
snmpd_stop

# 3. exec and sh.
more="exec unknown $TMP/bin/postfix-stats-get no:such"
snmpd_start exec sh view
sent=$(stats_get sent:smtp) received=$(stats_get recv:smtp)
rejected=$(($(stats_get smtpd:4xx) + $(stats_get smtpd:5xx)))
is "$(column $EXT.1)" "1
2
3
4" "extTable: as many rows as lines"
is "$(column $EXT.$NAMES)" '"sent-smtp"
"recv-smtp"
"smtpd-rejected"
"unknown"' "extNames"
is "$(column $EXT.$COMMAND)" "\"$TMP/bin/postfix-stats-get sent:smtp\"
\"$TMP/bin/postfix-stats-get recv:smtp\"
\"$TMP/bin/postfix-stats-get smtpd:4xx smtpd:5xx | awk '{ n += \$1 } END \
{ print n }'\"
\"$TMP/bin/postfix-stats-get no:such\"" "extCommand"
is "$(column $EXT.$RESULT)" "0
0
0
1" "extResult is the exit code"
is "$(column $EXT.$OUTPUT)" "\"$sent\"
\"$received\"
\"$rejected\"
\"No such key \\\"no:such\\\"\"" "extOutput is the number, or what is wrong"
snmpd_stop

# 4. extend.
more=''
snmpd_start extend view
is "$(column $EXTEND.3.1.1)" "\"$sent\"
\"$(stats_get sent:local)\"" "nsExtendOutput1Line is the number"
is "$(column $EXTEND.3.1.2)" "$(column $EXTEND.3.1.1)" "nsExtendOutputFull, too"
is "$(column $EXTEND.3.1.3)" "1
1" "nsExtendOutNumLines"
is "$(column $EXTEND.3.1.4)" "0
0" "nsExtendResult"
is "$(value "$EXTEND.3.1.1.$(index sent-local)")" "\"$(stats_get sent:local)\"" \
    "found by its name"
is "$(value "$EXTEND.1.0")" 2 "nsExtendNumEntries"
snmpd_stop

# agent-notify.sh has those that say where notifications go.
is "$(grep -oE '^#[a-zA-Z0-9_]+' "$ROOT/snmpd.conf.example" |
    LC_ALL=C sort -u | xargs)" \
    "#exec #extend #informsink #pass_persist #rouser #sh #trap2sink \
#trapsess #trapsink #view" \
    "the example has no line that was not tried"

# All of 2 to 4 at once.
snmpd_start pass_persist exec sh extend view
is "$(asked snmpbulkwalk "$SERVER" "$BASE_OID" | not_own |
    diff "$TMP/walk" -)" "" "together: the walk"
is "$(value "$EXT.$OUTPUT.1")" "\"$sent\"" "extOutput"
is "$(value "$EXTEND.3.1.1.$(index sent-smtp)")" "\"$sent\"" \
    "nsExtendOutput1Line"
tap_end
