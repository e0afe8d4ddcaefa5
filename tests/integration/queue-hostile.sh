#!/bin/sh
# A socket in the place of showq's that hangs, sends junk, never ends, or closes
# half way: the log is counted meanwhile, no half sample is shown, and the next
# good one is.  Also a million messages, and the end of either process.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

say()
{
	echo "$1" >"$TMP/says.new"
	mv "$TMP/says.new" "$TMP/says"
}

# asked N: the socket was asked so many times
asked()
{
	[ "$(wc -l <"$TMP/says.asked")" -ge "$1" ]
}

errors()
{
	stats_get queue_sample:errors
}

# Lines are counted, whatever happens to samples.
log_is_counted()
{
	log_append 7
	sent=$((sent + 7))
	wait_for sent:smtp "$sent" 20
	ok $? "$1: lines are counted"
}

# configure_queue LINE...
configure_queue()
{
	{
		echo "publish_interval: 0.1"
		echo "queue:"
		echo "  sockets: [ { path: $TMP/showq } ]"
		printf '  %s\n' "$@"
	} >"$CONFIG"
}

# refused MODE TEXT: a sample that fails, for this reason, and leaves no trace
refused()
{
	: >"$TMP/statsd.err"
	before_errors=$(errors)
	say "$1"
	wait_until '[ "$(errors)" -gt "$before_errors" ]' 20
	ok $? "$1: the sample fails"
	wait_until "grep -q 'no sample from $TMP/showq: $2' '$TMP/statsd.err'" 5
	ok $? "$1: $2"
	diag "$(grep -v "$2" "$TMP/statsd.err")"
	log_is_counted "$1"
	is "$(stats_get queue:deferred:messages queue_age:deferred:count \
	    queue:deferred:bytes | xargs)" "12 12 12000" \
	    "$1: the figures are of the last good sample"
	say "list 12"
	wait_until "grep -q 'samples from $TMP/showq again' '$TMP/statsd.err'" 20
	ok $? "$1: it goes on"
}

sampler_pid()
{
	ps -o pid= --ppid "$statsd_pid" | tr -d ' '
}

tap_start "no socket of a queue delays the log or shows half a sample"
sent=0
: >"$LOG"
: >"$TMP/says.asked"
say "list 12"
"$ROOT/tests/rig/fake-showq" "$TMP/showq" "$TMP/says" &
fake_pid=$!
at_exit "end_process $fake_pid"
wait_until "[ -S '$TMP/showq' ]" 10
configure_queue "interval: 0.1" "deadline: 30"
statsd_start
wait_for queue:deferred:messages 12 10
ok $? "a good sample is shown"
is "$(stats_get queue:deferred:bytes queue:deferred:recipients \
    queue_size:deferred:le:1000 queue_age:deferred:le:10 | xargs)" \
    "12000 12 12 0" \
    "and what it adds up to"
log_is_counted "good"
say "old 13"
wait_for queue:deferred:messages 13 10
ok $? "Postfix 3.1 to 3.5 is understood"
say "list 12"
wait_for queue:deferred:messages 12 10

refused "half 5" "it ended half way"
refused "half 5000" "it ended half way"
refused junk "a word is longer"
refused text "it is of a Postfix before 3.1"
configure_queue "interval: 0.1" "deadline: 0.3"
kill -HUP "$statsd_pid"
refused endless "no end within the deadline"
refused silent "no end within the deadline"

# The pause is ten times what a sample took: after 0.3 s of silence 3 s.
say silent
now=$(($(wc -l <"$TMP/says.asked") + 2))
wait_until "asked $now" 60
pause=$(sed -n "$((now - 1)),${now}p" "$TMP/says.asked" |
    awk '{ pause = $1 - before; before = $1 } END { print pause }')
[ "$pause" -ge 2000 ]
ok $? "a slow socket is left alone for a while"
diag "$pause ms"

# One that never answers, and no deadline to speak of.
configure_queue "interval: 0.1" "deadline: 3600"
kill -HUP "$statsd_pid"
wait_until "asked $((now + 1))" 20
ok $? "it is asked anew after a reload"
log_is_counted "silent for an hour"
is "$(stats_get queue:deferred:messages)" 12 "what was known stays"
log_is_counted "still silent"

# A million.
say "list 1000000"
kill -HUP "$statsd_pid"
wait_until "asked $((now + 2))" 20
log_is_counted "a million messages"
wait_for queue:deferred:messages 1000000 60
ok $? "all of them are added up"
is "$(stats_get queue:deferred:bytes)" 1000000000 "with their sizes"

# The process dies, and another one starts; the tailer dies, and it ends.
say "list 4"
kill -HUP "$statsd_pid"
wait_for queue:deferred:messages 4 20
starts=$(stats_get queue_sample:starts)
kill -9 "$(sampler_pid)"
say "list 5"
wait_for queue:deferred:messages 5 20
ok $? "another process goes on when the first one dies"
is "$(stats_get queue_sample:starts)" $((starts + 1)) "it is counted"
log_is_counted "after that"
pid=$(sampler_pid)
is "$(find "/proc/$pid/fd" -lname '*state*' -o -lname "$LOG" | wc -l)" 0 \
    "it has neither log nor store open"
kill -9 "$statsd_pid"
wait_until "! running $pid" 10
ok $? "it ends with the tailer, however that ends"
wait "$statsd_pid" 2>/dev/null

# A restart shows what was known until the first sample; a tailer that does not
# sample shows nothing.
say silent
statsd_start
is "$(stats_get queue:deferred:messages)" 5 "a restart keeps the figures"
statsd_stop
ok $? "it ends with status 0 while a sample is under way"
configure "publish_interval: 0.1"
statsd_start
is "$(stats_get --all | grep -cE '^queue(_age|_size)?:')" 0 \
    "without sampling there are none"
is "$(stats_get queue_sample:taken)" 0 "and no time"
is "$(sampler_pid)" "" "nor a process"
tap_end
