# Scenes for the world of world.sh: what is done, not what comes of it.
# Sourced after lib.sh, with RIG set to the directory that world.sh started.
# play_NAME plays scene NAME.

TALK=$ROOT/tests/rig/world/talk
IN=192.0.2.1 SCREEN=192.0.2.3 DEEP=192.0.2.4

# talk OPTION... ADDRESS:PORT WORD...
talk()
{
	"$TALK" "$@" >>"$RIG/log/said" 2>&1 || :
}

# The same, and go on; kill $! ends it.
talk_on()
{
	"$TALK" "$@" >>"$RIG/log/said" 2>&1 &
}

# mail FROM TO [TO]...: from this machine
mail()
{
	mail_at 127.0.0.1:25 "$@"
}

# mail_at ADDRESS:PORT FROM TO [TO]... ; $client and $subject if set
mail_at()
{
	at=$1 from=$2
	shift 2
	for to; do
		set -- "$@" "RCPT TO:<$to>"
		shift
	done
	talk ${client:+-b 198.51.100.$client} ${subject:+-s "$subject"} \
	    ${body:+-B "$body"} "$at" "MAIL FROM:<$from>" "$@" :send
}

# A stranger's mail to us.
stranger()
{
	client=10
	mail_at $IN:25 "$@"
	client=
}

# submit FROM TO...: by sendmail(1)
submit()
{
	from=$1
	shift
	printf 'Subject: %s\n\nhello\n' "${subject:-hello}" |
	    sendmail -C "$RIG/etc" -f "$from" -i "$@"
}

post()
{
	program=$1
	shift
	"$program" -c "$RIG/etc" "$@" 2>/dev/null
}

# Ids of what is in the queue.
ids()
{
	post postqueue -j | sed -n 's/.*"queue_id": "\([^"]*\)".*/\1/p'
}

# No mail is on its way; it may move from incoming to active and back.
settled()
{
	for instance in "$RIG" "$RIG/out"; do
		spool=$instance/spool
		[ -z "$(find "$spool/maildrop" "$spool/incoming" \
		    "$spool/active" "$spool/incoming" -type f)" ] || return 1
	done
}

settle()
{
	wait_until settled 60
}

# queued N: so many messages are in the queue, and none is on its way
queued()
{
	settle && wait_until "[ \$(ids | wc -l) -eq $1 ]" 60
}

# make_older SECONDS: have deferred messages say that they came earlier.  The
# time is in records that begin with T or W (of the warning), their length and
# the digits, and in an attribute.
make_older()
{
	find "$RIG/spool/deferred" -type f -exec perl -e '
		my $seconds = shift;
		for my $path (@ARGV) {
			open my $file, "+<", $path or die "$path: $!";
			read $file, my $text, 1000;
			$text =~ /T[\x0c-\x20]\d{10} / or die "$path: no time";
			while ($text =~ /(?:T[\x0c-\x20]|W\x0f {5}|create_time=)(\d{10})/g) {
				seek $file, $-[1], 0;
				print $file sprintf("%010d", $1 - $seconds);
			}
		}' "$1" {} +
}

retry()
{
	post postqueue -f
}

# --- messages that arrive ----------------------------------------------

play_simple() { mail a@client.test user@ok.test; }

play_fifty()
{
	# shellcheck disable=SC2046
	mail a@client.test $(seq -f 'user%g@ok.test' 50)
}

play_alias() { stranger a@client.test alias@local.test; }
play_list() { stranger a@client.test list@local.test; }
play_forward() { stranger a@client.test games@local.test; }
play_sendmail() { submit a@client.test user@ok.test; }
play_virtual() { stranger a@client.test user@virtual.test; }
play_pipe() { submit a@client.test user@legal.test; }
play_relay() { stranger a@client.test user@relay.test; }
play_discard() { mail a@client.test user@discard.test; }
play_second_mx() { mail a@client.test user@two-refused.test; }
play_second_mx_hangup() { mail a@client.test user@two-hangup.test; }
play_second_mx_silence() { mail a@client.test user@two-silence.test; }
play_second_mx_any()
{
	for first in ehlo closed busy badtls mailfrom unreachable; do
		mail a@client.test user@two-$first.test
	done
	mail a@client.test other@two-rcpt.test
}
play_forged_subject()
{
	subject='to=<x@y>, relay=legal, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (ok)'
	mail a@client.test user@ok.test
	subject=
}
play_forged_reply() { mail a@client.test user@forged.test; }
play_quoted_address()
{
	mail '"a b, status=bounced (x)"@client.test' \
	    '"to=<x>, status=sent (y"@ok.test'
}
play_smtputf8()
{
	talk 127.0.0.1:25 'MAIL FROM:<a@client.test> SMTPUTF8' \
	    'RCPT TO:<gr\303\274n@discard.test>' :send
}
play_bdat()
{
	talk 127.0.0.1:25 'MAIL FROM:<a@client.test>' 'RCPT TO:<user@ok.test>' \
	    '+BDAT 24 LAST' '+Subject: a' '+' 'hello there'
}

