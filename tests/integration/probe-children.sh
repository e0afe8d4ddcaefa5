#!/bin/sh
# postfix-stats-probe as a daemon: children that hang, crash or have no memory are
# results, and the others go on; limits, pauses, reloads, restarts and the end.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
tap_start "the probes' daemon and its children"

PEER=$TMP/peer
mkdir "$PEER" "$STATE"
# shellcheck disable=SC2046
set -- $(free_ports 4)
GOOD=$1 SLOW=$2 HELD=$3 CLOSED=$4
"$ROOT/tests/rig/probe-peer" "$PEER" "$GOOD" "$SLOW" "$HELD" &
peer_pid=$!
at_exit 'child_stop peer_pid'
wait_until "[ -e '$PEER/$HELD' ]" 10 || exit 1

# --- the daemon --------------------------------------------------------

probe_pid=''
at_exit 'child_stop probe_pid'

PROBES=$TMP/probes.yml # readers have another one, which is never wrong

# plan <<Y: the configuration, with Y at its end
plan()
{
	printf '%s\n' "probing:" "  publish_interval: 0.1" "  server_pause: 0" \
	    >"$PROBES"
	cat >>"$PROBES"
}

probe_start()
{
	"$BIN/postfix-stats-probe" -f -c "$PROBES" -d "$STATE" \
	    </dev/null >>"$TMP/probe.err" 2>&1 &
	probe_pid=$!
}

# value PROBE WHAT
value()
{
	stats_get "probe:$1:$2" 2>/dev/null
}

children()
{
	cat "/proc/$1/task/$1/children"
}

# child PROBE: its process
child()
{
	for pid in $(children "$probe_pid"); do
		if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]; then
			echo "$pid"
		fi
	done
}

tried()
{
	[ "$(value "$1" attempts)" -ge "${2-1}" ] 2>/dev/null
}

descriptors()
{
	ls "/proc/$probe_pid/fd" | wc -l
}

limit()
{
	sed -n "s/^$1  *\([^ ]*\) .*/\1/p" "/proc/$2/limits"
}

# --- what may become of a child ----------------------------------------

plan <<Y
probes:
  - { name: seldom, server: 127.0.0.1, port: $GOOD, to: a@b.test }
  - { name: stopped, server: 127.0.0.1, port: $HELD, to: a@b.test,
      interval: 10, deadline: 8, phase_deadline: 8 }
  - { name: crashing, server: 127.0.0.1, port: $HELD, to: a@b.test,
      interval: 10 }
  - { name: eating, server: 127.0.0.1, port: $HELD, to: a@b.test,
      interval: 10, payload: "$(printf '%30000s' '' | sed 's/ /\\n/g')" }
  - { name: good, server: 127.0.0.1, port: $GOOD, to: a@b.test, interval: 1 }
Y
probe_start
for name in stopped crashing eating; do
	wait_until "[ -n \"\$(child $name)\" ]" 60
	pid=$(child $name)
	wait_until "[ \"\$(limit 'Max core file size' $pid)\" = 0 ]" 10
	case $name in
	stopped)
		is "$(limit 'Max open files' "$pid")" 16 "few descriptors"
		is "$(limit 'Max file size' "$pid")" 0 "no file"
		is "$(limit 'Max core file size' "$pid")" 0 "no core"
		is "$(limit 'Max cpu time' "$pid")" 10 "little time"
		[ "$(limit 'Max address space' "$pid")" != unlimited ]
		ok $? "memory has an end"
		kill -STOP "$pid" ;;
	crashing)
		kill -SEGV "$pid" ;;
	eating)
		prlimit --pid "$pid" --as=4096
		: >"$PEER/go" ;;
	esac
done
wait_until 'tried crashing' 20
is "$(stats_get probe_result:crashing:error)" 1 "a crash is a result"
like "$(cat "$TMP/probe.err")" \
    "*probe crashing: the probe's process died in *: Segmentation fault*" \
    "and is logged"
wait_until 'tried eating' 20
is "$(stats_get probe_result:eating:error)" 1 "so is a want of memory"
wait_until 'tried stopped' 30
is "$(stats_get probe_result:stopped:timeout)" 1 "and one that hangs"
count=$(value good attempts)
wait_until "tried good $((count + 2))" 10
ok $? "the others go on"
is "$(value good failures)" 0 "and are well"
is "$(value seldom attempts):$(value seldom interval)" 1:300 \
    "without an interval it is five minutes"
