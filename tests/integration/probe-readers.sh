#!/bin/sh
# What probes found out: the same figures by postfix-stats-get, over SNMP, for
# Prometheus and on the status page, beside what the log told and alone; and what
# is said when the store of either is missing, damaged or left.
#
#	PROBES=100 sh tests/integration/probe-readers.sh

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
. "$ROOT/tests/rig/prometheus.sh"

PROBES=${PROBES:-1000}
STATE_OF_PROBES=1.14.72.0
MX=10.115.117.98.109.105.115.115.105.111.110 # an index: submission

# put GENERATION: what three probes found out, one of which did badly, and one sent
# mail that has not arrived
put()
{
	"$ROOT/build/tools/store-put" -g "$1" "$STATE" probe.db <<P
probe:submission:success 1
probe:submission:result 1
probe:submission:ended 14
probe:submission:duration 123456
probe:submission:attempts $((40 + $1))
probe:submission:failures 2
probe:submission:last_attempt 1700000000
probe:submission:last_success 1700000000
probe:submission:interval 300
probe_result:submission:ok 39
probe_result:submission:timeout 2
probe_phase:submission:banner:duration 2500
probe_phase:submission:banner:code 220
probe_phase:submission:tls:duration 7000
probe_phase:submission:body:duration 1000000
probe_phase:submission:body:code 250
probe_cert:submission:start 1690000000
probe_cert:submission:end 4000000000
probe_cert:submission:verified 1
=probe_result:submission ok
=probe_queue_id:submission 4Cx1yG1zXbz9rxJ
=probe_address:submission 192.0.2.1
=probe_tls:submission TLSv1.3 TLS_AES_256_GCM_SHA384
=probe_ehlo:submission PIPELINING\nSIZE 10240000\nAUTH PLAIN LOGIN
=probe_reply:submission:banner mx.example.com ESMTP "Postfix"
=probe_reply:submission:body 2.0.0 Ok: queued as 4Cx1yG1zXbz9rxJ
=probe_subject:submission CN=mx.example.com
=probe_issuer:submission CN=Some CA,O=Some house
=probe_names:submission mx.example.com
probe:relay:success 0
probe:relay:result 5
probe:relay:attempts 1
=probe_result:relay code:rcptto
=probe_reason:relay 250 where one of 5xx was expected
probe:inbox:success 1
probe:inbox:result 1
=probe_result:inbox ok
mail:inbox:success 0
mail:inbox:result 2
mail:inbox:sent $((40 + $1))
mail:inbox:send_fails 1
mail:inbox:arrived $((33 + $1))
mail:inbox:late 2
mail:inbox:spam 3
mail:inbox:lost 1
mail:inbox:duplicates 5
mail:inbox:uncertain 6
mail:inbox:outstanding 1
mail:inbox:last_send_duration 123456
mail:inbox:last_deliver_duration 1234567
mail:inbox:last_deliver_time 1700000001
mail:inbox:last_sent 1700000300
mail:inbox:watched 0
mail:inbox:where 4
mail_delay:inbox:smtpd 10000
mail_delay:inbox:queue 20000
mail_delay:inbox:connection 30000
mail_delay:inbox:transmission 40000
mail_send:inbox:sum 5000000
mail_send:inbox:count 41
mail_deliver:inbox:sum 45000000
mail_deliver:inbox:count 38
=mail_result:inbox overdue
=mail_where:inbox deferred
=mail_trail:inbox deferred by smtp since 2026-11-23 07:01:02 UTC: 450 4.2.0 <a@b>
=mail_id:inbox 4Cx1yG1zXbz9rxK
=mail_next:inbox 7D3F61A2C5
=mail_auth:inbox pass fail none
=mail_mailbox:inbox /srv/probe: Permission denied
$(bounds mail_send 41)
$(bounds mail_deliver 38)
P
}

# bounds FAMILY COUNT: as many mails within each bound that mailexporter has
bounds()
{
	perl -e 'my ($family, $count) = @ARGV;
		my ($step, $even, $factor, $more) = $family eq "mail_send" ?
		    (0.1, 10, 1.3, 25) : (0.25, 20, 1.11, 35);
		my $bound = $step;
		for (1 .. $even + $more) {
			my $text;
			for (1 .. 17) {
				$text = sprintf "%.${_}g", $bound;
				last if $text == $bound;
			}
			print "$family:inbox:le:$text $count\n";
			$bound = $_ < $even ? $bound + $step : $bound * $factor;
		}' "$1" "$2"
}

