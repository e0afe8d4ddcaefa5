#!/bin/sh
# What a real Prometheus has of a real Postfix is what postfix-stats-get --all
# says, series by series, sums for the names of other exporters included; and each
# query of Grafana's dashboard 10013 finds data that has moved.  Beside the live
# log there is a recorded one, of all that a Postfix on loopback alone does not do.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root "runs a private Postfix"

DASHBOARD=$ROOT/tests/rig/dashboard-10013

# of_prometheus: every series that it has of the store, as the text format has
# them: Prometheus asks for OpenMetrics, which has _created besides, and bounds
# as 10.0 and 1e+06.
of_prometheus()
{
	asked_series '{job="postfix",__name__=~"postfix_.+"}' |
	    perl -ne 'next if /^\w+_created\b/; s/ => / /; s/", /",/g;
		s/\ble="(\d\S*?)"/"le=\"" . $1 * 1 . "\""/e; print'
}

# In one way of writing numbers, sorted.
same_form()
{
	awk '{ printf "%s %.6f\n", $1, $2 }' | sort
}

# Keys of the store; of several instances not the total; what has only a rank
# is no series.
keys()
{
	stats_get --all | awk '/^top:/ { next }
	    { key = $1; all[NR] = $0; name[NR] = key }
	    sub(/@.*/, "", key) { split_key[key] = 1 }
	    END { for (i = 1; i <= NR; i++)
		if (all[i] != "" && !(name[i] in split_key)) print all[i] }'
}

# Series with names of other exporters, labels sorted.
peers()
{
	perl -ne '
	BEGIN {
		open my $doc, "<", shift or die;
		while (<$doc>) {
			my ($names) = /^\| ((?:`postfix_\w+` )+)\| / or next;
			$peer{$1} = 1 while $names =~ /`(\w+)`/g;
		}
	}
	/^(\w+)(?:\{(.*)\})? (\S+)$/ && $peer{$1} or next;
	my ($name, $set, $value) = ($1, $2 // "", $3);
	my %label;
	$label{$1} = $2 while $set =~ /(\w+)="([^"]*)"/g;
	delete @label{qw(instance job)};
	$set = join ",", map { qq($_="$label{$_}") } sort keys %label;
	print $name, $set ne "" ? "{$set}" : "", " $value\n"' \
	    "$ROOT/docs/metrics.md"
}

# left_zeros WANTED GOT: those of GOT that are wanted or not 0
left_zeros()
{
	awk 'NR == FNR { wanted[$1] = 1 }
	    NR > FNR && ($1 in wanted || $2 != 0)' "$1" "$2"
}

# equal NAME: of files of that name, .wanted and .all
equal()
{
	left_zeros "$TMP/$1.wanted" "$TMP/$1.all" >"$TMP/$1.got"
	diff "$TMP/$1.wanted" "$TMP/$1.got" >"$TMP/diff"
	ok $? "$1: $(wc -l <"$TMP/$1.wanted") are equal"
	diag "$(head -20 "$TMP/diff")"
}

# The queries that find nothing, or nothing but NaN and 0.
without_data()
{
	grep -v '^#' "$DASHBOARD" | sed 's/\$instance/mx1/g' |
	while read -r query; do
		asked "$query" | awk '$1 + 0 > 0 && $1 != "NaN" { found = 1 }
		    END { exit !found }' || echo "$query"
	done
}

recorded()
{
	cat "$ROOT"/tests/golden/postfix-3.7*.log >>"$LOG"
}

all_counted()
{
	[ "$(stats_get lines:read)" -eq "$(cat "$LOG" "$RIG/log/mail.log" |
	    wc -l)" ]
}

tap_start "a real Prometheus has what the store has"
RIG=$TMP/rig
. "$ROOT/tests/rig/prometheus.sh"
mkdir "$RIG"
sh "$ROOT/tests/rig/postfix.sh" start "$RIG" || exit 1
at_exit 'sh "$ROOT/tests/rig/postfix.sh" stop "$RIG"'
cat >"$CONFIG" <<P
publish_interval: 0.5
queue:
  interval: 1
  sockets:
    - { path: $RIG/spool/public/showq, instance: postfix }
    - { path: $RIG/out/spool/public/showq, instance: postfix-out }
P
recorded
statsd_start --log "$RIG/log/mail.log" --from start || exit 1
exporter_start
ok $? "the exporter answers"
prometheus_start
ok $? "Prometheus scrapes it"
is "$(asked 'count(postfix_up == 1)')" 4 \
    "postfix_up of two logs and two sockets"

sh "$ROOT/tests/rig/mail.sh" "$RIG" >"$TMP/truth"
ok $? "mail is sent"
recorded
wait_until 'sh "$ROOT/tests/rig/postfix.sh" idle "$RIG"' 60
wait_until all_counted 30
ok $? "all lines are counted"
wait_until 'without_data >"$TMP/empty"; [ ! -s "$TMP/empty" ]' 60
is "$(cat "$TMP/empty")" "" \
    "each of the $(grep -vc '^#' "$DASHBOARD") queries of dashboard 10013 has data"
[ "$(asked 'sum(postfix_showq_queue_depth{queue="deferred"})')" -gt 0 ]
ok $? "mail lies in the queue"

# --- the store stands still
statsd_stop
published=$(stats_get tailer:published)
generation=$(stats_get tailer:generation)
wait_asked postfix_stats_tailer_publications_total "$generation" 20
ok $? "Prometheus has the last generation, of $(date -d "@$published" +%T)"
wait_asked 'count(postfix_up == 0)' 4
ok $? "without a tailer nothing is up"
of_prometheus >"$TMP/series"
keys | same_form >"$TMP/keys.wanted"
series_said=$("$ROOT/tests/rig/series-keys" "$ROOT/docs/metrics.md" \
    "$TMP/series" 2>&1 >"$TMP/keys.raw")
is "$series_said" "" "each series is a key"
same_form <"$TMP/keys.raw" >"$TMP/keys.all"
equal keys
stats_get --all >"$TMP/get"
"$ROOT/tests/rig/peer-sums" "$LOG" "$RIG/log/mail.log" 3<"$TMP/get" |
    sort >"$TMP/sums.wanted"
peers <"$TMP/series" | same_form >"$TMP/sums.all"
equal sums
said=$(scrape | promtool check metrics 2>&1)
is "$?$said" 0 "promtool has nothing to say"
tap_end
