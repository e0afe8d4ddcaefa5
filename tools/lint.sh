#!/bin/sh
# What `make lint` looks at.  Each check prints nothing when all is well.

set -u
ROOT=$(cd "$(dirname "$0")/.." && pwd)
cd "$ROOT" || exit 1

count=0 failed=0

# check NAME COMMAND...: passes if the command succeeds without a word
check()
{
	name=$1
	shift
	count=$((count + 1))
	if said=$("$@" 2>&1) && [ -z "$said" ]; then
		echo "ok $count - $name"
	else
		failed=$((failed + 1))
		echo "not ok $count - $name"
		printf '%s\n' "$said" | sed 's/^/# /'
	fi
}

# Files of the project, in a checkout or an unpacked archive.
files()
{
	git ls-files -co --exclude-standard -- "$@" 2>/dev/null && return
	for pattern; do
		find . -path ./build -prune -o -name "$pattern" -print
	done
}

format()
{
	files '*.c' '*.h' | while read -r file; do
		clang-format --style=file "$file" | cmp -s "$file" - ||
			echo "$file: run clang-format -i on it"
	done
}

# LINT_CFLAGS: what the Makefile compiles with
clang_warnings()
{
	files '*.c' | while read -r file; do
		# shellcheck disable=SC2086
		clang -fsyntax-only -Werror \
		    ${LINT_CFLAGS:--std=c11 -D_GNU_SOURCE -I. -Wall -Wextra} \
		    "$file"
	done
}

generated()
{
	build/tools/generate mib | cmp - mibs/POSTFIX-STATS-MIB.txt
	build/tools/generate metrics | cmp - docs/metrics.md
	files '*.panels' | while read -r panels; do
		perl tools/dashboards.pl "$panels" |
		    cmp - "${panels%.panels}.json"
	done
	sh tools/kits.sh --check
}

# smilint exits with 0 whatever it finds.
smi()
{
	SMIPATH=build/mibs:/usr/share/snmp/mibs \
	    smilint -s -l 6 mibs/POSTFIX-STATS-MIB.txt
}

shell()
{
	files '*.sh' | while read -r file; do
		sh -n "$file"
	done
	files '*.pl' '*.pm' | while read -r file; do
		perl -Itools -c "$file" 2>&1 | grep -v 'syntax OK$'
	done
	return 0
}

banned()
{
	files '*.c' '*.h' | xargs grep -nE \
	    '\<(strcpy|strcat|sprintf|vsprintf|gets|atoi|strtok)[ ]*\(' \
	    /dev/null | grep -v 'tests/unit/test_ancestor.c'
	return 0
}

check "C is formatted as .clang-format says" format
check "clang has no warning either" clang_warnings
check "no folder includes what it must not" sh tools/check-includes.sh
check "generated files are what the table generates" generated
check "the MIB is clean under smilint -l 6" smi
check "manual pages are clean and complete" sh tools/check-manuals.sh
check "rules, dashboards and runbook fit the table" \
    perl tools/check-prometheus.pl
check "scripts parse" shell
check "no unbounded string calls" banned
echo "1..$count"
[ "$failed" -eq 0 ]
