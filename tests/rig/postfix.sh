#!/bin/sh
# A private Postfix, and what it delivers to, on loopback under one directory:
#
#	postfix.sh start DIR	both instances and the sinks; writes DIR/env
#	postfix.sh stop DIR	end them all, by pid
#	postfix.sh idle DIR	succeeds when no mail is on its way (deferred
#				mail is not)
#
# The domain of a recipient selects what happens to it; mail.sh has the list.
# A second instance, postfix-out, logs to the same DIR/log/mail.log.  DIR is
# an absolute path without blanks that every user may enter.  Needs root.
#
# Lines in $POSTFIX_EXTRA are added to both main.cf.

set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

main_cf()
{
	cat <<P
compatibility_level = 3.6
syslog_name = $1
config_directory = $2/etc
queue_directory = $2/spool
data_directory = $2/data
maillog_file = $DIR/log/mail.log
maillog_file_prefixes = $DIR
myhostname = mx.test
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_recipient_restrictions =
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_client_connection_count_limit = 0
enable_long_queue_ids = yes
# Each message meets its destination itself, however many failed before.
default_destination_concurrency_failed_cohort_limit = 0
smtp_connection_cache_on_demand = no
in_flow_delay = 0
${POSTFIX_EXTRA-}
P
}

in_main_cf()
{
	cat <<P
mydestination = local.test
local_recipient_maps =
alias_maps = inline:{ { forward = user@ok.test } }
alias_database =
mail_spool_directory = $DIR/mail/local/
virtual_mailbox_domains = virtual.test
virtual_mailbox_base = $DIR/mail/virtual
virtual_mailbox_maps = inline:{ { user@virtual.test = user/ } }
virtual_uid_maps = static:$NOBODY
virtual_gid_maps = static:$NOBODY
virtual_minimum_uid = 1
default_transport = error:5.1.2 no such domain
transport_maps = inline:{
  { ok.test = smtp:[127.0.0.1]:$SINK_OK }
  { relay.test = relay:[127.0.0.1]:$SINK_OK }
  { out.test = smtp:[127.0.0.1]:$OUT }
  { sink4.test = smtp:[127.0.0.1]:$SINK_4XX }
  { sink5.test = smtp:[127.0.0.1]:$SINK_5XX }
  { busy.test = smtp:[127.0.0.1]:$SINK_421 }
  { down.test = smtp:[127.0.0.1]:$CLOSED }
  { soft.test = soft:[127.0.0.1]:$SINK_5XX }
  { lmtp.test = lmtp:unix:$DIR/run/lmtp }
  { legal.test = legal }
  { discard.test = discard }
  { error.test = error:5.1.1 no such user }
  { retry.test = retry:4.3.0 not now }
  }
header_checks = regexp:$DIR/etc/header_checks
body_checks = regexp:$DIR/etc/body_checks
smtpd_sender_restrictions =
  warn_if_reject check_sender_access inline:{ { warned@discard.test = REJECT } }
  check_sender_access inline:{ { tempfail@discard.test = 450 4.7.1 not now }
    { denied@discard.test = 554 5.7.1 go away } }
smtpd_relay_restrictions =
  check_recipient_access inline:{ { later@ok.test = 451 4.7.1 later }
    { never@ok.test = 550 5.7.1 never } }
  permit_mynetworks reject
P
}

master_cf()
{
	cat <<P
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp -o syslog_name=postfix/relay
soft unix - - n - - smtp -o syslog_name=postfix/soft -o soft_bounce=yes
lmtp unix - - n - - lmtp
local unix - n n - - local
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
legal unix - n n - - pipe user=nobody argv=$DIR/run/legal \${recipient}
showq unix n - n - - showq
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
dnsblog unix - - n - 0 dnsblog
tlsproxy unix - - n - 0 tlsproxy
postlog unix-dgram n - n - 1 postlogd
P
}

