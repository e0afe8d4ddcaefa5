#!/bin/sh
# What `make generate' makes in contrib for network management systems.
#
#	kits.sh			write the files
#	kits.sh --check		say which of them differ from what they should be
#
# It runs at the top of the tree; the base OID is the environment's BASE.

set -u
made=$(mktemp)
trap 'rm -f "$made"' EXIT
status=0

# kit FILE COMMAND...: FILE is what the command prints
kit()
{
	file=$1
	shift
	"$@" >"$made" || exit 1
	cmp -s "$made" "$file" && return
	if [ -n "$check" ]; then
		echo "$file: run make generate"
		status=1
	else
		cat "$made" >"$file"
	fi
}

case ${1-} in
'')	check='' ;;
--check) check=yes ;;
*)	echo "usage: kits.sh [--check]" >&2
	exit 64 ;;
esac
kit contrib/zabbix/postfix-stats.yaml \
    perl tools/kit-zabbix.pl contrib/zabbix/postfix-stats.list
kit contrib/mrtg/postfix-stats-mrtg \
    perl tools/kit-mrtg.pl contrib/mrtg/postfix-stats-mrtg
kit contrib/snmp_exporter/generator.yml perl tools/kit-snmp-exporter.pl
cacti=contrib/cacti
kit $cacti/cacti_host_template_postfix.xml \
    perl tools/kit-cacti.pl $cacti/postfix-stats.list
for query in $(sed -n 's/^query \([^ ]*\) \([^ ]*\) .*/\1:\2/p' \
    $cacti/postfix-stats.list); do
	kit "$cacti/postfix_${query#*:}.xml" \
	    perl tools/kit-cacti.pl $cacti/postfix-stats.list "${query%:*}"
done
exit $status
