#!/bin/sh
# Content filters at a real Postfix: a pipe that comes back through sendmail,
# one over SMTP that comes back to a service of its own, and a proxy before
# the queue.  Each message counts once.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root

# pipe(8) runs this as nobody, whom postdrop, being set-gid, refuses to use
# another configuration: so a copy of it that is not.
back_through_sendmail()
{
	install -d "$RIG/bin" "$RIG/back"
	install "$(command -v postdrop)" "$RIG/bin/postdrop"
	{
		cat "$RIG/etc/main.cf"
		echo "command_directory = $RIG/bin"
	} >"$RIG/back/main.cf"
	chmod o+wx "$RIG/spool/maildrop"
	chmod o+x "$RIG/spool/public"
	cat >"$RIG/run/lawful" <<P
#!/bin/sh
cat >$RIG/mail/local/\$\$
grep '^Subject: later' $RIG/mail/local/\$\$ && exit 75
grep '^Subject: never' $RIG/mail/local/\$\$ && exit 69
MAIL_CONFIG=$RIG/back exec $(command -v sendmail) -G -i -f "\$@" <$RIG/mail/local/\$\$
P
	chmod 755 "$RIG/run/lawful"
}

services()
{
	cat <<P
lawful unix - n n - - pipe flags=q user=nobody
  argv=$RIG/run/lawful \${sender} -- \${recipient}
feed unix - - n - - smtp -o syslog_name=postfix/feed
127.0.0.1:$PIPED inet n - n - - smtpd
  -o syslog_name=postfix/piped -o content_filter=lawful:
127.0.0.1:$FED inet n - n - - smtpd
  -o syslog_name=postfix/fed -o content_filter=feed:[127.0.0.1]:$FILTER
127.0.0.1:$REINJECT inet n - n - - smtpd
  -o syslog_name=postfix/reinject
127.0.0.1:$PROXIED inet n - n - - smtpd
  -o syslog_name=postfix/proxied -o smtpd_proxy_filter=127.0.0.1:$PROXY
127.0.0.1:$AFTER inet n - n - - smtpd
  -o syslog_name=postfix/after
P
}

smtp_filter()
{
	"$ROOT/tests/rig/smtp-filter" "$@" </dev/null >>"$RIG/log/filter.log" \
	    2>&1 &
	echo $! >>"$RIG/run/sinks"
}

answers()
{
	"$ROOT/tests/rig/smtp-say" "$1" 0 x x x </dev/null >/dev/null 2>&1
}

# say PORT COUNT SUBJECT RECIPIENT...
say()
{
	port=$1 count=$2 subject=$3
	shift 3
	"$ROOT/tests/rig/smtp-say" "$port" "$count" sender@discard.test \
	    "$subject" hello "$@"
}

# counted NAME: into $TMP/NAME
counted()
{
	"$BIN/postfix-stats-get" -c "$CONFIG" -d "$TMP/$1.state" --all |
	    grep -E '^(recv|receive|sent|delivery|filter|queue_in|queue_out):' |
	    grep -vE ' 0$|@|:bytes ' >"$TMP/$1"
}

once()
{
	"$BIN/postfix-statsd" -c "$CONFIG" -d "$TMP/$1.state" --once --log "$2"
}

tap_start "mail that passes a content filter counts once"
RIG=$TMP/rig
install -d "$RIG"
# shellcheck disable=SC2046
set -- $(free_ports 7)
PIPED=$1 FED=$2 PROXIED=$3 REINJECT=$4 AFTER=$5 FILTER=$6 PROXY=$7
at_exit "sh '$ROOT/tests/rig/postfix.sh' stop '$RIG'"
sh "$ROOT/tests/rig/postfix.sh" start "$RIG" || exit 1
back_through_sendmail
services >>"$RIG/etc/master.cf"
smtp_filter "$FILTER" "$REINJECT"
smtp_filter "$PROXY" "$AFTER"
postfix -c "$RIG/etc" reload >>"$RIG/log/start.log" 2>&1
for port in "$PIPED" "$FED" "$REINJECT" "$PROXIED" "$AFTER"; do
	wait_until "answers $port" 30 || diag "nobody answers at port $port"
done

{
	say "$PIPED" 3 hello a@ok.test b@ok.test
	say "$PIPED" 1 later a@ok.test
	say "$PIPED" 1 never a@ok.test
	say "$FED" 4 hello a@ok.test b@ok.test
	say "$PROXIED" 5 hello a@ok.test
} >"$TMP/said"
is "$(tr '\n' ',' <"$TMP/said")" \
    "250 250 250,250 250 250,250 250 250,250 250,250 250,$(
	    )250 250 250,250 250 250,250 250 250,250 250 250,$(
	    )250 250,250 250,250 250,250 250,250 250," "Postfix takes all mail"

# Those that are done, and one that is deferred.
removed()
{
	grep -c "qmgr.*: removed$" "$RIG/log/mail.log"
}
wait_until "[ \"\$(removed)\" = 21 ]" 60
ok $? "and delivers it" || diag "$(tail -50 "$RIG/log/mail.log")"
sh "$ROOT/tests/rig/postfix.sh" stop "$RIG"

configure "reinjection:" "  transport: lawful feed" "  service: reinject" \
    "  pickup_uid: $(id -u nobody)"
mkdir "$TMP/all.state"
once all "$RIG/log/mail.log"
counted all
cat >"$TMP/wanted" <<'P'
delivery:discard:sent 1
delivery:smtp:sent 19
filter:bounced 1
filter:deferred 1
filter:handed_over 14
filter:messages 7
filter:received 7
filter:recipients 14
filter:removed 7
queue_in:messages 15
queue_in:recipients 22
queue_out:bounce_sent 1
queue_out:removed 14
receive:after:NONE 5
receive:fed:NONE 4
receive:piped:NONE 5
recv:smtp 14
sent:discard 1
sent:lawful 6
sent:smtp 19
P
said=$(diff "$TMP/wanted" "$TMP/all")
ok $? "each message counts once, by pipe, over SMTP and by a proxy"
diag "$said"

# However the log is cut into runs of the tailer.
mkdir "$TMP/pieces.state"
lines=$(wc -l <"$RIG/log/mail.log")
for last in $(seq 7 11 "$lines") "$lines"; do
	head -n "$last" "$RIG/log/mail.log" >"$TMP/pieces.log"
	once pieces "$TMP/pieces.log"
done
counted pieces
said=$(diff "$TMP/wanted" "$TMP/pieces")
ok $? "also if the tailer is restarted in between"
diag "$said"

# By addresses, as the transport may have no name of its own in the log.
configure "reinjection:" "  transport: lawful" "  relay: 127.0.0.1:$FILTER" \
    "  service: reinject" "  pickup_uid: 1,$(id -u nobody)"
mkdir "$TMP/address.state"
once address "$RIG/log/mail.log"
counted address
said=$(diff "$TMP/wanted" "$TMP/address")
ok $? "and if the filter is named by its address"
diag "$said"

configure
mkdir "$TMP/twice.state"
once twice "$RIG/log/mail.log"
is "$("$BIN/postfix-stats-get" -c "$CONFIG" -d "$TMP/twice.state" recv:smtp \
	recv:local delivery:lawful:sent delivery:feed:sent \
	filter:received | tr '\n' ' ')" "18 3 6 8 0 " \
    "without the configuration filtered mail counts twice"
tap_end
