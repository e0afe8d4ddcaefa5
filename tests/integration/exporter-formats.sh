#!/bin/sh
# The same numbers in both formats and both encodings, as the client asks.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

tap_start "the exporter speaks OpenMetrics and gzip to who wants it"
. "$ROOT/tests/rig/prometheus.sh"

# get HEADER...: the body as it came in $TMP/body, the head in $TMP/head
get()
{
	perl -MIO::Socket::INET -e '
		alarm 20;
		our ($dir, $address, @headers) = @ARGV;
		$s = IO::Socket::INET->new($address) or exit 1;
		print $s "GET /metrics HTTP/1.1\r\nHost: x\r\n",
		    map({ "$_\r\n" } @headers), "\r\n";
		local $/;
		my ($head, $body) = split /\r\n\r\n/, <$s>, 2;
		sub put {
			open my $f, ">", "$dir/$_[0]" or die;
			print $f $_[1];
		}
		put("head", "$head\n");
		put("body", $body);
		# one stream, and nothing behind it
		exit 0 unless $head =~ /^Content-Encoding: gzip\r?$/m;
		require IO::Uncompress::Gunzip;
		my $z = IO::Uncompress::Gunzip->new(\$body, Strict => 1,
		    MultiStream => 0);
		my $plain = "";
		1 while $z->read($plain, 65536, length $plain) > 0;
		exit 3 if $z->error || !$z->eof || $z->trailingData;
		put("body", $plain);
		' "$TMP" "$EXPORTER" "$@"
}

header()
{
	sed -n "s/^$1: \([^\r]*\)\r*$/\1/p" "$TMP/head"
}

# The numbers of the text format as tests/rig/openmetrics prints samples.
samples_of_text()
{
	perl -ne '
		$type{$1} = $2 if /^# TYPE (\S+) (\S+)/;
		next if /^#/;
		my ($name, undef, $labels, $value) =
		    /^(\w+)(\{(.*)\})? (\S+)$/ or die $_;
		my @labels;
		while (($labels // "") =~ /(\w+="(?:[^"\\]|\\.)*")/g) {
			my $label = $1;
			if ($label =~ /^le="(1(0{6,}))"$/) {
				$label = sprintf q{le="1e+%02d"}, length $2;
			} elsif ($label =~ /^le="\d+"$/) {
				$label =~ s/"$/.0"/;
			}
			push @labels, $label;
		}
		my $family = $name;
		$family =~ s/_(bucket|count|sum)$// unless $type{$family};
		my $type = $type{$family} eq "untyped" ? "unknown" :
		    $type{$family};
		$value .= ".0" unless $value =~ /\./;
		$value =~ s/(\.\d+?)0+$/$1/;
		print "$type $name", @labels ? "{" . join(",", sort @labels) .
		    "}" : "", " $value\n";' "$1"
}

"$ROOT/build/tools/loggen" --lines 20000 --instances >"$LOG"
for said in '"quoted"' 'back\\slash' "$(printf 'bad\377byte')" \
    "$(printf 'caf\303\251')"; do
	printf 'Nov 22 08:00:01 mx postfix/smtp[1]: x said=%s\n' "$said"
done >>"$LOG"
configure "publish_interval: 1" "rules:" \
    "  - { name: said, pattern: 'said=(?<what>\\S+)', label: what }" \
    "  - { name: value, pattern: 'delay=(?<v>\\d+)', value: v, histogram: yes }"
install -d "$STATE"
"$BIN/postfix-statsd" -c "$CONFIG" -d "$STATE" --once --from start \
    --log "$LOG" 2>/dev/null
ok $? "a log is counted"
exporter_start
ok $? "the exporter runs"

OPENMETRICS='Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
get
ok $? "no Accept"
is "$(header Content-Type)" "text/plain; version=0.0.4; charset=utf-8" \
    "is the text format"
is "$(header Vary)" "Accept, Accept-Encoding" "with Vary"
grep -v '^postfix_stats_store_age' "$TMP/body" >"$TMP/text"
said=$(promtool check metrics <"$TMP/body" 2>&1)
is "$?$said" 0 "promtool has nothing to say"

get "$OPENMETRICS"
is "$?$(header Content-Type)" \
    "0application/openmetrics-text; version=1.0.0; charset=utf-8" \
    "Prometheus' Accept: OpenMetrics"
cp "$TMP/body" "$TMP/openmetrics"
"$ROOT/tests/rig/openmetrics" <"$TMP/body" >"$TMP/samples" 2>"$TMP/said"
ok $? "its parser has nothing to say"
diag "$(cat "$TMP/said")"
is "$(tail -n 1 "$TMP/body")" "# EOF" "the end is marked"
is "$(grep -c '^# EOF' "$TMP/body")" 1 "once"
samples_of_text "$TMP/text" | sort >"$TMP/wanted"
grep -v -e '_created[{ ]' -e ' postfix_stats_store_age' "$TMP/samples" |
    sort >"$TMP/got"
diff "$TMP/wanted" "$TMP/got" >"$TMP/diff"
ok $? "the same $(wc -l <"$TMP/got") samples as in the text format"
diag "$(head "$TMP/diff")"
epoch=$(stats_get tailer:epoch)
is "$(grep '_created[{ ]' "$TMP/samples" | sed 's/.* //' | sort -u)" \
    "$epoch.0" "what counts says since when: $epoch"
counters=$(grep -c '^counter .*_total[{ ]' "$TMP/samples")
is "$(grep -c '^counter .*_created[{ ]' "$TMP/samples")" "$counters" \
    "each of $counters counters does"
is "$(grep -c '^# UNIT postfix_delay_seconds seconds$' "$TMP/body")" 1 \
    "units are said"
is "$(grep -c '^postfix_smtp_status_deferred_created' "$TMP/body")" 0 \
    "what has no type has no birth"

get "$OPENMETRICS" "Accept-Encoding: gzip"
is "$?$(header Content-Encoding)" 0gzip "gzip"
[ "$(header Content-Length)" -lt $(($(wc -c <"$TMP/body") / 5)) ]
ok $? "$(header Content-Length) bytes for $(wc -c <"$TMP/body")"
grep -v '^postfix_stats_store_age' "$TMP/body" >"$TMP/unzipped"
grep -v '^postfix_stats_store_age' "$TMP/openmetrics" | cmp -s - "$TMP/unzipped"
ok $? "are the same text"
get "Accept-Encoding: deflate;q=0.5, gzip;q=1.0"
is "$?$(header Content-Encoding)" 0gzip "gzip of the text format"
grep -v '^postfix_stats_store_age' "$TMP/body" | cmp -s - "$TMP/text"
ok $? "is the same text"
for no in 'gzip;q=0' 'identity' 'br' 'gzip;q=0.2, identity;q=0.5'; do
	get "Accept-Encoding: $no"
	is "$?$(header Content-Encoding)" 0 "Accept-Encoding: $no"
done

prometheus_start
ok $? "Prometheus scrapes it"
grep -q gzip "$TMP/prometheus.err" && diag "$(cat "$TMP/prometheus.err")"
wait_asked 'count(postfix_delay_seconds_bucket{le="1.0"}) > bool 0' 1
ok $? "and reads OpenMetrics, in which a bound is a float"
is "$(asked 'count(postfix_delay_seconds_bucket{le="1"})')" "" \
    "each bound is there once"
tap_end
