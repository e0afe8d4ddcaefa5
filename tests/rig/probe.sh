#!/bin/sh
# A real Postfix and a real Dovecot for the probe to speak to, on loopback under
# one directory:
#
#	probe.sh start DIR	both; writes the ports to DIR/env
#	probe.sh stop DIR	end them, by pid
#
# DIR/env has, each a port of 127.0.0.1 but for the sockets:
#
#	SMTP		a server as the world sees it: no relaying; STARTTLS.
#			The same port of ::1, if there is IPv6 (IPV6=yes)
#	RELAY		the same, but it relays for loopback
#	SUBMISSION	STARTTLS and a login are required
#	SMTPS		TLS at once; login
#	CLEARAUTH	offers AUTH in clear, has no TLS
#	PROXY, SCREEN	smtpd(8), postscreen(8) behind a proxy (haproxy)
#	GREY		450 at RCPT for greylist@ until DIR/run/pass exists
#	GREYDATA	the same at DATA
#	SLOW		takes its time: 1 s in each phase, 2 s at DATA
#	ASKCERT, WANTCERT	ask for, and want, a client's certificate
#	TLS12		speaks no later TLS; its certificate is for
#			other.test only and ends in 5 days
#	SELFSIGNED	its certificate is signed by nobody
#	LMTP, LMTP_SOCKET	Dovecot's
#	IMAP, IMAPS	Dovecot's, over the same mailboxes
#	CLOSED		nobody is there
#	HOLD, HOLDRCPT	as SMTP, but what it takes is held, at DATA or at RCPT
#	DOT		takes 8 s behind the dot, and then takes the mail
#	AUTHRES		as SMTP, and says what it found of SPF, DKIM and DMARC
#	FAR		the next hop, which logs elsewhere; mail for hop@ and
#			swallowed@ passes it
#	LATER		a socket that is not there: `ln -s LMTP_SOCKET LATER'
#			lets the mail for later@ and hop@ through
#	TLS		the directory of ca.pem, client.pem, ...: see certificates.sh
#	MAIL		the directory of the mailboxes: MAIL/probe/Maildir
#
# Mail is taken for probe@, other@ and greylist@probe.test, and for these, of whom
# something becomes only after it was taken:
#
#	full@		his mailbox is full until userdb_quota_rule is taken out
#			of DIR/etc/users
#	gone@		has no mailbox: bounced
#	later@		deferred until LATER is there
#	twice@		comes twice into MAIL/twice
#	spam@		comes into MAIL/spam/Maildir/.Junk
#	hop@		passes FAR, and waits there for LATER
#	swallowed@	FAR takes it, and nobody sees it again
#
# Each has MAIL/NAME/Maildir and logs in with the password `secret';
# master@probe.test can as any of them.  Postfix logs to DIR/log/mail.log, the one
# at FAR to DIR/log/far.log, Dovecot to DIR/log/dovecot.log; whom greylisting, and
# the one at PROXY, were asked about is in DIR/log/policy.  A Received field tells
# the client, TLS and the login.  DIR is an absolute path without blanks that
# every user may enter.  Needs root.

set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig

. "$RIG/probe/certificates.sh"
. "$RIG/probe/postfix.sh"
. "$RIG/probe/dovecot.sh"

has_ipv6()
{
	perl -MIO::Socket::IP -e 'exit !IO::Socket::IP->new(Listen => 1,
	    LocalHost => "::1", LocalPort => 0)'
}

write_environment()
{
	IPV6=no
	! has_ipv6 || IPV6=yes
	# shellcheck disable=SC2046
	set -- $(free_ports 23)
	cat >"$DIR/env" <<P
SMTP=$1 RELAY=$2 SUBMISSION=$3 SMTPS=$4 CLEARAUTH=$5 PROXY=$6 SCREEN=$7
GREY=$8 GREYDATA=$9 SLOW=${10} ASKCERT=${11} WANTCERT=${12} TLS12=${13}
SELFSIGNED=${14} LMTP=${15} IMAP=${16} IMAPS=${17} CLOSED=${18} IPV6=$IPV6
HOLD=${19} AUTHRES=${20} FAR=${21} DOT=${22} HOLDRCPT=${23} LATER=$DIR/run/later
LMTP_SOCKET=$DIR/run/dovecot/lmtp TLS=$DIR/tls MAIL=$DIR/mail
P
	. "$DIR/env"
}

write_configuration()
{
	install -d "$DIR" "$DIR/etc" "$DIR/spool" "$DIR/log" "$DIR/run" "$TLS"
	install -d "$DIR/far" "$DIR/far/etc" "$DIR/far/spool"
	install -d -o postfix -m 700 "$DIR/data" "$DIR/far/data"
	install -d -o nobody "$MAIL"
	mailboxes
	install -o nobody /dev/null "$DIR/log/policy"
	certificates >"$DIR/log/openssl.log" 2>&1
	main_cf >"$DIR/etc/main.cf"
	master_cf >"$DIR/etc/master.cf"
	far_main_cf >"$DIR/far/etc/main.cf"
	far_master_cf >"$DIR/far/etc/master.cf"
	dovecot_conf >"$DIR/etc/dovecot.conf"
	dovecot_users >"$DIR/etc/users"
	echo "master@probe.test:{PLAIN}secret" >"$DIR/etc/masters"
	# Who calls it need not be able to enter our source tree.
	install "$RIG/probe/policy" "$DIR/run/policy"
}

start()
{
	[ "$(id -u)" -eq 0 ] || { echo "probe.sh: needs root" >&2; exit 1; }
	NOBODY=$(id -u nobody)
	install -d "$DIR"
	write_environment
	write_configuration
	dovecot -c "$DIR/etc/dovecot.conf" </dev/null >"$DIR/log/start.log" 2>&1 &&
	    start_postfix "$DIR" && start_postfix "$DIR/far" &&
	    wait_until ready 10 || {
		cat "$DIR/log/start.log" "$DIR/log/mail.log" \
		    "$DIR/log/dovecot.log" >&2
		stop
		exit 1
	}
}

start_postfix()
{
	postfix -c "$1/etc" start </dev/null >>"$DIR/log/start.log" 2>&1
}

# master(8) listens before it says that it has started, and so does Dovecot.
ready()
{
	[ -S "$LMTP_SOCKET" ] && [ -s "$DIR/spool/pid/master.pid" ] &&
	    [ -s "$DIR/far/spool/pid/master.pid" ]
}

stop()
{
	for pid in "$DIR/spool/pid/master.pid" "$DIR/far/spool/pid/master.pid" \
	    "$DIR/run/dovecot/master.pid"; do
		[ ! -s "$pid" ] || end_process "$(tr -d ' \n' <"$pid")"
	done
}

case ${1-} in
start | stop)
	DIR=${2:?directory}
	"$1" ;;
*)
	echo "usage: probe.sh start|stop DIR" >&2
	exit 64 ;;
esac
