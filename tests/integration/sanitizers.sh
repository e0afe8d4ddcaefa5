#!/bin/sh
# The programs under valgrind, and built with ASan and UBSan: not a word.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

memcheck()
{
	valgrind -q --error-exitcode=99 --leak-check=full \
	    --errors-for-leak-kinds=definite,possible \
	    --suppressions="$ROOT/tests/valgrind.supp" "$@"
}

tap_start "no memory error, no leak, no undefined behaviour"
"$ROOT/build/tools/loggen" --lines 20000 --instances >"$TMP/mail.log"
for way in valgrind sanitizers; do
	state=$TMP/$way
	mkdir "$state"
	case $way in
	valgrind)	run=memcheck bin=$ROOT/build/bin ;;
	sanitizers)	run= bin=$ROOT/build/sane/bin ;;
	esac
	said=$($run "$bin/postfix-statsd" -c "$CONFIG" -d "$state" --once \
	    --log "$TMP/mail.log" 2>&1)
	ok $? "$way: postfix-statsd --once"
	diag "$said"
	# again, from the store and its position
	said=$($run "$bin/postfix-statsd" -c "$CONFIG" -d "$state" --once \
	    --log "$TMP/mail.log" 2>&1)
	ok $? "$way: postfix-statsd resumes"
	diag "$said"
	for mode in --all --json --walk --unrecognised sent:smtp; do
		said=$($run "$bin/postfix-stats-get" -c "$CONFIG" \
		    -d "$state" $mode 2>&1 >/dev/null)
		ok $? "$way: postfix-stats-get $mode"
		diag "$said"
	done
done
counted()
{
	"$BIN/postfix-stats-get" -c "$CONFIG" -d "$TMP/$1" --all |
	    grep -v '^tailer:' >"$TMP/$1.keys"
}
counted valgrind
counted sanitizers
cmp -s "$TMP/valgrind.keys" "$TMP/sanitizers.keys"
ok $? "both builds count the same"
tap_end
