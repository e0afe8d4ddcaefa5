#!/bin/sh
# A million generated lines with ground truth: every key equals the truth.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

LINES=${LINES_GENERATED:-1000000}
# Of these none is older than five minutes at the end.
RECENT=150000
[ "$LINES" -gt "$RECENT" ] || RECENT=$LINES

# all_keys DIR: what was counted
all_keys()
{
	"$BIN/postfix-stats-get" -c "$CONFIG" -d "$1" --all | truth_keys
}

size()
{
	stat -c %s "$1"
}

tap_start "generated logs with ground truth"
for format in bsd iso; do
	state=$TMP/$format
	mkdir "$state"
	"$ROOT/build/tools/loggen" --lines "$LINES" --format "$format" \
	    --instances --seed 2026 --truth "$TMP/truth" >"$TMP/$format.log"
	is "$(wc -l <"$TMP/$format.log")" "$LINES" \
	    "$format: the log has $LINES lines"
	"$BIN/postfix-statsd" -c "$CONFIG" -d "$state" --once \
	    --log "$TMP/$format.log"
	ok $? "$format: postfix-statsd --once reads it"
	all_keys "$state" >"$TMP/counted"
	said=$(diff "$TMP/truth" "$TMP/counted")
	ok $? "$format: all $(wc -l <"$TMP/truth") keys equal the truth"
	diag "$said"
done

# What a configuration asks for, and what is of the time of the last line: by a
# clock that stands there, with one publication at the end.
TZ=UTC
export TZ
for format in bsd iso; do
	state=$TMP/$format-configured log=$TMP/$format-configured.log
	mkdir "$state"
	"$ROOT/build/tools/loggen" --lines "$RECENT" --format "$format" \
	    --instances --seed 2026 --configured --truth "$TMP/truth" >"$log"
	perl -e 'print pack("q", $ARGV[0] - time)' \
	    "$(sed -n 's/^last_sent:smtp //p' "$TMP/truth")" >"$TMP/clock"
	LD_PRELOAD="$ROOT/build/tools/faults.so" FAULT_CLOCK="$TMP/clock" \
	    "$BIN/postfix-statsd" -c "$ROOT/tests/bench/configured.yml" \
	    -d "$state" --once --log "$log"
	ok $? "$format: postfix-statsd --once reads it as it is told to"
	"$BIN/postfix-stats-get" -c "$CONFIG" -d "$state" --all |
	    grep -vE '^(tailer|queue_sample):' >"$TMP/counted"
	said=$(diff "$TMP/truth" "$TMP/counted")
	ok $? "$format: all $(wc -l <"$TMP/truth") keys equal the truth"
	diag "$said"
done

mkdir "$TMP/empty"
: >"$TMP/empty.log"
"$BIN/postfix-statsd" -c "$CONFIG" -d "$TMP/empty" --once \
    --log "$TMP/empty.log"
is "$(size "$TMP/empty/postfix-stats.db")" \
    "$(size "$TMP/bsd/postfix-stats.db")" \
    "an empty store has the size of one with many keys"
dumped=$(db5.3_dump -p "$TMP/bsd/postfix-stats.db" |
    grep -A1 '^ sent:smtp$' | tail -1 | awk '{ print $1 + 0 }')
is "$dumped" "$("$BIN/postfix-stats-get" -d "$TMP/bsd" sent:smtp)" \
    "db5.3_dump -p shows keys and numbers"
tap_end
