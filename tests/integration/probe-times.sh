#!/bin/sh
# The times of the phases are those of the packets, as tshark saw them in the same
# run.  Needs root and tshark.
#
# Each server answers later and later: its first answer takes 200 ms more than it
# would, its second one 400 ms, and so on; so no phase is as long as another.  What
# a phase takes may be more than from its first packet to its last one, by what
# the machine needs to wake the probe up.  It may not be less, but for what the
# kernel corrects its clock by: 500 ppm at most, below 1 ms here.  A difference of
# half a step, 100 ms, could be another phase's time; so that is the bound.  A
# machine that does nothing else is below 1 ms.
#
# What `banner' begins with, no packet shows: the probe's own look at the connection.
# So the time from SYN to the banner is compared, which is banner_time.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig
STEP=200 BOUND=100
skip_unless_root
command -v tshark >/dev/null || skip_all "no tshark"
tap_start "times of phases are those of the packets"

SERVERS=$TMP/servers
at_exit 'sh "$RIG/probe.sh" stop "$SERVERS"'
sh "$RIG/probe.sh" start "$SERVERS" || exit 1
. "$SERVERS/env"

# slow_way PORT NEXT: later and later
slow_way()
{
	"$RIG/probe/delay" "$1" "$2" "$STEP" >"$TMP/delay.$1" \
	    2>"$TMP/delay.err" &
	at_exit "end_process $!"
	wait_until "[ -s '$TMP/delay.$1' ]" 10
}

# shellcheck disable=SC2046
set -- $(free_ports 4)
CLEAR=$1 STARTTLS=$2 BY_LMTP=$3 BEHIND_PROXY=$4
slow_way "$CLEAR" "$SMTP"
slow_way "$STARTTLS" "$SMTP"
slow_way "$BY_LMTP" "$LMTP"
slow_way "$BEHIND_PROXY" "$SCREEN"

cat >"$TMP/probes.yml" <<P
queue: { sample: no }
probes:
  - { name: clear, server: 127.0.0.1, port: $CLEAR, to: probe@probe.test }
  - { name: starttls, server: 127.0.0.1, port: $STARTTLS,
      to: probe@probe.test, starttls: yes, ca_file: $TLS/ca.pem }
  - { name: lmtp, server: 127.0.0.1, port: $BY_LMTP, to: probe@probe.test,
      protocol: lmtp }
  - { name: proxied, server: 127.0.0.1, port: $BEHIND_PROXY,
      to: probe@probe.test, proxy_protocol: yes }
P

# --- the capture -------------------------------------------------------

fields()
{
	tshark -r "$TMP/packets" -T fields -e frame.time_epoch -e tcp.srcport \
	    -e tcp.dstport -e tcp.flags.syn -e tcp.flags.ack -e tcp.len \
	    2>/dev/null
}

# seen PORT: a connection to it was captured
seen()
{
	perl -MIO::Socket::INET -e 'IO::Socket::INET->new(
	    PeerAddr => "127.0.0.1:$ARGV[0]")' "$1"
	fields | grep -q "	$1	"
}

tshark -q -i lo -w "$TMP/packets" -f "tcp and host 127.0.0.1" \
    >"$TMP/tshark.err" 2>&1 &
capture=$!
at_exit "end_process $capture"
if ! wait_until "seen $CLOSED" 20; then
	diag "$(cat "$TMP/tshark.err")"
	ok 1 "tshark captures"
	tap_end
fi

"$BIN/postfix-stats-probe" -c "$TMP/probes.yml" --once --json \
    >"$TMP/said.json" 2>"$TMP/probe.err"
ok $? "a conversation of each kind comes to its end"
diag "$(cat "$TMP/probe.err")"
wait_until "seen $PROXY" 20
end_process "$capture"
wait "$capture"
"$RIG/probe-json" <"$TMP/said.json" >"$TMP/said" || tap_end

mail=mailfrom,rcptto,data,body,quit
fields | "$RIG/probe/packets" "$CLEAR=banner,ehlo,$mail" \
    "$STARTTLS=banner,ehlo,starttls,tls" "$BY_LMTP=banner,ehlo,$mail" \
    "$BEHIND_PROXY=banner,ehlo,$mail" >"$TMP/times"

# --- compared ----------------------------------------------------------

# said NAME KEY
said()
{
	awk -F '\t' -v name="$1" -v key="$2" \
	    '$1 == name && $2 == key { print $3 }' "$TMP/said"
}

# agrees KIND PHASE MILLISECONDS: and prints by how much it is more
agrees()
{
	key=phases.$2.time
	[ "$2" != banner ] || key=banner_time
	said "$1" "$key" | awk -v packets="$3" -v bound="$BOUND" '
	$1 !~ /^[0-9.]+$/ { print "not said"; exit 1 }
	{ printf "%.3f\n", $1 - packets
	  exit !($1 - packets > -1 && $1 - packets < bound) }'
}

# compare KIND PORT: all its phases
compare()
{
	failed=0 phases=0
	while read -r port phase packets; do
		[ "$port" = "$2" ] || continue
		phases=$((phases + 1))
		more=$(agrees "$1" "$phase" "$packets")
		agreed=$?
		echo "$more" >>"$TMP/more"
		[ "$agreed" -ne 0 ] || continue
		failed=$((failed + 1))
		diag "$phase: $packets ms by packets, and $more"
	done <"$TMP/times"
	[ "$failed" -eq 0 ] && [ "$phases" -eq "$3" ]
}

compare clear "$CLEAR" 8
ok $? "in clear: connect, banner, ehlo and all to quit"
compare starttls "$STARTTLS" 5
ok $? "STARTTLS: up to the handshake"
compare lmtp "$BY_LMTP" 8
ok $? "LMTP"
compare proxied "$BEHIND_PROXY" 8
ok $? "behind a proxy: the banner from the header on"

# distinct KIND: each phase takes about a step more than the one before it
distinct()
{
	for phase in banner ehlo mailfrom rcptto data body quit; do
		said "$1" "phases.$phase.time"
	done | awk -v step="$STEP" '
	$1 < NR * step { exit 1 }
	END { exit NR != 7 }'
}

distinct clear
ok $? "and no phase is as short as another could be"

diag "from $(sort -n "$TMP/more" | head -1) to $(sort -n "$TMP/more" |
    tail -1) ms more than by packets"

# By itself it is what is left when connect, and the PROXY header, are over.
for kind in clear proxied; do
	for key in connect_time proxy_time phases.banner.time banner_time; do
		said "$kind" "$key"
	done | awk -v kind="$kind" '
	{ time[NR] = $1 }
	END {
		rest = time[4] - time[1] - time[2] - time[3]
		exit !(NR == 4 && rest > -0.01 && rest < 100 &&
		    (kind == "clear" || time[2] > 0))
	}'
	ok $? "$kind: banner_time is the time of all from connect to banner"
done
tap_end
