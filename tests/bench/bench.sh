#!/bin/sh
# What a line costs: CPU of `postfix-statsd --once` beside that of wc(1) and
# grep(1) on the same generated log, in turn, as a ratio; and instructions a
# line, counted by callgrind.  No absolute time is worth quoting.
#
#	LINES=1000000 RUNS=5 sh tests/bench/bench.sh

set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
LINES=${LINES:-1000000} RUNS=${RUNS:-5}
scratch

# cpu COMMAND...: user and system seconds of one run
cpu()
{
	perl -e '
		my $pid = fork // die;
		if (!$pid) {
			open STDOUT, "|-", "cat >/dev/null";
			exec @ARGV or die "$ARGV[0]: $!";
		}
		waitpid $pid, 0;
		die "$ARGV[0] failed\n" if $?;
		my (undef, undef, $user, $system) = times;
		printf "%.3f\n", $user + $system;' "$@"
}

median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

tail_log()
{
	rm -rf "$TMP/state"
	mkdir "$TMP/state"
	cpu "$BIN/postfix-statsd" -c "$CONFIG" -d "$TMP/state" --once \
	    --log "$1"
}

for format in bsd iso; do
	"$ROOT/build/tools/loggen" --lines "$LINES" --format "$format" \
	    >"$TMP/$format.log"
	for run in $(seq "$RUNS"); do
		wc=$(cpu wc -l "$TMP/$format.log")
		grep=$(cpu grep -c status=sent "$TMP/$format.log")
		ours=$(tail_log "$TMP/$format.log")
		echo "$ours $wc $grep" | awk '{ print $1 / ($2 + 0.0001),
		    $1 / $3 }' >>"$TMP/$format.ratios"
	done
	echo "$format: $(awk '{ print $1 }' "$TMP/$format.ratios" | median)" \
	    "x the CPU of wc -l," \
	    "$(awk '{ print $2 }' "$TMP/$format.ratios" | median)" \
	    "x that of grep -c status=sent (median of $RUNS pairs)"
done

head -50000 "$TMP/bsd.log" >"$TMP/slice.log"
: >"$TMP/none.log"
instructions()
{
	rm -rf "$TMP/state"
	mkdir "$TMP/state"
	valgrind --tool=callgrind --callgrind-out-file="$TMP/callgrind" \
	    "$BIN/postfix-statsd" -c "$CONFIG" -d "$TMP/state" --once \
	    --log "$1" 2>&1 | awk '/Collected/ { print $NF }'
}
all=$(instructions "$TMP/slice.log") none=$(instructions "$TMP/none.log")
echo "instructions a line (start and publication left out):" \
    "$(((all - none) / 50000))"