# walk OID [OPTION]...: over SNMP
walk()
{
	oid=$1
	shift
	SNMP_PERSISTENT_DIR=$TMP/snmp MIBS='' snmpwalk -v 2c -c public -On \
	    -t 10 -r 1 "$@" "127.0.0.1:$port" "$BASE_OID.$oid"
}

shows()
{
	[ "$(walk "$1" -Oqv 2>/dev/null)" = "$2" ]
}

# from_get ARC: what postfix-stats-get --walk has of a table, a line for each
# cell, a newline within a text being a blank
from_get()
{
	stats_get --walk 2>/dev/null | on_one_line | grep "^$BASE_OID\\.1\\.$1\\."
}

on_one_line()
{
	awk 'NR > 1 && /^\.1\./ { print line; line = $0; next }
	    { line = NR > 1 ? line " " $0 : $0 } END { print line }'
}

# same_walks NAME
same_walks()
{
	for arc in 8 9 10 28; do
		from_get "$arc" >"$TMP/got"
		# snmpwalk shows an empty text without its type.
		walk "1.$arc" | sed 's/ = ""$/ = STRING: ""/' | on_one_line \
		    >"$TMP/walked"
		[ -s "$TMP/got" ] && cmp -s "$TMP/got" "$TMP/walked"
		ok $? "$1: table $arc over SNMP, $(wc -l <"$TMP/got") cells"
		diag "$(diff "$TMP/got" "$TMP/walked" | head -5)"
	done
}

# says CODE PATTERN KEY...: exit code of postfix-stats-get, and what it prints
says()
{
	code=$1 pattern=$2
	shift 2
	said=$(stats_get "$@" 2>&1)
	is "$?" "$code" "postfix-stats-get $*: exit code $code"
	# shellcheck disable=SC2254
	like "$said" "$pattern" "and what it says"
}

lines_with()
{
	grep -cF -- "$1" "$TMP/agentx.err"
}

# put_many COUNT: as many probes, with all that each can have
put_many()
{
	awk -v count="$1" 'BEGIN {
		split("lookup connect proxy banner ehlo starttls tls ehlo_tls " \
		    "sasl_auth mailfrom rcptto data body quit", phase)
		split("success result ended duration attempts failures " \
		    "last_attempt last_success interval", what)
		split("result reason queue_id address tls ehlo subject " \
		    "issuer names cert_error", text)
		for (i = 1; i <= count; i++) {
			for (k = 1; k in what; k++)
				print "probe:p" i ":" what[k], k
			for (k = 1; k in text; k++)
				print "=probe_" text[k] ":p" i, text[k]
			for (k = 1; k in phase; k++) {
				print "probe_phase:p" i ":" phase[k] \
				    ":duration", k
				print "probe_phase:p" i ":" phase[k] ":code", k
				print "=probe_reply:p" i ":" phase[k], "Ok"
			}
			print "probe_cert:p" i ":start 1"
			print "probe_cert:p" i ":end 4000000000"
			print "probe_cert:p" i ":verified 1"
		}
	}' | "$ROOT/build/tools/store-put" -g 50 -c 131072 "$STATE" probe.db
}

seconds_of()
{
	perl -MTime::HiRes=time -e '$t = time; system @ARGV;
	    printf STDERR "%.2f\n", time - $t' "$@" 2>&1 >/dev/null | tail -1
}

tap_start "what probes found out, as each reader shows it"
state_for_nobody
install -d "$TMP/snmp"
log_append 3
"$BIN/postfix-statsd" --once --from start -c "$CONFIG" -d "$STATE" \
    --log "$LOG" 2>"$TMP/statsd.err"
ok $? "a log is counted"

# Nothing was tried yet.
says 1 'No such key "probe:submission:success"' probe:submission:success
says 0 3 sent:smtp
at_exit "$ROOT/tests/rig/snmpd.sh stop $TMP/snmpd"
"$ROOT/tests/rig/snmpd.sh" start "$TMP/snmpd" || exit 1
port=$(cat "$TMP/snmpd/port")
agentx_start "unix:$TMP/snmpd/agentx"
wait_until "shows $STATE_OF_PROBES 4" 15
ok $? "pfsAgentProbeState: missing"
is "$(lines_with probe.db)" 0 "and the agent does not speak of it"
exporter_start
ok $? "the exporter runs"

# Beside the log.
put 1
wait_until "shows 1.8.1.7.$MX 41" 10
ok $? "the agent serves what was published"
shows $STATE_OF_PROBES 2
ok $? "stale: no postfix-stats-probe is running"
says 0 "1
0.123456
41
3" probe:submission:success probe:submission:duration \
    probe:submission:attempts sent:smtp
same_walks "beside the log"
is "$(stats_get --all | grep '^probe' | grep -vc '^probe_mail:')" 24 \
    "--all has all keys"
