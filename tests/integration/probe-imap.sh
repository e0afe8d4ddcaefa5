#!/bin/sh
# Mailboxes of IMAP: Dovecot's by STARTTLS and TLS at once, with each way to log in,
# spam apart, removal of nothing but our own; and a server that is at fault in each
# command: the right words, bounded memory, and no harm to the others.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root
tap_start "mailboxes of IMAP servers"

SERVERS=$TMP/servers
at_exit 'sh "$ROOT/tests/rig/probe.sh" stop "$SERVERS"'
sh "$ROOT/tests/rig/probe.sh" start "$SERVERS" || exit 1
. "$SERVERS/env"
mkdir "$STATE"
mkfifo "$TMP/faulty.in"
"$ROOT/tests/rig/imap-faulty" "$TLS/server.pem" "$TLS/server.key" \
    "$TMP/faulty.list" <"$TMP/faulty.in" &
exec 9>"$TMP/faulty.in"
at_exit 'exec 9>&-'
wait_until "[ -s '$TMP/faulty.list' ]" 10 || exit 1

# try NAME COMMAND...: that the command is a success
try()
{
	try_name=$1
	shift
	"$@"
	ok $? "$try_name"
}

# --- configuration -----------------------------------------------------

# delivery NAME TO ADDRESS PORT LINE...: a probe that looks there
delivery()
{
	cat <<Y
  - name: $1
    server: 127.0.0.1
    port: $SMTP
    to: $2@probe.test
    from: probe@probe.test
    interval: ${INTERVAL-1}
    delivery:
      timeout: 20
      poll: 1
      spam: ${SPAM-Junk}
      imap:
        server: $3
        port: $4
        user: ${USER_AT-$2@probe.test}
        password: ${PASSWORD-secret}
        ca_file: $TLS/ca.pem
        tls_name: mx.probe.test
        phase_deadline: ${PHASE-10}
Y
	shift 4
	for line; do
		echo "        $line"
	done
}

PROBES=$TMP/probes.yml
probe_pid=''
at_exit 'child_stop probe_pid'

# plan <<Y, and start
begin()
{
	child_stop probe_pid
	rm -f "$STATE"/probe.db*
	{
		printf '%s\n' 'probing: { server_pause: 0 }' 'probes:'
		cat
	} >"$PROBES"
	"$BIN/postfix-stats-probe" -f -c "$PROBES" -d "$STATE" \
	    </dev/null >"$TMP/probe.err" 2>&1 &
	probe_pid=$!
}

# value PROBE WHAT
value()
{
	stats_get "mail:$1:$2" 2>/dev/null
}

# reached PROBE WHAT NUMBER
reached()
{
	[ "$(value "$1" "$2")" -ge "$3" ] 2>/dev/null
}

# said ADDRESS WORDS: the daemon has logged it of that server
said()
{
	grep -q "mailbox $1: .*$2" "$TMP/probe.err"
}

# --- Dovecot -----------------------------------------------------------

# One to a mailbox: each removes what it finds.
for user in probe other greylist; do
	doveadm -c "$SERVERS/etc/dovecot.conf" mailbox create -u "$user@probe.test" \
	    Junk 2>/dev/null
done
foreign=$(printf 'Subject: pfs1.mx.1.1.00000000000000000000000000000000\n\nx\n')
printf '%s\n' "$foreign" | doveadm -c "$SERVERS/etc/dovecot.conf" save \
    -u probe@probe.test
begin <<Y
$(delivery imaps probe 127.0.0.1 "$IMAPS")
$(delivery starttls other 127.0.0.1 "$IMAP" "starttls: yes")
$(delivery scram greylist 127.0.0.1 "$IMAPS" \
    "sasl_authentication: scram-sha-256")
Y
for probe in imaps starttls scram; do
	try "$probe: three mails arrive" wait_until "reached $probe arrived 3" 30
done

messages()
{
	doveadm -c "$SERVERS/etc/dovecot.conf" search -u "$1@probe.test" \
	    mailbox INBOX all | wc -l
}

for user in other greylist; do
	try "$user: what was found is removed" \
	    wait_until "[ \"\$(messages $user)\" -le 1 ]" 10
done
try "a stranger's mail is not" wait_until "[ \"\$(messages probe)\" -ge 1 ]" 1
try "and it is the stranger's" doveadm -c "$SERVERS/etc/dovecot.conf" fetch \
    -u probe@probe.test hdr.subject \
    mailbox INBOX header subject pfs1.mx.1.1.0000

# Moved into the folder for spam by who marks it.
doveadm_of()
{
	command=$1
	shift
	doveadm -c "$SERVERS/etc/dovecot.conf" "$command" -u probe@probe.test \
	    "$@"
}

# ours: mails of probes in the mailbox
ours()
{
	doveadm_of search mailbox INBOX header x-postfix-stats-probe pfs1. |
	    wc -l
}

