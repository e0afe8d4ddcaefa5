# A mail server to be watched, and what follows the pages of docs/nms.  Sourced
# by the tests of this folder behind lib.sh and tap_start:
#
#	. "$ROOT/tests/nms/rig.sh"
#	nms_start		a private Postfix (two instances) that was sent mail of
#				every kind, tailer, two probes, exporter, subagent and
#				snmpd.  After it nothing moves by itself but ages.
#	mail_some N		N more recipients are delivered
#	mail_stuck N		N messages more are in the deferred queue
#	mail_unstuck		nothing is in the deferred queue
#	page_follow PAGE [NAME=VALUE]...
#	asked_oid OID		what snmpd says now
#	need STATUS NAME	as ok, and the end of the test if it failed
#
# Each returns once store and subagent have it.  SNMP is version 2c, community
# public, at 127.0.0.1:$SNMP_PORT; the exporter is at $EXPORTER.  $SNMPD_EXTRA
# has lines for snmpd.conf.  Needs root.

. "$ROOT/tests/rig/prometheus.sh"

probe_pid=''

# Mail that is put off is tried again when the test is over.
POSTFIX_EXTRA="queue_run_delay = 1h
minimal_backoff_time = 1h
maximal_backoff_time = 2h"
export POSTFIX_EXTRA

nms_configure()
{
	cat >"$CONFIG" <<P
publish_interval: 0.2
queue:
  sockets:
    - { path: $MAIL_RIG/spool/public/showq, instance: postfix }
    - { path: $MAIL_RIG/out/spool/public/showq, instance: postfix-out }
  interval: 0.5
probes:
  - { name: arrives, server: 127.0.0.1, port: $SMTPD, interval: 3600,
      from: probe@discard.test, to: user@virtual.test,
      delivery: { maildir: $MAIL_RIG/mail/virtual/user } }
  - { name: refused, server: 127.0.0.1, port: $CLOSED, interval: 3600,
      from: probe@discard.test, to: user@virtual.test }
${NMS_CONFIG-}
P
}

nms_start()
{
	MAIL_RIG=$TMP/mail
	install -d "$MAIL_RIG" "$TMP/snmp"
	state_for_nobody
	at_exit 'sh "$ROOT/tests/rig/postfix.sh" stop "$MAIL_RIG"'
	sh "$ROOT/tests/rig/postfix.sh" start "$MAIL_RIG" || return
	. "$MAIL_RIG/env"
	LOG=$MAIL_RIG/log/mail.log
	nms_configure
	statsd_start --from start || return
	sh "$ROOT/tests/rig/mail.sh" "$MAIL_RIG" >"$TMP/sent" || return
	"$BIN/postfix-stats-probe" -f -c "$CONFIG" -d "$STATE" </dev/null \
	    >>"$TMP/probe.err" 2>&1 &
	probe_pid=$!
	at_exit 'child_stop probe_pid'
	at_exit 'sh "$ROOT/tests/rig/snmpd.sh" stop "$TMP/snmp"'
	sh "$ROOT/tests/rig/snmpd.sh" start "$TMP/snmp" || return
	SNMP_PORT=$(cat "$TMP/snmp/port")
	agentx_start "unix:$TMP/snmp/agentx"
	exporter_start || return
	wait_for mail:arrives:success 1 60 &&
	    wait_for probe:refused:failures 1 30 && at_rest && return
	diag "the mail server does not come to rest: $(cat "$TMP"/*.err)"
	return 1
}

need()
{
	ok "$@"
	[ "$1" -eq 0 ] || tap_end
}

asked_oid()
{
	MIBS='' SNMP_PERSISTENT_DIR=$TMP/snmp snmpget -v 2c -c public -Oqv \
	    "127.0.0.1:$SNMP_PORT" "$1" 2>/dev/null
}

# Log read, queue sampled, both served.
served()
{
	read_now=$(stats_get lines:read) &&
	    [ "$read_now" -ge "$(wc -l <"$LOG")" ] &&
	    [ "$(asked_oid "$BASE_OID.1.14.1.0")" = "$read_now" ] &&
	    [ "$(stats_get queue:deferred:messages)" = "$(deferred)" ] &&
	    [ "$(asked_oid "$BASE_OID.1.5.1.3.1.8.100.101.102.101.114.114.101.100")" = \
		"$(deferred)" ]
}

deferred()
{
	find "$MAIL_RIG/spool/deferred" "$MAIL_RIG/out/spool/deferred" -type f |
	    wc -l
}

at_rest()
{
	wait_until 'sh "$ROOT/tests/rig/postfix.sh" idle "$MAIL_RIG"' 60 &&
	    wait_until served 30
}

# say N RECIPIENT
say()
{
	"$ROOT/tests/rig/smtp-say" "$SMTPD" "$1" sender@discard.test hello \
	    text "$2" >>"$TMP/smtp-say.log"
}

mail_some()
{
	more=$(($(stats_get delivery:smtp:sent) + $1))
	say "$1" user@ok.test
	wait_for delivery:smtp:sent "$more" 60 && at_rest
}

mail_stuck()
{
	more=$(($(deferred) + $1))
	say "$1" user@down.test
	wait_until '[ "$(deferred)" = "$more" ]' 60 && at_rest
}

mail_unstuck()
{
	postsuper -c "$MAIL_RIG/etc" -d ALL deferred 2>>"$TMP/mail.err"
	at_rest
}

# The blocks of a page that are marked ```sh, in one shell in an empty
# directory, $TMP/page.  Its first one only sets variables, of which those that
# are named here get another value.  Output is in $TMP/page.log.
page_follow()
{
	page=$1
	shift
	page_block "$page" first >"$TMP/page.sh"
	for setting; do
		grep -q "^${setting%%=*}=" "$TMP/page.sh" || {
			diag "$page does not set ${setting%%=*}"
			return 1
		}
		printf "%s='%s'\n" "${setting%%=*}" \
		    "$(printf %s "${setting#*=}" | sed "s/'/'\\\\''/g")"
	done >"$TMP/settings"
	{
		cat "$TMP/settings"
		page_block "$page" rest
	} >>"$TMP/page.sh"
	install -d "$TMP/page"
	(cd "$TMP/page" && TMPDIR=$TMP sh -eux "$TMP/page.sh") >"$TMP/page.log" 2>&1 &&
	    return
	diag "$page: $(tail -20 "$TMP/page.log")"
	return 1
}

page_block()
{
	awk -v which="$2" '
	/^```sh$/ { block++; inside = 1; next }
	/^```/ { inside = 0 }
	inside && (which == "first") == (block == 1)' "$1"
}
