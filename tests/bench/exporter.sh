#!/bin/sh
# What a scrape of a full store costs, beside a file of that size from memory
# through the same library (tests/http/static.c), and beside what Debian's
# prometheus-postfix-exporter and mtail take for theirs.
#
#	make bench PART=exporter		prints the table
#	make bench PART=exporter DOC=1		puts it into docs/performance.md too
#	TURNS=5 SCRAPES=100 SECONDS_LONG=10 make bench PART=exporter
#
# CPU is the server's, by /proc/PID/schedstat; the kinds take turns, and a
# figure is the median of the ratios of each turn.  Takes three minutes.  mtail reads valid
# UTF-8 only.

set -u
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
. "$ROOT/tests/bench/table.sh"
TURNS=${TURNS:-21} SCRAPES=${SCRAPES:-200} SECONDS_LONG=${SECONDS_LONG:-60}
MTAIL_PROGRAM=${MTAIL_PROGRAM:-/usr/share/doc/mtail/examples/postfix.mtail}
LOAD=$ROOT/build/tools/load
scratch
. "$ROOT/tests/rig/prometheus.sh"

# More names than families have room for, which come to about 4,096 keys with
# the capacity below.
full_log()
{
	"$ROOT/build/tools/loggen" --lines 20000 --truth "$TMP/truth"
	awk 'BEGIN {
		for (i = 0; i < 14; i++) for (t = 0; t < 63; t++)
			printf "Nov 30 23:59:30 mx1 postfix-%d/t%d/smtp[1]: " \
			    "4Cx00001KqDz2xYT: to=<u@example.com>, " \
			    "relay=mail.example.com[192.0.2.1]:25, " \
			    "delay=0.5, delays=0.1/0.01/0.2/0.19, " \
			    "dsn=2.0.0, status=sent (250 2.0.0 Ok)\n", i, t
		for (i = 0; i < 4000; i++)
			printf "Nov 30 23:59:30 mx1 postfix/smtp[1]: " \
			    "x said=word%d\n", i
	}'
}

# server COMMAND...: its process in $server, answering at $port
server()
{
	"$@" >"$TMP/server.out" 2>&1 &
	server=$!
	at_exit "end_process $server"
	wait_until 'http_get 127.0.0.1:$port /metrics >/dev/null' 20
}

start()
{
	configure "publish_interval: 1" "capacity: 7200" "rules:" \
	    "  - { name: said, pattern: 'said=(?<what>\\S+)', label: what }"
	install -d -m 750 "$STATE"
	full_log >"$LOG"
	statsd_start --from start || exit 1
	wait_for lines:read "$(wc -l <"$LOG")" 60 || exit 1
	exporter_start || exit 1
	scrape >"$TMP/text" || exit 1
	port=$(pick_port)
	server "$ROOT/build/tools/static" "$port" "$TMP/text" || exit 1
	static_pid=$server static_port=$port
}

