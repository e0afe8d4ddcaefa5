#!/bin/sh
# An alert mailed through the Postfix that it is about: Prometheus, Alertmanager
# as contrib/prometheus has it, a real Postfix, and the counters that move.  And
# each way that docs/alerting.md knows for a mail not to arrive: what the sender
# says, and what moves.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root

CONTRIB=$ROOT/contrib/prometheus

# alertmanager_start TO [SED]: contrib's configuration, with this rig's port and
# address and no time to wait, changed by SED
alertmanager_start()
{
	sed "s/localhost:25/127.0.0.1:$SMTPD/
	    s/postmaster@example.com/$1/; s/@example.com/@discard.test/
	    s/group_wait: .*/group_wait: 0s/
	    s/group_interval: .*/group_interval: 1s/
	    ${2-}" "$CONTRIB/alertmanager.yml" >"$TMP/alertmanager.yml"
	rm -rf "$TMP/alertmanager"
	prometheus-alertmanager --config.file="$TMP/alertmanager.yml" \
	    --storage.path="$TMP/alertmanager" --cluster.listen-address= \
	    --web.listen-address="$ALERTMANAGER" </dev/null \
	    >"$TMP/alertmanager.err" 2>&1 &
	alertmanager_pid=$!
	wait_until 'http_get "$ALERTMANAGER" /-/ready >/dev/null' 20
}

alertmanager_stop()
{
	child_stop alertmanager_pid
}

mailbox()
{
	cat "$RIG/mail/local/nobody/new/"* 2>/dev/null |
	    perl -MMIME::QuotedPrint -e 'local $/; print decode_qp(<STDIN>)'
}

arrived()
{
	mailbox | grep -q "^Subject: $1"
}

# A transport has no key before it was met.
values()
{
	stats_get "$@" | sed 's/^No such key .*/0/'
}

# moved KEY...: by how much, since `before' was set by the same keys
moved()
{
	values "$@" >"$TMP/now"
	echo "$before" | paste - "$TMP/now" | awk '{ print $2 - $1 }' | xargs
}

# The same, but + for whatever is more than 0: the sender tries again.
signs()
{
	moved "$@" | sed 's/[1-9][0-9]*/+/g'
}

# fault NAME TO SED SAYS KEY... : SIGNS: an alert mailed to TO.  The sender's
# log has SAYS, and the keys move.
fault()
{
	name=$1 to=$2 change=$3 says=$4
	shift 4
	keys=''
	while [ "$1" != : ]; do
		keys="$keys $1"
		shift
	done
	shift
	# shellcheck disable=SC2086
	before=$(values $keys)
	alertmanager_start "$to" "$change"
	amtool --alertmanager.url="http://$ALERTMANAGER" alert add \
	    alertname=Test instance=mx1 job=postfix 2>/dev/null
	if [ -n "$says" ]; then
		wait_until 'grep -q "$says" "$TMP/alertmanager.err"' 20
		ok $? "$name: the sender says: $says"
	fi
	# shellcheck disable=SC2086
	wanted=$*
	wait_until '[ "$(signs $keys)" = "$wanted" ]' 20
	# shellcheck disable=SC2086
	is "$(signs $keys)" "$wanted" "$name:$keys"
	alertmanager_stop
}

tap_start "alerts mailed through the Postfix that they are about"
. "$ROOT/tests/rig/prometheus.sh"
RIG=$TMP/rig
install -d "$RIG"
at_exit 'sh "$ROOT/tests/rig/postfix.sh" stop "$RIG"'
sh "$ROOT/tests/rig/postfix.sh" start "$RIG" || exit
. "$RIG/env"
postconf -c "$RIG/etc" -e 'alias_maps = inline:{ postmaster=nobody@local.test }' \
    'local_recipient_maps = inline:{ postmaster=x }' \
    'smtpd_relay_restrictions = permit_mynetworks reject_unauth_destination'
postfix -c "$RIG/etc" reload 2>/dev/null
LOG=$RIG/log/mail.log
ALERTMANAGER=127.0.0.1:$(pick_port)
alertmanager_pid=''
at_exit alertmanager_stop

configure "publish_interval: 0.2" "$(sed -n '/^    rules:/,/^$/{
    s/^    //; s/@example/@discard/; s/\.com/.test/; p; }' \
    "$ROOT/docs/alerting.md")"
