#!/bin/sh
# A long log after a day down: while it is read the store is published again
# and again, and shows how much is left and how old it is.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

LINES=300000
HITS=112 # where struct fault_counts has the faults injected

# A day of lines, up to now, in UTC.
day_of_lines()
{
	perl -MPOSIX=strftime -e '
		my ($n, $now) = @ARGV;
		my ($last, $stamp) = (0, "");
		for my $i (1 .. $n) {
			my $then = $now - 86400 + int($i / $n * 86400);
			$stamp = strftime("%Y-%m-%dT%H:%M:%S+00:00", gmtime $then)
			    if $then != $last;
			$last = $then;
			printf "%s mx postfix/smtp[4711]: 4Cx%09dKq: " .
			    "to=<u\@example.com>, relay=m[192.0.2.1]:25, " .
			    "delay=0.5, delays=0.1/0.01/0.2/0.19, dsn=2.0.0, " .
			    "status=sent (250 Ok)\n", $stamp, $i;
		}' "$1" "$(date +%s)"
}

# stopped_at N: in the Nth of these calls or a later one, or nothing is left
stopped_at()
{
	caught_up && return
	read -r _ _ state _ <"/proc/$statsd_pid/stat" && [ "$state" = T ] &&
	    [ "$(od -An -t u8 -j "$HITS" -N 8 "$TMP/counts" | tr -d ' ')" -ge "$1" ]
}

caught_up()
{
	[ "$(stats_get lines:read)" = "$LINES" ]
}

# What each publication shows, until all is read:
# "GENERATION LINES BACKLOG BEHIND".
watch_it()
{
	step=0
	until caught_up; do
		step=$((step + 1))
		wait_until "stopped_at $step" 20 || break
		stats_get tailer:generation lines:read \
		    tailer:backlog_bytes tailer:seconds_behind | xargs
		sleep 0.06 # the next one is due when a batch has been read
		kill -CONT "$statsd_pid"
	done
}

tap_start "catching up"
configure "publish_interval: 0.05"
: >"$LOG"
statsd_start
statsd_stop
day_of_lines $LINES >>"$LOG"
statsd_stepping
# what the first one shows is from before
watch_it | sed 1d >"$TMP/seen"
diag "$(wc -l <"$TMP/seen") looks; first and last: $(sed -n '1p;$p' "$TMP/seen" | xargs)"

awk '$2 > 0 && $2 < n { between++ } END { exit between < 5 }' n=$LINES \
    "$TMP/seen"
ok $? "it is published while it catches up"
awk 'NR > 1 && ($1 <= generation || $2 < lines) { bad = 1 }
    { generation = $1; lines = $2 } END { exit bad }' "$TMP/seen"
ok $? "each time with more lines"
awk 'NR > 1 && $3 >= backlog { bad = 1 } { backlog = $3 }
    END { exit bad }' "$TMP/seen"
ok $? "and less that waits"
awk 'NR > 1 && $4 > behind + 60 { bad = 1 } { behind = $4 }
    $2 > 0 && $2 < n / 2 && $4 < 43200 { bad = 1 }
    $2 > n / 2 && $4 > 43200 + 600 { bad = 1 }
    END { exit bad }' n=$LINES "$TMP/seen"
ok $? "which is less and less old"
awk 'NR == 1 { exit $4 < 80000 }' "$TMP/seen"
ok $? "from a day on"
wait_for tailer:seconds_behind 0
is "$(stats_get sent:smtp tailer:backlog_bytes tailer:seconds_behind \
    tailer:gaps | xargs)" "$LINES 0 0 0" "in the end nothing waits"
tap_end
