#!/bin/sh
# Whether a probe's mail arrives, on a real Postfix and Dovecot and beside the
# tailer of their log: what is said of mail that is put off, held, refused, late,
# lost, doubled or taken for spam, before and after a restart, and after what kept
# it back is gone.  The scenes are in tests/rig/probe/scenes.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig
skip_unless_root
tap_start "what becomes of a probe's mail"
. "$RIG/delivery.sh"
. "$RIG/prometheus.sh"

SERVERS=$TMP/servers
at_exit 'sh "$RIG/probe.sh" stop "$SERVERS"'
sh "$RIG/probe.sh" start "$SERVERS" || exit 1
. "$SERVERS/env"
LOG=$SERVERS/log/mail.log
at_exit 'probe_stop'

# --- servers at fault --------------------------------------------------

# faulty FAULT PHASE: ADDRESS:PORT
faulty()
{
	awk -v fault="$1" -v phase="$2" \
	    '$1 == fault && $2 == phase { print $3 ":" $4 }' "$TMP/faulty"
}

DROP=$(pick_port)
mkfifo "$TMP/alive" "$TMP/alive2"
"$RIG/smtp-faulty" "$TLS/server.pem" "$TLS/server.key" "$TMP/faulty" \
    <"$TMP/alive" &
"$RIG/smtp-drop" "$DROP" "$SMTP" quit <"$TMP/alive2" &
exec 8>"$TMP/alive2" 9>"$TMP/alive"
wait_until '[ -s "$TMP/faulty" ]' 10
FAULTY=$(faulty close body) DUMB=$(faulty silent banner)

# --- the scenes --------------------------------------------------------

# scene_probes: as the configuration wants them.  Each sends one mail: they come
# again, if they were not put off, in an hour.
scene_probes()
{
	sed -n 's/^+ //p' "$RIG/probe/scenes" |
	while read -r name door to maildir options; do
		server=127.0.0.1
		eval "port=$door"
		case $port in
		*:*) server=${port%:*} port=${port#*:} ;;
		esac
		cat <<P
  - { name: $name, server: $server, port: $port, from: $name@sender.test,
      to: $to@probe.test, interval: 3600, phase_deadline: 4,
      retry_interval: 1, retry_deadline: 600,
      delivery: { maildir: $MAIL/$maildir/Maildir, $options } }
P
	done
}

# scenes MARK: NAME and what stands behind MARK there; with >, behind = if there
# is no other
scenes()
{
	awk -v mark="$1" '
	function scene() {
		if (name != "" && text != "")
			print name, text
		text = ""
	}
	$1 == "+" { scene(); name = $2 }
	$1 == mark || (mark == ">" && $1 == "=") { text = substr($0, 3) }
	END { scene() }' "$RIG/probe/scenes"
}

# play MARK WHEN
play()
{
	scenes "$1" >"$TMP/scenes"
	while read -r name wanted; do
		wait_until "story_is $name '$wanted'" "${PATIENCE:-40}"
		is "$(story "$name")" "$wanted" "$name, $2: $wanted"
	done <"$TMP/scenes"
}

# What is said of mail, but for what is watched, and what each further try of a mail
# that is deferred changes
said()
{
	records | grep -aE '^(mail|mail_[a-z]+|=mail_[a-z]+):' |
	    grep -avE '^mail:[^:]*:watched |^=mail_mailbox|^(mail_delay|=mail_trail):(full|later)[: ]' |
	    sort
}

# All mailboxes that are there are watched, of this many probes
watched()
{
	[ "$(stats_get --all 2>/dev/null |
	    grep -c '^mail:[^:]*:watched 1$')" -eq "$1" ]
}

# stopped: and what was said then
stopped()
{
	probe_stop
	is "$?" 0 "TERM ends it well"
	said >"$TMP/before"
}

# started COUNT: so many look for mail again, and no more is said than before
started()
{
	probe_start
	wait_until "watched $1" 20
	ok $? "started again, it watches all that is there"
	said | diff "$TMP/before" - >"$TMP/difference"
	ok $? "and says what it said before"
	diag "$(cat "$TMP/difference")"
}

