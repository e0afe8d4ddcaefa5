#!/bin/sh
# What postfix-statsd costs, beside other tools on the same generated log.
#
#	make bench PART=log		prints the table
#	make bench PART=log DOC=1	puts it into docs/performance.md too
#	LINES=700000 RUNS=3 SLOW_LINES=100000 SLOW_RUNS=1 make bench PART=log
#
# CPU is user + system time by getrusage(2).  Tools take turns, and a figure is
# the median of the ratios of each turn: no time of one machine is worth much.
# What is not installed is named and left out; `sh tools/deps.sh --peers`
# prints the packages.  Needs 2.5 GB under ${TMPDIR:-/tmp}, and took
# 8 minutes on two busy cores.

set -u
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
. "$ROOT/tests/bench/table.sh"
LINES=${LINES:-7000000} RUNS=${RUNS:-7}
SLOW_LINES=${SLOW_LINES:-1000000} SLOW_RUNS=${SLOW_RUNS:-3}
IDLE_SECONDS=${IDLE_SECONDS:-30} LOAD_SECONDS=${LOAD_SECONDS:-10}
MTAIL_PROGRAM=${MTAIL_PROGRAM:-/usr/share/doc/mtail/examples/postfix.mtail}
MEASURE=$ROOT/build/tools/measure
scratch
# Nothing else is to happen in the directory that is watched.
LOG=$TMP/log/mail.log
mkdir "$TMP/log"

# --- CPU ---------------------------------------------------------------

# cpu COMMAND...: seconds; the output is in $TMP/output, peak KiB in $TMP/peak
cpu()
{
	used=$("$MEASURE" cpu "$TMP/output" "$@" 2>"$TMP/errors") || {
		cat "$TMP/errors" >&2
		exit 1
	}
	echo "${used#* }" >"$TMP/peak"
	echo "${used% *}"
}

# ours LOG: one pass into an empty store, which is in $TMP/once then
ours()
{
	rm -rf "$TMP/once"
	mkdir "$TMP/once"
	cpu "$BIN/postfix-statsd" -c "$CONFIG" -d "$TMP/once" --once --log "$1"
}

counted()
{
	"$BIN/postfix-stats-get" -c "$CONFIG" -d "$TMP/once" "$@"
}

# turns RUNS LOG COMMAND...: CPU of `wc -l`, ours and the command by turns, a
# line for each turn
turns()
{
	runs=$1 log=$2
	shift 2
	for _ in $(seq "$runs"); do
		seconds=$(cpu wc -l "$log") && mine=$(ours "$log") &&
		    theirs=$("$@") || exit 1
		echo "$seconds $mine $theirs"
	done
}

# peer NAME TIMES COMMAND...: how dear NAME is, and how many times as dear as
# ours it should be
peer()
{
	name=$1 times=$2
	shift 2
	turns "$SLOW_RUNS" "$TMP/bsd.log" "$@" >"$TMP/turns"
	row "$name, CPU by that of \`wc -l\`" "$(ratio 3 1 "$TMP/turns")" x
	row "$name, CPU by ours" "$(ratio 3 2 "$TMP/turns")" x ">=" "$times"
}

make_log()
{
	"$ROOT/build/tools/loggen" --lines "$LINES" --format "$1" \
	    --truth "$TMP/truth" >"$TMP/$1.log"
}

# format_rows FORMAT NAME: against what merely looks at the bytes
format_rows()
{
	log=$TMP/$1.log
	turns "$RUNS" "$log" cpu grep -c status=sent "$log" >"$TMP/turns"
	row "$2: CPU of \`--once\` by that of \`wc -l\`" \
	    "$(ratio 2 1 "$TMP/turns")" x "<=" 2.5
	row "$2: CPU of \`--once\` by that of \`grep -c status=sent\`" \
	    "$(ratio 2 3 "$TMP/turns")" x "<=" 1
	counted --all | truth_keys >"$TMP/counted"
	row "$2: keys that differ from the truth, of $(wc -l <"$TMP/truth")" \
	    "$(diff "$TMP/truth" "$TMP/counted" | grep -c '^[<>]')" "" = 0
}

