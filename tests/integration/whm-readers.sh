#!/bin/sh
# What postfix-stats-whm was told is the same for SNMP, Prometheus, the page and
# postfix-stats-get; records made to fit give the lines that the documentation of
# the exporter for cPanel shows; what is too old is shown by nobody.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
tap_start "readers of what WHM says"
. "$ROOT/tests/rig/prometheus.sh"
. "$ROOT/tests/rig/whm.sh"
NOW=$(date +%s)

# The documentation's message and counts.
sample_message()
{
	cat <<P
{"actiontime":"2025-11-21 01:23:49","actionunixtime":1763663000,"deliveredto":"user1@example.com","deliverydomain":"example.com","deliveryuser":"user1","domain":"example.com","host":"mx1.example.com","ip":"192.0.2.10","message":"Accepted","msgid":"MSG-0001","recipient":"user1@example.com","router":"localuser","sender":"sender@example.com","senderauth":"localuser","senderhost":"mail.example.com","senderip":"198.51.100.20","sendunixtime":1763662998,"size":10240,"transport":"dovecot_delivery","transport_is_remote":0,"type":"success","user":"user1"}
P
}
# A clock of that day: the message is in reach.
whm_server cp1 'clock_skew: 0' 'backfill: 600'
user_row user1 example.com root example.com 1 1 0 0 0 7301 0 0 \
    >"$TMP/cp1/users"
sample_message >"$TMP/cp1/messages"
echo $((1763663060 - NOW)) >"$TMP/cp1/skew"
whm_configure "whm: { email_logs_series: 10 }"
whm_once
is $? 0 "a poll"
exporter_start
scrape >"$TMP/scrape"
# labels in one order, one a line
normal()
{
	sed -E 's/^([a-z_]+)\{(.*)\} ([0-9]+)$/\1 \3 \2/' |
	    perl -ne '
		my ($name, $value, $labels) = /^(\S+) (\S+) (.*)/ or next;
		my %of;
		$of{$1} = $2 while $labels =~ /(\w+)="([^"]*)"/g;
		delete @of{qw(primary_domain owner)};
		print "$name $value\n", map { "  $_=$of{$_}\n" } sort keys %of'
}
cat >"$TMP/documented" <<'P'
email_user_stats{domain="example.com",user="user1",stat_type="send_count"} 1
email_user_stats{domain="example.com",user="user1",stat_type="success_count"} 1
email_user_stats{domain="example.com",user="user1",stat_type="fail_count"} 0
email_user_stats{domain="example.com",user="user1",stat_type="defer_count"} 0
email_user_stats{domain="example.com",user="user1",stat_type="defer_fail_count"} 0
email_user_stats{domain="example.com",user="user1",stat_type="total_size"} 7301
email_logs{actionunixtime="1763663000",delivered_to="user1@example.com",delivery_domain="example.com",delivery_user="user1",domain="example.com",host="mx1.example.com",ip="192.0.2.10",message="Accepted",msg_id="MSG-0001",recipient="user1@example.com",router="localuser",sender="sender@example.com",sender_auth="localuser",sender_host="mail.example.com",sender_ip="198.51.100.20",sendunixtime="1763662998",size="10240",time="2025-11-21 01:23:49",transport="dovecot_delivery",transport_is_remote="0",type="success",user="user1"} 1
P
normal <"$TMP/documented" >"$TMP/wanted"
grep -E '^email_(user_stats|logs)\{' "$TMP/scrape" | normal >"$TMP/got"
is "$(diff "$TMP/got" "$TMP/wanted")" "" \
    "the lines of the documentation of the exporter for cPanel"
is "$(wc -l <"$TMP/got")" "$((7 + 6 * 3 + 22))" "and these are 7 series"
like "$(grep '^email_user_stats' "$TMP/scrape" | head -1)" \
    '*primary_domain="example.com"*owner="root"*' \
    "with the primary domain and the owner"
