#!/bin/sh
# A message is counted when the queue manager takes it up first, and not again
# at its retries, whatever happens to the tailer while it lies in the queue of
# a real Postfix.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root

log_read()
{
	[ "$(stats_get lines:read)" = "$(wc -l <"$LOG")" ]
}

# The tailer is gone at once, without a last word.
killed()
{
	kill -9 "$statsd_pid"
	wait "$statsd_pid" 2>/dev/null
	statsd_pid=''
}

# accepted N: N messages to a server that is down
accepted()
{
	"$ROOT/tests/rig/smtp-say" "$SMTPD" "$1" a@discard.test hello hello \
	    user@down.test >>"$TMP/said"
}

# active N: the queue manager has taken something up N times, and nothing is
# on its way
active()
{
	wait_until "[ \$(grep -c 'queue active' '$LOG') -eq $1 ] &&
	    '$ROOT/tests/rig/postfix.sh' idle '$RIG'" 60 ||
		diag "not $1 times: $(grep -c 'queue active' "$LOG")"
}

counted()
{
	wait_until log_read 10
	stats_get queue_in:messages queue_in:recipients \
	    queue_in_size:count queue_out:removed | xargs
}

tap_start "a message is counted once, however often the tailer is killed"
RIG=$TMP/rig
LOG=$RIG/log/mail.log
install -d "$RIG"
at_exit "'$ROOT/tests/rig/postfix.sh' stop '$RIG'"
POSTFIX_EXTRA="queue_run_delay = 1w
minimal_backoff_time = 1w
maximal_backoff_time = 1w" "$ROOT/tests/rig/postfix.sh" start "$RIG" || exit 1
. "$RIG/env"
statsd_start --from start

accepted 5
active 5
is "$(counted)" "5 5 5 0" "five messages are deferred"
killed
postqueue -c "$RIG/etc" -f
active 10
statsd_start
is "$(counted)" "5 5 5 0" "tried again while the tailer is dead: counted once"
killed
accepted 4
active 14
postqueue -c "$RIG/etc" -f
active 23
statsd_start
is "$(counted)" "9 9 9 0" "four more come and are tried twice meanwhile"
postqueue -c "$RIG/etc" -f
active 32
is "$(counted)" "9 9 9 0" "all are tried again before its eyes"

# Between cleanup(8) and the queue manager.
qmgr=$(sed -n 's/.* postfix\/qmgr\[\([0-9]*\)\].*/\1/p' "$LOG" | tail -1)
kill -STOP "$qmgr"
at_exit "kill -CONT $qmgr 2>/dev/null"
accepted 3
wait_until log_read 10
publish
killed
kill -CONT "$qmgr"
active 35
statsd_start
is "$(counted)" "12 12 12 0" \
    "three were known when it was killed, but not yet taken up"

postsuper -c "$RIG/etc" -d ALL 2>/dev/null
statsd_stop
ok $? "the tailer ends with status 0"
tap_end
