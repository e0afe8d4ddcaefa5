#!/bin/sh
# Mail with tokens, sent to a real Postfix: the tailer follows it through the
# queue, over a kill and a second Postfix, and counts it apart.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig
TRAIL=$ROOT/build/tools/trail
skip_unless_root
tap_start "where a probe's mail is, the log says"

SERVERS=$TMP/servers
at_exit 'sh "$RIG/probe.sh" stop "$SERVERS"'
sh "$RIG/probe.sh" start "$SERVERS" || exit 1
. "$SERVERS/env"
LOG=$SERVERS/log/mail.log

configure "publish_interval: 0.1" "probes_apart: yes"
# The key comes after the tailer.
follow()
{
	statsd_start --from start --log "far=$SERVERS/log/far.log"
}
follow || exit 1

# send PORT RECIPIENT TOKEN
send()
{
	"$RIG/smtp-say" "$1" 1 a@sender.test "$(printf \
	    'a probe\r\nMessage-ID: <%s@sender.test>' "$3")" body "$2" >/dev/null
}

# probe PORT RECIPIENT SERIAL
probe()
{
	send "$1" "$2" "$("$TRAIL" token "$STATE" mx "$3")"
}

where()
{
	"$TRAIL" where "$STATE" mx "$1" 2>/dev/null
}

# comes SERIAL PATTERN NAME
comes()
{
	wait_until "case \$(where $1) in $2) : ;; *) false ;; esac" 20
	ok $? "$3"
	diag "$(where "$1")"
}

id_of()
{
	where "$1" | cut -d ' ' -f 2
}

"$TRAIL" token "$STATE" mx 1 >/dev/null
followed()
{
	grep -q "mail of probes is followed" "$TMP/statsd.err"
}

probe "$SMTP" probe@probe.test 1
comes 1 "'sent '*' sent by lmtp at '*:*" "delivered to a mailbox"
# It looks for one when there are lines to read.
followed
ok $? "the tailer has found the key, and says so"
like "$(where 1)" "*: 250 2.0.0 <probe@probe.test> *" "and what Dovecot said"

probe "$HOLD" probe@probe.test 2
comes 2 "'held '*' on hold since '*" "put on hold before it had a name"
postsuper -c "$SERVERS/etc" -H "$(id_of 2)" 2>/dev/null
comes 2 "'sent '*" "and let go"

probe "$SMTP" gone@probe.test 3
comes 3 "'bounced '*' bounced by lmtp at '*" "bounced"

probe "$RELAY" someone@elsewhere.test 4
comes 4 "'discarded '*' discarded by discard at '*" "thrown away"

probe "$SMTP" later@probe.test 5
comes 5 "'deferred '*' deferred by lmtp since '*" "put off"
postsuper -c "$SERVERS/etc" -h "$(id_of 5)" 2>/dev/null
comes 5 "'held '*" "held"

probe "$SMTP" hop@probe.test 6
comes 6 "'deferred '*' deferred by lmtp since '*" \
    "handed on to a Postfix that puts it off"
is "$(id_of 6)" "$(sed -n 's/.*queued as \([0-9A-Za-z]*\)).*/\1/p' "$LOG" |
    tail -n 1)" "which is known by the id that it has there"

before=$(where 5) before_hop=$(where 6)
kill -KILL "$statsd_pid"
wait "$statsd_pid" 2>/dev/null
statsd_pid=
follow || exit 1
is "$(where 5)" "$before" "known over a kill of the tailer"
is "$(where 6)" "$before_hop" "of both Postfixes"

postsuper -c "$SERVERS/etc" -d "$(id_of 5)" 2>/dev/null
comes 5 "'discarded '*" "deleted by hand"
ln -s "$LMTP_SOCKET" "$LATER"
postqueue -c "$SERVERS/far/etc" -f
comes 6 "'sent '*' sent by lmtp at '*" "and at last delivered"

send "$SMTP" probe@probe.test "pfs1.mx.7.1.00000000000000000000000000000000"
wait_for recv:smtp 1 20
ok $? "a forged token is anybody's mail"
is "$(where 7)" "" "and not followed"

# Six came by SMTP, and one of them once more at the next hop.
wait_for probe_mail:received 7 10
ok $? "mail of probes counts apart: taken in"
diag "$(stats_get --all | grep "^probe_mail")"
is "$(stats_get probe_mail:messages)" 7 "taken up"
is "$(stats_get probe_mail:sent)" 5 "and delivered or handed on"
is "$(stats_get recv:smtp)" 1 "and not as received"
wait_for sent:lmtp 1
ok $? "nor as delivered"
is "$(stats_get probe_mail:bounced)" 1 "a bounce is apart, too"
is "$(stats_get delivery:lmtp:bounced)" 0 "and nowhere else"
is "$(stats_get lines:unrecognised)" 0 "all lines are known"
tap_end
