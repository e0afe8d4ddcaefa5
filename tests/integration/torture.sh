#!/bin/sh
# A short torture of the tailer: some kills in every mode of rotation, every
# kind of fault at one of its calls, the power-cut model, a full file system,
# damaged stores.  `make torture` is the long one.
#
# A failed line names what repeats it (docs/reliability.md).

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

SEED=${SEED-1}
TOOLS=$ROOT/build/tools
MODES="none rename late double copytruncate gzip"

# begin NAME COMMAND...: in the background
begin()
{
	name=$1
	shift
	"$@" >"$TMP/$name" 2>&1 &
	eval "pid_$name=$!"
	at_exit "end_process $!"
}

# finish NAME SENTENCE
finish()
{
	eval "wait \$pid_$1"
	status=$?
	if [ $status -eq 77 ]; then
		skip "$2: $(tail -n 1 "$TMP/$1")"
		return
	fi
	ok $status "$2"
	diag "$(cat "$TMP/$1")"
}

tap_start "nothing is lost or counted twice (seed $SEED)"
torture="$TOOLS/torture --seed $SEED --bin $BIN --faults $TOOLS/faults.so"
for mode in $MODES; do
	# shellcheck disable=SC2086
	begin $mode $torture --mode $mode --kills 5
done
# shellcheck disable=SC2086
begin full $torture --full
for mode in $MODES; do
	finish $mode "5 kills, rotation: $mode"
done
finish full "a full file system"
# shellcheck disable=SC2086
begin cuts $torture --powercut 50
# shellcheck disable=SC2086
begin faults $torture --walk 60 --jobs 4
begin mutants "$TOOLS/mutants" --bin "$BIN" 1000 "$SEED"
finish cuts "power cuts"
finish faults "faults at system calls and allocations"
finish mutants "1000 damaged stores"
tap_end
