#!/bin/sh
# The tailer and its log: what is appended is counted, once, whatever happens
# to the file, to the store or to the tailer.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

# All that this file waits for together ends after this, whatever goes wrong.
last_deadline=$(($(date +%s) + 45))

# left SECONDS: as many of them as are left
left()
{
	rest=$((last_deadline - $(date +%s)))
	[ "$rest" -le "$1" ] || rest=$1
	[ "$rest" -ge 0 ] || rest=0
	echo "$rest"
}

# A subshell, so that what it waits for may wait as well.
wait_until()
(
	deadline=$(($(date +%s) + $(left $(($2 + 1)))))
	until eval "$1"; do
		[ "$(date +%s)" -lt "$deadline" ] || exit 1
		sleep 0.05
	done
)

# said TEXT [TIMES]: whether the tailer has logged a line with it
said()
{
	[ "$(grep -cF -- "$1" "$TMP/statsd.err")" -ge "${2-1}" ]
}

# start_over NAME: another state directory and log, both empty
start_over()
{
	statsd_stop
	STATE=$TMP/$1 LOG=$TMP/$1.log
	install -d "$STATE"
	: >"$LOG"
	: >"$TMP/statsd.err"
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
bad=$CONFIG CONFIG=$TMP/good.yml
log_append 1
wait_for sent:smtp 10
ok $? "and counting goes on"
CONFIG=$bad
cp "$TMP/good.yml" "$CONFIG"
is "$(stats_get tailer:restarts)" 1 "which is no restart, as the good HUP was"

timeout "$(left 5).5" "$BIN/postfix-statsd" -f -c "$CONFIG" -d "$STATE" \
    --log "$LOG" </dev/null >"$TMP/second" 2>&1
status=$?
[ $status -ne 0 ] && [ $status -ne 124 ]
ok $? "a second tailer on the same state directory is refused"
is "$(wc -l <"$TMP/second")" 1 "with one line"
like "$(cat "$TMP/second")" "*$STATE*" "that names the directory"
log_append 1
wait_for sent:smtp 11
ok $? "and the first one goes on"

rm "$STATE/postfix-stats.db"
wait_for sent:smtp 11 5
ok $? "a deleted store is back within 5 s, with the same values"

log_append 1
statsd_stop
ok $? "TERM ends it with status 0"
log_append 2
statsd_start
wait_for sent:smtp 14
ok $? "a restart goes on where it stopped"

kill -9 "$statsd_pid"
wait "$statsd_pid" 2>/dev/null
log_append 1
log_rotate
log_append 1
statsd_start
wait_for sent:smtp 16
ok $? "also after kill -9, and over a rotation meanwhile"
is "$(stats_get tailer:gaps)" 0 "without a gap"
statsd_stop

# An interval that never ends, so that only USR1 and TERM publish.
configure "publish_interval: 3600"
statsd_start
log_append 1
wait_until "publish; [ \"\$(stats_get sent:smtp)\" = 17 ]" 5
ok $? "USR1 publishes now"
# Ten lines are more than all else that it reads by then.
wanted=$(($(bytes_read) + $(delivery_line smtp | wc -c) * 10))
log_append 10
wait_until "[ \"\$(bytes_read)\" -ge $wanted ]" 5
is "$(stats_get sent:smtp)" 17 "what was read is not published yet"
statsd_stop
is "$(stats_get sent:smtp)" 27 "TERM publishes it"
configure "publish_interval: 1"

# In the background.
timeout "$(left 5).5" "$BIN/postfix-statsd" -c "$CONFIG" -d "$STATE" --log "$LOG" \
    </dev/null >"$TMP/daemon" 2>&1
ok $? "without -f it goes into the background"
pid=$(cat "$STATE/postfix-statsd.pid")
at_exit "end_process $pid"
[ -n "$pid" ] && running "$pid"
ok $? "its pid is in the pid file"
log_append 1
wait_for sent:smtp 28
ok $? "and it counts"
kill "$pid"
wait_until "! running $pid" 5
ok $? "until TERM"
[ ! -e "$STATE/postfix-statsd.pid" ]
ok $? "which removes the pid file"

# A first start in the middle of a line, then a log that is cut off.
start_over middle
log_append 2
line=$(delivery_line smtp)
printf '%s' "${line%%, relay=*}" >>"$LOG"
statsd_start
publish
is "$(stats_get lines:read)" 0 "a first start at half a line counts nothing"
printf '%s\n' ", relay=${line#*, relay=}" >>"$LOG"
wait_for sent:smtp 1
ok $? "but the line once it is whole"
log_append 1
wait_for sent:smtp 2
ok $? "and the one after it"
is "$(stats_get lines:read lines:malformed | xargs)" "2 0" \
    "neither is malformed"
: >"$LOG"
wait_until 'publish; [ "$(stats_get tailer:gaps)" = 1 ]' 5
ok $? "a log that is cut off counts a gap"
log_append 2
wait_for sent:smtp 4
ok $? "and is read on from its start"
is "$(stats_get tailer:gaps tailer:rotations lines:malformed | xargs)" \
    "1 0 0" "with no other gap"

# A store that somebody removes while none is due for long.
start_over removed
configure "publish_interval: 30"
statsd_start
publish
rm "$STATE/postfix-stats.db"
wait_until '[ -e "$STATE/postfix-stats.db" ]' 5
ok $? "a deleted store is back within 5 s whatever the interval"
log_append 3
rm "$STATE"/postfix-stats.db*
wait_for sent:smtp 3 5
ok $? "so are the counters, with what was read meanwhile"
configure "publish_interval: 1"

# HUP while nothing can be published: neither the first time, with nothing
# to go on from, nor later.
start_over closed
log_append 3
install -d "$STATE/postfix-stats.db.tmp"
"$BIN/postfix-statsd" -f -c "$CONFIG" -d "$STATE" --log "$LOG" \
    </dev/null >>"$TMP/statsd.err" 2>&1 &
statsd_pid=$!
wait_until "said 'cannot publish $STATE/postfix-stats.db'" 5
ok $? "a first store that can't be published is said"
log_append 2
kill -HUP "$statsd_pid"
wait_until "said 'no reload'" 5
ok $? "HUP meanwhile says that it does not reload"
log_append 1
rmdir "$STATE/postfix-stats.db.tmp"
wait_for sent:smtp 3 10
ok $? "when it can be published all lines since the start count once"
install -d "$STATE/postfix-stats.db.tmp"
log_append 2
kill -HUP "$statsd_pid"
wait_until "said 'no reload' 2" 5
ok $? "so with a store"
log_rotate
log_append 2
rmdir "$STATE/postfix-stats.db.tmp"
wait_for sent:smtp 7 10
ok $? "and over a rotation"
kill -HUP "$statsd_pid"
wait_until "said 'configuration read again'" 5
ok $? "a HUP after that reloads"
log_append 1
wait_for sent:smtp 8
ok $? "and counts no line again"
is "$(stats_get tailer:gaps lines:read tailer:restarts | xargs)" "0 8 1" \
    "without a gap"

# --once, on a state directory of its own
start_over once
log_append 4 local
timeout "$(left 5).5" "$BIN/postfix-statsd" --once -c "$CONFIG" -d "$STATE" \
    --log "$LOG"
ok $? "--once ends with status 0"
is "$(stats_get sent:local)" 4 "having read from the start"
log_append 1 local
timeout "$(left 5).5" "$BIN/postfix-statsd" --once -c "$CONFIG" -d "$STATE" \
    --log "$LOG"
is "$(stats_get sent:local)" 5 "a second --once reads what is new"
tap_end
