#!/bin/sh
# A long log after a day down: while it is read the store is published again
# and again, and shows how much is left and how old it is.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

LINES=3000000

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

published_again()
{
	[ "$(stats_get tailer:generation)" -gt "$generation" ]
}

# The tailer is stopped when it has published once more, looked at, and let go
# on, until it has caught up: "GENERATION LINES BACKLOG BEHIND" each time.
watch_it()
{
	while :; do
		set -- $(stats_get tailer:generation lines:read \
		    tailer:backlog_bytes tailer:seconds_behind)
		echo "$@"
		[ "$2" -lt "$LINES" ] || break
		generation=$1
		kill -CONT "$statsd_pid"
		wait_until published_again 20 || break
		kill -STOP "$statsd_pid"
	done
}

tap_start "catching up"
echo "publish_interval: 0.05" >"$CONFIG"
: >"$LOG"
statsd_start
statsd_stop
day_of_lines $LINES >>"$LOG"
statsd_start
kill -STOP "$statsd_pid"
watch_it >"$TMP/seen"
kill -CONT "$statsd_pid"
wait_for lines:read $LINES 20
diag "$(wc -l <"$TMP/seen") looks; first and last: $(sed -n '1p;$p' "$TMP/seen" | xargs)"

awk '$2 > 0 && $2 < n { between = 1 } END { exit !between }' n=$LINES "$TMP/seen"
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
awk 'NR == 1 { exit !($4 > 80000 || $2 > 100000) }' "$TMP/seen"
ok $? "from a day on"
wait_for tailer:seconds_behind 0
is "$(stats_get sent:smtp tailer:backlog_bytes tailer:seconds_behind \
    tailer:gaps | xargs)" "$LINES 0 0 0" "in the end nothing waits"
tap_end