# --- answers of other servers ------------------------------------------

play_refused_554() { mail a@discard.test user@closed.test; }
play_busy_421() { mail a@discard.test user@busy.test; }
play_idle_421() { mail a@discard.test user@idle.test; }
play_lost_after_data() { mail a@discard.test user@dataend.test; }
play_greylisted()
{
	mail a@discard.test "grey@rcpt.test"
	queued 1
	retry
	queued 0
}
play_connection_refused() { mail a@discard.test user@refused.test; }
play_unreachable() { mail a@discard.test user@unreachable.test; }
play_silent_server() { mail a@discard.test user@silence.test; }
play_hangup() { mail a@discard.test user@hangup.test; }
play_hangup_ehlo() { mail a@discard.test user@ehlo.test; }
play_hangup_mail() { mail a@discard.test user@mailfrom.test; }
play_timeout_data() { mail a@discard.test user@dataslow.test; }
play_timeout_data_command() { mail a@discard.test user@dataslow2.test; }
play_no_helo() { mail a@discard.test user@helo.test; }
play_pix() { mail a@discard.test user@pix.test; }
play_too_big() { mail a@discard.test user@small.test; }
play_sender_4xx() { mail a@discard.test user@sender4.test; }
play_spam_5xx() { mail a@discard.test user@spam.test; }
play_no_such_domain() { mail a@discard.test user@nosuch.test; }
play_no_such_mx() { mail a@discard.test user@nomx.test; }
play_null_mx() { mail a@discard.test user@null.test; }
play_dns_broken() { mail a@discard.test user@a.broken.test; }
play_dns_silent() { mail a@discard.test user@a.silent.test; }
play_loops_back() { mail a@discard.test user@loops.test; }
play_reasons()
{
	for user in nouser full full5 rate rbl policy relay tls dns size \
	    other forged lines; do
		mail a@discard.test $user@rcpt.test
	done
}
play_delays()
{
	mail a@discard.test "grey4@rcpt.test"
	queued 1
	retry
	queued 0
}
play_volume()
{
	mail a@client.test user@ok.test other@ok.test user@virtual.test
}
play_rule() { mail a@discard.test other@rcpt.test nouser@rcpt.test; }
play_reused_connection()
{
	for n in 1 2 3; do
		mail a@discard.test user$n@reuse.test
		settle
	done
}

play_reused_tls()
{
	for n in 1 2 3; do
		mail a@discard.test user$n@reusetls.test
		settle
	done
}

# --- bounces, soft bounces, old mail -----------------------------------

play_bounce() { mail a@discard.test nouser@rcpt.test; }
play_double_bounce() { mail nouser@rcpt.test nouser@rcpt.test; }
play_bounce_of_nobody() { mail '' nouser@rcpt.test; }
play_soft_bounce()
{
	mail a@discard.test nouser@soft.test
	queued 1
}
play_expired()
{
	mail a@discard.test other@rcpt.test
	queued 1
	make_older 2000000
	retry
	queued 0
}
play_delayed()
{
	mail a@discard.test other@rcpt.test
	queued 1
	make_older 200000
	retry
	wait_until "grep -q 'sender delay notification' '$RIG/log/mail.log'" 10
}
play_success_notice()
{
	talk 127.0.0.1:25 'MAIL FROM:<a@discard.test>' \
	    'RCPT TO:<user@ok.test> NOTIFY=SUCCESS' :send
}
play_error_transport() { mail a@discard.test user@error.test; }
play_retry_transport() { mail a@discard.test user@retry.test; }
play_unknown_local() { stranger a@discard.test nosuch@local.test; }
play_alias_loop() { stranger a@discard.test loop@local.test; }
play_command_later() { stranger a@discard.test program@local.test; }
play_command_fails() { stranger a@discard.test broken@local.test; }
play_pipe_fails() { mail a@discard.test user@failing.test; }
play_pipe_later() { mail a@discard.test user@later.test; }
play_pipe_slow() { mail a@discard.test user@slow.test; }
play_pipe_missing() { mail a@discard.test user@gone.test; }
play_full_mailbox()
{
	body=$(head -c 80000 /dev/zero | tr '\0' x | fold -w 70)
	stranger a@discard.test news@local.test
	stranger a@discard.test news@local.test
	body=
}
play_mailbox_full()
{
	body=$(head -c 80000 /dev/zero | tr '\0' x | fold -w 70)
	for n in 1 2; do
		stranger a@discard.test mail@local.test
		stranger a@discard.test full@virtual.test
		settle
	done
	body=
}

