#!/bin/sh
# What a conversation costs, beside check_smtp and blackbox_exporter; whether
# 1,000 conversations a minute go with the Postfix that answers them on the same
# machine; and what the daemon has resident with 1,000 probes.
#
#	make bench PART=probe		prints the table
#	make bench PART=probe DOC=1	puts it into docs/performance.md too
#	TURNS=3 PROBES=20 MINUTE=20 make bench PART=probe
#
# CPU is that of the prober and its children, by getrusage(2) or /proc; the kinds
# take turns, and a figure is the median of the ratios of each turn.  Takes three
# minutes.  Needs root.

set -u
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
. "$ROOT/tests/bench/table.sh"
TURNS=${TURNS:-7} PROBES=${PROBES:-50} MINUTE=${MINUTE:-60}
CHECK_SMTP=/usr/lib/nagios/plugins/check_smtp
MEASURE=$ROOT/build/tools/measure
scratch
at_exit 'sh "$ROOT/tests/rig/probe.sh" stop "$TMP/rig"'
sh "$ROOT/tests/rig/probe.sh" start "$TMP/rig" || exit 1
. "$TMP/rig/env"

# probes COUNT UNTIL INTERVAL: STARTTLS, verified
probes()
{
	echo "probes:"
	for i in $(seq "$1"); do
		echo "  - { name: p$i, server: localhost, family: ipv4," \
		    "port: $SMTP, to: probe@probe.test, starttls: yes," \
		    "ca_file: $TLS/ca.pem, until: $2, interval: $3 }"
	done
}

# cpu COMMAND...: seconds, with children
cpu()
{
	used=$("$MEASURE" cpu "$TMP/output" "$@" 2>"$TMP/errors") || {
		cat "$TMP/output" "$TMP/errors" >&2
		exit 1
	}
	echo "${used% *}"
}

# --- a conversation --------------------------------------------------------

blackbox_start()
{
	cat >"$TMP/blackbox.yml" <<P
modules:
  smtp:
    prober: tcp
    timeout: 20s
    tcp:
      query_response:
        - expect: "^220 "
        - send: "EHLO bench.test"
        - expect: "^250-STARTTLS"
        - send: "STARTTLS"
        - expect: "^220 "
        - starttls: true
        - send: "EHLO bench.test"
        - expect: "^250 "
        - send: "QUIT"
      tls_config:
        ca_file: $TLS/ca.pem
        server_name: localhost
P
	port=$(pick_port)
	prometheus-blackbox-exporter --config.file="$TMP/blackbox.yml" \
	    --web.listen-address="127.0.0.1:$port" >"$TMP/blackbox.out" 2>&1 &
	blackbox=$!
	at_exit 'end_process "$blackbox"'
	wait_until 'blackbox_probe' 20
}

blackbox_probe()
{
	http_get "127.0.0.1:$port" \
	    "/probe?module=smtp&target=127.0.0.1:$SMTP" |
	    grep -q '^probe_success 1'
}

# Seconds for as many.
blackbox_cpu()
{
	before=$(cat "/proc/$blackbox/task"/*/schedstat |
	    awk '{ s += $1 } END { printf "%.0f", s }')
	for _ in $(seq "$PROBES"); do
		blackbox_probe || exit 1
	done
	cat "/proc/$blackbox/task"/*/schedstat | awk -v before="$before" \
	    '{ s += $1 } END { printf "%.6f\n", (s - before) / 1e9 }'
}

# http_get ADDRESS PATH
http_get()
{
	perl -MHTTP::Tiny -e '
		my $a = HTTP::Tiny->new(timeout => 30)->get("http://$ARGV[0]$ARGV[1]");
		print $a->{content}; exit !$a->{success};' "$1" "$2"
}

conversation_rows()
{
	probes "$PROBES" ehlo_tls 60 >"$TMP/tls.yml"
	probes "$PROBES" body 60 >"$TMP/mail.yml"
	sed -i '1i probing: { server_pause: 0 }' "$TMP/tls.yml" "$TMP/mail.yml"
	for _ in $(seq "$TURNS"); do
		tls=$(cpu "$BIN/postfix-stats-probe" -c "$TMP/tls.yml" \
		    --once --json) || exit 1
		mail=$(cpu "$BIN/postfix-stats-probe" -c "$TMP/mail.yml" \
		    --once --json) || exit 1
		nagios=0 box=0
		[ ! -x "$CHECK_SMTP" ] ||
		    nagios=$(cpu sh -c "$(check_text)") || exit 1
		[ -z "$blackbox" ] || box=$(blackbox_cpu) || exit 1
		echo "$tls $mail $nagios $box"
	done >"$TMP/turns"
	row "CPU of a conversation to EHLO behind STARTTLS" \
	    "$(awk -v n="$PROBES" '{ print $1 / n * 1000 }' "$TMP/turns" |
		median | awk '{ printf "%.1f", $1 }')" ms
	row "the same with a mail, by that" "$(ratio 2 1 "$TMP/turns")" x
	[ ! -x "$CHECK_SMTP" ] || row "check_smtp -S, by ours" \
	    "$(ratio 3 1 "$TMP/turns")" x
	[ -z "$blackbox" ] || row "blackbox_exporter with STARTTLS, by ours" \
	    "$(ratio 4 1 "$TMP/turns")" x
}

# check_smtp, as often
check_text()
{
	echo "for i in $(seq -s ' ' "$PROBES"); do
	    $CHECK_SMTP -H 127.0.0.1 -p $SMTP -S -F bench.test || exit 1; done"
}

# --- a thousand -------------------------------------------------------------

minute_rows()
{
	{
		echo "probing: { server_pause: 0, capacity: 65536," \
		    "publish_interval: 10, under_way: 32 }"
		probes 1000 body 60
	} >"$TMP/thousand.yml"
	install -d -m 750 "$STATE"
	"$BIN/postfix-stats-probe" -f -c "$TMP/thousand.yml" -d "$STATE" \
	    >"$TMP/probe.log" 2>&1 &
	probe_pid=$!
	at_exit 'end_process "$probe_pid"'
	# From one publication to one that is a minute younger or more.
	wait_until 'stats_get probe:p1:attempts' 60 >/dev/null 2>&1
	sleep "$MINUTE" # what is measured
	began=$(stats_get --all | sum_of attempts)
	first=$(date +%s)
	sleep "$MINUTE"
	ended=$(stats_get --all | sum_of attempts)
	last=$(date +%s)
	failed=$(stats_get --all | sum_of failures)
	row "conversations a minute with STARTTLS and a mail, 1,000 probes" \
	    "$(((ended - began) * 60 / (last - first)))" "" ">=" 1000
	row "of them failed, ever" "$failed" "" "=" 0
	row "resident memory of the daemon, at most" \
	    "$(awk '/^VmHWM/ { printf "%.1f", $2 / 1024 }' \
		"/proc/$probe_pid/status")" MB "<=" 64
	diag "$(cat "$TMP/probe.log")"
}

sum_of()
{
	awk -v what="$1" '$1 ~ "^probe:[^:]*:" what "$" { n += $2 }
	    END { print n + 0 }'
}

blackbox=''
! have prometheus-blackbox-exporter || blackbox_start || exit 1
[ -x "$CHECK_SMTP" ] || missing check_smtp
table_start probe
conversation_rows
minute_rows
table_end
