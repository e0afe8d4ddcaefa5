#!/bin/sh
# See that the manual pages are clean and complete: mandoc finds no fault, an
# option is in `PROGRAM --help` if and only if it is in PROGRAM's page, and a
# configuration key is in config.c, config_rules.c, config_probes.c,
# config_delivery.c or config_whm.c if and only if it is in postfix-stats.yml(5).
# Prints a line for each fault; exits with 1 if there is any.

set -u
ROOT=$(cd "$(dirname "$0")/.." && pwd)
cd "$ROOT" || exit 1

PAGES="tailer/postfix-statsd.8 get/postfix-stats-get.1
    agentx/postfix-stats-agentx.8 exporter/postfix-stats-exporter.8
    probe/postfix-stats-probe.8 whm/postfix-stats-whm.8"
CONFIG=lib/config/config.c
CONFIG_PAGE=lib/config/postfix-stats.yml.5

work=$(mktemp -d "${TMPDIR:-/tmp}/check-manuals.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
faults=$work/faults
: >"$faults"

fault()
{
	echo "$1" >>"$faults"
}

# Words that look like options, wherever --help has them.  Those of other programs
# have one dash and several words.
options_of_help()
{
	tr -cs 'A-Za-z0-9.-' '\n' | sed 's/\.$//' |
	    grep -xE -e '-[A-Za-z]|--[a-z][a-z-]*|-[a-z]+[.-][a-z-]+' | sort -u
}

# Options that a page describes: the tags of its list, `.It Fl x'.
options_of_page()
{
	awk '$1 == ".It" && $2 == "Fl" {
		for (i = 2; i < NF; i++)
			if ($i == "Fl")
				print "-" $(i + 1)
	}' "$1" | sort -u
}

# Those that its synopsis names.
options_of_synopsis()
{
	awk '/^\.Sh/ { here = $2 == "SYNOPSIS" }
	here {
		for (i = 1; i < NF; i++)
			if ($i == "Fl" || $i == ".Fl")
				print "-" $(i + 1)
	}' "$1" | sort -u
}

# Keys of `expect' are named as phases are, in one line of the page.
keys_of_config()
{
	{
		cat "$CONFIG" "${CONFIG%/*}/config_rules.c" | tr -d '\n' |
		    grep -oE '(CYAML_FIELD_[A-Z_]+|OPTIONAL(_STRING)?|REQUIRED)\(\s*"[a-z0-9_]+"' |
		    sed 's/.*"\(.*\)"/\1/'
		grep -v '^#' "${CONFIG%/*}/config_probes.c" | tr -d '\n' |
		    grep -oE '(PROBE|PROBING|REQUIRED|FIELD\(struct raw_probe,|CYAML_FIELD_MAPPING_PTR)[( ]"?[a-z_]+' |
		    grep -oE '[a-z_]+$'
		grep -v '^#' "${CONFIG%/*}/config_delivery.c" | tr -d '\n' |
		    grep -oE '(IMAP|DELIVERY|FIELD|CYAML_FIELD_MAPPING_PTR)\("?[a-z_]+' |
		    grep -oE '[a-z_]+$'
		grep -v '^#' "${CONFIG%/*}/config_whm.c" | tr -d '\n' |
		    grep -oE '(WHM|SERVER|REQUIRED)\([a-z_]+' |
		    grep -oE '[a-z_]+$'
	} | sort -u
}

keys_of_page()
{
	awk '$1 == ".It" && $2 == "Ic" { print $3 }' "$CONFIG_PAGE" | sort -u
}

# compare A B TEXT: a fault for each line that A has and B has not
compare()
{
	comm -23 "$1" "$2" | while read -r word; do
		fault "$word $3"
	done
}

for page in $PAGES $CONFIG_PAGE; do
	if [ -r "$page" ]; then
		mandoc -T lint -W warning "$page" >>"$faults" 2>&1
	else
		fault "$page: not there"
	fi
done

for page in $PAGES; do
	program=$(basename "${page%.*}")
	binary=build/bin/$program
	[ -r "$page" ] || continue
	if [ ! -x "$binary" ]; then
		env -u MAKEFLAGS make -s "$binary" >"$work/make" 2>&1
	fi
	if ! "$binary" --help >"$work/text" 2>&1; then
		fault "$binary: --help fails, run make first"
		continue
	fi
	options_of_help <"$work/text" >"$work/help"
	options_of_page "$page" >"$work/page"
	options_of_synopsis "$page" >"$work/synopsis"
	compare "$work/help" "$work/page" "is an option missing in $page"
	compare "$work/page" "$work/help" \
	    "is in $page but no option of $program"
	compare "$work/page" "$work/synopsis" \
	    "is missing in the synopsis of $page"
	compare "$work/synopsis" "$work/page" \
	    "is in the synopsis of $page only"
done

if [ -r "$CONFIG_PAGE" ]; then
	keys_of_config >"$work/config"
	keys_of_page >"$work/page"
	[ -s "$work/config" ] || fault "$CONFIG: no keys found in it"
	compare "$work/config" "$work/page" \
	    "is a key missing in $CONFIG_PAGE"
	compare "$work/page" "$work/config" \
	    "is in $CONFIG_PAGE but no key in $CONFIG"
fi

cat "$faults"
[ ! -s "$faults" ]
