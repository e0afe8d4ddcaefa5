#!/bin/sh
# What postfix-stats-agentx costs, beside snmpd's own sysUpTime and beside a
# subagent that serves the same cells as constants (bare.c).
#
#	make bench PART=snmp		prints the table
#	make bench PART=snmp DOC=1	puts it into docs/performance.md too
#	TURNS=11 WALKS=3 IDLE_SECONDS=5 make bench PART=snmp
#
# CPU is that of snmpd and the subagent together, by their own clocks
# (clock_getcpuclockid(3)); the kinds take turns, and a figure is the median of
# the ratios of each turn.  All run on one CPU: a request passes from one to the
# next and never keeps two busy, and what it costs to wake up another CPU is
# the machine's affair.  Takes two minutes.

set -u
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
. "$ROOT/tests/bench/table.sh"
TURNS=${TURNS:-101} GETS=${GETS:-50} WALKS=${WALKS:-15} CELLS=2000
IDLE_SECONDS=${IDLE_SECONDS:-30}
ASKER=$ROOT/build/tools/asker
UPTIME=.1.3.6.1.2.1.1.3.0 SENT=1.1.1.0
BARE_OID=${BASE_OID%.*}.26
scratch

# A log with so many transports and instances that a walk has CELLS cells.
rows_log()
{
	awk 'BEGIN {
		for (i = 0; i < 9; i++) for (t = 0; t < 40; t++)
			printf "Nov 30 23:59:30 mx1 postfix-%d/t%d/smtp[1]: " \
			    "4Cx00001KqDz2xYT: to=<u@example.com>, " \
			    "relay=mail.example.com[192.0.2.1]:25, " \
			    "delay=0.5, delays=0.1/0.01/0.2/0.19, " \
			    "dsn=2.0.0, status=sent (250 2.0.0 Ok)\n", i, t
	}'
}

# What bare.c is to serve: the same cells below its own base.
bare_objects()
{
	echo "${BARE_OID#.} i 0"
	stats_get --walk | sed "s/^$BASE_OID/${BARE_OID#.}/; s/\"//g" | awk '
		{ type = "u" }
		$3 == "Counter64:" { type = "c" }
		$3 == "STRING:" { type = "s" }
		{ print $1, type, $4 }'
}

start()
{
	state_for_nobody
	echo "capacity: 8192" >"$CONFIG"
	rows_log >"$LOG"
	statsd_start --from start || exit 1
	wait_for lines:read "$(wc -l <"$LOG")" || exit 1
	at_exit "$ROOT/tests/rig/snmpd.sh stop $TMP/snmpd"
	"$ROOT/tests/rig/snmpd.sh" start "$TMP/snmpd" || exit 1
	port=$(cat "$TMP/snmpd/port") snmpd_pid=$(cat "$TMP/snmpd/pid")
	# A ping is no cost of a request, nor a wakeup that is asked about.
	agentx_start "unix:$TMP/snmpd/agentx" --ping 3600
	bare_objects >"$TMP/objects"
	"$ROOT/build/tools/bare" "unix:$TMP/snmpd/agentx" <"$TMP/objects" \
	    >"$TMP/bare.err" 2>&1 &
	bare_pid=$!
	at_exit "end_process $bare_pid"
	wait_until "served $BASE_OID && served $BARE_OID" 10 || {
		cat "$TMP/agentx.err" "$TMP/bare.err" >&2
		exit 1
	}
	for pid in $$ "$snmpd_pid" "$agentx_pid" "$bare_pid"; do
		taskset -cp 0 "$pid" >/dev/null || exit 1
	done
}

# served BASE: the last cell of all, as the store has it
served()
{
	last=$(tail -n 1 "$TMP/objects")
	last=${last%% *}
	MIBS='' SNMP_PERSISTENT_DIR=$TMP/snmpd/persistent \
	    SNMPCONFPATH=$TMP/snmpd snmpget -v 2c -c public -Oqv -t 1 -r 0 \
	    "127.0.0.1:$port" "$1${last#"${BARE_OID#.}"}" 2>/dev/null |
	    grep -vq 'No Such'
}

# asked WHAT TURNS TIMES OID PIDS OID PIDS: the figures of each turn, in
# $TMP/turns
asked()
{
	what=$1
	shift
	"$ASKER" "$what" "$port" "$@" >"$TMP/turns" || exit 1
}

# column N: the median of a column of $TMP/turns
column()
{
	awk -v n="$1" '{ print $n }' "$TMP/turns" | median
}

get_rows()
{
	asked get "$TURNS" "$GETS" "$BARE_OID.$SENT" "$snmpd_pid,$bare_pid" \
	    "$UPTIME" "$snmpd_pid"
	row "CPU of a GET from the bare subagent by that of one of sysUpTime" \
	    "$(ratio 1 3 "$TMP/turns")" x
	asked get "$TURNS" "$GETS" "$BASE_OID.$SENT" "$snmpd_pid,$agentx_pid" \
	    "$UPTIME" "$snmpd_pid"
	row "CPU of a GET by that of one of sysUpTime" \
	    "$(ratio 1 3 "$TMP/turns")" x "<=" 2.5
	row "a GET, by the clock" "$(column 2 | awk '{ printf "%.0f", $1 }')" us
	asked get "$TURNS" "$GETS" "$BASE_OID.$SENT" "$snmpd_pid,$agentx_pid" \
	    "$BARE_OID.$SENT" "$snmpd_pid,$bare_pid"
	row "CPU of a GET by that of one from the bare subagent" \
	    "$(ratio 1 3 "$TMP/turns")" x
}

walk_rows()
{
	asked walk "$WALKS" "$CELLS" "$BASE_OID" "$snmpd_pid,$agentx_pid" \
	    "$BARE_OID" "$snmpd_pid,$bare_pid"
	row "CPU of a bulkwalk of $CELLS cells by that of the bare subagent" \
	    "$(ratio 1 3 "$TMP/turns")" x "<=" 1
	row "the same by the clock" "$(ratio 2 4 "$TMP/turns")" x "<=" 1
	row "the bulkwalk, by the clock" \
	    "$(column 2 | awk '{ printf "%.0f", $1 / 1000 }')" ms
	asked walk "$WALKS" "$CELLS" "$BASE_OID" "$agentx_pid" \
	    "$BARE_OID" "$bare_pid"
	row "CPU of the bulkwalk, the subagents alone" \
	    "$(ratio 1 3 "$TMP/turns")" x
}

# The most that was resident, in MB (10^6 bytes).
memory_row()
{
	row "resident memory of postfix-stats-agentx, at most" \
	    "$(awk '/^VmHWM/ { printf "%.1f", $2 * 1024 / 1e6 }' \
	    "/proc/$agentx_pid/status")" MB "<=" 12
}

switches()
{
	awk '/^voluntary/ { print $2 }' "/proc/$agentx_pid/status"
}

idle_row()
{
	sleep 2
	before=$(switches)
	sleep "$IDLE_SECONDS"
	row "wakeups in $IDLE_SECONDS idle seconds, pings aside" \
	    "$(($(switches) - before))" "" = 0
}

snmp_head()
{
	line "$(snmpd -v 2>/dev/null | awk '/NET-SNMP/ { print "snmpd", $3 }');"
	line "$TURNS turns of $GETS GETs, $WALKS of a walk of the first $CELLS of"
	line "$(stats_get --walk | wc -l) cells."
}

start
table_start snmp snmp_head
get_rows
walk_rows
memory_row
idle_row
table_end
