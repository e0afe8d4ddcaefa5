#!/bin/sh
# A wall clock that jumps changes nothing: not what is counted, not that it is
# published, not where reading goes on.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

# jump SECONDS: the tailer's clock is ahead of ours by so many from now on
jump()
{
	perl -e 'open my $file, "+<", $ARGV[0] or die;
	    syswrite $file, pack("q", $ARGV[1])' "$TMP/clock" "$1"
}

statsd_jumping()
{
	generation_before=$(stats_get tailer:generation 2>/dev/null)
	LD_PRELOAD="$ROOT/build/tools/faults.so" FAULT_CLOCK="$TMP/clock" \
	    "$BIN/postfix-statsd" -f -c "$CONFIG" -d "$STATE" --log "$LOG" \
	    --from start </dev/null >>"$TMP/statsd.err" 2>&1 &
	statsd_pid=$!
	wait_until statsd_ready 10
}

# line DAY: a delivery with that day in its stamp
line()
{
	delivery_line smtp >"$TMP/line"
	sed "s/^Nov 22/$1/" "$TMP/line" >>"$LOG"
	sent=$((sent + 1))
}

# counts NAME: all lines so far are counted, and published by the new clock
counts()
{
	wait_for sent:smtp "$sent"
	is "$(stats_get sent:smtp lines:malformed tailer:gaps \
	    tailer:store_errors | xargs)" "$sent 0 0 0" "$1"
}

ahead()
{
	echo $((($(stats_get tailer:published) - $(date +%s)) / 3600))
}

day=86400 sent=0
tap_start "jumps of the wall clock"
configure "publish_interval: 0.1"
install -d -m 750 "$STATE"
printf '\0\0\0\0\0\0\0\0' >"$TMP/clock"
line "Nov 22"
statsd_jumping
counts "before the clock jumps"
jump $((-day))
line "Nov 21"
counts "a day back"
is "$(ahead)" -24 "it did jump"
generation=$(stats_get tailer:generation)
line "Nov 21"
counts "and on"
[ "$(stats_get tailer:generation)" -gt "$generation" ]
ok $? "with a publication of its own"
jump $day
line "Nov 23"
counts "two days forth"
is "$(stats_get tailer:seconds_behind)" 0 "which is not behind"
jump $((-400 * day))
line "Nov 22"
counts "more than a year back"
rm "$STATE/postfix-stats.db"
line "Nov 22"
counts "a removed store comes back"
log_rotate
line "Nov 22"
counts "a rotation is followed"
is "$(stats_get tailer:rotations)" 1 "and counts once"
kill -9 "$statsd_pid"
wait "$statsd_pid" 2>/dev/null
jump $((400 * day))
line "Nov 22"
log_rotate
line "Dec 27"
statsd_jumping
counts "two years forth over kill -9 and a rotation"
statsd_stop
jump $((-800 * day))
for stamp in "Dec 31" "Jan  1" "Feb 29" "Feb 30" "Mar 32" "Mar 29"; do
	line "$stamp"
done
statsd_jumping
counts "stamps of other years, and of days that there are not"
generation=$(stats_get tailer:generation)
jump 0
line "Nov 22"
counts "and back again"
[ "$(stats_get tailer:generation)" -gt "$generation" ]
ok $? "generations only grow"
tap_end