# A mail is sent while nobody can look, and then somebody does.
send_unseen()
{
	begin <<Y
$(INTERVAL=3600 delivery "$1" probe 127.0.0.1 "$CLOSED")
Y
	try "$1: a mail is sent" wait_until "reached $1 sent 1" 20
	try "nobody can look, and that is said" wait_until \
	    "said 127.0.0.1 'connect: Connection refused'" 20
	is "$(value "$1" watched)" 0 "it is not watched"
	try "the mail is there" wait_until '[ "$(ours)" -ge 1 ]' 20
	child_stop probe_pid
	sed -i "s/port: $CLOSED/port: $IMAPS/" "$PROBES"
}

look_again()
{
	"$BIN/postfix-stats-probe" -f -c "$PROBES" -d "$STATE" \
	    </dev/null >"$TMP/probe.err" 2>&1 &
	probe_pid=$!
}

send_unseen moved
doveadm_of move Junk mailbox INBOX header x-postfix-stats-probe pfs1
look_again
try "after a restart it is found among spam" \
    wait_until "reached moved spam 1" 20
is "$(value moved arrived) $(value moved late)" "0 0" "and nowhere else"
is "$(value moved result)" 5 "the result says so"

# More than there is room for in what the two say to each other.
send_unseen many
for times in 1 2 3 4 5 6 7 8 9 10; do
	doveadm_of copy INBOX mailbox INBOX header x-postfix-stats-probe pfs1.
done
is "$(ours)" 1024 "there are a thousand copies"
look_again
try "all are removed" wait_until '[ "$(ours)" -eq 0 ]' 120
is "$(value many arrived)" 1 "and it has arrived once"
try "the stranger's mail is there" \
    [ -n "$(doveadm_of search mailbox INBOX header subject pfs1.mx)" ]

# A wrong password, said without it, and tried again a minute later only.
PASSWORD=not-This-1
begin <<Y
$(delivery wrong probe 127.0.0.1 "$IMAPS")
Y
unset PASSWORD
try "a wrong password" wait_until \
    "said 127.0.0.1 'login refused \[AUTHENTICATIONFAILED\]'" 20
try "it is in no log" sh -c "! grep -q not-This '$TMP/probe.err'"
begin <<Y
$(delivery name probe 127.0.0.1 "$IMAPS" "verify: yes" \
    | sed 's/tls_name: .*/tls_name: elsewhere.test/')
Y
try "a certificate for somebody else" wait_until \
    "said 127.0.0.1 'certificate: '" 20
begin <<Y
$(SPAM=Nowhere delivery folder probe 127.0.0.1 "$IMAPS")
Y
try "a mailbox that is not there" wait_until \
    "said 127.0.0.1 'mailbox Nowhere: '" 20

# --- faults ------------------------------------------------------------

SPAM=Junk INTERVAL=3600 USER_AT=me PASSWORD=secret-Word-9 PHASE=3
plan=$(delivery well other 127.0.0.1 "$IMAPS" |
    sed 's/interval: .*/interval: 1/; s/user: .*/user: other@probe.test/
	s/password: .*/password: secret/')
while read -r fault command address port; do
	tls="implicit_tls: no"
	[ "$command" != starttls ] || tls="starttls: yes"
	plan="$plan
$(delivery "$fault-$command" other "$address" "$port" "$tls" "verify: no")"
done <"$TMP/faulty.list"
begin <<Y
$plan
Y

# words FAULT COMMAND: what is said of it; empty: nothing is wrong
words()
{
	where=$(echo "$2" | tr a-z A-Z)
	[ "$2" = greeting ] && where=greeting
	case $1-$2 in
	none-none | noise-greeting | noise-idle) ;;
	noise-*) ;;
	clear-*) echo "bytes in clear" ;;
	no-login | bad-login) echo "login refused" ;;
	no-greeting | bad-greeting) echo "greeting: " ;;
	no-select | bad-select) echo "mailbox Junk: " ;;
	no-* | bad-*) echo "$where" ;;
	literal-*) echo "$where: a literal of 4294967296 bytes" ;;
	endless-*) echo "$where: a line of more than" ;;
	close-*) echo "$where: the connection was" ;;
	bye-*) echo "$where: " ;;
	*) echo "$where: " ;;
	esac
}

while read -r fault command address port; do
	wanted=$(words "$fault" "$command")
	if [ -z "$wanted" ]; then
		case $command in
		# A greeting is the first line, whatever follows.
		greeting) [ "$fault" = none ] || continue ;;
		idle) continue ;;
		esac
		try "$fault in $command does no harm" wait_until \
		    "reached $fault-$command watched 1" 20
	else
		try "$fault in $command" wait_until \
		    "said $address '$wanted'" 60
	fi
done <"$TMP/faulty.list"
is "$(grep -c secret-Word "$TMP/probe.err")" 0 "no password is in the log"
before=$(value well arrived)
try "the one that is well goes on" wait_until \
    "reached well arrived $((before + 3))" 20

most=0
for pid in $(cat "/proc/$probe_pid/task/$probe_pid/children"); do
	high=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status" \
	    2>/dev/null)
	[ "${high:-0}" -le "$most" ] || most=$high
done
try "no watcher took more than 24 MiB ($most KiB)" [ "$most" -le 24576 ]
tap_end
