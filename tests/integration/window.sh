#!/bin/sh
# What is of the last five minutes goes to 0 after them, though no line comes;
# then the tailer sleeps for good.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

switches()
{
	awk '/ctxt_switches/ { s += $2 } END { print s }' \
	    "/proc/$statsd_pid/status"
}

calm()
{
	was=$(switches)
	sleep 1
	[ "$(switches)" = "$was" ]
}

quantiles()
{
	stats_get delay_5m:smtp:p50 delay_5m:smtp:p95 delay_5m:smtp:p99 | xargs
}

tap_start "the last five minutes end by themselves"
configure "publish_interval: 0.1"
install -d -m 750 "$STATE"
# By the tailer's clock the line's minute leaves the window 30 s from now.
end=$((($(date +%s) / 60 + 600) * 60))
perl -e 'print pack("q", $ARGV[0] - 30 - time)' "$end" >"$TMP/clock"
delivery_line smtp | sed "s/^Nov 22 08:00:01/$(LC_ALL=C date \
    -d "@$((end - 331))" '+%b %e %H:%M:%S')/" >"$LOG"
LD_PRELOAD="$ROOT/build/tools/faults.so" FAULT_CLOCK="$TMP/clock" \
    "$BIN/postfix-statsd" -f -c "$CONFIG" -d "$STATE" --log "$LOG" \
    --from start </dev/null >>"$TMP/statsd.err" 2>&1 &
statsd_pid=$!
wait_for delay_5m:smtp:p99 504 25
is "$(quantiles)" "504 504 504" "a delay of 500 ms, within its 32nd"
wait_until calm 10
ok $? "the tailer sleeps until the minute is over"
wait_for delay_5m:smtp:p99 0 60
is "$(quantiles)" "0 0 0" "then it is forgotten, without a line"
is "$(stats_get delay:smtp:total:sum delay:smtp:total:count | xargs)" \
    "0.500000 1" "but not in the histogram"
wait_until calm 10
was=$(switches) generation=$(stats_get tailer:generation)
sleep 3
is "$(switches)" "$was" "and nothing wakes the tailer any more"
is "$(stats_get tailer:generation)" "$generation" "or is published"
kill "$statsd_pid"
wait "$statsd_pid"
is $? 0 "it ends as told"
tap_end