is "$(stats_get --all | sort -c 2>&1)" "" "and all are in order"
stats_get --json | perl -MJSON::PP -0777 -e '
    my $j = decode_json(<STDIN>);
    exit !($j->{"probe:submission:attempts"} == 41 && $j->{"sent:smtp"} == 3)'
ok $? "--json has both"
scrape >"$TMP/metrics"
"$ROOT/tests/rig/series-keys" "$ROOT/docs/metrics.md" "$TMP/metrics" |
    grep -E '^(probe|mail)' | sort >"$TMP/series"
stats_get --all | grep -E '^(probe|mail)' | sort >"$TMP/kept"
comm -13 "$TMP/series" "$TMP/kept" >"$TMP/missing"
is "$(cat "$TMP/missing")" "" "Prometheus gets every key"
comm -23 "$TMP/series" "$TMP/kept" | grep -v ' 0$' >"$TMP/more"
is "$(cat "$TMP/more")" "" "and no other that is not 0"
is "$(grep -c '^smtp_probe_results_total{probe="relay",result=".*"} 0$' \
    "$TMP/metrics")" 12 "all results of a probe are there"
grep -qxF 'smtp_probe_tls_info{probe="submission",version="TLSv1.3",cipher="TLS_AES_256_GCM_SHA384"} 1' "$TMP/metrics"
ok $? "smtp_probe_tls_info"
grep -qxF 'smtp_probe_cert_info{probe="submission",subject="CN=mx.example.com",issuer="CN=Some CA,O=Some house"} 1' "$TMP/metrics"
ok $? "smtp_probe_cert_info"
is "$(grep '^smtp_probe_result_info' "$TMP/metrics")" \
    'smtp_probe_result_info{probe="inbox",result="ok"} 1
smtp_probe_result_info{probe="relay",result="code:rcptto"} 1
smtp_probe_result_info{probe="submission",result="ok"} 1' \
    "smtp_probe_result_info"
is "$(grep -E '^mail_(deliver_result|where|authentication)_info' "$TMP/metrics")" \
    'mail_deliver_result_info{configname="inbox",result="overdue"} 1
mail_where_info{configname="inbox",where="deferred",queue_id="4Cx1yG1zXbz9rxK",next_queue_id="7D3F61A2C5"} 1
mail_authentication_info{configname="inbox",spf="pass",dkim="fail",dmarc="none"} 1' \
    "what became of mail, where it is, and what was said of its sender"
is "$(sed -n 's/^# TYPE \(mail_.*\)/\1/p' "$TMP/metrics" | grep -E \
    '^mail_(deliver_success|send_fails_total|last_(send|deliver)_(duration_seconds|time)|(send|deliver)_durations_seconds|late_mails_total) ' |
    sort)" "mail_deliver_durations_seconds histogram
mail_deliver_success gauge
mail_last_deliver_duration_seconds gauge
mail_last_deliver_time gauge
mail_last_send_duration_seconds gauge
mail_late_mails_total counter
mail_send_durations_seconds histogram
mail_send_fails_total counter" "mailexporter's eight have its names and types"
http_get "$EXPORTER" /api/v1/stats.json >"$TMP/json"
is "$(perl -MJSON::PP -0777 -e '
    my $p = decode_json(<STDIN>)->{stores}{"probe.db"}{probes};
    for (@$p) {
	print join(" ", @$_{qw(name result seconds)},
	    $_->{success} ? "well" : "ill: $_->{reason}",
	    $_->{certificate} ? $_->{certificate}{end} : "none",
	    map({ "$_->{code} $_->{reply}" } grep { defined }
		@{$_->{phases}}{qw(body)}),
	    map({ $_->{success} ? "there" : "missing",
		@$_{qw(result where trail queue_id next_queue_id seconds sent
		    late spam lost spf dkim dmarc mailbox_error)} }
		grep { defined } $_->{mail})), "\n";
    }' <"$TMP/json")" \
    "inbox ok 0 well none missing overdue deferred deferred by smtp since 2026-11-23 07:01:02 UTC: 450 4.2.0 <a@b> 4Cx1yG1zXbz9rxK 7D3F61A2C5 1.234567 41 2 3 1 pass fail none /srv/probe: Permission denied
relay code:rcptto 0 ill: 250 where one of 5xx was expected none
submission ok 0.123456 well 4000000000 250 2.0.0 Ok: queued as 4Cx1yG1zXbz9rxJ" \
    "stats.json has them by name"
