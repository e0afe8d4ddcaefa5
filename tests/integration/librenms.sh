#!/bin/sh
# contrib/librenms: the lines that LibreNMS' poller of the application "postfix"
# reads, by its own rules, through a real snmpd and its extend; what was counted
# in five minutes, whoever asks and however often.
#
# The poller's rules: it walks nsExtendOutputFull of "mailq" and of
# "postfixdetailed", takes them apart at newlines, and gives the lines names by
# their place; each goes into an RRD as a number.  "mailcow-postfix" is one line
# of JSON with version, error, errorString and data.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
tap_start "LibreNMS"
. "$ROOT/tests/nms/rig.sh"
KIT=$ROOT/contrib/librenms/postfix-stats-librenms
NET_SNMP_EXTEND=.1.3.6.1.4.1.8072.1.3.2.3.1.2

# A store with these keys, beside zeros.
store()
{
	printf '%s\n' "tailer:discontinuity 5" "$@" |
	    "$ROOT/build/tools/store-put" "$STATE" postfix-stats.db
}

# ours TIME WHAT
ours()
{
	"$KIT" -d "$STATE" -g "$BIN/postfix-stats-get" -s "$TMP/totals" \
	    -n "$1" "$2"
}

# detailed TIME NAME...: by LibreNMS' names for the lines
detailed()
{
	at=$1
	shift
	ours "$at" postfixdetailed | awk -v wanted="$*" '
	BEGIN {
		split("received delivered forwarded deferred bounced rejected " \
		    "rejectw held discarded bytesr bytesd senders sendinghd " \
		    "recipients recipienthd deferralcr deferralhid chr " \
		    "hcrnfqh sardnf sarnobu bu raruu hcrin sarnfqa rardnf " \
		    "rarnfqa iuscp sce scp urr msefl", name, " ")
	}
	!/^[0-9]+$/ { bad = bad " line " NR ": " $0 }
	{ value[name[NR]] = $0 }
	END {
		if (NR != 32)
			bad = bad " " NR " lines"
		n = split(wanted, w, " ")
		for (i = 1; i <= n; i++)
			text = text (i > 1 ? " " : "") value[w[i]]
		print text bad
	}'
}

install -d "$STATE"
store "queue:incoming:messages 3" "queue:active:messages 4" \
    "queue:deferred:messages 50" "queue:hold:messages 6" \
    "queue:maildrop:messages 7"
is "$(ours 0 mailq | paste -sd' ')" "3 4 50 6" "mailq: incoming, active, deferred, hold"

store "recv:smtp 100" "recv:local 10" "delivery:smtp:sent 200" \
    "delivery:lmtp:sent 5" "delivery:smtp:sent@out 7"
said=$(ours 0 mailq 2>&1)
is "$? $said" "1 postfix-stats-librenms: the queue was not sampled" \
    "a queue that was not looked at is not empty"
is "$(detailed 300000 received delivered)" "0 0" "the first time: nothing"
store "recv:smtp 130" "recv:local 12" "delivery:smtp:sent 220" \
    "delivery:lmtp:sent 6" "delivery:smtp:sent@out 9" \
    "delivery:smtp:deferred 3" "delivery:smtp:bounced 2" \
    "reject:smtpd:5xx:rbl 8" "reject:smtpd:4xx:unknown_user 9" \
    "queue_in:bytes 12345" "connect_failure:smtp:refused 4" \
    "cleanup:hold 1" "cleanup:milter_hold 1" "delivery_volume:smtp:bytes 777"
is "$(detailed 300001 received delivered)" "0 0" "soon after it nothing changes"
is "$(detailed 300300 received delivered deferred bounced rejected)" \
    "32 21 3 2 17" "five minutes later: what came"
is "$(detailed 300301 bytesr bytesd deferralcr bu raruu held)" \
    "12345 777 4 8 9 2" "the other lines"
store "recv:smtp 1000"
is "$(detailed 300500 received)" "32" "another poller gets the same"
store "recv:smtp 160" "recv:local 12"
is "$(detailed 300600 received)" "30" "five minutes after that"
store "recv:smtp 460" "recv:local 12"
is "$(detailed 301500 received)" "100" \
    "nobody asked for a quarter of an hour: the mean of five minutes"
store "recv:smtp 790" "recv:local 12"
is "$(detailed 301830 received)" "300" "a poller that is late: no more"
store "recv:smtp 1060" "recv:local 12"
is "$(detailed 302100 received)" "300" "and one that is early: no less"
printf 'tailer:discontinuity 6\nrecv:smtp 1\n' |
    "$ROOT/build/tools/store-put" "$STATE" postfix-stats.db
