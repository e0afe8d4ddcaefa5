#!/bin/sh
# The rules and configurations of contrib/prometheus: clean under promtool and
# amtool, tested, and each rule finds something in a real Prometheus that
# scrapes the exporter.  Four alerts fire for what they are there for.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

CONTRIB=$ROOT/contrib/prometheus

# quiet NAME COMMAND...
quiet()
{
	name=$1
	shift
	said=$("$@" 2>&1)
	set -- $?
	ok "$1" "$name"
	[ "$1" -eq 0 ] || diag "$said"
}

# rules FIELD: of each rule that Prometheus has
rules()
{
	http_get "$PROMETHEUS" /api/v1/rules | perl -MJSON::PP -e '
		local $/;
		my $answer = decode_json(<STDIN>);
		for my $group (@{$answer->{data}{groups}}) {
			for my $rule (@{$group->{rules}}) {
				my $text = $rule->{$ARGV[0]} // "";
				$text =~ s/\s+/ /g;
				print "$text\n";
			}
		}' "$1"
}

# say WHAT: showq answers so from now on
say()
{
	echo "$1" >"$TMP/says.new"
	mv "$TMP/says.new" "$TMP/says"
}

append_all()
{
	cat "$ROOT"/tests/golden/postfix-3.7*.log >>"$LOG"
}

all_healthy()
{
	[ "$(rules health | sort -u)" = ok ]
}

# Of the recorded series those that have no number.
without_data()
{
	asked_series 'group by (__name__) ({__name__=~".+:.+"} > -1)' |
	    sed 's/ => .*//; s/[{}]*$//' | sort >"$TMP/with"
	sed -n 's/^ *- record: //p' "$CONTRIB/postfix-stats.rules.yml" | sort |
	    comm -23 - "$TMP/with"
}

# fires ALERT LABELS [SECONDS]
fires()
{
	wait_asked "ALERTS{alertname=\"$1\",alertstate=\"firing\",$2}" 1 "${3-20}"
	ok $? "$1 fires"
}

tap_start "rules and alerts"
. "$ROOT/tests/rig/prometheus.sh"

quiet "promtool check rules" \
    promtool check rules --lint=all "$CONTRIB/postfix-stats.rules.yml"
quiet "promtool test rules" \
    promtool test rules "$CONTRIB/postfix-stats.test.yml"
quiet "promtool check config" \
    promtool check config --syntax-only "$CONTRIB/prometheus.yml"
quiet "amtool check-config" amtool check-config "$CONTRIB/alertmanager.yml"
# The same with its rules, and with what is commented out.
sed "s|/etc/prometheus|$TMP|; s|^  # \( *\)\(- job_name: postfix-mx2\)|  \1\2|
    /job_name: postfix-mx2/,\$s|^  # |  |" "$CONTRIB/prometheus.yml" \
    >"$TMP/example.yml"
echo secret >"$TMP/mx2.password"
cp "$CONTRIB/postfix-stats.rules.yml" "$TMP"
quiet "promtool check config, with the second server" \
    promtool check config "$TMP/example.yml"
is "$(grep -c '^  - job_name' "$TMP/example.yml")" 2 "which is there"

# --- live
echo 'list 3' >"$TMP/says"
"$ROOT/tests/rig/fake-showq" "$TMP/showq" "$TMP/says" &
showq=$!
at_exit 'end_process "$showq"'
wait_until '[ -S "$TMP/showq" ]' 5
cat >"$CONFIG" <<P
publish_interval: 0.2
queue:
  sockets: [ { path: $TMP/showq, instance: postfix } ]
  interval: 0.5
P
append_all
statsd_start --from start
exporter_start
ok $? "the exporter answers"
sed 's/^\( *for:\) .*/\1 0s/' "$CONTRIB/postfix-stats.rules.yml" \
    >"$TMP/rules.yml"
prometheus_start "rule_files: [ $TMP/rules.yml ]"
ok $? "Prometheus scrapes it"
# What comes between two looks at a series is an increase; what came before the
# first is none.
for _ in 1 2 3; do
	append_all
	! wait_until '[ -z "$(without_data)" ]' 30 || break
done
is "$(without_data)" "" "each recorded series has data"
wait_until all_healthy 10
is "$(rules health | sort -u)" ok "no rule fails"
scrape >"$TMP/scrape"
is "$(rules query | "$ROOT/tests/rig/expressions" "$ROOT/docs/metrics.md" \
    "$TMP/scrape")" "" "labels and values that rules name can be there"
is "$(rules query | wc -l)" \
    "$(grep -cE '^ *- (record|alert):' "$CONTRIB/postfix-stats.rules.yml")" \
    "those of all rules"
wait_asked "sum without (queue) (job_queue:postfix_queue_messages:sum)" 3
ok $? "a sum over servers is the server's"

is "$(asked 'ALERTS{alertname=~"PostfixQueueLong|PostfixStoreDamaged|PostfixTailerDown"}')" \
    "" "nothing fires"
say 'list 1001'
fires PostfixQueueLong 'instance="mx1"'
statsd_stop
fires PostfixTailerDown 'instance="mx1"'
head -c 4096 /dev/urandom |
    dd of="$STATE/postfix-stats.db" bs=4096 seek=3 conv=notrunc 2>/dev/null
fires PostfixStoreDamaged 'instance="mx1",error="damaged"'
exporter_stop
fires PostfixExporterDown 'instance="mx1"'
tap_end