# --- the queue ---------------------------------------------------------

held_message()
{
	mail a@discard.test other@rcpt.test
	queued 1
	post postsuper -h ALL
}
play_hold_and_release()
{
	mail a@discard.test grey2@rcpt.test
	queued 1
	post postsuper -h ALL
	post postsuper -H ALL
	retry
	queued 0
}
play_deleted()
{
	mail a@discard.test other@rcpt.test
	queued 1
	post postsuper -d ALL
}
play_requeued()
{
	mail a@discard.test grey3@rcpt.test
	queued 1
	post postsuper -r ALL
	retry
	queued 0
}
play_force_expired()
{
	mail a@discard.test other@rcpt.test
	queued 1
	post postsuper -f ALL
	retry
	queued 0
}
play_expire_flag()
{
	mail a@discard.test other@rcpt.test
	queued 1
	for id in $(ids); do
		post postsuper -e "$id"
		post postsuper -h "$id"
		post postsuper -H "$id"
		post postsuper -d "$id"
	done
}

play_mixed_queue()
{
	mail a@discard.test other@rcpt.test user@silence.test
	mail a@discard.test other@rcpt.test
	body=$(head -c 80000 /dev/zero | tr '\0' x | fold -w 70)
	subject=hold
	mail a@discard.test user@ok.test
	mail '' other@rcpt.test
	body= subject=
	queued 4
	make_older 5000
	mail a@discard.test other@rcpt.test
	queued 5
}

# --- address verification ----------------------------------------------

play_verified()
{
	mail_at $IN:27 a@sender.test user@relay.test
}
play_unverified_recipient() { mail_at $IN:27 a@sender.test nouser@rcpt.test; }
play_unverified_sender() { mail_at $IN:27 nouser@rcpt.test user@relay.test; }
play_verified_later() { mail_at $IN:27 other@rcpt.test user@relay.test; }

# --- what smtpd(8) refuses ---------------------------------------------