is "$(ps -o stat= --ppid "$probe_pid" | grep -c Z)" 0 "no zombies"

"$BIN/postfix-stats-probe" -f -c "$PROBES" -d "$STATE" >"$TMP/second" 2>&1
is "$?" 1 "a second one is refused"
like "$(cat "$TMP/second")" "*held by another process" "and told why"

# --- reload ------------------------------------------------------------

count=$(value good attempts)
echo "wrong: yes" >>"$PROBES"
kill -HUP "$probe_pid"
wait_until "grep -q 'going on as before' '$TMP/probe.err'" 10
ok $? "a bad configuration is refused"
wait_until "tried good $((count + 1))" 10
ok $? "and it goes on as before"
plan <<Y
probes:
  - { name: seldom, server: 127.0.0.1, port: $GOOD, to: a@b.test }
  - { name: new, server: 127.0.0.1, port: $CLOSED, to: a@b.test, interval: 1 }
  - { name: good, server: 127.0.0.1, port: $GOOD, to: a@b.test, interval: 1 }
Y
kill -HUP "$probe_pid"
wait_until 'tried new' 10
is "$(stats_get probe_result:new:refused | sed 's/[1-9].*/some/')" some \
    "a reload takes a new probe"
tried good "$count"
ok $? "keeps those that stay"
like "$(value crashing attempts)" "No such key*" "and forgets the others"

# --- restart and end ---------------------------------------------------

rm "$PEER/go"
cat >>"$PROBES" <<Y
  - { name: held, server: 127.0.0.1, port: $HELD, to: a@b.test, interval: 1 }
Y
kill -HUP "$probe_pid"
wait_until '[ -n "$(child held)" ]' 10
held=$(child held)
kill -9 "$probe_pid"
wait "$probe_pid" 2>/dev/null
wait_until "! running $held" 10
ok $? "killed, it takes its children with it"
count=$(value good attempts)
probe_start
wait_until "tried good $((count + 1))" 10
ok $? "the next one goes on counting"
is "$(value seldom attempts)" 1 "and in the rhythm of before"
wait_until '[ -n "$(child held)" ]' 10
held=$(child held)
child_stop probe_pid
is $? 0 "TERM ends it"
! running "$held"
ok $? "and its children"

# --- limits ------------------------------------------------------------

rm -rf "$STATE"
mkdir "$STATE"
echo "probing: { publish_interval: 0.1, under_way: 2, server_pause: 0.4 }" \
    >"$PROBES"
{
	echo "probes:"
	for i in 1 2 3 4 5 6; do
		echo "  - { name: slow$i, server: 127.0.0.1, port: $SLOW," \
		    "to: a@b.test, interval: 1 }"
		echo "  - { name: quick$i, server: 127.0.0.1, port: $GOOD," \
		    "to: a@b.test, interval: 1 }"
	done
} >>"$PROBES"
: >"$PEER/$GOOD"
: >"$PEER/$SLOW"
probe_start
wait_until 'tried slow6 && tried quick6' 60
ok $? "all have their turn"
# the peer's clock sees them begin a little later
is "$(awk 'NR > 1 && $1 - last < 0.3 { print $1 - last } { last = $1 }' \
    "$PEER/$GOOD")" "" "a server has its pause"
is "$(awk '$2 > 2' "$PEER/$SLOW")" "" "no more are under way than may be"
child_stop probe_pid

plan <<Y
  under_way: 32
probes:
$(for i in $(seq 200); do
	echo "  - { name: p$i, server: 127.0.0.1, port: $CLOSED," \
	    "to: a@b.test, interval: 1 }"
done)
Y
probe_start
wait_until 'tried p200' 60
before=$(descriptors)
wait_until 'tried p200 6' 120
ok $? "a thousand attempts"
[ "$(descriptors)" -lt $((before + 9)) ] # one may be publishing
ok $? "leave no descriptor open"
child_stop probe_pid

# --- in the background -------------------------------------------------

"$BIN/postfix-stats-probe" -c "$PROBES" -d "$STATE"
is $? 0 "in the background"
pid=$(cat "$STATE/postfix-stats-probe.pid")
running "$pid"
ok $? "with its pid in a file"
end_process "$pid"
[ ! -e "$STATE/postfix-stats-probe.pid" ]
ok $? "which goes with it"
plan </dev/null
"$BIN/postfix-stats-probe" -f -c "$PROBES" -d "$STATE" 2>/dev/null
is $? 64 "without probes there is nothing to do"

tap_end
