#!/bin/sh
# Standard input as the log.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

LINES=${LINES_GENERATED:-200000}

once()
{
	"$BIN/postfix-statsd" --once --stdin -c "$CONFIG" -d "$STATE" \
	    2>"$TMP/said"
}

state()
{
	STATE=$TMP/$1
	install -d "$STATE"
}

# start: with $TMP/pipe for standard input, which is our descriptor 7
start()
{
	generation_before=$(stats_get tailer:generation 2>/dev/null)
	rm -f "$TMP/pipe"
	mkfifo "$TMP/pipe"
	"$BIN/postfix-statsd" --stdin -c "$CONFIG" -d "$STATE" \
	    <"$TMP/pipe" >>"$TMP/statsd.err" 2>&1 7>&- &
	statsd_pid=$!
	exec 7>"$TMP/pipe"
	wait_until statsd_ready 10
}

tap_start "the tailer reads standard input"
state once
"$ROOT/build/tools/loggen" --lines "$LINES" --instances \
    --truth "$TMP/truth" | once
ok $? "--once reads a generated log of $LINES lines"
stats_get --all | truth_keys | diff "$TMP/truth" - >"$TMP/diff"
ok $? "all keys equal the truth"
diag "$(head -5 "$TMP/diff")"

state slowly
{ delivery_line smtp; sleep 1; delivery_line smtp; } | once
is "$(stats_get sent:smtp)" 2 "--once waits for the end of a slow writer"
{
	perl -e 'print "x" x 70000, "\n"'
	delivery_line smtp
	perl -e 'print "x" x 300000, "\n"'
	delivery_line smtp
} | once
is "$(stats_get sent:smtp lines:overlong lines:malformed | xargs)" "4 2 0" \
    "overlong lines are skipped"
printf '%s' "$(delivery_line smtp)" | once
is "$(stats_get sent:smtp lines:incomplete | xargs)" "4 1" \
    "a last line without a newline is not counted"
perl -e 'print "x" x 70000' | once
is "$(stats_get lines:overlong lines:incomplete | xargs)" "3 1" \
    "nor an overlong one"
: | once
ok $? "no input is no fault"
once <&-
is $? 1 "a standard input that is closed is one"

state daemon
start
ok $? "without --once it follows"
delivery_line smtp >&7
wait_for sent:smtp 1
ok $? "what is written is counted"
line=$(delivery_line smtp)
printf '%s' "${line%%, relay=*}" >&7
delivery_line local >"$TMP/other"
kill -HUP "$statsd_pid"
wait_until "grep -q 'read again' '$TMP/statsd.err'" 5
ok $? "HUP reads the configuration again"
printf '%s\n' ", relay=${line#*, relay=}" >&7
wait_for sent:smtp 2
ok $? "half a line that was read before it is not lost"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	delivery_line smtp >&7
done
statsd_stop
ok $? "TERM ends it with status 0"
is "$(stats_get sent:smtp)" 12 "with all that stood in the pipe"
exec 7>&-

start
delivery_line smtp >&7
exec 7>&-
wait_until "! running $statsd_pid" 5
ok $? "it ends when its input ends"
wait "$statsd_pid"
is $? 0 "with status 0"
statsd_pid=''
is "$(stats_get sent:smtp)" 13 "and everything published"
tap_end
