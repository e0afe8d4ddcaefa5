#!/bin/sh
# What a line costs: CPU of `postfix-statsd --once` beside that of other tools
# on the same generated log, run in turn, as a ratio of CPU per line; then
# instructions a line, memory, publication, wakeups.  No absolute time is
# worth quoting.  Tools that are not installed are left out (`sh
# tools/deps.sh --bench` lists their packages).
#
#	LINES=7000000 RUNS=5 sh tests/bench/bench.sh

set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
LINES=${LINES:-7000000} RUNS=${RUNS:-5}
SLOW_LINES=${SLOW_LINES:-300000}
MTAIL_PROGRAM=${MTAIL_PROGRAM:-/usr/share/doc/mtail/examples/postfix.mtail}
scratch
trap 'clean_up' EXIT

# cpu COMMAND...: user and system seconds of one run
cpu()
{
	perl -e '
		my $pid = fork // die;
		if (!$pid) {
			open STDOUT, "|-", "cat >/dev/null";
			open STDERR, ">", "/dev/null";
			exec @ARGV or die "$ARGV[0]: $!";
		}
		waitpid $pid, 0;
		my (undef, undef, $user, $system) = times;
		printf "%.4f\n", $user + $system;' "$@"
}

ours()
{
	rm -rf "$TMP/state"
	mkdir "$TMP/state"
	cpu "$BIN/postfix-statsd" -c "$CONFIG" -d "$TMP/state" --once \
	    --log "$1"
}

# ten counters by anchored patterns, as one would write it
cat >"$TMP/classify.awk" <<'E'
$5 !~ /^postfix/ { next }
$7 ~ /^to=</ && match($0, / status=[a-z]+ \(/) {
	n[substr($0, RSTART + 8, RLENGTH - 10)]++
}
$7 == "reject:" { n["reject"]++ }
$7 ~ /^client=/ { n["client"]++ }
$6 == "connect" { n["connect"]++ }
$6 == "disconnect" { n["disconnect"]++ }
$7 == "removed" { n["removed"]++ }
$7 ~ /^uid=/ { n["pickup"]++ }
$7 ~ /^message-id=/ { n["message-id"]++ }
$6 == "warning:" { n["warning"]++ }
END { for (k in n) print k, n[k] }
E

exporter()
{
	port=$(pick_port)
	: >"$TMP/exporter.log"
	prometheus-postfix-exporter --web.listen-address="127.0.0.1:$port" \
	    --postfix.logfile_path="$TMP/exporter.log" \
	    --postfix.showq_path=/nonexistent >/dev/null 2>&1 &
	exporter_pid=$!
	sleep 2
	cat "$1" >>"$TMP/exporter.log"
	before=-1 now=0
	while [ "$now" != "$before" ]; do
		before=$now
		sleep 1
		now=$(awk '{ print $14 + $15 }' "/proc/$exporter_pid/stat")
	done
	kill "$exporter_pid"
	wait "$exporter_pid" 2>/dev/null || :
	echo "$now" | awk '{ print $1 / 100 }'
}

median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# compare NAME LOG LINES COMMAND...: CPU a line of NAME, by that of ours
compare()
{
	name=$1 log=$2 lines=$3
	shift 3
	: >"$TMP/ratios"
	for run in $(seq "$RUNS"); do
		theirs=$("$@")
		mine=$(ours "$full")
		echo "$mine $theirs" | awk -v a="$LINES" -v b="$lines" '{
			print ($2 / b) / ($1 / a) }' >>"$TMP/ratios"
	done
	ratio=$(median <"$TMP/ratios")
	echo "$ratio" | awk -v name="$name" -v runs="$RUNS" '{
		printf "%-28s %8.2f x our CPU a line (ours: %.2f x); %d pairs\n",
		    name, $1, 1 / $1, runs }'
}

for format in bsd iso; do
	full=$TMP/$format.log
	"$ROOT/build/tools/loggen" --lines "$LINES" --format "$format" \
	    --truth "$TMP/truth" >"$full"
	echo "$format: $LINES lines, $(stat -c %s "$full") bytes"
	compare "wc -l" "$full" "$LINES" cpu wc -l "$full"
	compare "grep -c status=sent" "$full" "$LINES" \
	    cpu env LC_ALL=C grep -c status=sent "$full"
	ours "$full" >/dev/null
	"$BIN/postfix-stats-get" -c "$CONFIG" -d "$TMP/state" --all |
	    grep -v ^tailer: | cmp - "$TMP/truth" &&
	    echo "every key equals the truth"
	[ "$format" = bsd ] || rm "$full"
done

full=$TMP/bsd.log
head -n "$SLOW_LINES" "$full" >"$TMP/slow.log"
echo "on the first $SLOW_LINES lines:"
! command -v mawk >/dev/null || compare "mawk, 10 counters" "$TMP/slow.log" \
    "$SLOW_LINES" cpu mawk -f "$TMP/classify.awk" "$TMP/slow.log"
! command -v pflogsumm >/dev/null || RUNS=1 compare pflogsumm \
    "$TMP/slow.log" "$SLOW_LINES" cpu pflogsumm "$TMP/slow.log"
! [ -f "$MTAIL_PROGRAM" ] || RUNS=1 compare "mtail, stock program" \
    "$TMP/slow.log" "$SLOW_LINES" cpu mtail --one_shot \
    --progs "$MTAIL_PROGRAM" --logs "$TMP/slow.log"
! command -v prometheus-postfix-exporter >/dev/null || RUNS=1 compare \
    prometheus-postfix-exporter "$TMP/slow.log" "$SLOW_LINES" \
    exporter "$TMP/slow.log"

# Once more without publications in between.
echo "publish_interval: 3600" >"$CONFIG"
instructions()
{
	rm -rf "$TMP/state"
	mkdir "$TMP/state"
	valgrind --tool=callgrind --callgrind-out-file="$TMP/callgrind" \
	    "$BIN/postfix-statsd" -c "$CONFIG" -d "$TMP/state" --once \
	    --log "$1" 2>&1 | awk '/Collected/ { print $NF }'
}
head -n 50000 "$full" >"$TMP/one.log"
head -n 150000 "$full" >"$TMP/three.log"
one=$(instructions "$TMP/one.log") three=$(instructions "$TMP/three.log")
echo "instructions a line (callgrind, 100,000 lines):" \
    "$(((three - one) / 100000))"

rm -rf "$TMP/state"
mkdir "$TMP/state"
perl -MPOSIX -e '
	my $pid = fork // die;
	if (!$pid) { exec @ARGV or die "exec: $!" }
	my $peak = 0;
	while (waitpid($pid, WNOHANG) == 0) {
		if (open my $f, "<", "/proc/$pid/status") {
			while (<$f>) { $peak = $1 if /^VmHWM:\s+(\d+)/ }
		}
		select undef, undef, undef, 0.01;
	}
	print "peak memory over the whole log: $peak KiB\n"' \
    "$BIN/postfix-statsd" -c "$CONFIG" -d "$TMP/state" --once --log "$full"

# Idle: no wakeup, no fsync.
LOG=$TMP/idle.log STATE=$TMP/idle
: >"$LOG"
statsd_start
switches()
{
	awk '/^voluntary/ { print $2 }' "/proc/$statsd_pid/status"
}
sleep 2
before=$(switches)
sleep 5
echo "wakeups in 5 idle seconds: $(($(switches) - before))"
statsd_stop
