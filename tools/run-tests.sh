#!/bin/sh
# Run test programs and scripts that print TAP, and add up what they say.
#
#	run-tests.sh FILE...
#
# One line for each file; the whole output of one that failed; all output in
# build/test-logs/NAME.log.  A file may take TEST_TIMEOUT seconds (300).  A
# file without a plan, with fewer or more results than planned, or with a
# non-zero exit that no failed result explains, counts as one failure.

set -u

ROOT=$(cd "$(dirname "$0")/.." && pwd)
LOGS=$ROOT/build/test-logs
TEST_TIMEOUT=${TEST_TIMEOUT:-300}

# what unit tests by cmocka need to be told
export CMOCKA_MESSAGE_OUTPUT=TAP

passed=0 failed=0 skipped=0

# count LOG EXIT-STATUS: "passed failed skipped reason"
count()
{
	awk -v status="$2" '
	/^1\.\.[0-9]+/ {
		planned += substr($1, 4)
		plans++
		if ($1 == "1..0")
			skipped++
	}
	/^not ok/ { results++; failed++ }
	/^ok/ {
		results++
		if (toupper($0) ~ /# SKIP/)
			skipped++
		else
			passed++
	}
	/^Bail out!/ { reason = "bailed out" }
	END {
		if (status == 124 || status == 137)
			reason = "took too long"
		else if (!plans)
			reason = "no plan"
		else if (planned != results + 0)
			reason = "planned " planned ", ran " results + 0
		else if (status != 0 && !failed)
			reason = "exit status " status
		if (reason)
			failed++
		print passed + 0, failed + 0, skipped + 0, reason
	}' "$1"
}

# timeout(1) ends all that the file started; an interrupt must reach it, too.
run()
{
	case $1 in
	*.sh) exec timeout -k 10 "$TEST_TIMEOUT" sh "$1" ;;
	*) exec timeout -k 10 "$TEST_TIMEOUT" "$1" ;;
	esac
}

interrupted()
{
	[ -z "$running" ] || { kill "$running"; wait "$running"; }
	exit 130
}

running=
trap interrupted HUP INT TERM
mkdir -p "$LOGS"
[ $# -gt 0 ] || echo "run-tests.sh: no tests given" >&2

for file; do
	name=$(basename "$file")
	log=$LOGS/$name.log
	case $file in
	*/*) ;;
	*) file=./$file ;;
	esac
	start=$(date +%s)
	run "$file" </dev/null >"$log" 2>&1 &
	running=$!
	wait "$running"
	status=$?
	running=
	seconds=$(($(date +%s) - start))

	read -r p f s reason <<E
$(count "$log" "$status")
E
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
	if [ "$f" -eq 0 ]; then
		printf 'ok      %-28s %3d passed' "$name" "$p"
		[ "$s" -eq 0 ] || printf ', %d skipped' "$s"
		printf '  (%d s)\n' "$seconds"
	else
		printf 'FAILED  %-28s %3d failed  (%d s)%s\n' "$name" "$f" \
		    "$seconds" "${reason:+: $reason}"
		sed 's/^/    /' "$log"
	fi
done

printf '%d passed, %d failed' "$passed" "$failed"
[ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" -eq 0 ] && [ $# -gt 0 ]