statsd_start --from start
exporter_start
sed '/alert: PostfixTailerDown/,/for:/s/for: .*/for: 0s/' \
    "$CONTRIB/postfix-stats.rules.yml" >"$TMP/rules.yml"
alertmanager_start postmaster@local.test
ok $? "Alertmanager runs"
prometheus_start "rule_files: [ $TMP/rules.yml ]" \
    "alerting: { alertmanagers: [ { static_configs: [ { targets: [ '$ALERTMANAGER' ] } ] } ] }"
ok $? "Prometheus scrapes"

# The tailer ends; what it could not see then it counts later.
before=$(values recv:smtp sent:local)
statsd_stop
wait_until "arrived '.FIRING'" 40
ok $? "the alert is in the mailbox"
like "$(mailbox)" '*mx1: what writes postfix-stats.db does not run*' \
    "it says what is wrong"
like "$(mailbox)" '*docs/runbook.md#postfixtailerdown*' \
    "and where to read on"
statsd_start
wait_until "arrived '.RESOLVED'" 60
ok $? "so is its end"
wait_until '[ "$(moved recv:smtp sent:local)" = "2 2" ]' 20
is "$(moved recv:smtp sent:local)" "2 2" "both are counted"
is "$(stats_get rule:alert_mail)" 2 "the rule in docs/alerting.md counts them"
wait_asked 'sum(postfix_delivery_total{transport="local",status="sent"})' \
    "$(stats_get delivery:local:sent)"
ok $? "and Prometheus has them, too"
prometheus_stop
alertmanager_stop

# --- what docs/alerting.md says of each step
before=$(values recv:local sent:local)
printf 'Subject: by hand\n\nhello\n' |
    sendmail -C "$RIG/etc" -f root@local.test postmaster@local.test
wait_until '[ "$(moved recv:local sent:local)" = "1 1" ]' 20
is "$(moved recv:local sent:local)" "1 1" "sendmail by hand"

fault "no listener" postmaster@local.test "s/:$SMTPD/:$CLOSED/" \
    'connection refused' smtpd_connect:smtpd recv:smtp : 0 0
fault "STARTTLS wanted" postmaster@local.test \
    's/require_tls: false/require_tls: true/' 'STARTTLS' \
    smtpd_connect:smtpd recv:smtp : + 0
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -subj /CN=mx.test -days 2 -keyout "$RIG/etc/key.pem" \
    -out "$RIG/etc/cert.pem" 2>/dev/null
postconf -c "$RIG/etc" -e 'smtpd_tls_security_level = may' \
    "smtpd_tls_chain_files = $RIG/etc/key.pem, $RIG/etc/cert.pem" \
    'smtpd_tls_loglevel = 1'
postfix -c "$RIG/etc" reload 2>/dev/null
fault "a certificate of its own" postmaster@local.test \
    's/require_tls: false/require_tls: true/' 'x509' \
    smtpd_connect:smtpd recv:smtp smtpd_tls_failure:smtpd : + 0 +
fault "sent" postmaster@local.test '' '' \
    smtpd_connect:smtpd recv:smtp delivery:local:sent : + + +
postconf -c "$RIG/etc" -e 'alias_maps ='
postfix -c "$RIG/etc" reload 2>/dev/null
fault "no alias for postmaster" postmaster@local.test '' '' \
    recv:smtp delivery:local:sent log:local:warning : + + +
fault "no such user" nosuch@local.test '' 'User unknown' \
    recv:smtp reject:smtpd:5xx:unknown_user : 0 +
fault "on its way" user@down.test '' '' \
    recv:smtp delivery:smtp:deferred : + +
fault "given up" user@sink5.test '' '' \
    recv:smtp delivery:smtp:bounced queue_out:bounce_sent : + + +
postconf -c "$RIG/etc" -e 'mynetworks = 192.0.2.0/24'
postfix -c "$RIG/etc" reload 2>/dev/null
fault "not in mynetworks" user@ok.test '' 'Relay access denied' \
    recv:smtp reject:smtpd:5xx:relay_denied : 0 +
fault "for this server all the same" postmaster@local.test '' '' \
    recv:smtp delivery:local:sent : + +
tap_end