scene_probes | plan
count=$(grep -c '^+ ' "$RIG/probe/scenes")
probe_start
wait_until '[ -s "$STATE/probe.key" ]' 10
is "$(stat -c %a "$STATE/probe.key")" 600 "the key is for its owner only"
statsd_start --from start
ok $? "the tailer follows Postfix's log"

was_put_off()
{
	[ "$(stats_get probe_result:greylisted:deferred)" -gt 0 ]
}

wait_until 'was_put_off 2>/dev/null' 20
ok $? "greylisted: it is put off"
play '=' "sent"
scenes '~' >"$TMP/patterns"
while read -r name pattern; do
	like "$(text "$name" trail)" "$pattern" "$name: $pattern"
done <"$TMP/patterns"
is "$(text hop next)" "$(sed -n 's/.*: \([^:]*\): message-id=.*\.hop\..*/\1/p' \
    "$SERVERS/log/far.log" | sed 's/.* //')" "hop: the queue id of the next hop"
is "$(text held id)" "$(sed -n 's/.* \([^ ]*\): message-id=<pfs1\.held\..*/\1/p' \
    "$LOG")" "held: the queue id"
like "$(text unseen mailbox)" "?*" "unseen: why is said"
is "$(text authentic auth)" "pass fail none" \
    "authentic: what the server found of SPF, DKIM and DMARC"
is "$(text unbelieved auth)" "" "unbelieved: another server is not"
for stage in smtpd queue connection transmission; do
	like "$(stats_get "mail_delay:well:$stage")" "[0-9]*" "well: time in $stage"
done

# --- restarts ----------------------------------------------------------

statsd_stop
ok $? "the tailer ends"
stopped
started $((count - 1))
stopped

# While nobody looks
postsuper -c "$SERVERS/etc" -H ALL 2>/dev/null
sed -i 's/userdb_quota_rule=.*//' "$SERVERS/etc/users"
: >"$SERVERS/run/pass"
copied=$(grep -l 'pfs1\.copied\.' "$MAIL/probe/Maildir"/*/*)
cp -p "$copied" "$MAIL/probe/Maildir/new/1.copy.mx"

probe_start
statsd_start
wait_until 'watched $((count - 1))' 20
# While somebody does
ln -s "$LMTP_SOCKET" "$LATER"
postqueue -c "$SERVERS/etc" -f
postqueue -c "$SERVERS/far/etc" -f
unseen=$(grep -l 'pfs1\.unseen\.' "$MAIL/other/Maildir"/*/*)
install -d "$MAIL/absent/Maildir/new" "$MAIL/absent/Maildir/cur"
mv "$unseen" "$MAIL/absent/Maildir/new"

play '>' "then"
is "$(mail well success) $(mail held success)" "1 0" \
    "late mail is no success"
is "$(text unseen mailbox)" "" "unseen: no more"

# exported NAME PROBE
exported()
{
	sed -n "s/^$1{configname=\"$2\"} //p" "$TMP/metrics"
}

exporter_start
scrape >"$TMP/metrics"
is "$(for name in well held spam bounced-lost; do
	exported mail_deliver_success "$name"
done | paste -s -d ' ')" "1 0 0 0" "mail_deliver_success in what Prometheus gets"
is "$(exported mail_late_mails_total later) $(exported mail_late_mails_total well)" \
    "1 0" "and mail_late_mails_total"
is "$(exported mail_send_fails_total unsent)" 1 "and mail_send_fails_total"

# --- each mail once ----------------------------------------------------

# sent PROBE: as Postfix has it
sent()
{
	grep -o "message-id=<pfs1\.$1\.[^>]*" "$LOG" | sort -u | wc -l
}

wrong=''
for name in $(sed -n 's/^+ \([^ ]*\) .*/\1/p' "$RIG/probe/scenes"); do
	[ "$(mail "$name" sent)" = "$(sent "$name")" ] || wrong="$wrong $name"
done
is "$wrong" "" "as many mails were sent as Postfix took"
is "$(find "$MAIL" -type f -exec grep -l '^X-Postfix-Stats-Probe:' {} + |
    sed 's,.*/,,; s,:.*,,' | sort)" \
    "$(printf '%s\n' 1.copy.mx "${copied##*/}" | sort)" \
    "all that was found is gone, but what is to stay"
stopped
started "$count"
probe_stop
tap_end