http_get "$EXPORTER" / | perl -0777 -pe 's/<[^>]*>/ /g; s/\s+/ /g' >"$TMP/page"
like "$(cat "$TMP/page")" \
    "*relay code:rcptto 250 where one of 5xx was expected *submission ok *123* ms*" \
    "the page has them, those that fail first"
like "$(cat "$TMP/page")" \
    "*Mail of probes *inbox overdue 1.2 s *ago 2 3 1 deferred by smtp since *450 4.2.0 &lt;a@b&gt; mailbox not watched : /srv/probe: Permission denied SPF pass, DKIM fail, DMARC none *" \
    "and what became of their mail"

# Another publication, damage, repair.
put 2
wait_until "shows 1.8.1.7.$MX 42" 10
ok $? "a newer one is served"
truncate -s -512 "$STATE/probe.db"
wait_until "shows $STATE_OF_PROBES 3" 10
ok $? "pfsAgentProbeState: damaged"
shows 1.8.1.7.$MX 42 && shows 1.14.65.0 2
ok $? "the last good ones are served, and the log's store is as it was"
is "$(lines_with "probe.db: its size is not a store's; serving the last good")" \
    1 "which is said in one line"
scrape >"$TMP/metrics"
grep -q '^smtp_probe_attempts_total{probe="submission"} 4' "$TMP/metrics"
ok $? "the exporter serves the last good ones, too"
says 0 3 sent:smtp
says 2 "postfix-stats-get: *probe.db: *" probe:submission:success
says 2 "postfix-stats-get: *probe.db: *" sent:smtp probe:submission:success
stats_get --all >"$TMP/all" 2>"$TMP/all.err"
is $? 2 "--all ends with 2"
grep -q '^sent:smtp 3$' "$TMP/all" && [ "$(wc -l <"$TMP/all.err")" -eq 1 ]
ok $? "and has what is good, and a line about what is not"
put 3
wait_until "shows 1.8.1.7.$MX 43" 10
ok $? "a good one is served again"

# Its writer lives, and ends.
perl -e 'use Fcntl; open my $f, ">>", $ARGV[0] or die;
    my $lock = pack "s s l! l! i", F_WRLCK, 0, 0, 0, 0;
    fcntl $f, F_SETLK, $lock or die;
    open my $up, ">", $ARGV[1]; sleep 60' \
    "$STATE/postfix-stats-probe.lock" "$TMP/locked" &
writer=$!
at_exit "end_process $writer"
wait_until "test -e '$TMP/locked'" 10
put 4
wait_until "shows $STATE_OF_PROBES 1" 10
ok $? "pfsAgentProbeState: ok"
end_process "$writer"
wait_until "shows $STATE_OF_PROBES 2" 10
ok $? "stale again when its writer has ended"

# Removed.
rm "$STATE/probe.db"
wait_until "shows $STATE_OF_PROBES 4" 10 && shows 1.8.1.7.$MX 44
ok $? "one that is gone is missing, and the last good one served"
says 1 'No such key *' probe:submission:success
agentx_stop

# Alone.
rm "$STATE"/postfix-stats.db*
put 5
says 0 45 probe:submission:attempts
says 2 "*postfix-stats.db: No such file *" sent:smtp
says 0 "mail:inbox:arrived 38*probe:relay:attempts 1*" --all
agentx_start "unix:$TMP/snmpd/agentx"
wait_until "shows 1.8.1.7.$MX 45" 15
ok $? "probes alone are served"
same_walks "alone"
shows 1.14.65.0 4
ok $? "pfsAgentStoreState: missing"
like "$(walk 1.1)" "*No *" "nothing that nobody counted is shown as 0"

# Many.
put_many "$PROBES"
wait_until "[ \"\$(walk 1.8.1.9 2>/dev/null | wc -l)\" -eq $PROBES ]" 30
ok $? "$PROBES probes are served"
agent_size=$(awk '/^VmHWM/ { print $2 }' "/proc/$agentx_pid/status")
diag "the agent has $agent_size KB at most"
diag "postfix-stats-get --walk: $(seconds_of "$BIN/postfix-stats-get" \
    -c "$CONFIG" -d "$STATE" --walk) s"
diag "postfix-stats-get KEY: $(seconds_of "$BIN/postfix-stats-get" \
    -c "$CONFIG" -d "$STATE" probe:p1:success) s"
is "$(stats_get --walk | grep -c "^$BASE_OID\\.1\\.9\\.1\\.5\\..*\"Ok\"")" \
    $((PROBES * 14)) "with all their phases"
scrape >"$TMP/metrics"
is "$(grep -c '^smtp_probe_success' "$TMP/metrics")" "$PROBES" \
    "Prometheus gets them all"
agentx_stop
exporter_stop
tap_end
