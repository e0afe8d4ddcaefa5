#!/bin/sh
# The main job at work, without touching the system: a private Postfix that
# gets mail of every kind, the tailer, a private snmpd with the subagent, and
# a table of what is counted, until Ctrl-C.
#
#	run.sh [--once]		print an snmpwalk once all mail is counted
#	LOG=FILE run.sh		follow FILE instead of starting Postfix
#
# Postfix needs root; with LOG nothing does.

ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig
follow=${LOG-} once='' mailer=''

log_read()
{
	[ "$(stats_get lines:read)" -ge "$lines" ]
}

agent_read()
{
	[ "$(walk "$BASE_OID.1.14.1.0" -OqUv 2>/dev/null)" = \
	    "$(stats_get lines:read)" ]
}

walk()
{
	oid=$1
	shift
	SNMP_PERSISTENT_DIR=$TMP/snmp \
	    $walk_command -m POSTFIX-STATS-MIB "$@" "$server" "$oid"
}

show_table()
{
	stats_get --all | awk -v log_file="$LOG" '
	{
		split($1, part, ":")
		count[$1] = $2
	}
	$1 ~ /@/ { next }
	part[1] == "delivery" { transport[part[2]] = 1 }
	part[1] == "reject_service" || part[1] == "receive" {
		service[part[2]] = 1
	}
	part[1] == "receive" { received[part[2]] += $2 }
	END {
		printf "%s: %d lines, %d of them no event counted yet\n\n",
		    log_file, count["lines:read"], count["lines:unrecognised"]
		printf "%-16s %9s %9s %9s %9s %9s\n", "transport", "sent",
		    "deferred", "bounced", "said 4xx", "said 5xx"
		sort = "sort"
		fflush()
		for (t in transport) {
			d = "delivery:" t ":"
			r = "reply:" t ":"
			printf "%-16s %9d %9d %9d %9d %9d\n", t,
			    count[d "sent"], count[d "deferred"],
			    count[d "bounced"], count[r "4xx"],
			    count[r "5xx"] | sort
		}
		close(sort)
		printf "\n%-16s %9s %9s %9s\n", "service", "received",
		    "gave 4xx", "gave 5xx"
		fflush()
		for (s in service) {
			r = "reject_service:" s ":"
			printf "%-16s %9d %9d %9d\n", s, received[s],
			    count[r "4xx"], count[r "5xx"] | sort
		}
		close(sort)
	}'
}

# Until the next round of mail, while the last one is on its way.
send_mail()
{
	if [ -n "$mailer" ] && running "$mailer"; then
		return
	fi
	"$RIG/mail.sh" "$TMP/rig" >/dev/null 2>>"$TMP/mail.err" &
	mailer=$!
}

fail()
{
	echo "run.sh: $1" >&2
	exit 1
}

case ${1-} in
--once)	once=yes ;;
'')	;;
*)	echo "usage: [LOG=FILE] run.sh [--once]" >&2
	exit 64 ;;
esac
[ -n "$follow" ] || [ "$(id -u)" -eq 0 ] || fail \
    "a private Postfix needs root; without, follow a log: make run LOG=FILE"

scratch
if [ "$(id -u)" -eq 0 ]; then
	state_for_nobody
fi
install -d "$TMP/rig" "$TMP/snmp"
if [ -n "$follow" ]; then
	case $follow in
	/*) LOG=$follow ;;
	*) LOG=$PWD/$follow ;;
	esac
	{ [ -f "$LOG" ] && [ -r "$LOG" ]; } || fail "$LOG: can't be read"
else
	# what is registered last ends first
	# shellcheck disable=SC2016
	at_exit '[ -z "$mailer" ] || wait "$mailer"'
	at_exit "'$RIG/postfix.sh' stop '$TMP/rig'"
	echo "starting a private Postfix in $TMP"
	"$RIG/postfix.sh" start "$TMP/rig" || fail "Postfix does not start"
	LOG=$TMP/rig/log/mail.log
fi
at_exit "'$RIG/snmpd.sh' stop '$TMP/snmp'"
"$RIG/snmpd.sh" start "$TMP/snmp" || fail "snmpd does not start"
server=127.0.0.1:$(cat "$TMP/snmp/port")
walk_command="snmpwalk -v 2c -c public"
walk_command="$walk_command -M $ROOT/build/mibs:$ROOT/mibs:/usr/share/snmp/mibs"
statsd_start --from start || exit 1
agentx_start "unix:$TMP/snmp/agentx"

if [ -n "$once" ]; then
	if [ -z "$follow" ]; then
		"$RIG/mail.sh" "$TMP/rig" >"$TMP/expected" || exit 1
		wait_until "'$RIG/postfix.sh' idle '$TMP/rig'" 60 ||
		    fail "Postfix is still busy"
	fi
	lines=$(wc -l <"$LOG")
	wait_until log_read 60 || fail "not all of $LOG was read"
	wait_until agent_read 10 || fail "$(cat "$TMP/agentx.err")"
	show_table
	printf '\n$ %s -m POSTFIX-STATS-MIB %s %s\n' "$walk_command" \
	    "$server" "$BASE_OID"
	walk "$BASE_OID"
	exit
fi

while :; do
	[ -n "$follow" ] || send_mail
	running "$statsd_pid" || fail "$(cat "$TMP/statsd.err")"
	table=$(show_table)
	[ ! -t 1 ] || printf '\033[H\033[J'
	printf '%s\n\nSee it by SNMP:\n%s -m POSTFIX-STATS-MIB %s %s\n%s\n\n' \
	    "$table" "$walk_command" "$server" "$BASE_OID" "Ctrl-C ends it."
	sleep 1
done