# all_cpu PID: nanoseconds that all its threads have had
all_cpu()
{
	cat "/proc/$1/task"/*/schedstat | awk '{ sum += $1 }
		END { printf "%.0f\n", sum }'
}

# scrape_cpu PID PORT [HEADER]: nanoseconds a scrape
scrape_cpu()
{
	cpu_pid=$1
	shift
	cpu_before=$(all_cpu "$cpu_pid")
	"$LOAD" "$1" 0 "$SCRAPES" ${2+"$2"} >/dev/null || exit 1
	echo $((($(all_cpu "$cpu_pid") - cpu_before) / SCRAPES))
}

# turns PID PORT [HEADER]: ours and this one's, turn by turn
turns()
{
	: >"$TMP/turns"
	for _ in $(seq "$TURNS"); do
		ours=$(scrape_cpu "$exporter_pid" "${EXPORTER#*:}" \
		    ${3+"$3"}) || exit 1
		theirs=$(scrape_cpu "$1" "$2") || exit 1
		echo "$ours $theirs" >>"$TMP/turns"
	done
}

micros()
{
	awk -v n="$1" '{ print $n }' "$TMP/turns" | median |
	    awk '{ printf "%.0f", $1 / 1000 }'
}

own_rows()
{
	turns "$static_pid" "$static_port"
	row "CPU of a scrape by that of a file of its size" \
	    "$(ratio 1 2 "$TMP/turns")" x "<=" 3
	row "CPU of a scrape" "$(micros 1)" us
	turns "$static_pid" "$static_port" 'Accept-Encoding: gzip'
	row "CPU of a compressed scrape by that of the file, not compressed" \
	    "$(ratio 1 2 "$TMP/turns")" x "<=" 3
}

memory()
{
	awk -v what="^$1:" '$0 ~ what { printf "%.1f", $2 * 1024 / 1e6 }' \
	    "/proc/$exporter_pid/status"
}

# At the rate that is wanted; what it grows by, in MB.
long_rows()
{
	before=$(memory VmRSS)
	files=$(find "/proc/$exporter_pid/fd" | wc -l)
	"$LOAD" "${EXPORTER#*:}" 500 "$SECONDS_LONG" >"$TMP/long"
	row "answered of 500 a second for $SECONDS_LONG s" \
	    "$(awk '{ print $1 * 100 / $3 }' "$TMP/long")" % "=" 100
	row "seconds that took" "$(sed 's/.* in \(.*\) s$/\1/' "$TMP/long")" s \
	    "<=" $((SECONDS_LONG + 1))
	row "growth of memory by that" \
	    "$(awk -v a="$before" -v b="$(memory VmRSS)" \
	    'BEGIN { printf "%.1f", b - a }')" MB "<=" 0.1
	row "growth in descriptors" \
	    $(($(find "/proc/$exporter_pid/fd" | wc -l) - files)) "" "<=" 0
	row "resident memory, at most" "$(memory VmHWM)" MB "<=" 16
}

# peer_row NAME: the server that was started last
peer_row()
{
	http_get "127.0.0.1:$port" /metrics >"$TMP/peer" || exit 1
	turns "$server" "$port"
	row "CPU of a scrape of $1, $(grep -vc '^#' "$TMP/peer") series" \
	    "$(micros 2)" us
	row "by ours, for each series" "$(awk -v a="$(grep -vc '^#' \
	    "$TMP/text")" -v b="$(grep -vc '^#' "$TMP/peer")" \
	    '{ printf "%.4f\n", $2 / b / ($1 / a) }' "$TMP/turns" | median |
	    awk '{ printf "%.1f", $1 }')" x
}

peer_rows()
{
	: >"$TMP/peer.log"
	port=$(pick_port)
	if have prometheus-postfix-exporter; then
		server prometheus-postfix-exporter \
		    --web.listen-address="127.0.0.1:$port" \
		    --postfix.logfile_path="$TMP/peer.log" \
		    --postfix.showq_path="$TMP/none" || exit 1
		cat "$LOG" >>"$TMP/peer.log"
		sleep 3
		peer_row prometheus-postfix-exporter
	fi
	port=$(pick_port)
	if ! [ -f "$MTAIL_PROGRAM" ]; then
		missing "$MTAIL_PROGRAM"
	elif have mtail; then
		server mtail --logtostderr --address 127.0.0.1 --port "$port" \
		    --progs "$MTAIL_PROGRAM" --logs "$TMP/peer.log" || exit 1
		LC_ALL=C.UTF-8 grep -ax '.*' "$LOG" >>"$TMP/peer.log"
		sleep 3
		peer_row mtail
	fi
}

head_lines()
{
	line "$TURNS turns of $SCRAPES scrapes of"
	line "$(stats_get --all | wc -l) keys, $(wc -c <"$TMP/text") bytes."
}

start
table_start exporter head_lines
own_rows
long_rows
peer_rows
table_end
