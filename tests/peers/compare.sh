#!/bin/sh
# Debian's prometheus-postfix-exporter, mtail with its stock program and
# postfix-stats-exporter follow the same log of a real Postfix; what each says of
# a metric is printed beside the truth, which is what mail.sh has sent.  Needs
# root and the packages that `tools/deps.sh --peers' names.
#
#	sh tests/peers/compare.sh		the table
#	DOC=1 sh tests/peers/compare.sh		also into docs/exporters.md

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
. "$ROOT/tests/bench/table.sh"
skip_unless_root "runs a private Postfix"
MTAIL_PROGRAM=${MTAIL_PROGRAM:-/usr/share/doc/mtail/examples/postfix.mtail}
DOCUMENT=$ROOT/docs/exporters.md

# Metric, conditions on labels (! for not), and keys whose sum is the truth.
metrics()
{
	cat <<'P'
postfix_cleanup_messages_rejected_total - reject:cleanup
postfix_cleanup_messages_not_accepted_total - reject:cleanup
postfix_lmtp_delivery_delay_seconds_count stage=transmission sent:lmtp
postfix_lmtp_messages_processed_total status=sent sent:lmtp
postfix_pipe_delivery_delay_seconds_count stage=transmission sent:legal
postfix_qmgr_messages_inserted_receipients_count - queue_in:messages
postfix_qmgr_messages_inserted_recipients_count - queue_in:messages
postfix_qmgr_messages_inserted_size_bytes_count - queue_in:messages
postfix_smtp_delivery_delay_seconds_count stage=transmission delivery:smtp:sent delivery:relay:sent delivery:smtp:bounced
postfix_smtp_delivery_delay_seconds_count stage= nothing
postfix_smtp_messages_processed_total status=sent delivery:smtp:sent delivery:relay:sent
postfix_smtp_messages_processed_total status=deferred delivery:smtp:deferred
postfix_smtp_messages_processed_total status=bounced delivery:smtp:bounced
postfix_smtp_messages_processed_total status=SOFTBOUNCE delivery:soft:softbounce
postfix_smtp_status_deferred - delivery:smtp:deferred
postfix_smtp_deferred_messages_total - delivery:smtp:deferred
postfix_smtpd_messages_processed_total - recv:smtp
postfix_smtpd_messages_rejected_total - smtpd:4xx smtpd:5xx
postfix_bounce_non_delivery_notification_total - queue_out:bounce_sent
postfix_virtual_delivered_total - sent:virtual
P
}

# figures TRUTH SCRAPE...: a line of the table for each metric
figures()
{
	metrics | perl -e '
	my (%truth, @scrapes);
	open my $in, "<", shift or die;
	while (<$in>) {
		my ($key, $value) = split;
		next if $key =~ /@/;
		$truth{$key} = $value;
		$truth{"reject:cleanup"} += $value if $key =~ /^reject:cleanup:/;
	}
	for my $file (@ARGV) {
		open my $text, "<", $file or die;
		push @scrapes, [ grep { !/^#/ } <$text> ];
	}
	while (<STDIN>) {
		my ($name, $label, @keys) = split;
		my ($is, $value) = split /=/, $label;
		my $truth = 0;
		$truth += $truth{$_} // 0 for @keys;
		my @row;
		for my $scrape (@scrapes) {
			my ($sum, $seen) = (0, 0);
			for my $line (@$scrape) {
				$line =~ /^\Q$name\E(?:\{(.*)\})? (\S+)/ or next;
				my ($set, $figure) = ($1 // "", $2);
				my ($has) = $set =~ /\b$is="([^"]*)"/
				    if $label ne "-";
				next if $label ne "-" &&
				    ($has // "none") ne ($value // "");
				$sum += $figure;
				$seen = 1;
			}
			push @row, $seen ? $sum : "-";
		}
		$label = $label eq "-" ? "" : "{$is=\"" . ($value // "") . "\"}";
		print "| `$name$label` | ", join(" | ", @row, $truth), " |\n";
	}' "$@"
}

fetch()
{
	perl -MIO::Socket::INET -e '
		alarm 10;
		$s = IO::Socket::INET->new($ARGV[0]) or exit 1;
		print $s "GET /metrics HTTP/1.0\r\n\r\n";
		local $/;
		$_ = <$s>;
		s{^HTTP/1\.\d 200 .*?\r\n\r\n}{}s or exit 1;
		print' "127.0.0.1:$1"
}

peer_start()
{
	"$@" </dev/null >>"$TMP/peers.err" 2>&1 &
	peers="$peers $!"
}

all_counted()
{
	[ "$(stats_get lines:read)" -eq "$(wc -l <"$RIG/log/mail.log")" ]
}

for program in mtail prometheus-postfix-exporter; do
	have $program || exit 1
done
scratch
RIG=$TMP/rig peers=''
at_exit 'for pid in $peers; do end_process "$pid"; done'
mkdir "$RIG"
at_exit 'sh "$ROOT/tests/rig/postfix.sh" stop "$RIG"'
sh "$ROOT/tests/rig/postfix.sh" start "$RIG" || exit 1
wait_until '[ -s "$RIG/log/mail.log" ]' 10
set -- $(free_ports 3)
LOG=$RIG/log/mail.log
statsd_start --from start || exit 1
peer_start "$BIN/postfix-stats-exporter" -f -c "$CONFIG" -d "$STATE" \
    --listen "127.0.0.1:$1"
peer_start prometheus-postfix-exporter --web.listen-address "127.0.0.1:$2" \
    --postfix.logfile_path "$LOG" \
    --postfix.showq_path "$RIG/spool/public/showq"
peer_start mtail --address 127.0.0.1 --port "$3" --progs "$MTAIL_PROGRAM" \
    --logs "$LOG" --logtostderr
for port in "$@"; do
	wait_until 'fetch "$port" >/dev/null' 20 ||
	    { cat "$TMP/peers.err" >&2; exit 1; }
done
sh "$ROOT/tests/rig/mail.sh" "$RIG" >"$TMP/truth"
wait_until 'sh "$ROOT/tests/rig/postfix.sh" idle "$RIG"' 60
wait_until all_counted 30
# the others do not say how far they are
sleep 3
fetch "$1" >"$TMP/ours"
fetch "$2" >"$TMP/debian"
fetch "$3" | sed 's/,prog="[^"]*"//; s/{prog="[^"]*"}//; s/{prog="[^"]*",/{/' \
    >"$TMP/mtail"
TABLE=$ROOT/build/peers.md
table_part=peers
: >"$TABLE"
line "prometheus-postfix-exporter $(dpkg-query -W -f '${Version}' \
    prometheus-postfix-exporter), mtail $(dpkg-query -W -f '${Version}' mtail)"
line "with its stock program, one log of $(wc -l <"$LOG") lines of two instances of"
line "Postfix $(postconf -h mail_version). A - is: no such series."
line ""
line "| metric, summed up | ours | Debian's | mtail | truth |"
line "|---|---|---|---|---|"
figures "$TMP/truth" "$TMP/ours" "$TMP/debian" "$TMP/mtail" |
while IFS= read -r row; do
	line "$row"
done
table_end
