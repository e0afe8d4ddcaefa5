#!/bin/sh
# contrib/snmp_exporter with Debian's snmp_exporter and a real Prometheus: every
# number is that of postfix-stats-get(1); snmp.yml is what the generator makes
# of the MIB.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root
tap_start "snmp_exporter"
. "$ROOT/tests/nms/rig.sh"
KIT=$ROOT/contrib/snmp_exporter
snmp_exporter_pid=''

# From PATH's Prometheus: "OBJECT ROW NUMBER" of all series of the MIB.
series()
{
	perl -MHTTP::Tiny -MJSON::PP -e '
		my ($server, $file) = @ARGV;
		my (%labels, %split);

		open(my $list, "<", $file) or die "$file: $!\n";
		while (<$list>) {
			my (undef, $object, undef, $home, $index) = split /\t/;
			my @words = split /,/, $index;
			next if $index eq "-";
			$split{$object} = $words[0] eq "instance";
			shift @words if $split{$object};
			$labels{$object} = [ map { $home . "Index" .
			    (@words > 1 ? ucfirst : "Name") } @words ];
		}
		my $got = HTTP::Tiny->new->get("http://$server/api/v1/query?" .
		    "query=%7B__name__%3D~%22pfs.*%22%7D");
		for my $s (@{decode_json($got->{content})->{data}{result}}) {
			my $m = $s->{metric};
			my $object = $m->{__name__};
			my $row = join(":", map { $m->{$_} // "?" }
			    @{$labels{$object} // []}) || "-";
			my $instance = $m->{pfsInstanceName} // "all";

			$row .= "\@$instance" if $instance ne "all";
			# Go writes large numbers as 1e+06
			printf "%s %s %s\n", $object, $row, $s->{value}[1];
		}' "$PROMETHEUS" "$TMP/objects" | sort
}

nms_start
need $? "the mail server is ready"
"$ROOT/build/tools/generate" objects >"$TMP/objects"
install -d "$TMP/generate"
cp "$KIT/generator.yml" "$TMP/generate"
(
	cd "$TMP/generate" || exit
	MIBDIRS=$ROOT/mibs:$ROOT/build/mibs:/usr/share/snmp/mibs \
	    prometheus-snmp-generator generate >log 2>&1
)
is "$(cmp "$TMP/generate/snmp.yml" "$KIT/snmp.yml" 2>&1)" "" \
    "snmp.yml is what the generator makes of the MIB"
like "$(grep -o 'metrics=.*' "$TMP/generate/log")" "metrics=2[0-9][0-9]" \
    "$(grep -o 'metrics=.*' "$TMP/generate/log")"
like "$(cat "$ROOT/docs/nms/snmp_exporter.md")" \
    "*$(grep -o 'metrics=.*' "$TMP/generate/log")*" "as the page says"

# shellcheck disable=SC2046
set -- $(free_ports 2)
AT=127.0.0.1:$1 PROMETHEUS=127.0.0.1:$2
prometheus-snmp-exporter --config.file="$KIT/snmp.yml" \
    --web.listen-address="$AT" </dev/null >"$TMP/snmp_exporter.log" 2>&1 &
snmp_exporter_pid=$!
at_exit 'child_stop snmp_exporter_pid'
wait_until 'http_get "$AT" / >/dev/null' 10
need $? "snmp_exporter runs"
page_follow "$ROOT/docs/nms/snmp_exporter.md" kit="$KIT" \
    server="127.0.0.1:$SNMP_PORT" exporter="$AT" prometheus="$PROMETHEUS"
need $? "the page is followed"
sed -i 's/scrape_interval: 1m/scrape_interval: 1s/' "$TMP/page/prometheus.yml"
prometheus --config.file="$TMP/page/prometheus.yml" \
    --storage.tsdb.path="$TMP/tsdb" --web.listen-address="$PROMETHEUS" \
    </dev/null >>"$TMP/prometheus.err" 2>&1 &
prometheus_pid=$!
wait_asked 'up{job="postfix-snmp"}' 1 30
need $? "Prometheus scrapes it"
mail_some 11
wait_asked 'pfsTransportSent{pfsTransportIndexName="smtp",pfsInstanceName="all"}' \
    "$(stats_get delivery:smtp:sent)" 20
ok $? "it follows: eleven more"

stats_get --all | "$ROOT/tests/nms/numbers" "$TMP/objects" >"$TMP/wanted"
series >"$TMP/shown"
# The shell has seconds where SNMP has microseconds.
awk 'NR == FNR { shown[$1 " " $2] = $3 + 0; next }
{
	key = $1 " " $2
	wanted = $3 + 0
	if (!(key in shown))
		print key ": not there"
	else if (shown[key] != wanted &&
	    (shown[key] / 1000000 - wanted) ^ 2 > 1e-14)
		print key ": " shown[key] ", wanted " wanted
}' "$TMP/shown" "$TMP/wanted" >"$TMP/differs"
is "$(cat "$TMP/differs")" "" "all numbers are those of postfix-stats-get"
ok "$([ "$(wc -l <"$TMP/wanted")" -gt 500 ]; echo $?)" \
    "$(wc -l <"$TMP/wanted") numbers were compared"
tap_end