# Ten rules for three daemons, as one would write them: all but one know by the
# first bytes of a line that it is not for them.
rules_config()
{
	cat "$CONFIG" - <<'E'
rules:
  - { name: lost, daemon: smtpd, pattern: '^lost connection after (\S+)', label: 1 }
  - { name: sasl, daemon: smtpd, pattern: '^warning: \S+: SASL (\w+) authentication failed', label: 1 }
  - { name: tls-in, daemon: smtpd, pattern: '^(\w+) TLS connection established from \S+: (\S+) with cipher', label: 2 }
  - { name: pipelining, daemon: smtpd, pattern: '^improper command pipelining after (\S+)', label: 1 }
  - { name: refused, daemon: smtp, pattern: '^connect to (\S+?)\[.*: Connection refused', label: 1 }
  - { name: ssl, daemon: smtp, pattern: '^SSL_connect error' }
  - { name: tls-out, daemon: smtp, pattern: '^Verified TLS connection established to \S+: (\S+) with', label: 1 }
  - { name: pregreet, daemon: postscreen, pattern: '^PREGREET (\d+) after (\d\S*)', value: 2, scale: 1000, histogram: yes }
  - { name: hangup, daemon: postscreen, pattern: '^HANGUP after (\S+)' }
  - { name: dnsbl, daemon: postscreen, pattern: '^DNSBL rank (\d+)', value: 1 }
E
}

rules_row()
{
	rules_config >"$TMP/rules.yml"
	CONFIG=$TMP/rules.yml
	turns "$RUNS" "$TMP/bsd.log" echo 0 >"$TMP/turns"
	row "BSD stamps, 10 rules: CPU of \`--once\` by that of \`wc -l\`" \
	    "$(ratio 2 1 "$TMP/turns")" x "<=" 4
	[ "$(counted rule:lost)" -gt 0 ] || exit 1
	CONFIG=$TMP/postfix-stats.yml
}