in_master_cf()
{
	master_cf
	cat <<P
127.0.0.1:$SMTPD inet n - n - - smtpd
127.0.0.1:$SUBMISSION inet n - n - - smtpd
  -o syslog_name=postfix/submission
127.0.0.1:$RELAYIN inet n - n - - smtpd
  -o syslog_name=postfix/relayin
127.0.0.1:$SCREEN inet n - n - 1 postscreen
  -o postscreen_cache_map=
  -o postscreen_greet_wait=1s
  -o postscreen_access_list=static:reject
  -o postscreen_denylist_action=enforce
127.0.0.1:$DEEP inet n - n - 1 postscreen
  -o syslog_name=postfix/deep
  -o postscreen_cache_map=
  -o postscreen_greet_wait=1s
  -o postscreen_access_list=
  -o postscreen_pipelining_enable=yes
smtpd pass - - n - - smtpd
P
}

# make_instance DIR: the directories that Postfix does not make itself
make_instance()
{
	install -d "$1" "$1/etc" "$1/spool"
	install -d -o postfix -m 700 "$1/data"
}

write_configuration()
{
	make_instance "$DIR"
	make_instance "$DIR/out"
	install -d "$DIR/log" "$DIR/run" "$DIR/mail"
	install -d -o nobody "$DIR/mail/local" "$DIR/mail/virtual"

	{ main_cf postfix "$DIR"; in_main_cf; } >"$DIR/etc/main.cf"
	in_master_cf >"$DIR/etc/master.cf"
	{
		main_cf postfix-out "$DIR/out"
		echo "mydestination ="
		echo "alias_maps ="
		echo "relayhost = [127.0.0.1]:$SINK_OK"
	} >"$DIR/out/etc/main.cf"
	{
		master_cf
		echo "127.0.0.1:$OUT inet n - n - - smtpd"
	} >"$DIR/out/etc/master.cf"

	cat >"$DIR/etc/header_checks" <<'P'
/^Subject: header5/	REJECT 5.7.1 no such subject here
/^Subject: header4/	REJECT 4.7.1 no such subject today
/^Subject: to=/		WARN forged
P
	echo '/^body5/	REJECT 5.7.1 no such text here' >"$DIR/etc/body_checks"
	printf '#!/bin/sh\nexec cat >/dev/null\n' >"$DIR/run/legal"
	chmod 755 "$DIR/run/legal"
}

# sink OPTION... ADDRESS
sink()
{
	smtp-sink -u nobody "$@" 100 </dev/null >>"$DIR/log/sink.log" 2>&1 &
	echo $! >>"$DIR/run/sinks"
}

start_sinks()
{
	: >"$DIR/run/sinks"
	sink "127.0.0.1:$SINK_OK"
	sink -r RCPT "127.0.0.1:$SINK_4XX"
	sink -f RCPT "127.0.0.1:$SINK_5XX"
	sink -Q CONNECT "127.0.0.1:$SINK_421"
	sink -L "unix:$DIR/run/lmtp"
}

start()
{
	[ "$(id -u)" -eq 0 ] || { echo "postfix.sh: needs root" >&2; exit 1; }
	NOBODY=$(id -u nobody)
	# shellcheck disable=SC2046
	set -- $(free_ports 11)
	cat >"$DIR/env" <<P
SMTPD=$1 SUBMISSION=$2 RELAYIN=$3 SCREEN=$4 DEEP=$5 OUT=$6
SINK_OK=$7 SINK_4XX=$8 SINK_5XX=$9 SINK_421=${10} CLOSED=${11}
P
	. "$DIR/env"
	write_configuration
	start_sinks
	for instance in "$DIR" "$DIR/out"; do
		postfix -c "$instance/etc" start >>"$DIR/log/start.log" 2>&1 || {
			cat "$DIR/log/start.log" "$DIR/log/mail.log" >&2
			stop
			exit 1
		}
	done
}

stop()
{
	for pid in "$DIR/spool/pid/master.pid" "$DIR/out/spool/pid/master.pid"; do
		[ ! -s "$pid" ] || end_process "$(tr -d ' ' <"$pid")"
	done
	[ ! -e "$DIR/run/sinks" ] || while read -r pid; do
		end_process "$pid"
	done <"$DIR/run/sinks"
}

idle()
{
	for instance in "$DIR" "$DIR/out"; do
		for queue in maildrop incoming active incoming; do
			[ -z "$(find "$instance/spool/$queue" -type f)" ] ||
			    exit 1
		done
	done
}

case ${1-} in
start | stop | idle)
	DIR=${2:?directory}
	"$1" ;;
*)
	echo "usage: postfix.sh start|stop|idle DIR" >&2
	exit 64 ;;
esac
