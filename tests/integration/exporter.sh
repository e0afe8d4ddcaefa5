#!/bin/sh
# What Prometheus gets is what postfix-stats-get prints, series by series, also
# from a store that is damaged or left; and nothing that a client does to the
# exporter does harm.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

exporter_start()
{
	"$BIN/postfix-stats-exporter" -f -c "$CONFIG" -d "$STATE" \
	    --listen "$ADDRESS" "$@" </dev/null >>"$TMP/exporter.err" 2>&1 &
	exporter_pid=$!
	wait_until 'scrape "$TMP/first" || ! running "$exporter_pid"' 10
	running "$exporter_pid"
}

exporter_stop()
{
	child_stop exporter_pid
}

# request TEXT: the answer to these bytes (printf's backslashes), until the end
request()
{
	printf "$1" | perl -MIO::Socket::INET -e '
		$SIG{ALRM} = sub { print "hung\n"; exit 1 };
		alarm 20;
		$s = IO::Socket::INET->new($ARGV[0]) or exit 1;
		local $/;
		syswrite($s, <STDIN>);
		print while sysread($s, $_, 65536);' "$ADDRESS"
}

# scrape FILE: what follows the head of the answer
scrape()
{
	request 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n' >"$1.raw" \
	    2>/dev/null || return 1
	sed '1,/^\r$/d' "$1.raw" >"$1"
	grep -q '^HTTP/1.1 200' "$1.raw"
}

# value_of SERIES: in the last scrape
value_of()
{
	awk -v name="$1" 'index($0, name " ") == 1 {
		print substr($0, length(name) + 2) }' "$TMP/now"
}

# The series as keys, sorted.
series_as_keys()
{
	"$ROOT/tests/rig/series-keys" "$ROOT/docs/metrics.md" "$1" | sort
}

# The same keys of the store; of several instances not the total.
keys_of_store()
{
	stats_get --all | grep -v '^top:' | sort >"$TMP/all"
	awk '{ key = $1 } NR == FNR {
		if (sub(/@.*/, "", key))
			split_key[key] = 1
		next
	} !(key in split_key)' "$TMP/all" "$TMP/all"
}

# equal NAME: the scrape has the keys of the store, all and no other but such as
# are 0 because they were not seen yet
equal()
{
	scrape "$TMP/now" && series_as_keys "$TMP/now" >"$TMP/all_served" &&
	    keys_of_store >"$TMP/kept"
	ok $? "$1: scraped"
	awk 'NR == FNR { kept[$1] = 1 }
	    NR > FNR && ($1 in kept || $2 != 0)' \
	    "$TMP/kept" "$TMP/all_served" >"$TMP/served"
	diff "$TMP/kept" "$TMP/served" >"$TMP/diff"
	ok $? "$1: equal to postfix-stats-get --all, $(wc -l <"$TMP/kept") keys"
	diag "$(head -20 "$TMP/diff")"
	said=$(promtool check metrics <"$TMP/now" 2>&1)
	is "$?$said" 0 "$1: promtool has nothing to say"
}

tap_start "the exporter says what the store says"
exporter_pid=''
at_exit exporter_stop
PORT=$(pick_port)
ADDRESS=127.0.0.1:$PORT
configure "publish_interval: 1" "rules:" \
    "  - { name: said, pattern: 'said=(?<what>\\S+)', label: what }"
install -d -m 750 "$STATE"

exporter_start
ok $? "it starts without a store"
scrape "$TMP/now"
is "$(value_of 'postfix_stats_up{store="postfix-stats.db"}')" 0 "up is 0"
is "$(value_of 'postfix_stats_store_error{store="postfix-stats.db",error="missing"}')" \
    1 "and says that the store is missing"
is "$(grep -c '^postfix_log_lines_total' "$TMP/now")" 0 \
    "what nobody counted has no series"

"$ROOT/build/tools/loggen" --lines 5000 --truth "$TMP/truth" >"$LOG"
for said in '"quoted"' 'back\\slash' '<script>alert(1)</script>' 'a:b@c%d' \
    "$(printf 'caf\303\251')" "$(printf 'bad\377byte')" '{x="y"}'; do
	printf 'Nov 22 08:00:01 mx postfix/smtp[1]: x said=%s\n' "$said"
done >>"$LOG"
statsd_start --from start
wait_for lines:read "$(wc -l <"$LOG")" 30
ok $? "the log is counted"
equal "a log of every kind of line and hostile label values"
is "$(value_of 'postfix_stats_up{store="postfix-stats.db"}')" 1 "up is 1"
is "$(grep -c '^postfix_rule_captured_total{rule="said"' "$TMP/now")" 7 \
    "each hostile value is a series"