# ten counters by anchored patterns, as one would write it
cat >"$TMP/classify.awk" <<'E'
$5 !~ /^postfix/ { next }
$7 ~ /^to=</ && match($0, / status=[a-z]+ \(/) {
	n[substr($0, RSTART + 8, RLENGTH - 10)]++
}
$7 == "reject:" { n["reject"]++ }
$7 ~ /^client=/ { n["client"]++ }
$6 == "connect" { n["connect"]++ }
$6 == "disconnect" { n["disconnect"]++ }
$7 == "removed" { n["removed"]++ }
$7 ~ /^uid=/ { n["pickup"]++ }
$7 ~ /^message-id=/ { n["message-id"]++ }
$6 == "warning:" { n["warning"]++ }
END { for (k in n) print k, n[k] }
E

# --- slow peers --------------------------------------------------------

# They get the first lines, and of these only valid UTF-8: mtail reads no
# further at the first byte that is not, and takes long about it.
make_slow_log()
{
	head -n "$SLOW_LINES" "$TMP/bsd.log" |
	    LC_ALL=C.UTF-8 grep -ax '.*' >"$TMP/slow.log"
	slow_lines=$(wc -l <"$TMP/slow.log")
	ours "$TMP/slow.log" >/dev/null
	messages=$(grep -ac '/cleanup\[[0-9]*\]: [^ ]*: message-id=<' \
	    "$TMP/slow.log")
	received=$(($(counted recv:smtp) + $(counted recv:local)))
}

# for_all COMMAND...: what it would take for the whole log
for_all()
{
	seconds_slow=$("$@") || exit 1
	awk -v s="$seconds_slow" -v part="$slow_lines" -v all="$LINES" \
	    'BEGIN { print s * all / part }'
}

# messages_of METRICS: what a peer says that cleanup(8) handled
messages_of()
{
	awk '/^postfix_cleanup_messages_processed_total/ { print $NF }' "$1"
}

run_mtail()
{
	cpu mtail --one_shot --one_shot_format prometheus --logtostderr \
	    --address 127.0.0.1 --port 0 --progs "$MTAIL_PROGRAM" \
	    --logs "$TMP/slow.log"
}

# fetch PORT: /metrics
fetch()
{
	perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or exit 1;
		print $s "GET /metrics HTTP/1.0\r\n\r\n";
		print while <$s>;' "$1" 2>/dev/null
}

# It has no end: it is done when it has counted all messages, or counts no
# more of them.
run_exporter()
{
	port=$(pick_port)
	: >"$TMP/exporter.log"
	prometheus-postfix-exporter --web.listen-address="127.0.0.1:$port" \
	    --postfix.logfile_path="$TMP/exporter.log" \
	    --postfix.showq_path="$TMP/none" >/dev/null 2>&1 &
	exporter_pid=$!
	wait_until "fetch $port >/dev/null" 10
	cat "$TMP/slow.log" >>"$TMP/exporter.log"
	now='' still=0
	while [ "$now" != "$messages" ] && [ "$still" -lt 10 ]; do
		before=$now
		sleep 1
		fetch "$port" >"$TMP/output"
		now=$(messages_of "$TMP/output")
		still=$((still + 1))
		[ "$now" = "$before" ] || still=0
	done
	ticks=$(awk '{ print $14 + $15 }' "/proc/$exporter_pid/stat")
	end_process "$exporter_pid"
	wait "$exporter_pid" 2>/dev/null
	awk -v t="$ticks" -v hz="$(getconf CLK_TCK)" 'BEGIN { print t / hz }'
}

slow_peers()
{
	make_slow_log
	did=''
	if have pflogsumm; then
		peer "pflogsumm" 75 for_all cpu pflogsumm "$TMP/slow.log"
		did="$did; pflogsumm $(awk '$2 == "received" { print $1; exit }' \
		    "$TMP/output")"
		did="$did received messages where $received are"
	fi
	if ! [ -f "$MTAIL_PROGRAM" ]; then
		missing "$MTAIL_PROGRAM"
	elif have mtail; then
		peer "mtail, its stock program" 150 for_all run_mtail
		did="$did; mtail $(messages_of "$TMP/output") of $messages"
		did="$did messages"
	fi
	if have prometheus-postfix-exporter; then
		peer "prometheus-postfix-exporter" 250 for_all run_exporter
		did="$did; the exporter $(messages_of "$TMP/output") of"
		did="$did $messages messages"
	fi
}

# --- instructions, memory, publication ---------------------------------

# instructions LOG: without publications in between
instructions()
{
	rm -rf "$TMP/once"
	mkdir "$TMP/once"
	printf "%s\n" "queue: { sample: no }" "publish_interval: 3600" \
	    >"$TMP/seldom.yml"
	valgrind --tool=callgrind --callgrind-out-file="$TMP/callgrind" \
	    "$BIN/postfix-statsd" -c "$TMP/seldom.yml" -d "$TMP/once" --once \
	    --log "$1" 2>&1 | awk '/Collected/ { print $NF }'
}

# The difference of two logs, so that start and end cancel out.
instructions_row()
{
	head -n 50000 "$TMP/$1.log" >"$TMP/short.log"
	head -n 150000 "$TMP/$1.log" >"$TMP/long.log"
	short=$(instructions "$TMP/short.log")
	long=$(instructions "$TMP/long.log")
	row "$2: instructions a line" "$(((long - short) / 100000))" "" "<=" 350
}

# peak_of LOG: most memory in MB (10^6 bytes)
peak_of()
{
	ours "$1" >/dev/null
	awk '{ printf "%.2f", $1 * 1024 / 1e6 }' "$TMP/peak"
}

# As many names as make keys until the store has no room for more.
names_log()
{
	awk 'BEGIN {
		for (i = 0; i < 14; i++) for (t = 0; t < 63; t++)
			printf "Nov 30 23:59:30 mx1 postfix-%d/t%d/smtp[1]: " \
			    "4Cx00001KqDz2xYT: to=<u@example.com>, " \
			    "relay=mail.example.com[192.0.2.1]:25, " \
			    "delay=0.5, delays=0.1/0.01/0.2/0.19, " \
			    "dsn=2.0.0, status=sent (250 2.0.0 Ok)\n", i, t
	}' >"$TMP/names.log"
}

memory_rows()
{
	head -n $((LINES / 7)) "$TMP/bsd.log" >"$TMP/part.log"
	part=$(peak_of "$TMP/part.log")
	rm "$TMP/part.log"
	whole=$(peak_of "$TMP/bsd.log")
	names_log
	full=$(peak_of "$TMP/names.log")
	row "peak memory, $((LINES / 7)) lines" "$part" MB "<=" 6
	row "peak memory, $LINES lines" "$whole" MB "<=" 6
	row "peak memory, store filled with names" "$full" MB "<=" 6
}

publish_rows()
{
	mkdir "$TMP/publish"
	# shellcheck disable=SC2046
	set -- $("$MEASURE" publish "$TMP/publish" 200)
	row "a publication of $3 records, CPU" "$1" ms "<=" 15
	row "the same by a plain write and fsync of as many bytes" "$2" x
}