exporter_stop
rm -rf "$STATE"/* "$TMP/cp1/skew" "$TMP/cp1/messages"

# Two servers, and all readers.
whm_server cp2
{
	user_row -remote- "" root "" 634 551 83 386 469 33506067 '"150/150"' \
	    '"5/5 (100%)"'
	user_row root -system- root "" 24 '"24"' 0 null 0 75129 0 0
	user_row alice shop.example alice shop.example 100 110 2 3 5 8589934592 0 0
} >"$TMP/cp2/users"
user_row alice shop.example alice shop.example 7 7 0 0 0 700 0 0 \
    >"$TMP/cp2/users.window"
echo '{"DEFERCOUNT":3,"DEFERFAILCOUNT":4,"FAILCOUNT":2,"INPROGRESSCOUNT":1,"SENDCOUNT":758,"SUCCESSCOUNT":685,"TOTALSIZE":8623515788}' \
    >"$TMP/cp2/stats"
fault cp1 "stats api"
for i in $(seq 40); do
	message "$i" $((NOW - 20 + i / 4))
done >"$TMP/cp2/messages"
WHM_OPTIONS='interval: 3600, backfill: 3600, clock_skew: 300'
whm_names=''
for name in cp1 cp2; do
	sed -i "s/, interval: 1.* }/, $WHM_OPTIONS }/" "$TMP/$name.entry"
	whm_names="$whm_names $name"
done
whm_configure
whm_once
is $? 1 "one answer is not good"
exporter_start
sh "$ROOT/tests/rig/snmpd.sh" start "$TMP/snmp"
at_exit 'sh "$ROOT/tests/rig/snmpd.sh" stop "$TMP/snmp"'
agentx_start "unix:$TMP/snmp/agentx"
stats_get --all >"$TMP/all"
scrape >"$TMP/scrape"
MIB=$BASE_OID.1
asked_oid()
{
	MIBS='' SNMP_PERSISTENT_DIR=$TMP/snmp snmpget -v 2c -c public -Oqv \
	    "127.0.0.1:$(cat "$TMP/snmp/port")" "$1" 2>/dev/null
}
# arcs of a text, its length first
arcs()
{
	printf '%d' "${#1}"
	printf %s "$1" | od -An -v -tu1 | tr -s ' \n' '.' | sed 's/\.$//'
}
wait_until '[ "$(asked_oid "$MIB.30.1.3.$(arcs cp2)")" = 758 ]' 20
ok $? "the subagent serves them"

# each number of pfsMailUserTable: key, column, series
column=3
while read -r stat; do
	key=mail_user:cp2:alice:shop.example:$stat
	wanted=$(stats_get "$key")
	like "$wanted" "[0-9]*" "$key"
	is "$(asked_oid "$MIB.11.1.$column.$(arcs cp2).$(arcs alice).$(arcs shop.example)")" \
	    "$wanted" "by SNMP"
	is "$(grep -F "email_user_stats{domain=\"shop.example\",primary_domain=\"shop.example\",user=\"alice\",owner=\"alice\",server=\"cp2\",stat_type=\"$stat\"}" \
	    "$TMP/scrape" | cut -d' ' -f2)" "$wanted" "in Prometheus"
	column=$((column + 1))
done <<P
send_count
success_count
fail_count
defer_count
defer_fail_count
total_size
P
is "$(stats_get mail_window:cp2:alice:shop.example:send_count)" 7 "the window"
is "$(asked_oid "$MIB.11.1.9.$(arcs cp2).$(arcs alice).$(arcs shop.example)")" \
    7 "by SNMP"
is "$(stats_get mail_limit:cp2:-remote-:-:max_emails mail_limit:cp2:-remote-:-:max_defer_fail mail_limit:cp2:root:-system-:max_emails | paste -sd' ')" \
    "1 1 0" "limits: 150/150, 5/5 (100%), 0"
is "$(stats_get mail_user:cp2:root:-system-:success_count mail_user:cp2:root:-system-:defer_count | paste -sd' ')" \
    "24 0" "a count as a string, and as null"
is "$(grep '^mail_user:cp2:.*:total_size' "$TMP/all" | awk '{ n += $2 } END { printf "%.0f", n }')" \
    8623515788 "rows add up to what the server has in all"
is "$(stats_get whm_total:cp2:total_size)" 8623515788 "which it says itself"
is "$(asked_oid "$MIB.30.1.9.$(arcs cp2)")" 8623515788 \
    "by SNMP, which has but 32 bits for a gauge"

# every number has one value wherever it is
grep -E '^(whm|mail_(user|window|limit))' "$TMP/all" |
    grep -vE ':(expires|duration|sum) ' >"$TMP/ours"
grep -E '^(email_|cpanel_)' "$TMP/scrape" |
    grep -vE '_expires_|duration|_sum|\+Inf' >"$TMP/theirs"
is "$(wc -l <"$TMP/theirs")" "$(wc -l <"$TMP/ours")" \
    "as many series as keys: $(wc -l <"$TMP/ours")"
is "$(sed 's/.* //' "$TMP/theirs" | sort)" \
    "$(sed 's/.* //' "$TMP/ours" | sort)" "and of the same values"

# messages
is "$(stats_get whm_event:cp2:success:no whm_event:cp2:success:yes whm_event:cp2:defer:no whm_event:cp2:failure:yes whm_event:cp2:inprogress:no | paste -sd' ')" \
    "12 16 4 4 4" "messages by type and way"
is "$(stats_get whm_delay:cp2:count) $(stats_get whm_size:cp2:count)" "32 28" \
    "observations of delay and size"

# what went wrong
is "$(stats_get whm:cp1:stats:up) $(stats_get whm_error:cp1:stats:api)" "0 1" \
    "an answer that was no good"
like "$(asked_oid "$MIB.31.1.9.$(arcs cp1).$(arcs stats)")" "*api*" \
    "its reason by SNMP"
is "$(grep -c '^whm_total:cp1' "$TMP/all")" 0 "it has no totals"
http_get "$EXPORTER" / >"$TMP/page"
like "$(cat "$TMP/page")" "*A server with cPanel has no good answer*" \
    "the page says so"
like "$(tr -d '\n' <"$TMP/page")" "*<span class=\"name\">cp2</span>*758*685*" \
    "the page has the server's totals"
like "$(tr -d '\n' <"$TMP/page")" "*alice shop.example*<td>100</td><td>110</td>*" \
    "and its users"
exporter_stop

# Too old: nobody shows it, though the store is as it was.
sed -i 's/interval: 3600/interval: 1/' "$TMP/cp1.entry" "$TMP/cp2.entry"
whm_configure "whm: { intervals: 2 }"
whm_once
exporter_start
kept=$(stats_get whm_event:cp2:success:yes)
wait_until '! stats_get mail_user:cp2:alice:shop.example:send_count >/dev/null' 15
ok $? "postfix-stats-get has no old counts"
wait_until '! scrape | grep -q ^email_user_stats' 15
ok $? "Prometheus gets no old counts"
wait_until '! scrape | grep -q ^cpanel_up' 15
ok $? "nor that it is up"
wait_until '! asked_oid "$MIB.11.1.3.$(arcs cp2).$(arcs alice).$(arcs shop.example)" | grep -q "[0-9]"' 15
ok $? "nor does SNMP"
is "$(stats_get whm_event:cp2:success:yes)" "$kept" "what was counted stays"
tap_end
