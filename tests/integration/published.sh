#!/bin/sh
# What was published stays: each object keeps its number, name, place, key,
# type, unit and what counts in it, since templates, RRDs and other people's
# scripts were made with them.  tests/golden/published-objects has them all, and
# is never generated: to publish a new one, add the line that this test shows.
# Nothing is ever taken out; what the table withdraws is RETIRED there.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

published()
{
	grep -v '^#' "$ROOT/tests/golden/published-objects" | sort
}

# what is in the table now; a withdrawn one counts as such, by its number
table()
{
	"$ROOT/build/tools/generate" objects | cut -f1-9 | sort
}

# Numbers of what is withdrawn: RETIRED(arc, number, ...).
retired()
{
	sed -nE 's/^RETIRED\(([0-9]+), *([0-9]+),.*/1.\1.\2 1.\1.1.\2/p' \
	    "$ROOT/lib/stats/metrics.def" | tr ' ' '\n' | sort
}

tap_start "what was published keeps its number and meaning"
published >"$TMP/published"
table >"$TMP/table"
retired >"$TMP/retired"
ok "$([ "$(wc -l <"$TMP/published")" -ge 330 ]; echo $?)" \
    "$(wc -l <"$TMP/published") objects are published"
comm -23 "$TMP/published" "$TMP/table" |
    awk 'NR == FNR { gone[$1]; next } !($1 in gone)' "$TMP/retired" - \
    >"$TMP/changed"
is "$(cat "$TMP/changed")" "" "none of them has changed"
is "$(comm -13 "$TMP/published" "$TMP/table")" "" "no other is served"
is "$(cut -f1 "$TMP/table" | uniq -d)" "" "no number is used twice"
is "$(awk 'NR == FNR { gone[$1]; next } $1 in gone' "$TMP/retired" \
    "$TMP/table")" "" "no withdrawn number is used again"

# Numbers that are written by hand in contrib/nagios, each behind a comment with
# its object's name, are those of the table.
"$ROOT/build/tools/generate" objects >"$TMP/objects"
wrong_numbers()
{
	awk 'NR == FNR { number[$2] = $1; next }
	match($0, /pfs[A-Za-z0-9]+/) { name = substr($0, RSTART, RLENGTH) }
	match($0, /1\.14\.[0-9.]+/) {
		checked++
		if (substr($0, RSTART, RLENGTH) != number[name] ".0")
			print FILENAME ": " name ", " $0
	}
	END { if (checked < 8) print checked + 0, "numbers found" }' \
	    "$TMP/objects" "$@"
}
cat "$ROOT"/contrib/nagios/postfix-stats.cfg \
    "$ROOT"/contrib/nagios/icinga2.conf >"$TMP/nagios"
is "$(wrong_numbers "$TMP/nagios")" "" "those of contrib/nagios are the table's"
sed 's/14\.70\.0/14.71.0/' "$TMP/nagios" >"$TMP/wrong"
is "$(wrong_numbers "$TMP/wrong" | wc -l)" 2 "a wrong one shows"

# That it can fail: the same comparison of a table that was tampered with.
tampered()
{
	sed "$1" "$TMP/table" | sort | comm -23 "$TMP/published" - | wc -l
}
is "$(tampered 's/^\(1\.2\.1\.\)3\t/\199\t/')" 1 "another number shows"
is "$(tampered 's/delivery:<transport>:sent/sent:<transport>/')" 1 \
    "another key shows"
is "$(tampered '/pfsTransportSent/s/IS_SENT/IS_DEFERRED/')" 1 \
    "another meaning shows"
is "$(tampered '/pfsTransportSent/s/recipients/messages/')" 1 \
    "another unit shows"
is "$(tampered '/pfsTransportSent/s/Counter64/Gauge32/')" 1 \
    "another type shows"
tap_end