strict()
{
	talk -b "198.51.100.$1" -n "${helo-client.test}" $IN:26 \
	    "MAIL FROM:<${2-a@client.test}>" "RCPT TO:<${3-user@relay.test}>" \
	    ${4+"$4"}
}
play_relay_denied() { stranger a@client.test user@ok.test; }
play_unknown_clients()
{
	strict 2
	strict 3
	strict 4
}
play_rbl_client() { strict 66; }
play_bad_helo()
{
	helo='[1.2'
	strict 12
	helo=short
	strict 12
	helo=unknown.nowhere.test
	strict 12
	helo='a> to=<x@y>, status=sent (z)'
	strict 12
	unset helo
}
play_bad_sender()
{
	strict 12 a@nosuch.test
	strict 12 a@short
	strict 12 denied@discard.test
	strict 12 tempfail@discard.test
	strict 12 a@a.silent.test
}
play_bad_recipient()
{
	for to in user@short user@nosuch.test nosuch@virtual.test; do
		mail_at 127.0.0.1:26 a@client.test $to
	done
	strict 12 a@client.test 'a@b@relay.test'
	talk -b 198.51.100.12 $IN:26 'MAIL FROM:<a@client.test' \
	    'RCPT TO:<>' 'DATA'
}
play_access_actions()
{
	for user in never later hold discard redirect filter warn info prepend \
	    bcc defer 421 hangup; do
		mail_at $IN:26 a@client.test $user@relay.test
		settle
	done
}
play_policy_greylist()
{
	client=13
	mail_at $IN:26 a@client.test grey@relay.test
	mail_at $IN:26 a@client.test grey@relay.test
	client=
}
play_too_many_errors()
{
	talk -b 198.51.100.12 $IN:26 one two three four five six :wait
}
play_lost_connections()
{
	talk -b 198.51.100.14 -n '' $IN:26 :hangup
	talk -b 198.51.100.14 $IN:26 :hangup
	talk -b 198.51.100.14 $IN:26 'MAIL FROM:<a@client.test>' :hangup
	talk -b 198.51.100.14 $IN:25 'MAIL FROM:<a@client.test>' \
	    'RCPT TO:<user@relay.test>' :hangup
	talk -b 198.51.100.14 $IN:25 'MAIL FROM:<a@client.test>' \
	    'RCPT TO:<user@relay.test>' DATA '+Subject: a' '+' '+b' :hangup
	talk -b 198.51.100.14 $IN:25 'MAIL FROM:<a@client.test>' \
	    'RCPT TO:<user@relay.test>' DATA '+Subject: a' '+' '+b' '+.' :hangup
}
play_timeouts()
{
	talk -b 198.51.100.15 -n '' $IN:26 :wait
	talk -b 198.51.100.15 $IN:26 :wait
	talk -b 198.51.100.15 $IN:26 'MAIL FROM:<a@client.test>' \
	    'RCPT TO:<user@relay.test>' :wait
	talk -b 198.51.100.15 $IN:26 'MAIL FROM:<a@client.test>' \
	    'RCPT TO:<user@relay.test>' DATA '+Subject: a' :wait
}
play_bare_newlines()
{
	talk -n '' -b 198.51.100.16 $IN:38 'EHLO client.test
NOOP'
	talk -b 198.51.100.16 $IN:38 'MAIL FROM:<a@client.test>' \
	    'RCPT TO:<user@relay.test>' DATA '+Subject: a

b
.' '.'
}
play_pipelining()
{
	talk -b 198.51.100.16 -n '' $IN:25 '+HELO client.test' \
	    '+MAIL FROM:<a@client.test>' '+RCPT TO:<user@relay.test>' '+QUIT' \
	    :wait
	talk -e -b 198.51.100.16 $IN:25 'HELO client.test'
	talk -b 198.51.100.16 -n '' $IN:25 'GET / HTTP/1.1' :wait
}
play_size()
{
	talk 127.0.0.1:25 'MAIL FROM:<a@client.test> SIZE=10000000'
	body=$(head -c 120000 /dev/zero | tr '\0' x | fold -w 70)
	mail a@client.test user@discard.test
	body=
}
play_commands()
{
	talk -b 198.51.100.17 $IN:25 'HELO client.test' NOOP RSET HELP \
	    'VRFY user@relay.test' 'ETRN relay.test' 'EXPN a' 'XCLIENT A=b' \
	    'XFORWARD A=b' 'AUTH PLAIN' 'BDAT' 'DATA' 'NOSUCH'
}
play_rate_limits()
{
	for n in 1 2; do
		talk -b 198.51.100.18 $IN:30 'MAIL FROM:<a@client.test>' \
		    'RCPT TO:<a@relay.test>' 'RCPT TO:<b@relay.test>' \
		    'RCPT TO:<c@relay.test>' :send
	done
	talk -b 198.51.100.17 $IN:30 :plain user@lmtp.test wrong \
	    :plain user@lmtp.test wrong
	for n in 1 2; do
		talk -b 198.51.100.16 $IN:30 :tls
	done
	for n in 1 2 3 4; do
		talk -b 198.51.100.1 $IN:30
	done
	talk_on -b 198.51.100.9 $IN:30 '+NOOP' :wait
	wait_until "grep -q 'limited/smtpd.*connect from client9' \
	    '$RIG/log/mail.log'" 5
	talk -b 198.51.100.9 $IN:30
	kill $! 2>/dev/null
	wait $! 2>/dev/null || :
}

play_stress()
{
	talking=
	for n in 9 10 11; do
		talk_on -b 198.51.100.$n $IN:37 :wait
		talking="$talking $!"
	done
	wait_until "grep -q 'has reached its process limit' \
	    '$RIG/log/mail.log'" 5
	kill $talking
	wait $talking 2>/dev/null || :
}

# --- what cleanup(8) sees ----------------------------------------------

