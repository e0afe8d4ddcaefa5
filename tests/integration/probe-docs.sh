#!/bin/sh
# The worked examples of docs/probe.md do what is said of them: each is taken out
# of the document and run against a real Postfix and Dovecot, as all is well and
# with the fault that it is for.  Needs root, and a /etc/hosts of its own.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig
DOCUMENT=$ROOT/docs/probe.md
skip_unless_root
unshare -m true 2>/dev/null || skip_all "no namespaces of our own"
tap_start "the examples of docs/probe.md, each run"

SERVERS=$TMP/servers
at_exit 'sh "$RIG/probe.sh" stop "$SERVERS"'
sh "$RIG/probe.sh" start "$SERVERS" || exit 1
. "$SERVERS/env"

printf '127.0.0.1 localhost mx.probe.test\n' >"$TMP/hosts"
mkdir "$TMP/right" "$TMP/wrong"
for file in probe-password imap-password; do
	echo secret >"$TMP/right/$file"
	echo mistaken >"$TMP/wrong/$file"
done
SSL_CERT_FILE=$TLS/ca.pem
export SSL_CERT_FILE CREDENTIALS_DIRECTORY

# example NAME: its YAML, with names that the servers know
example()
{
	awk -v name="$1" '
	$0 == "<!-- example: " name " -->" { wanted = 1 }
	/^```/ && wanted { if (++fences == 2) exit; next }
	wanted && fences { print }' "$DOCUMENT" |
	    sed "s/example\.com/probe.test/; s|/var/run/dovecot/lmtp|$LMTP_SOCKET|
	    s|/home/|$MAIL/|"
}

# run CREDENTIALS [OPTION]...: what is in $TMP/example.yml
run()
{
	CREDENTIALS_DIRECTORY=$TMP/$1
	shift
	unshare -m sh -c 'mount --bind "$0" /etc/hosts && exec "$@"' \
	    "$TMP/hosts" "$BIN/postfix-stats-probe" \
	    -c "$TMP/example.yml" --once "$@"
}

# says RESULT EXIT-CODE CREDENTIALS NAME [SED-EXPRESSION]
says()
{
	example "$4" | sed "${5-}" >"$TMP/example.yml"
	run "$3" --json >"$TMP/said.json" 2>"$TMP/said.err"
	status=$?
	said=$("$RIG/probe-json" <"$TMP/said.json" |
	    awk -F '\t' '$2 == "result" { print $3 }')
	is "$said $status" "$1 $2" "$4: $1"
	[ "$said" = "$1" ] || diag "$(cat "$TMP/said.err" "$TMP/said.json")"
	run "$3" 2>/dev/null | alike >>"$TMP/lines"
}

# comes MAIL-RESULT EXIT-CODE NAME SED-EXPRESSION: what comes of the mail, with a
# tailer that reads the log.  The line first: of a server that is down Postfix has
# other words from the second time on.
comes()
{
	{
		echo "state_directory: $STATE"
		example "$3" | sed "$4"
	} >"$TMP/example.yml"
	run right 2>/dev/null | alike >>"$TMP/lines"
	run right --json >"$TMP/said.json" 2>"$TMP/said.err"
	status=$?
	said=$("$RIG/probe-json" <"$TMP/said.json" |
	    awk -F '\t' '$2 == "mail.result" { print $3 }')
	is "$said $status" "$1 $2" "$3: mail is $1"
	[ "$said" = "$1" ] || diag "$(cat "$TMP/said.err" "$TMP/said.json")"
}

# Lines for Nagios without what differs from one run to the next.
alike()
{
	sed 's/ | .*//; s/probe\.test/example.com/g; s/queued as [^ ]* in/queued as in/
	    s/ [^ ]* Saved in/ Saved in/; s/\(in\|after\) [0-9.]* /\1 /g
	    s/since [-0-9]* [0-9:]* UTC/since/
	    '"s|$LATER|/var/run/dovecot/lmtp|; s|$MAIL/nobody|/home/probe|"
}

# All is well, by port $2 where the example has another, and at port $3 it has
# result $4.
example_of()
{
	says ok 0 right "$1" "s/port: .*/port: $2/"
	says "$4" 2 right "$1" "s/port: .*/port: $3/"
}

example_of mx "$SMTP" "$SELFSIGNED" cert
example_of mx "$SMTP" "$CLOSED" refused
says ok 0 right mx "s/port: .*/port: $SELFSIGNED/; s/starttls:/verify: no\n    &/"

example_of submission "$SUBMISSION" "$CLEARAUTH" code:ehlo
says auth 2 wrong submission "s/port: .*/port: $SUBMISSION/"

example_of smtps "$SMTPS" "$SMTP" tls
says timeout:banner 2 right smtps "s/port: .*/port: $SMTPS/
    s/implicit_tls: yes/phase_deadline: 1/"

example_of proxied "$PROXY" "$SMTP" code:ehlo
grep -q "client=unknown\[192\.0\.2\.7\]" "$SERVERS/log/mail.log"
ok $? "proxied: Postfix has the client of the header"
says code:banner 2 right proxied "s/port: .*/port: $PROXY/
    s/_address: .*/_address: no-address/"

says ok 0 right lmtp
says rejected 2 right lmtp "s/to: probe@/to: nobody@/"

says deferred 1 right greylisted "s/port: .*/port: $GREY/"
says deferred 1 right greylisted "s/port: .*/port: $GREYDATA/"
: >"$SERVERS/run/pass"
says ok 0 right greylisted "s/port: .*/port: $GREY/"

example_of no-relaying "$SMTP" "$RELAY" code:rcptto
! grep -q 'nobody@example\.net.*status=' "$SERVERS/log/mail.log"
ok $? "no-relaying: where it is not refused nothing is sent"

example_of no-auth-in-clear "$SUBMISSION" "$CLEARAUTH" code:ehlo
example_of certificate "$SMTP" "$TLS12" cert
says ok 1 right certificate "s/port: .*/port: $TLS12/
    s/starttls:/tls_name: other.test\n    &/"

# --- mail that has to arrive -------------------------------------------

# The daemon would make the key at its start.
mkdir "$STATE"
(umask 077 && head -c 32 /dev/urandom >"$STATE/probe.key")
LOG=$SERVERS/log/mail.log
statsd_start

smtp="s/port: 25/port: $SMTP/"
comes arrived 0 arrives "$smtp"
comes overdue 2 arrives "$smtp; s/to: probe@/to: later@/; s/timeout: 60/timeout: 4/"
comes unseen 3 arrives "$smtp; s|$MAIL/probe|$MAIL/nobody|; s/timeout: 60/timeout: 1/"
imap="s/port: 587/port: $SUBMISSION/; s/port: 993/port: $IMAPS/"
comes arrived 0 imap "$imap"
echo mistaken >"$TMP/right/imap-password"
comes unseen 3 imap "$imap; s/timeout: 60/timeout: 1/"
comes spam 1 spam "$smtp; s/to: probe@/to: spam@/; s|$MAIL/probe|$MAIL/spam|"
comes arrived 0 spam "s/port: 25/port: $AUTHRES/"
is "$(sed -n 's/.*"\(spf\|dkim\|dmarc\)": "\(.*\)".*/\2/p' "$TMP/said.json" |
    paste -s -d ' ')" "pass fail none" "what Authentication-Results say"

# --- nothing is left out -----------------------------------------------

is "$(sed -n 's/^<!-- example: \(.*\) -->$/\1/p' "$DOCUMENT" | sort |
    paste -s -d ' ')" "arrives certificate greylisted imap lmtp mx \
no-auth-in-clear no-relaying proxied smtps spam submission" \
    "each example is run here"

# Each line that it shows was said.
grep '^    SMTP ' "$DOCUMENT" | sed 's/^ *//' | alike >"$TMP/shown"
while read -r line; do
	grep -qxF -e "$line" "$TMP/lines"
	ok $? "$line"
done <"$TMP/shown"

# Each result of the program is in the table.
for result in $(sed -n '/^enum result {/,/^}/s/^\tRESULT_\([A-Z]*\),.*/\1/p' \
    "$ROOT/probe/outcome.h" | tr A-Z a-z); do
	case $result in
	none | count) continue ;;
	timeout | code) result=$result:PHASE ;;
	esac
	grep -q "^| \`$result\` |" "$DOCUMENT"
	ok $? "what $result means is said"
done

# And of mail: what came of it, and where it is.
for word in $({
	sed -n '/^enum mail_result {/,/^}/s/^\tMAIL_\([A-Z]*\),.*/\1/p' \
	    "$ROOT/probe/mails.h"
	sed -n '/^enum where {/,/^}/s/^\tWHERE_\([A-Z]*\).*/\1/p' \
	    "$ROOT/lib/stats/probe_trail.h"
} | tr A-Z a-z | sort -u); do
	[ "$word" = none ] || [ "$word" = count ] && continue
	grep -q "^| \(\`[a-z]*\`, \)*\`$word\`" "$DOCUMENT"
	ok $? "$word mail is told of"
done

# What it calls something that another program shows is called so there.
names='smtp_probe_[a-z_]+[a-z]|mail_[a-z_]+[a-z]|pfs[A-Z][A-Za-z]+'
names="$names|SmtpProbe[A-Za-z]+|Mail(box)?(Not|Lost)[A-Za-z]*"
for name in $(grep -oE "$names" "$DOCUMENT" | sort -u); do
	grep -qE "\<$name(_bucket)?\>" "$ROOT/docs/metrics.md" \
	    "$ROOT/mibs/POSTFIX-STATS-MIB.txt" \
	    "$ROOT/contrib/prometheus/postfix-stats.rules.yml"
	ok $? "there is a $name"
done
tap_end
