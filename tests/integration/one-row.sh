#!/bin/sh
# A new counter over a known event is one row of the table: the worked example
# of docs/architecture.md, done on a copy of the sources.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

tap_start "one row makes a counter"
COPY=$TMP/copy
mkdir "$COPY"
(cd "$ROOT" && tar cf - Makefile contrib lib tailer get agentx exporter tools mibs \
    docs tests/golden/scenes) |
    tar xf - -C "$COPY"
sed -n '/worked example: begin/,/worked example: end/p' \
    "$ROOT/docs/architecture.md" |
    awk '/^```/ { if (++fences == 2) exit; next } fences == 1 {
	print substr($0, 2) }' >"$TMP/row"
like "$(head -1 "$TMP/row")" 'METRIC(*' "the example has a row"
awk -v row="$TMP/row" '/^METRIC\(SMTPD_4XX/ && !done {
	while ((getline line <row) > 0)
		print line
	done = 1
} { print }' "$ROOT/lib/stats/metrics.def" >"$COPY/lib/stats/metrics.def"
said=$(make -C "$COPY" DEVELOPER=1 build/bin/postfix-statsd \
    build/bin/postfix-stats-get generate 2>&1)
ok $? "it builds, and the generated files are made"
[ "$tap_failed" -eq 0 ] || diag "$said"
for file in docs/metrics.md mibs/POSTFIX-STATS-MIB.txt; do
	is "$(diff "$ROOT/$file" "$COPY/$file" | grep -c '^<')" 0 \
	    "$file only grows"
done
is "$(grep -c pfsBouncedSmtp "$COPY/mibs/POSTFIX-STATS-MIB.txt")" 2 \
    "the MIB has the object, and in a group"

mkdir "$TMP/old"
"$ROOT/build/tools/loggen" --lines 5000 --truth "$TMP/truth" >"$LOG"
"$BIN/postfix-statsd" -c "$CONFIG" -d "$TMP/old" --once --log "$LOG"
"$BIN/postfix-stats-get" -c "$CONFIG" -d "$TMP/old" --all |
    grep -v ^tailer: >"$TMP/before"
mkdir "$TMP/new"
"$COPY/build/bin/postfix-statsd" -c "$CONFIG" -d "$TMP/new" --once \
    --log "$LOG"
# smtp(8) under its own name, as relay and to a filter
wanted=$(awk '/^delivery:(smtp|relay|amavis):bounced / { n += $2 }
    END { print n + 0 }' "$TMP/truth")
is "$("$COPY/build/bin/postfix-stats-get" -c "$CONFIG" -d "$TMP/new" \
    bounced:smtp)" "$wanted" "postfix-stats-get bounced:smtp counts"
"$COPY/build/bin/postfix-statsd" -c "$CONFIG" -d "$TMP/old" --once \
    --log "$LOG"
"$COPY/build/bin/postfix-stats-get" -c "$CONFIG" -d "$TMP/old" --all |
    grep -v ^tailer: | grep -v ^bounced: >"$TMP/after"
cmp -s "$TMP/before" "$TMP/after"
ok $? "an upgrade keeps every other counter"
"$BIN/postfix-statsd" -c "$CONFIG" -d "$TMP/old" --once --log "$LOG"
"$BIN/postfix-stats-get" -c "$CONFIG" -d "$TMP/old" --all |
    grep -v ^tailer: >"$TMP/after"
cmp -s "$TMP/before" "$TMP/after"
ok $? "and so does a row withdrawn again"

# Of the library's objects none depends on what is said of objects.
sed -i '/^#undef LABEL/i REFERENCE("pfsNoSuchObject", "RFC 1")' \
    "$COPY/lib/stats/metrics.def"
said=$(make -C "$COPY" DEVELOPER=1 -o build/libpostfix-stats.a generate 2>&1)
[ $? -ne 0 ]
ok $? "words for an object that is not there are an error"
like "$said" '*REFERENCE of pfsNoSuchObject*' "which names it"
tap_end