play_header_checks()
{
	for subject in header5 header4 warn info hold discard redirect filter \
	    prepend replace strip bcc ignore; do
		mail a@client.test user@discard.test
		settle
	done
	subject=
}
play_body_checks()
{
	for body in body5 bodywarn bodyhold bodydiscard bodystrip; do
		mail a@client.test user@discard.test
		settle
	done
	body=
}
header() { subject=$1; mail a@client.test user@discard.test; subject=; }
play_header_reject() { header header5; }
play_header_discard() { header discard; }
play_header_redirect() { header redirect; }
play_header_hold()
{
	header hold
	queued 1
	post postsuper -H ALL
	retry
	queued 0
}
play_sendmail_refused()
{
	subject=header5
	submit a@discard.test user@ok.test || :
	subject=
}
play_mime()
{
	high=$(printf '\303\274')
	body=$high
	mail_at $IN:34 a@client.test user@local.test
	body="
"
	talk -b 198.51.100.12 $IN:34 'MAIL FROM:<a@client.test>' \
	    'RCPT TO:<nobody@local.test>' DATA "+Subject: $high" \
	    '+MIME-Version: 1.0' '+Content-Type: message/rfc822' \
	    '+Content-Transfer-Encoding: base64' '+' 'x
.'
	body=
}

# --- milters -----------------------------------------------------------

play_milter()
{
	for user in reject tempfail discard reply reply4 endreject endtempfail \
	    enddiscard endreply quarantine header; do
		mail_at $IN:28 a@client.test $user@discard.test
		settle
	done
	talk -n milterreject.test $IN:28 'MAIL FROM:<a@client.test>'
	talk -n miltertempfail.test $IN:28 'MAIL FROM:<a@client.test>'
}
play_milter_reject() { mail_at $IN:28 a@client.test reject@discard.test; }
play_milter_reject_end()
{
	mail_at $IN:28 a@client.test endreject@discard.test
}
play_milter_gone()
{
	mail_at $IN:29 a@client.test user@discard.test
	mail_at $IN:28 crash@client.test user@discard.test
}

# --- TLS and logins ----------------------------------------------------

play_login()
{
	talk -b 198.51.100.10 $IN:587 :tls :plain user@lmtp.test wrong \
	    :plain user@lmtp.test secret 'MAIL FROM:<user@lmtp.test>' \
	    'RCPT TO:<user@ok.test>' :send
}
play_submission()
{
	talk -b 198.51.100.10 $IN:587 :tls :plain user@lmtp.test secret \
	    'MAIL FROM:<user@lmtp.test>' 'RCPT TO:<user@ok.test>' :send
	talk -b 198.51.100.10 $IN:587 :tls :login user@lmtp.test secret \
	    'MAIL FROM:<user@lmtp.test>' 'RCPT TO:<user@ok.test>' :send
	talk -b 198.51.100.10 -t $IN:465 :plain user@lmtp.test secret \
	    'MAIL FROM:<user@lmtp.test>' 'RCPT TO:<user@ok.test>' :send
}
play_top()
{
	for n in 1 2; do
		talk -b 198.51.100.10 $IN:587 :tls :plain user@lmtp.test secret \
		    'MAIL FROM:<user@lmtp.test>' 'RCPT TO:<user@ok.test>' :send
	done
}
play_login_fails()
{
	talk -b 198.51.100.10 $IN:587 :tls :plain user@lmtp.test wrong
	talk -b 198.51.100.10 $IN:587 :tls :login user@lmtp.test wrong
	talk -b 198.51.100.10 $IN:587 :tls 'AUTH CRAM-MD5' eHh4
	talk -b 198.51.100.10 $IN:587 :tls 'AUTH PLAIN eHh4' 'AUTH NONE x' \
	    'AUTH LOGIN' '*'
	talk -b 198.51.100.10 $IN:587 :plain user@lmtp.test secret \
	    'MAIL FROM:<a@client.test>' 'RCPT TO:<user@ok.test>'
}
play_tls_in()
{
	for to in user@virtual.test user@plain.test; do
		printf 'Subject: a\n\nhello\n' |
		    sendmail -C "$RIG/out/etc" -f a@out.test $to
	done
	talk -b 198.51.100.10 -S mx.test $IN:25 :tls
	talk -b 198.51.100.10 -c "$RIG/tls/self.pem" $IN:25 :tls
	talk -S sni.test 192.0.2.2:25 :tls
	talk -b 198.51.100.10 $IN:25 STARTTLS 'this is no TLS' :wait
	talk -b 198.51.100.10 $IN:25 STARTTLS :hangup
	talk -b 198.51.100.10 -n '' $IN:465 'this is no TLS' :wait
}
play_tls_loud()
{
	talk -b 198.51.100.10 $IN:39 :tls
	talk -b 198.51.100.10 $IN:39 STARTTLS 'this is no TLS' :wait
	for to in user1@loud.test user2@loud.test; do
		mail a@discard.test $to
		settle
	done
	talk $IN:39 :tls
	mail a@discard.test user@untrusted.loud.test
}
play_tls_out()
{
	for domain in out verified mismatch untrusted tls12 old tlsonly \
	    badtls notls; do
		mail a@discard.test user@$domain.test
	done
}
play_login_out()
{
	for domain in submit denied; do
		printf 'Subject: a\n\nhello\n' |
		    sendmail -C "$RIG/out/etc" -f user@lmtp.test user@$domain.test
	done
}