# --- following ---------------------------------------------------------

# follow INTERVAL: on an empty log and state
follow()
{
	rm -rf "$STATE" "$LOG"
	: >"$LOG"
	configure "publish_interval: $1"
	statsd_start || exit 1
}

delay_rows()
{
	follow 3600
	# shellcheck disable=SC2046
	set -- $("$MEASURE" counted "$statsd_pid" "$LOG" 500)
	row "appended to counted, median" "$1" us
	row "appended to counted, 99th percentile" "$2" us
	statsd_stop
	follow 1
	# shellcheck disable=SC2046
	set -- $("$MEASURE" readable "$STATE" "$LOG" 15)
	row "appended to readable, idle log, median" "$1" ms
	row "appended to readable, idle log, longest" "$2" ms
	statsd_stop
}

switches()
{
	awk '/^voluntary/ { print $2 }' "/proc/$statsd_pid/status"
}

# traced SECONDS [COMMAND...]: calls of the tailer meanwhile, in $TMP/calls
traced()
{
	seconds=$1
	shift
	strace -f -c -o "$TMP/calls" -p "$statsd_pid" 2>"$TMP/errors" &
	strace_pid=$!
	wait_until "grep -q attached '$TMP/errors'" 5 || {
		cat "$TMP/errors" >&2
		return 1
	}
	if [ $# -gt 0 ]; then
		"$@"
	else
		sleep "$seconds"
	fi
	kill -INT "$strace_pid"
	wait "$strace_pid"
	return 0
}

# calls PATTERN: how many of these, from that table
calls()
{
	awk -v pattern="^($1)\$" '
		$NF ~ pattern && $NF != "total" && $4 ~ /^[0-9]+$/ { n += $4 }
		END { print n + 0 }' "$TMP/calls"
}

idle_rows()
{
	follow 1
	sleep 2
	before=$(switches)
	sleep "$IDLE_SECONDS"
	row "wakeups in $IDLE_SECONDS idle seconds" \
	    "$(($(switches) - before))" "" = 0
	if have strace && traced "$IDLE_SECONDS"; then
		row "system calls in $IDLE_SECONDS idle seconds, fsync included" \
		    "$(calls '[a-z].*')" "" = 0
	fi
	statsd_stop
}

# 1,000 messages a second, as many lines as that is in the generated log; the
# store is readable all the time.
load_rows()
{
	rate=$((SLOW_LINES / (messages / 1000)))
	follow 1
	# shellcheck disable=SC2046
	set -- $("$MEASURE" feed "$STATE" "$LOG" "$TMP/slow.log" "$rate" \
	    "$LOAD_SECONDS")
	row "appended to readable, $rate lines a second, median" "$1" ms
	row "appended to readable, $rate lines a second, longest" "$2" ms
	if have strace && traced "$LOAD_SECONDS" "$MEASURE" feed "$STATE" \
	    "$LOG" "$TMP/slow.log" "$rate" "$LOAD_SECONDS" >/dev/null; then
		row "fsyncs a second at 1,000 messages ($rate lines) a second" \
		    "$(awk -v n="$(calls 'fsync|fdatasync')" \
		    -v s="$LOAD_SECONDS" 'BEGIN { printf "%.1f", n / s }')"
	fi
	statsd_stop
}

# --- all ---------------------------------------------------------------

log_head()
{
	line "$LINES lines, $(stat -c %s "$TMP/bsd.log") bytes with BSD stamps"
	line "and $(stat -c %s "$TMP/iso.log") with ISO stamps; $RUNS turns."
}

make_log iso
make_log bsd
table_start log log_head
format_rows bsd "BSD stamps"
format_rows iso "ISO stamps"
rules_row
if have valgrind; then
	instructions_row bsd "BSD stamps"
	instructions_row iso "ISO stamps"
fi
rm "$TMP/iso.log"
! have mawk || peer "mawk, ten counters" 10 \
    cpu mawk -f "$TMP/classify.awk" "$TMP/bsd.log"
slow_peers
memory_rows
rm "$TMP/bsd.log"
publish_rows
delay_rows
idle_rows
load_rows
note "Others than \`wc\` and \`grep\` had $SLOW_RUNS turns; pflogsumm, mtail and
the exporter had $slow_lines lines of the BSD log, and their CPU a line is
taken for that of all. They counted${did#;}."
table_end
