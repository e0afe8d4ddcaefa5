# What the parts of `make bench` share: a table of figures, shown row by row,
# kept in build/bench-PART.md and, with DOC=1, put into docs/performance.md.
# Sourced after tests/lib.sh, by a script that has a scratch directory.

DOCUMENT=$ROOT/docs/performance.md

# table_start PART [COMMAND]: COMMAND adds to what is said before the table
table_start()
{
	table_part=$1
	TABLE=$ROOT/build/bench-$table_part.md
	: >"$TABLE"
	commit=$(git -C "$ROOT" describe --always --dirty 2>/dev/null)
	processor=$(awk -F ': ' '/^model name/ { print $2; exit }' \
	    /proc/cpuinfo)
	line "$(date -u +%Y-%m-%d)${commit:+, commit $commit}."
	line "$(nproc --all) x $processor, Linux $(uname -r), load average"
	line "$(cut -d ' ' -f 1-3 /proc/loadavg) before the start."
	[ $# -lt 2 ] || "$2"
	line ""
	line "| what | figure | target | reached |"
	line "|---|---|---|---|"
}

table_end()
{
	[ -z "${DOC-}" ] || update_document
}

# line TEXT: of the table, shown as soon as it is known
line()
{
	printf '%s\n' "$1" | tee -a "$TABLE"
}

# row WHAT FIGURE [UNIT [OPERATOR TARGET]]
row()
{
	reached=''
	[ $# -lt 5 ] || reached=$(awk -v a="$2" -v op="$4" -v b="$5" 'BEGIN {
		yes = op == "<=" ? a <= b : op == ">=" ? a >= b : a == b
		print yes ? "yes" : "**no**" }')
	line "| $1 | $2${3:+ $3} | ${4-}${5:+ $5} | $reached |"
}

note()
{
	line ""
	line "$1"
}

missing()
{
	echo "# $1 is not installed: left out" >&2
}

have()
{
	command -v "$1" >/dev/null || { missing "$1"; return 1; }
}

median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# ratio A B FILE: the median of A / B over the turns in FILE, columns by number
ratio()
{
	awk -v a="$1" -v b="$2" '{ printf "%.4f\n", $a / $b }' "$3" | median |
	    awk '{ printf $1 < 10 ? "%.2f" : "%.0f", $1 }'
}

# Put the table between the two marks of the page.
update_document()
{
	awk -v table="$TABLE" -v part="$table_part" '
		$0 == "<!-- " part ": end -->" { skip = 0 }
		!skip { print }
		$0 == "<!-- " part ": begin -->" {
			while ((getline text <table) > 0) print text
			skip = 1
		}' "$DOCUMENT" >"$TMP/document"
	cat "$TMP/document" >"$DOCUMENT"
}
