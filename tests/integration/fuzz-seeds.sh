#!/bin/sh
# Each fuzz target over its seeds, built with ASan and UBSan: not a word.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

tap_start "the seeds of the fuzz targets find nothing"
for target in "$ROOT"/tests/fuzz/fuzz_*.c; do
	name=${target##*/fuzz_}
	name=${name%.c}
	"${FUZZ-$ROOT/build/sane/fuzz}/$name" "$ROOT/tests/fuzz/seeds/$name" \
	    >"$TMP/$name" 2>&1
	ok $? "$name: $(grep -c '^ok' "$TMP/$name") seeds"
	diag "$(grep -v '^ok' "$TMP/$name" | tail -n +3 | grep -v '^# ')"
done
tap_end
