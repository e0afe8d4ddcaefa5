# An exporter that serves $STATE, and a private Prometheus that scrapes it each
# second.  Sourced by tests behind lib.sh and tap_start:
#
#	. "$ROOT/tests/rig/prometheus.sh"
#	exporter_start [OPTION]...	at $EXPORTER, ADDR:PORT
#	prometheus_start [LINE]...	at $PROMETHEUS, ADDR:PORT; the lines are
#					added to its configuration
#	scrape				what Prometheus gets
#	asked EXPR			the value of each series, one a line
#	asked_series EXPR		LABELS => VALUE
#	wait_asked EXPR VALUE [SECONDS]
#
# All ends with the test.  A scrape has the job "postfix" and the instance
# "mx1".

exporter_pid='' prometheus_pid=''
at_exit prometheus_stop
at_exit exporter_stop

exporter_start()
{
	EXPORTER=${EXPORTER:-127.0.0.1:$(pick_port)}
	"$BIN/postfix-stats-exporter" -f -c "$CONFIG" -d "$STATE" \
	    --listen "$EXPORTER" "$@" </dev/null >>"$TMP/exporter.err" 2>&1 &
	exporter_pid=$!
	wait_until 'scrape >/dev/null || ! running "$exporter_pid"' 10
	running "$exporter_pid" && return
	diag "postfix-stats-exporter has ended: $(cat "$TMP/exporter.err")"
	return 1
}

# http_get ADDR:PORT PATH: what is there, without the head
http_get()
{
	perl -MIO::Socket::INET -e '
		alarm 10;
		$s = IO::Socket::INET->new($ARGV[0]) or exit 1;
		print $s "GET $ARGV[1] HTTP/1.0\r\n\r\n";
		local $/;
		$_ = <$s>;
		s{^HTTP/1\.\d 200 .*?\r\n\r\n}{}s or exit 1;
		print' "$1" "$2"
}

scrape()
{
	http_get "$EXPORTER" /metrics
}

exporter_stop()
{
	child_stop exporter_pid
}

prometheus_start()
{
	PROMETHEUS=${PROMETHEUS:-127.0.0.1:$(pick_port)}
	{
		cat <<P
global: { scrape_interval: 1s, evaluation_interval: 1s }
scrape_configs:
  - job_name: postfix
    static_configs:
      - { targets: [ '$EXPORTER' ], labels: { instance: mx1 } }
P
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$TMP/prometheus.yml"
	prometheus --config.file="$TMP/prometheus.yml" \
	    --storage.tsdb.path="$TMP/tsdb" \
	    --web.listen-address="$PROMETHEUS" </dev/null \
	    >>"$TMP/prometheus.err" 2>&1 &
	prometheus_pid=$!
	wait_asked 'up{job="postfix"}' 1 30 && return
	diag "Prometheus does not scrape: $(tail -5 "$TMP/prometheus.err")"
	return 1
}

prometheus_stop()
{
	child_stop prometheus_pid
}

asked_series()
{
	promtool query instant "http://$PROMETHEUS" "$1" 2>/dev/null |
	    sed 's/ @\[[0-9.]*\]$//'
}

asked()
{
	asked_series "$1" | sed 's/.* => //'
}

wait_asked()
{
	wanted_expr=$1 wanted_value=$2
	wait_until '[ "$(asked "$wanted_expr")" = "$wanted_value" ]' "${3-10}"
}