# --- LMTP --------------------------------------------------------------

play_lmtp() { mail a@discard.test user@lmtp.test; }
play_lmtp_refused()
{
	mail a@discard.test nosuch@lmtp.test
	mail a@discard.test user@sink.test
	mail a@discard.test user@nolmtp.test
}
play_lmtp_full()
{
	body=$(head -c 20000 /dev/zero | tr '\0' x | fold -w 70)
	mail a@discard.test full@lmtp.test
	body=
}

# --- filters -----------------------------------------------------------

play_filter_smtp() { mail_at $IN:31 a@client.test user@virtual.test; }
play_filter_pipe() { mail_at $IN:32 a@client.test user@virtual.test; }
play_filter_proxy() { mail_at $IN:33 a@client.test user@virtual.test; }
play_filter_before()
{
	mail_at $IN:33 a@client.test user@virtual.test
	mail_at $IN:33 a@client.test never@relay.test
	mail_at $IN:35 a@client.test user@virtual.test
}

# --- postscreen(8) -----------------------------------------------------

mail='MAIL FROM:<a@client.test>' rcpt='RCPT TO:<user@virtual.test>'

play_screen()
{
	talk -b 198.51.100.10 $SCREEN:25 "$mail" "$rcpt" :send
	talk -b 198.51.100.10 $SCREEN:25 "$mail" "$rcpt" :send
	talk -b 198.51.100.66 $SCREEN:25 "$mail" "$rcpt"
	talk -b 198.51.100.67 $SCREEN:25 "$mail" "$rcpt"
	talk -e -b 198.51.100.11 $SCREEN:25 "$mail" "$rcpt"
	talk -b 198.51.100.9 $SCREEN:25 "$mail" "$rcpt" :send
	talk -b 198.51.100.8 $SCREEN:25 "$mail" "$rcpt"
	talk $SCREEN:25 "$mail" "$rcpt" :send
	talk -e -n '' -b 198.51.100.12 $SCREEN:25 :hangup
}
play_screen_new_client() { talk -b 198.51.100.20 $DEEP:25 "$mail" "$rcpt"; }
play_screen_deep()
{
	talk -b 198.51.100.20 $DEEP:25 "$mail" "$rcpt"
	talk -n '' -b 198.51.100.21 $DEEP:25 '+EHLO client.test' "+$mail" \
	    "+$rcpt" '+QUIT' :wait
	talk -b 198.51.100.22 $DEEP:25 'GET / HTTP/1.1' 'Subject: x' :wait
	talk -b 198.51.100.23 $DEEP:25 "+NOOP
NOOP" NOOP NOOP NOOP NOOP NOOP NOOP :wait
	talk -b 198.51.100.24 $DEEP:25 NOOP NOOP NOOP NOOP NOOP NOOP NOOP :wait
	talk -b 198.51.100.25 $DEEP:25 :wait
	talk -b 198.51.100.26 $DEEP:25 DATA "+$mail" :hangup
	talk -b 198.51.100.27 $DEEP:25 "$mail" :hangup
	talk -b 198.51.100.28 $DEEP:25 "NOOP $(head -c 3000 /dev/zero |
	    tr '\0' x)" :wait
}
play_screen_stress()
{
	talking=
	for n in $(seq 31 41); do
		talk_on -n '' -b 198.51.100.$n $DEEP:25 :wait
		talking="$talking $!"
	done
	wait $talking || :
}
play_screen_tls()
{
	talk -b 198.51.100.29 $DEEP:25 :tls "$mail" "$rcpt"
	talk -b 198.51.100.30 $DEEP:25 STARTTLS 'this is no TLS' :wait
}

# --- the mail system itself --------------------------------------------

play_faulty_service() { talk $IN:36 :wait; }
play_sendmail_misused() { sendmail -C "$RIG/etc" -bx </dev/null 2>/dev/null || :; }
play_reload() { post postfix reload || :; }
play_restart()
{
	postfix -c "$RIG/out/etc" stop >>"$RIG/log/start.log" 2>&1
	postfix -c "$RIG/out/etc" start >>"$RIG/log/start.log" 2>&1
}
