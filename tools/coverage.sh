#!/bin/sh
# Run the tests with programs that count what runs; say what did not run.
#
# What a process that is killed, or that ends by _exit or abort, has run is
# not known.  Tests that need a real Postfix are left out, and those that
# build by themselves.

set -u

ROOT=$(cd "$(dirname "$0")/.." && pwd)
cd "$ROOT" || exit 1
DIR=build/coverage

# where least should be left
PARSER='lib/(stats/(head|tags|line|parse.*|key)|util/bytes)\.[ch]$'
POSITION='tailer/(position|logfile.*|chain|trail|take|search|sibling.*)\.[ch]$'
STORE='lib/stats/(store|pages|recover|record|snapshot)\.[ch]$'

# Some tests run a program as nobody, who is to add to the counts, too.
find $DIR/obj -name '*.gcno' | sed 's/gcno$/gcda/' | while read -r counts; do
	: >"$counts"
	chmod 666 "$counts"
done

tests=
for name in torture agent bad-input follow fuzz-seeds journal journald \
    rotation snmpd-ways stdin; do
	tests="$tests tests/integration/$name.sh"
done
# shellcheck disable=SC2086
BIN=$ROOT/$DIR/bin FUZZ=$ROOT/$DIR/fuzz GCOV_ERROR_FILE=/dev/null \
    sh tools/run-tests.sh $DIR/tests/* $tests
status=$?

# table [OPTION]...: File, how many, run, per cent, which not
table()
{
	gcovr -r . -a $DIR/counts.json --txt "$@" |
	    sed -n '/^File/,$ { /^-*$/d; p }'
}

gcovr -r . --object-directory $DIR/obj -e tests/ --json $DIR/counts.json
table | cut -c 1-64 >$DIR/lines
table --branches | cut -c 41-65 | paste -d ' ' $DIR/lines -
for part in parser position store; do
	case $part in
	parser) files=$PARSER ;;
	position) files=$POSITION ;;
	store) files=$STORE ;;
	esac
	printf '\nLines of the %s that did not run:\n' "$part"
	table -f "$files"
	printf '\nLines of it that did not go every way:\n'
	table -f "$files" --branches
done
exit $status