is "$(detailed 302400 received)" "0" "counters that began anew: nothing, not a fall"
is "$(detailed 100 received)" "0" "a clock that was set back: it begins anew"
store "recv:smtp 5" "queue_sample:taken 295000" "queue:incoming:messages 1"
for what in mailq postfixdetailed; do
	said=$(ours 302700 $what 2>&1)
	is "$? $said" "1 postfix-stats-librenms: postfix-statsd sampled the queue 7700 s ago: does it run?" \
	    "$what: a tailer that has ended is noticed"
done
store "recv:smtp 1060" "recv:local 12"
echo damaged >"$TMP/totals/totals"
is "$(detailed 302700 received)" "0" "notes that were damaged: it begins anew"
store "recv:smtp 5"
mkdir "$TMP/open"
chmod 777 "$TMP/open"
said=$("$KIT" -d "$STATE" -g "$BIN/postfix-stats-get" -s "$TMP/open" \
    postfixdetailed 2>&1)
like "$? $said" "1 *not a directory of ours*" \
    "a directory that others may write to is refused"

# keys that it names are keys; the last label of reject is one of its reasons
sed -n '/^my @detailed/,/^);/p' "$KIT" | grep -o "'[a-z_]*:[^']*'" | tr -d "'" |
    while read -r key; do
	reason=${key#reject:\*:\*:}
	[ "$reason" = "$key" ] || [ "$reason" = "*" ] ||
	    grep -q "^| .reason. .*\`$reason\`" "$ROOT/docs/metrics.md" ||
	    echo "$key"
	case $key in reject:*) key="reject:*:*:*" ;; esac
	grep -q "^| \`$(printf %s "$key" | sed 's/[*]/<[a-z_]*>/g')\`" \
	    "$ROOT/docs/metrics.md" || echo "$key"
done >"$TMP/unknown"
is "$(cat "$TMP/unknown")" "" "its keys are in docs/metrics.md"

rm -rf "$TMP/totals"
ours 300000 mailcow-postfix >/dev/null
store "recv:smtp 25" "delivery:smtp:sent 4"
# is no matter of ours
echo damaged >"$STATE/probe.db"
is "$(ours 300300 mailcow-postfix | perl -MJSON::PP -e '
	local $/;
	my $text = <STDIN>;
	my $said = decode_json($text);
	print join(" ", $text =~ tr/\n//, @$said{qw(version error errorString)},
	    @{$said->{data}}{qw(received delivered)}, sort keys
	    %{$said->{data}}), "\n"')" \
    "1 1 0  20 4 bounced bytesdelivered bytesreceived deferred delivered discarded forwarded held received recipienthostsdomains recipients rejected rejectwarnings senders sendinghostsdomains" \
    "mailcow-postfix: one line of JSON"
rm "$STATE/probe.db"
like "$("$KIT" -d "$TMP/nowhere" -g "$BIN/postfix-stats-get" \
    mailcow-postfix 2>&1)" \
    '{"data":{},"error":1,"errorString":"postfix-stats-get: store */nowhere/*","version":1}' \
    "its error is said in JSON, and nothing else"
"$KIT" what >"$TMP/said" 2>&1
is "$? $(grep -c usage "$TMP/said")" "64 1" "bad usage"

# By snmpd, as the poller asks.
cat >"$TMP/extend" <<P
#!/bin/sh
exec "$KIT" -d "$STATE" -g "$BIN/postfix-stats-get" -s "$TMP/totals" "\$1"
P
chmod 755 "$TMP/extend"
SNMPD_EXTRA="extend mailq $TMP/extend mailq
extend postfixdetailed $TMP/extend postfixdetailed"
export SNMPD_EXTRA
at_exit 'sh "$ROOT/tests/rig/snmpd.sh" stop "$TMP/snmp"'
sh "$ROOT/tests/rig/snmpd.sh" start "$TMP/snmp"
store "queue:incoming:messages 1" "queue:active:messages 2" \
    "queue:deferred:messages 3" "queue:hold:messages 4"
# by the bytes of the name, with its length before them
walk()
{
	MIBS='' SNMP_PERSISTENT_DIR=$TMP/snmp snmpwalk -v 2c -c public -Oqv \
	    "127.0.0.1:$(cat "$TMP/snmp/port")" "$NET_SNMP_EXTEND.$1" |
	    tr -d '"' | sed '/^$/d'
}
is "$(walk 5.109.97.105.108.113 | paste -sd' ')" "1 2 3 4" \
    "snmpd's extend has mailq"
is "$(walk 15.112.111.115.116.102.105.120.100.101.116.97.105.108.101.100 |
    wc -l)" 32 "and the 32 lines"

PATH=$BIN:$PATH
page_follow "$ROOT/docs/nms/librenms.md" kit="$ROOT/contrib/librenms" \
    state="$STATE" server="127.0.0.1:$(cat "$TMP/snmp/port")" community=public
ok $? "the page is followed"
is "$(grep -cE '^"?[0-9]+' "$TMP/page.log")" 40 "by hand and over SNMP"
tap_end