is "$(grep -c "$(printf '"caf\303\251"}')" "$TMP/now")" 1 \
    "a character is shown as it was logged"
is "$(grep -c "$(printf '"bad\357\277\275FFbyte"}')" "$TMP/now")" 1 \
    "a byte that is none by its number"
is "$(sort "$TMP/now" | grep '^# \(HELP\|TYPE\)' | cut -d' ' -f2,3 | uniq -d)" \
    "" "HELP and TYPE are there once"
is "$(grep -v '^#' "$TMP/now" | sed 's/ [^ ]*$//' | sort | uniq -d)" "" \
    "no series is there twice"

before=$(stats_get sent:smtp)
log_append 3
wait_for sent:smtp $((before + 3))
ok $? "three more are counted"
scrape "$TMP/now"
is "$(value_of 'postfix_sent_total{agent="smtp"}')" $((before + 3)) \
    "what is published is served"
delivery_line smtp | sed 's|postfix/|postfix-out/|' >>"$LOG"
wait_for sent:smtp@postfix-out 1
ok $? "a second instance is in the log"
equal "two instances"
is "$(value_of 'postfix_sent_total{agent="smtp",postfix_instance="postfix-out"}')" \
    1 "an instance has its label"

# --- HTTP
like "$(request 'HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n')" \
    'HTTP/1.1 200 OK*Content-Length: [1-9]*' "HEAD"
request 'HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n' | grep -q '^# HELP'
is $? 1 "HEAD has no body"
for method in POST PUT DELETE OPTIONS TRACE BREW; do
	like "$(request "$method /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=b")" \
	    'HTTP/1.1 405 *Allow: GET, HEAD*' "$method is refused"
done
like "$(request 'GET /metrics/../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n')" \
    'HTTP/1.1 404 *' "another path is not found"
long=$(head -c 9000 /dev/zero | tr '\0' a)
like "$(request "GET /metrics HTTP/1.1\r\nX: $long\r\n\r\n")" \
    'HTTP/1.? 4[0-9][0-9] *' "9,000 bytes of headers are too many"
like "$(request 'hello\r\n\r\n')" '*' "no HTTP at all"
slow()
{
	perl -MIO::Socket::INET -e '
		$SIG{PIPE} = "IGNORE";
		$s = IO::Socket::INET->new($ARGV[0]) or exit 2;
		my $end = time + 30;
		while (time < $end) {
			syswrite($s, "G") or exit 0;
			my $seen = "";
			vec($seen, fileno $s, 1) = 1;
			exit 0 if select($seen, undef, undef, 0.5) &&
			    !sysread($s, $_, 1);
		}
		exit 1' "$ADDRESS"
}
slow
ok $? "a client that sends byte after byte is cut off"
perl -MIO::Socket::INET -e '
	for (1 .. 200) {
		push @s, IO::Socket::INET->new($ARGV[0]) or last;
	}
	sleep 60' "$ADDRESS" &
crowd=$!
wait_until 'scrape "$TMP/now"' 30
ok $? "200 connections are open: it answers when their time is over"
end_process "$crowd"

head_of()
{
	request "HEAD $1 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" | tr -d '\r'
}
for path in / /metrics; do
	like "$(head_of "$path")" "*Content-Security-Policy: default-src 'none'*" \
	    "$path: nothing from elsewhere"
	is "$(head_of "$path" | grep -c '^Content-Security-Policy:.*script')" 0 \
	    "$path: and no scripts"
done

# --- a real Prometheus
PROMETHEUS=$(pick_port)
cat >"$TMP/prometheus.yml" <<EOF
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: postfix
    static_configs: [ { targets: [ '$ADDRESS' ] } ]
EOF
prometheus --config.file="$TMP/prometheus.yml" \
    --storage.tsdb.path="$TMP/tsdb" \
    --web.listen-address="127.0.0.1:$PROMETHEUS" >"$TMP/prometheus.log" 2>&1 &
prometheus_pid=$!
at_exit 'end_process $prometheus_pid'
asked()
{
	promtool query instant "http://127.0.0.1:$PROMETHEUS" "$1" 2>/dev/null |
	    sed 's/.* => \(.*\) @.*/\1/'
}
wait_until '[ "$(asked "up{job=\"postfix\"}")" = 1 ]' 30
ok $? "Prometheus scrapes it"
sent=$(stats_get sent:smtp)
wait_until '[ "$(asked "sum(postfix_sent_total{agent=\"smtp\"})")" = "$sent" ]' \
    10
ok $? "its sum over instances is the total, $sent"
is "$(asked 'count(postfix_rule_captured_total{rule="said"})')" 7 \
    "hostile values arrive"
