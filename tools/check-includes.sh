#!/bin/sh
# Who may include whom (docs/architecture.md has the table).  Prints a line
# for each edge that is not allowed.

set -u
cd "$(dirname "$0")/.." || exit 1

# allowed FILE HEADER: whether the edge is in the table
allowed()
{
	case "$1 $2" in
	# our own headers, by folder
	lib/util/*\ lib/util/*) ;;
	lib/stats/*\ lib/util/* | lib/stats/*\ lib/stats/*) ;;
	lib/config/*\ lib/util/* | lib/config/*\ lib/config/*) ;;
	lib/*\ lib/* | lib/*\ tailer/* | lib/*\ agentx/* | lib/*\ get/* | \
	lib/*\ exporter/* | lib/*\ probe/* | lib/*\ whm/*)
		return 1 ;;
	tailer/*\ lib/* | tailer/*\ tailer/*) ;;
	agentx/*\ lib/* | agentx/*\ agentx/*) ;;
	get/*\ lib/* | get/*\ get/*) ;;
	exporter/*\ lib/* | exporter/*\ exporter/*) ;;
	probe/*\ lib/* | probe/*\ probe/*) ;;
	whm/*\ lib/* | whm/*\ whm/*) ;;
	tools/*\ lib/stats/* | tools/*\ lib/util/* | tools/*\ tools/*) ;;
	*\ tailer/* | *\ agentx/* | *\ get/* | *\ exporter/* | *\ probe/* | \
	*\ whm/*)
		return 1 ;;
	# libraries, by file
	lib/stats/store.c\ db.h | lib/stats/rules.c\ pcre2.h) ;;
	lib/config/config.c\ cyaml/* | lib/config/config_rules.h\ cyaml/* | \
	lib/config/config_probes.h\ cyaml/* | \
	lib/config/config_whm_raw.h\ cyaml/* | lib/config/yaml_map.h\ yaml.h | \
	lib/config/yaml_line.c\ yaml.h) ;;
	tailer/unpack.c\ zlib.h | tailer/unpack.c\ lzma.h | \
	tailer/unpack.c\ zstd.h) ;;
	tailer/notify.c\ systemd/* | tailer/journal.h\ systemd/*) ;;
	agentx/*\ net-snmp/*) ;;
	exporter/http.c\ microhttpd.h | exporter/http_answer.[ch]\ microhttpd.h | \
	exporter/scrape.h\ microhttpd.h) ;;
	exporter/squeeze.c\ zlib.h | exporter/librrd.h\ rrd.h) ;;
	probe/tls*.[ch]\ openssl/* | probe/wire.c\ openssl/* | probe/sasl.c\ gsasl.h | \
	probe/json.c\ jansson.h) ;;
	whm/fetch.c\ curl/* | whm/answer.h\ jansson.h | whm/records.h\ jansson.h) ;;
	*\ db.h | *\ db_185.h | *\ cyaml/* | *\ yaml.h | *\ systemd/* | \
	*\ net-snmp/* | *\ pcre2.h | *\ zlib.h | *\ lzma.h | *\ zstd.h | \
	*\ microhttpd.h | *\ rrd.h | *\ openssl/* | *\ gsasl.h | *\ jansson.h | \
	*\ curl/*)
		return 1 ;;
	esac
}

status=0
edges=$(git ls-files -co --exclude-standard -- '*.c' '*.h' '*.def' 2>/dev/null ||
    find . -path ./build -prune -o -name '*.[ch]' -print | sed 's|^\./||')
for file in $edges; do
	case $file in
	tests/*) continue ;;
	esac
	for header in $(sed -n 's/^#[ ]*include [<"]\([^>"]*\)[>"].*/\1/p' \
	    "$file"); do
		# a header named without its folder stands beside the file
		[ ! -f "$(dirname "$file")/$header" ] ||
			header=$(dirname "$file")/$header
		allowed "$file" "$header" || {
			echo "$file must not include $header"
			status=1
		}
	done
done
exit $status
