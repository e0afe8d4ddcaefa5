#!/bin/sh
# contrib/mrtg with a real MRTG: what docs/nms/mrtg.md says makes pages whose
# numbers are those of postfix-stats-get(1).  And MRTG, with an RRD, that polled
# the old reader through snmpd's exec goes on polling ours, with nothing
# changed but that program: no gap but one interval, no spike.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root
tap_start "MRTG"
. "$ROOT/tests/nms/rig.sh"

WORK=$TMP/www OLD=$TMP/old READER=$TMP/net-snmp/postfix-stats-get
EXT=.1.3.6.1.4.1.2021.8.1.101

# logged TARGET: the counters that MRTG saw last
logged()
{
	awk 'NR == 1 { print $2, $3 }' "$WORK/127.0.0.1-$1.log"
}

# reader_old SENT RECEIVED: prints what update-mailstats.pl had counted
reader_old()
{
	cat >"$READER.new" <<P
#!/bin/sh
case \$1 in
sent:smtp) echo $1 ;;
recv:smtp) echo $2 ;;
*) echo "No such key \"\$1\""; exit 1 ;;
esac
P
	reader_put "$1" "$2"
}

reader_ours()
{
	cat >"$READER.new" <<P
#!/bin/sh
exec $BIN/postfix-stats-get -c $CONFIG -d $STATE "\$@"
P
	reader_put "$(stats_get sent:smtp)" "$(stats_get recv:smtp)"
}

# snmpd keeps what a program said for some seconds.
reader_put()
{
	chmod 755 "$READER.new"
	mv "$READER.new" "$READER"
	wait_until "[ \"\$(asked_oid $EXT.1 | tr -d '\\\"')\" = $1 ] &&
	    [ \"\$(asked_oid $EXT.2 | tr -d '\\\"')\" = $2 ]" 30 ||
	    diag "snmpd does not show $1 and $2"
}

# Five minutes later by MRTG's clock.
old_poll()
{
	ahead=$((${ahead-0} + 300))
	perl -e 'print pack("q", $ARGV[0])' "$ahead" >"$TMP/clock.new"
	mv "$TMP/clock.new" "$TMP/clock"
	LD_PRELOAD="$ROOT/build/tools/faults.so" FAULT_CLOCK="$TMP/clock" \
	    LANG=C mrtg "$OLD/mrtg.cfg" >>"$TMP/old.log" 2>&1
}

# rates COLUMN: per 300 s as whole numbers, in the order of time; "-" where
# nothing is known
rates()
{
	rrdtool fetch "$OLD/mail.rrd" AVERAGE -r 300 -s "$(($(date +%s) - 600))" \
	    -e "$(($(date +%s) + ahead))" | awk -v column="$1" '
	/^[0-9]+:/ {
		if ($column ~ /nan/)
			print "-"
		else
			printf "%.0f\n", $column * 300
	}' | paste -sd' ' | sed 's/^\(- \)*//; s/\( -\)*$//'
}

install -d "$TMP/net-snmp" "$OLD" "$WORK"
SNMPD_EXTRA="exec postfix-sent-smtp $READER sent:smtp
exec postfix-recv-smtp $READER recv:smtp"
export SNMPD_EXTRA
nms_start
need $? "the mail server is ready"

page_follow "$ROOT/docs/nms/mrtg.md" kit="$ROOT/contrib/mrtg" \
    server=127.0.0.1 port="$SNMP_PORT" community=public work="$WORK"
need $? "the page is followed"
is "$(grep -c '^Target' "$TMP/page/mrtg.cfg")" \
    "$(find "$WORK" -name '*-day.png' | wc -l)" \
    "each of $(grep -c '^Target' "$TMP/page/mrtg.cfg") targets has a graph"
is "$(grep -o 'src="[^"]*"' "$WORK/index.html" | cut -d'"' -f2 |
    while read -r file; do [ -s "$WORK/$file" ] || echo "$file"; done)" "" \
    "the index shows each of them"
is "$(logged delivered)" "$(stats_get sent:smtp sent:local | paste -sd' ')" \
    "delivered"
is "$(logged received)" "$(stats_get recv:smtp recv:local | paste -sd' ')" \
    "received"
is "$(logged turned-away)" "$(stats_get smtpd:4xx smtpd:5xx | paste -sd' ')" \
    "turned away"
is "$(logged transport-smtp-sent)" "$(stats_get delivery:smtp:sent \
    delivery:smtp:bounced | paste -sd' ')" "delivered and bounced by smtp"
is "$(logged transport-legal-sent)" "$(stats_get delivery:legal:sent \
    delivery:legal:bounced | paste -sd' ')" "by a transport of one's own"
is "$(logged service-submission-rejected)" "$(stats_get \
    reject_service:submission:4xx reject_service:submission:5xx |
    paste -sd' ')" "turned away by a service"
is "$(logged queue-deferred-messages)" "$(stats_get queue:deferred:messages \
    queue:deferred:recipients | paste -sd' ')" "the deferred queue"
mail_some 9
LANG=C mrtg "$TMP/page/mrtg.cfg" >>"$TMP/page.log" 2>&1
is "$(logged delivered)" "$(stats_get sent:smtp sent:local | paste -sd' ')" \
    "nine more"

# What was there before us.
cat >"$OLD/mrtg.cfg" <<P
WorkDir: $OLD
LogFormat: rrdtool
NoMib2: Yes
EnableIPv6: no
Target[mail]: $EXT.1&$EXT.2:public@127.0.0.1:$SNMP_PORT
MaxBytes[mail]: 1000000
Options[mail]: growright
Title[mail]: mail
PageTop[mail]: <h1>mail</h1>
P
sent=50000 received=70000
for _ in 1 2 3 4; do
	reader_old "$sent" "$received"
	old_poll
	sent=$((sent + 30)) received=$((received + 60))
done
is "$(rates 2 | grep -cE '^((29|3[01]) )+(29|3[01])$')" 1 \
    "the old reader: 30 in five minutes"
reader_ours
is "$("$READER" sent:smtp)" "$(stats_get sent:smtp)" "ours in its place"
old_poll
for _ in 1 2 3; do
	mail_some 30
	reader_ours
	old_poll
done
# A step of the RRD holds parts of two intervals of MRTG: whether the one that
# is not known fills the half of one depends on when this began.
is "$(rates 2 | tr ' ' '\n' | awk '$1 != "-" && ($1 < 29 || $1 > 31)')" "" \
    "MRTG goes on, 30 in five minutes as before, without a spike"
ok "$([ "$(rates 2 | tr ' ' '\n' | grep -c -- -)" -le 1 ]; echo $?)" \
    "at most one interval is unknown"
is "$(rates 3 | grep -cE '(^| )(59|6[01]) .* (29|3[01])( |$)')" 1 \
    "the other line shows when it changed"
diag "sent: $(rates 2); received: $(rates 3)"
tap_end
