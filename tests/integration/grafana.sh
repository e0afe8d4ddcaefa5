#!/bin/sh
# Each query of each dashboard of contrib/grafana is asked of a real Prometheus
# that scrapes the exporter, which has the logs and queues of real Postfixes,
# and has an answer with a number.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root

append_golden()
{
	cat "$ROOT"/tests/golden/postfix-3.7*.log >>"$TMP/golden.log"
}

# put_probes N: what a probe may have found out after N attempts
put_probes()
{
	"$ROOT/build/tools/store-put" -g "$1" "$STATE" probe.db <<P
probe:submission:success 1
probe:submission:result 1
probe:submission:duration 123456
probe:submission:attempts $1
probe:submission:failures 0
probe:submission:last_attempt $(date +%s)
probe:submission:interval 300
probe_result:submission:ok $1
probe_phase:submission:banner:duration 2500
probe_cert:submission:end $(($(date +%s) + 90 * 86400))
probe_cert:submission:verified 1
mail:inbox:success 1
mail:inbox:sent $1
mail:inbox:late 0
mail:inbox:spam 0
mail:inbox:lost 0
mail:inbox:last_deliver_duration 250000
mail_delay:inbox:queue 1000
mail_deliver:inbox:le:0.25 $1
mail_deliver:inbox:sum $(($1 * 250000))
mail_deliver:inbox:count $1
=mail_where:inbox arrived
=mail_id:inbox 4Cx1yG1zXbz9rxJ
P
}

# Queries that have no number yet are left in $TMP/left.
ask_all()
{
	perl -MHTTP::Tiny -MJSON::PP -e '
		while (my $line = <STDIN>) {
			my ($query) = $line =~ /\t([^\t]*)\n$/;
			my $got = HTTP::Tiny->new->post_form(
			    "http://$ARGV[0]/api/v1/query",
			    [ query => $query ]);
			my $answer = $got->{success} ?
			    decode_json($got->{content})->{data}{result} : [];
			print $line
			    unless grep { $_->{value}[1] ne "NaN" } @$answer;
		}' "$PROMETHEUS" <"$TMP/left" >"$TMP/still"
	mv "$TMP/still" "$TMP/left"
	[ ! -s "$TMP/left" ]
}

tap_start "dashboards find data"
. "$ROOT/tests/rig/prometheus.sh"
RIG=$TMP/rig
install -d "$RIG"
at_exit 'sh "$ROOT/tests/rig/postfix.sh" stop "$RIG"'
sh "$ROOT/tests/rig/postfix.sh" start "$RIG" || exit
LOG=$RIG/log/mail.log
cat >"$CONFIG" <<P
publish_interval: 0.2
queue:
  sockets:
    - { path: $RIG/spool/public/showq, instance: postfix }
    - { path: $RIG/out/spool/public/showq, instance: postfix-out }
  interval: 0.5
P
append_golden
statsd_start --log "$TMP/golden.log" --from start
put_probes 1
exporter_start
ok $? "the exporter answers"
prometheus_start
ok $? "Prometheus scrapes it"
sh "$ROOT/tests/rig/mail.sh" "$RIG" >/dev/null
append_golden
put_probes 5

# Of the hour before there is no data yet; seconds stand for it.
"$ROOT/tests/rig/grafana-queries" instance=mx1 postfix_instance=postfix \
    __rate_interval=1m "$ROOT"/contrib/grafana/*.json >"$TMP/queries"
sed 's/offset 1h/offset 2s/g' "$TMP/queries" >"$TMP/left"
wait_until ask_all 60
cp "$TMP/left" "$TMP/without"
for uid in $(cut -f1 "$TMP/queries" | sort -u); do
	is "$(grep "^$uid	" "$TMP/without")" "" \
	    "$uid: $(grep -c "^$uid	" "$TMP/queries") queries have data"
done
is "$(cut -f1 "$TMP/queries" | sort -u | wc -l)" 5 "those of five dashboards"
scrape >"$TMP/scrape"
is "$(cut -f3 "$TMP/queries" | "$ROOT/tests/rig/expressions" \
    "$ROOT/docs/metrics.md" "$TMP/scrape")" "" \
    "labels and values that they name can be there"
tap_end
