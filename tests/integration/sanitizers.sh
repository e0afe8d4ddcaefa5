#!/bin/sh
# The programs under valgrind, and built with ASan and UBSan: not a word.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

OTHER_OID=${BASE_OID%.*}.26

# ask COMMAND OID: from the private snmpd
ask()
{
	SNMP_PERSISTENT_DIR=$TMP/snmp MIBS='' "$1" -v 2c -c public -Oqn \
	    -t 5 -r 0 "$SERVER" "$2" 2>/dev/null
}

# served BASE: as many lines as the tailer has read
served()
{
	[ "$(ask snmpget "$1.1.14.1.0")" = "$1.1.14.1.0 $(wc -l <"$LOG")" ]
}

# ended STATUS OUTPUT NAME: after TERM
ended()
{
	ok "$1" "$3"
	[ "$1" -eq 0 ] || diag "$(cat "$2")"
}

# request TEXT: the answer to these bytes (printf's backslashes)
request()
{
	printf "$1" | perl -MIO::Socket::INET -e '
		alarm 60;
		$s = IO::Socket::INET->new($ARGV[0]) or exit 1;
		local $/;
		syswrite($s, <STDIN>);
		print while sysread($s, $_, 65536);' "$EXPORTER" 2>/dev/null
}

# get PATH [HEADER]...
get()
{
	path=$1
	shift
	request "GET $path HTTP/1.1\r\nHost: x\r\n$(printf '%s\\r\\n' "$@")\r\n"
}

scraped()
{
	get /metrics | grep -q "^postfix_log_lines_total{what=\"read\"} $(wc -l <"$LOG")\$"
}

# postfix-stats-exporter until TERM; the tailer runs.
serve()
{
	EXPORTER=127.0.0.1:$(pick_port)
	$run "$bin/postfix-stats-exporter" -f -c postfix-stats.yml -d "$way" \
	    --listen "$EXPORTER" </dev/null >"$way.exporter" 2>&1 &
	exporter_pid=$!
	wait_until scraped 120
	ok $? "$way: postfix-stats-exporter serves what postfix-statsd reads"
	for path in /metrics / /style.css /api/v1/stats.json /graphs/x /none; do
		for accept in 'Accept: application/openmetrics-text' \
		    'Accept-Encoding: gzip'; do
			like "$(get "$path" "$accept" | head -n 1)" \
			    'HTTP/1.1 [24]0[0-9] *' "$way: $path, $accept"
		done
	done
	like "$(request 'HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n')" \
	    'HTTP/1.1 200 *' "$way: HEAD"
	for bad in 'GET' 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx' \
	    '\377\000\r\n\r\n' 'GET /%%00%%zz HTTP/1.1\r\nHost: x\r\n\r\n'; do
		request "$bad" >/dev/null
	done
	log_append 2
	wait_until scraped 120
	ok $? "$way: and what follows"
	echo "no_such_key: 1" | cat postfix-stats.yml - >bad.yml
	cp postfix-stats.yml good.yml
	cp bad.yml postfix-stats.yml
	kill -HUP "$exporter_pid"
	wait_until 'grep -q no_such_key "$way.exporter"' 120
	ok $? "$way: HUP with a bad configuration"
	mv good.yml postfix-stats.yml
	kill -HUP "$exporter_pid"
	wait_until 'grep -q "read again" "$way.exporter"' 120
	ok $? "$way: HUP with a good one"
	wait_until scraped 120
	end_process "$exporter_pid"
	wait "$exporter_pid"
	ended $? "$way.exporter" "$way: postfix-stats-exporter until TERM"
}

# postfix-stats-probe, once and until TERM; servers at fault answer it.
probe_all()
{
	said=$($run "$bin/postfix-stats-probe" -c probes.yml --once --json \
	    2>&1 >/dev/null)
	is "$?$said" 2 "$way: postfix-stats-probe --once"
	$run "$bin/postfix-stats-probe" -f -c probes.yml -d "$way" \
	    </dev/null >"$way.probe" 2>&1 &
	probe_pid=$!
	wait_until 'stats_get probe:none-none:attempts | grep -qx "[1-9]*"' 120
	ok $? "$way: postfix-stats-probe publishes"
	kill -HUP "$probe_pid"
	wait_until 'grep -q "read again" "$way.probe"' 120
	ok $? "$way: and reads its configuration again"
	end_process "$probe_pid"
	wait "$probe_pid"
	ended $? "$way.probe" "$way: postfix-stats-probe until TERM"
	rm -f "$way"/probe.db*
}

