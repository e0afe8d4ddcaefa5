#!/bin/sh
# The tailer and its log: what is appended is counted, once, whatever happens
# to the file, to the store or to the tailer.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

published_again()
{
	[ "$(stats_get tailer:generation)" -gt "$before" ]
}

# publish: ask for it and wait for it
publish()
{
	before=$(stats_get tailer:generation)
	kill -USR1 "$statsd_pid"
	wait_until published_again 5
}

bytes_read()
{
	awk '$1 == "rchar:" { print $2 }' "/proc/$statsd_pid/io"
}

tap_start "the tailer follows one log"
log_append 3
statsd_start
ok $? "it starts"
is "$(stats_get sent:smtp)" 0 "the first start begins at the end of the log"
log_append 2
wait_for sent:smtp 2
ok $? "what is appended is counted"

line=$(delivery_line smtp)
printf '%s' "${line%%, relay=*}" >>"$LOG"
publish
is "$(stats_get sent:smtp lines:read | xargs)" "2 2" "half a line waits"
printf '%s\n' ", relay=${line#*, relay=}" >>"$LOG"
wait_for sent:smtp 3
ok $? "and counts when its other half comes"
is "$(stats_get lines:malformed)" 0 "and is not malformed"

perl -e 'print "Nov 22 08:00:01 mx postfix/smtp[1]: ", "x" x 300000, "\n"' \
    >>"$LOG"
log_append 1
wait_for sent:smtp 4
ok $? "reading goes on after an overlong line"
is "$(stats_get lines:overlong)" 1 "which is counted as such"

log_rotate
delivery_line smtp >>"$LOG.1"
log_append 2
wait_for sent:smtp 7
ok $? "a renamed log is read to its end, then the new one"
is "$(stats_get tailer:rotations tailer:gaps | xargs)" "1 0" \
    "one rotation, no gap"
log_rename
log_append 1
wait_for sent:smtp 8
ok $? "also when the new log is created later"

kill -HUP "$statsd_pid"
log_append 1
wait_for sent:smtp 9
ok $? "HUP does not disturb it"
is "$(stats_get tailer:rotations)" 2 "nor is a rotation counted again"

cp "$CONFIG" "$TMP/good.yml"
echo "no_such_key: 1" >>"$CONFIG"
kill -HUP "$statsd_pid"
wait_until "grep -q '$CONFIG.*no_such_key' '$TMP/statsd.err'" 5
ok $? "HUP with a bad configuration says what is wrong"
cp "$TMP/good.yml" "$CONFIG"

timeout 5 "$BIN/postfix-statsd" -f -c "$CONFIG" -d "$STATE" \
    --log "$LOG" </dev/null >"$TMP/second" 2>&1
status=$?
[ $status -ne 0 ] && [ $status -ne 124 ]
ok $? "a second tailer on the same state directory is refused"
is "$(wc -l <"$TMP/second")" 1 "with one line"
like "$(cat "$TMP/second")" "*$STATE*" "that names the directory"
log_append 1
wait_for sent:smtp 10
ok $? "and the first one goes on"

rm "$STATE/postfix-stats.db"
wait_for sent:smtp 10 5
ok $? "a deleted store is back within 5 s, with the same values"

log_append 1
statsd_stop
ok $? "TERM ends it with status 0"
log_append 2
statsd_start
wait_for sent:smtp 13
ok $? "a restart goes on where it stopped"

kill -9 "$statsd_pid"
wait "$statsd_pid" 2>/dev/null
log_append 1
log_rotate
log_append 1
statsd_start
wait_for sent:smtp 15
ok $? "also after kill -9, and over a rotation meanwhile"
is "$(stats_get tailer:gaps)" 0 "without a gap"
statsd_stop

# An interval that never ends, so that only USR1 and TERM publish.
echo "publish_interval: 3600" >"$CONFIG"
statsd_start
log_append 1
wait_until "publish; [ \"\$(stats_get sent:smtp)\" = 16 ]" 5
ok $? "USR1 publishes now"
# Ten lines are more than all else that it reads by then.
wanted=$(($(bytes_read) + $(delivery_line smtp | wc -c) * 10))
log_append 10
wait_until "[ \"\$(bytes_read)\" -ge $wanted ]" 5
is "$(stats_get sent:smtp)" 16 "what was read is not published yet"
statsd_stop
is "$(stats_get sent:smtp)" 26 "TERM publishes it"
echo "publish_interval: 1" >"$CONFIG"

# In the background.
"$BIN/postfix-statsd" -c "$CONFIG" -d "$STATE" --log "$LOG" \
    </dev/null >"$TMP/daemon" 2>&1
ok $? "without -f it goes into the background"
pid=$(cat "$STATE/postfix-statsd.pid")
at_exit "end_process $pid"
running "$pid"
ok $? "its pid is in the pid file"
log_append 1
wait_for sent:smtp 27
ok $? "and it counts"
kill "$pid"
wait_until "! running $pid" 5
ok $? "until TERM"
[ ! -e "$STATE/postfix-statsd.pid" ]
ok $? "which removes the pid file"

# --once, on a state directory of its own
STATE=$TMP/once
install -d "$STATE"
: >"$LOG"
log_append 4 local
"$BIN/postfix-statsd" --once -c "$CONFIG" -d "$STATE" --log "$LOG"
ok $? "--once ends with status 0"
is "$(stats_get sent:local)" 4 "having read from the start"
log_append 1 local
"$BIN/postfix-statsd" --once -c "$CONFIG" -d "$STATE" --log "$LOG"
is "$(stats_get sent:local)" 5 "a second --once reads what is new"
tap_end
