#!/bin/sh
# The probes' daemon is killed at any instant, and so are those that watch mailboxes
# for it: each mail that Postfix took of it is found once, and counted once.  What
# is true is what Postfix logged and what is in the Maildir.  Needs root.
#
#	KILLS=200 SEED=7 sh tests/integration/probe-kill.sh

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig
KILLS=${KILLS:-15} SEED=${SEED:-$$}
skip_unless_root
tap_start "kill -9 of the probes' daemon at any instant"
. "$RIG/delivery.sh"

SERVERS=$TMP/servers NAMES='kept1 kept2 taken1 taken2 slow1 slow2'
at_exit 'sh "$RIG/probe.sh" stop "$SERVERS"'
sh "$RIG/probe.sh" start "$SERVERS" || exit 1
. "$SERVERS/env"
at_exit 'probe_stop'

# probes INTERVAL: whose mail stays, is taken away, and is taken by the server a
# while after the dot
probes()
{
	for name in $NAMES; do
		port=$SMTP delete=no
		case $name in
		taken*) delete=yes ;;
		slow*) port=$DOT ;;
		esac
		cat <<P
  - { name: $name, server: 127.0.0.1, port: $port, from: $name@sender.test,
      to: probe@probe.test, interval: $1, jitter: 0, phase_deadline: 15,
      delivery: { maildir: $MAIL/probe/Maildir, timeout: 60, lost_after: 60,
        delete: $delete } }
P
	done
}

# --- instants ----------------------------------------------------------

# instants: seconds to wait before each kill, and what is killed.  As often as not
# soon after the start, when the last one's state is taken up.
instants()
{
	perl -e '
	srand $ARGV[1];
	for (1 .. $ARGV[0]) {
		printf "%.3f %s\n", rand() < 0.5 ? rand 0.4 : rand 2.5,
		    rand() < 0.25 ? "watcher" : "daemon";
	}' "$KILLS" "$SEED"
}

# Those that watch live as long as the daemon; a conversation has the name of its
# probe.
watchers()
{
	for pid in $(cat "/proc/$probe_pid/task/$probe_pid/children"); do
		case " $NAMES " in
		*" $(cat "/proc/$pid/comm" 2>/dev/null) "*) ;;
		*) echo "$pid" ;;
		esac
	done
}

diag "SEED=$SEED"
probes 1 | plan
probe_start
wait_until 'mail_is kept1 watched 1' 20
instants >"$TMP/instants"
while read -r seconds what; do
	sleep "$seconds"
	case $what in
	watcher)
		for pid in $(watchers); do
			kill -9 "$pid" 2>/dev/null
		done ;;
	daemon)
		probe_kill
		probe_start ;;
	esac
done <"$TMP/instants"
ok 0 "$KILLS kills, $(grep -c watcher "$TMP/instants") of them of watchers"

# --- no more mail, and what is under way comes to its end --------------

probe_kill
probes 86400 | plan
probe_start

queues_are_empty()
{
	[ -z "$(find "$SERVERS/spool/incoming" "$SERVERS/spool/active" \
	    "$SERVERS/spool/deferred" "$SERVERS/spool/maildrop" -type f)" ]
}

# taken PROBE: mails of which Postfix has seen the token
taken()
{
	sed -n "s/.* message-id=<\(pfs1\.$1\.[^@]*\)@.*/\1/p" \
	    "$SERVERS/log/mail.log" | sort
}

# found PROBE: those in the Maildir
found()
{
	find "$MAIL/probe/Maildir" -type f \( -path '*/new/*' -o \
	    -path '*/cur/*' \) -exec sed -n \
	    "s/^X-Postfix-Stats-Probe: \(pfs1\.$1\..*\)/\1/p" {} + | sort
}

counted()
{
	[ "$(mail "$1" arrived)" -ge "$(taken "$1" | wc -l)" ]
}

all_counted()
{
	queues_are_empty || return 1
	for name in $NAMES; do
		counted "$name" || return 1
	done
}

# What hangs on the way through Postfix takes 8 s
wait_until all_counted 40
ok $? "all mail that Postfix took is counted"
# one more start finds nothing that is new
probe_stop
is $? 0 "TERM ends it well"
probe_start
wait_until 'mail_is kept1 watched 1' 20
ok $? "the mailbox was looked at once more"

for name in $NAMES; do
	count=$(taken "$name" | wc -l)
	[ "$count" -gt 0 ]
	ok $? "$name: $count mails were taken by Postfix"
	is "$(taken "$name" | uniq -d)" "" "$name: no token twice"
	is "$(mail "$name" arrived) $(mail "$name" sent)" "$count $count" \
	    "$name: as many are counted as sent and as arrived"
	is "$(mail "$name" late) $(mail "$name" spam) $(mail "$name" lost)" \
	    "0 0 0" "$name: none as late, as spam or as lost"
	is "$(mail "$name" duplicates)" 0 "$name: none twice"
	is "$(mail "$name" outstanding)" 0 "$name: none is waited for"
	case $name in
	taken*)
		is "$(found "$name")" "" "$name: all are gone" ;;
	*)
		is "$(found "$name")" "$(taken "$name")" "$name: all are there" ;;
	esac
done
diag "$(grep -c . "$TMP/probe.err") lines logged"
diag "$(sed 's/.*postfix-stats-probe[^:]*: //' "$TMP/probe.err" | sort | uniq -c |
    sort -rn | head -12)"
probe_stop
tap_end