# Both programs until TERM, from here.
follow()
{
	restarts=$(stats_get tailer:restarts)
	$run "$bin/postfix-statsd" -f -c postfix-stats.yml -d "$way" \
	    --log mail.log </dev/null >"$way.statsd" 2>&1 &
	statsd_pid=$!
	$run "$bin/postfix-stats-agentx" -f -c postfix-stats.yml -d "$way" \
	    --ping 1 --agentx-socket snmpd/agentx \
	    </dev/null >"$way.agentx" 2>&1 &
	agentx_pid=$!
	log_append 2
	wait_until "served $BASE_OID" 120
	ok $? "$way: postfix-stats-agentx serves what postfix-statsd reads"
	[ "$(ask snmpbulkwalk "$BASE_OID" | wc -l)" -gt 100 ]
	ok $? "$way: a walk"

	cp postfix-stats.yml good.yml
	echo "no_such_key: 1" >>postfix-stats.yml
	kill -HUP "$statsd_pid" "$agentx_pid"
	wait_until 'grep -q no_such_key "$way.statsd" &&
	    grep -q no_such_key "$way.agentx"' 120
	ok $? "$way: HUP with a bad configuration"
	printf 'snmp:\n  base_oid: %s\n' "$OTHER_OID" |
	    cat good.yml - >postfix-stats.yml
	kill -HUP "$statsd_pid" "$agentx_pid"
	log_append 2
	wait_until "served $OTHER_OID" 120
	ok $? "$way: HUP with a good one"
	wait_for tailer:restarts $((restarts + 2)) 20
	is "$(stats_get tailer:restarts)" $((restarts + 2)) \
	    "$way: one start, one reload"
	[ "$(ask snmpbulkwalk "$OTHER_OID" | wc -l)" -gt 100 ]
	ok $? "$way: a walk below the new base"
	mv good.yml postfix-stats.yml
	serve

	agentx_stop
	ended $? "$way.agentx" "$way: postfix-stats-agentx until TERM"
	statsd_stop
	ended $? "$way.statsd" "$way: postfix-statsd until TERM"
}

# In the background only a file can tell.
background()
{
	restarts=$(stats_get tailer:restarts)
	ASAN_OPTIONS=log_path=$TMP/asan UBSAN_OPTIONS=log_path=$TMP/ubsan \
	    "$ROOT/build/sane/bin/postfix-statsd" -c postfix-stats.yml \
	    -d "$way" --log mail.log </dev/null
	pid=$(cat "$STATE/postfix-statsd.pid")
	at_exit "end_process $pid"
	kill -HUP "$pid"
	wait_for tailer:restarts $((restarts + 2))
	ok $? "a daemon finds its relative paths again at HUP"
	log_append 2
	wait_for lines:read "$(wc -l <"$LOG")"
	ok $? "and reads on"
	end_process "$pid"
	said=$(cat "$TMP"/asan* "$TMP"/ubsan* 2>/dev/null)
	is "$said" "" "and has nothing to say of memory"
}

tap_start "no memory error, no leak, no undefined behaviour"
cd "$TMP" || exit 1 # all paths below are relative
cp "$ROOT/tests/valgrind.supp" valgrind.supp
# Code that PCRE2 makes reads ahead of what it was given, which valgrind can't
# know to be right; patterns are the business of test_rules and test_user_rules,
# built with ASan.
configure "publish_interval: 1" "shipped_reasons: no"
install -d snmp
at_exit "$ROOT/tests/rig/snmpd.sh stop $TMP/snmpd"
"$ROOT/tests/rig/snmpd.sh" start "$TMP/snmpd" || exit 1
SERVER=127.0.0.1:$(cat snmpd/port)
"$ROOT/build/tools/loggen" --lines 20000 --instances >once.log
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout key -out certificate -days 2 -subj /CN=faulty.test 2>/dev/null
mkfifo alive
"$ROOT/tests/rig/smtp-faulty" certificate key servers <alive &
exec 9>alive
wait_until '[ -s servers ]' 10
{
	echo "probing: { server_pause: 0, publish_interval: 0.2 }"
	echo "probes:"
	grep -E '^(none|garbage (banner|body)|lines ehlo_tls|clear|binary tls|550 rcptto|endless ehlo) ' \
	    servers | while read -r fault phase address port; do
		echo "  - { name: $fault-$phase, server: $address, port: $port," \
		    "to: u@faulty.test, starttls: yes, verify: no }"
	done
} >probes.yml
for way in valgrind sanitizers; do
	STATE=$TMP/$way
	mkdir "$way"
	cp once.log mail.log
	case $way in
	valgrind)
		# no function: its pid would not be the program's
		run="valgrind -q --error-exitcode=99 --leak-check=full
		    --errors-for-leak-kinds=definite,possible
		    --suppressions=$TMP/valgrind.supp"
		bin=$ROOT/build/bin ;;
	sanitizers)
		run='' bin=$ROOT/build/sane/bin ;;
	esac
	said=$($run "$bin/postfix-statsd" -c postfix-stats.yml -d "$way" \
	    --once --log mail.log 2>&1)
	ok $? "$way: postfix-statsd --once"
	diag "$said"
	# again, from the store and its position
	said=$($run "$bin/postfix-statsd" -c postfix-stats.yml -d "$way" \
	    --once --log mail.log 2>&1)
	ok $? "$way: postfix-statsd resumes"
	diag "$said"
	for mode in --all --json --walk --unrecognised sent:smtp; do
		said=$($run "$bin/postfix-stats-get" -c postfix-stats.yml \
		    -d "$way" $mode 2>&1 >/dev/null)
		ok $? "$way: postfix-stats-get $mode"
		diag "$said"
	done
	probe_all
	follow
	stats_get --all | grep -vE '^(tailer|delay_5m):' >"$way.keys"
done
cmp -s valgrind.keys sanitizers.keys
ok $? "both builds count the same"
background
tap_end