is "$(asked 'histogram_quantile(1, sum by (le) (postfix_showq_message_size_bytes_bucket)) > 0')" \
    "" "no sample of the queue, no size"
wait_until '[ -n "$(asked "histogram_quantile(0.5, sum by (le) (postfix_delay_seconds_bucket{stage=\"total\"}))")" ]' 5
ok $? "a histogram can be asked"
end_process "$prometheus_pid"

# --- the store
statsd_stop
equal "the tailer has ended"
is "$(value_of 'postfix_stats_up{store="postfix-stats.db"}')" 0 "up is 0"
is "$(value_of 'postfix_stats_store_error{store="postfix-stats.db",error="stale"}')" \
    1 "and says that the store is stale"
[ -n "$(value_of 'postfix_stats_store_age_seconds{store="postfix-stats.db"}')" ]
ok $? "with its age"
before=$(grep -v '^#' "$TMP/now" | grep -v ^postfix_stats_ | cksum)
cp "$STATE/postfix-stats.db" "$TMP/good"
head -c 4096 /dev/urandom |
    dd of="$STATE/postfix-stats.db" bs=4096 seek=3 conv=notrunc 2>/dev/null
scrape "$TMP/now"
is "$(value_of 'postfix_stats_store_error{store="postfix-stats.db",error="damaged"}')" \
    1 "a damaged store is said to be"
is "$(value_of 'postfix_stats_up{store="postfix-stats.db"}')" 0 "up is 0"
is "$(grep -v '^#' "$TMP/now" | grep -v ^postfix_stats_ | cksum)" "$before" \
    "and the last good snapshot is served"
scrape "$TMP/now"
is "$(grep -c 'serving the last good snapshot' "$TMP/exporter.err")" 1 \
    "with one line in the log"
cp "$TMP/good" "$STATE/probe.db"
scrape "$TMP/now"
is "$(value_of 'postfix_stats_store_error{store="probe.db",error="stale"}')" 1 \
    "another store is served once it is there"
is "$(grep -v '^#' "$TMP/now" | sed 's/ [^ ]*$//' | sort | uniq -d)" "" \
    "no series is there twice"
rm "$STATE/probe.db"
exporter_stop
is $? 0 "TERM ends it, with status 0"
exporter_start
scrape "$TMP/now"
is "$(grep -v '^#' "$TMP/now" | grep -cv ^postfix_stats_)" 0 \
    "a damaged store and no good snapshot: no series"

# --- faults in one line
said=$("$BIN/postfix-stats-exporter" -f -c "$CONFIG" -d "$STATE" \
    --listen "$ADDRESS" 2>&1)
is "$? $said" "1 postfix-stats-exporter: cannot listen at $ADDRESS: Address already in use" \
    "the port is taken"
for address in foo 127.0.0.1 :9154 127.0.0.1:0 127.0.0.1:65536 ::1:9154 \
    localhost:9154; do
	said=$("$BIN/postfix-stats-exporter" -f -c "$CONFIG" --listen \
	    "$address" 2>&1)
	is "$? $said" "64 postfix-stats-exporter: --listen takes ADDR:PORT, in numbers, not \"$address\"" \
	    "--listen $address"
done

# --- another directory, and the background
install -d "$TMP/other"
cp "$TMP/good" "$TMP/other/postfix-stats.db"
exporter_stop
printf 'state_directory: %s\n' "$STATE" >"$TMP/second.yml"
"$BIN/postfix-stats-exporter" -c "$TMP/second.yml" --listen "$ADDRESS"
is $? 0 "it goes into the background"
exporter_pid=$(perl -e '
	for (glob "/proc/[0-9]*/cmdline") {
		open my $f, "<", $_ or next;
		my $line = <$f> // next;
		print m{(\d+)} if index($line, "'"$TMP/second.yml"'") >= 0 &&
		    $line =~ m{^[^\0]*postfix-stats-exporter\0};
	}')
scrape "$TMP/now"
is "$(value_of 'postfix_stats_store_error{store="postfix-stats.db",error="damaged"}')" \
    1 "and answers"
printf 'state_directory: %s\n' "$TMP/other" >"$TMP/second.yml"
kill -HUP "$exporter_pid"
other()
{
	scrape "$TMP/now" &&
	    [ "$(value_of 'postfix_stats_store_error{store="postfix-stats.db",error="stale"}')" = 1 ]
}
wait_until other 10
ok $? "HUP: another state directory"
echo "no_such_key: 1" >"$TMP/second.yml"
kill -HUP "$exporter_pid"
other
ok $? "a fault in the configuration changes nothing"
kill "$exporter_pid"
wait_until '! running "$exporter_pid"' 10
ok $? "TERM ends it"
exporter_pid=''
tap_end
