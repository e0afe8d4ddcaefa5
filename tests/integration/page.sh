#!/bin/sh
# The status page as a browser shows it, at two widths and in two schemes; its
# graphs; the same numbers as JSON; and what strangers wrote stays text in all
# of them.  With PICTURES=FOLDER the pictures are put there, to be looked at.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

AXE=$ROOT/build/axe/node_modules/axe-core/axe.min.js

exporter_start()
{
	"$@" "$BIN/postfix-stats-exporter" -f -c "$CONFIG" -d "$STATE" \
	    --listen "$ADDRESS" </dev/null >>"$TMP/exporter.err" 2>&1 &
	exporter_pid=$!
	wait_until 'get / || ! running "$exporter_pid"' 20
	running "$exporter_pid"
}

exporter_stop()
{
	child_stop exporter_pid
}

# get PATH: into $TMP/head and $TMP/body; whether it is there
get()
{
	perl -MIO::Socket::INET -e '
		alarm 20;
		my $s = IO::Socket::INET->new($ARGV[0]) or exit 1;
		syswrite($s, "GET $ARGV[1] HTTP/1.0\r\n\r\n");
		local $/;
		my ($head, $body) = split /\r\n\r\n/, <$s>, 2;
		open my $h, ">", "$ARGV[2]/head" or die;
		print $h "$head\r\n";
		open my $b, ">", "$ARGV[2]/body" or die;
		print $b $body;
		exit($head !~ m{^HTTP/1.. 200});' "$ADDRESS" "$1" "$TMP" \
	    2>/dev/null
}

# page: as text, without markup
page()
{
	get / && perl -0777 -pe 's/<[^>]*>/ /g; s/\s+/ /g; s/&lt;/</g;
	    s/&gt;/>/g; s/&quot;/"/g; s/&#39;/\x27/g; s/&amp;/&/g' "$TMP/body"
}

# json EXPRESSION: of the whole, $j, by a reader that takes UTF-8 only
json()
{
	get /api/v1/stats.json && perl -MJSON::PP -0777 -e '
		my $j = JSON::PP->new->utf8->decode(scalar <STDIN>);
		my $s = $j->{stores}{"postfix-stats.db"};
		binmode STDOUT, ":utf8";
		print eval $ARGV[0] // die $@;' "$1" <"$TMP/body"
}

# looked NAME WIDTHS: a browser finds no fault
looked()
{
	if [ ! -r "$AXE" ] || ! command -v chromium node >/dev/null; then
		skip "no browser, or no axe-core: see make deps"
		return
	fi
	said=$("$ROOT/tests/rig/browser" "$AXE" "$TMP" "$1" \
	    "http://$ADDRESS/" "$2" 2>&1)
	is "$?$said" 0 "$1: the browser finds no fault ($2)"
}

# A series with a past, of N a minute or N.
history()
{
	rrdtool create "$RRD/$1.rrd" --start $((now - 172800)) --step 60 \
	    "DS:value:$2:180:0:U" RRA:AVERAGE:0.5:1:2880 \
	    RRA:AVERAGE:0.5:10:1440 RRA:AVERAGE:0.5:60:960 \
	    RRA:AVERAGE:0.5:720:800 RRA:MAX:0.5:10:1440 RRA:MAX:0.5:60:960 \
	    RRA:MAX:0.5:720:800
	# shellcheck disable=SC2046
	rrdtool update "$RRD/$1.rrd" $(awk -v now="$now" -v n="$3" \
	    -v rate="$2" 'BEGIN {
		for (t = now - 172800 + 60; t < now - 120; t += 60)
			print t ":" (rate == "GAUGE" ? n : n * ++i)
	    }')
}

tap_start "the status page"
exporter_pid=''
at_exit exporter_stop
PORT=$(pick_port)
ADDRESS=127.0.0.1:$PORT
RRD=$TMP/rrd
mkdir -p "$RRD"
install -d -m 750 "$STATE"
now=$(date +%s)
now=$((now - now % 60))

# --- nothing to show
exporter_start
like "$(page)" '*There are no numbers*No such file*' "no store: it says so"
is "$(json '$s->{state} . " " . exists $s->{numbers}')" "missing " \
    "and so does JSON"
looked empty 360
get /graphs/mail-day.svg
is $? 1 "graphs are off: there are none"
exporter_stop

# --- a log that strangers wrote in
configure "publish_interval: 0.2" "rrd: $RRD" \
    "top: [ rcpt_domain, sender_domain, relay_host, client ]"
stamp=$(date '+%b %e %H:%M:%S')
"$ROOT/build/tools/loggen" --lines 20000 |
    sed "s/^[A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]* /$stamp /" \
    >"$LOG"
bad=$(printf '\377')
evil='"><script>alert(1)</script>'
{
	for _ in $(seq 2000); do
		printf '%s mx postfix/smtp[1]: 4Cx1yG1zXbz9rxJ: to=<a@%s>, relay=%s[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok)\n' \
		    "$stamp" \
		    "<script>alert(2)</script>$bad'x.example" \
		    "<b>bold</b>&amp;.example"
	done
	printf '%s mx postfix/smtpd[2]: NOQUEUE: reject: RCPT from unknown[192.0.2.9]: 550 5.7.1 <%s>: Helo command rejected: %s; from=<"<i>"@evil.example> to=<u@example.com> proto=ESMTP helo=<%s>\n' \
	    "$stamp" "$evil" "it's & \"so\"" "$evil$bad"
	printf '%s mx postfix-<u>/smtp<s>/smtp[3]: 4Cx1yG1zXbz9rxK: to=<a@b.example>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (x)\n' \
	    "$stamp"
	for _ in $(seq 300); do
		echo "$stamp mx postfix/smtpd[4]: 4Cx1yG1zXbz9rxL: client=often.example[192.0.2.77]"
	done
} >>"$LOG"
for series in received:DERIVE:10 sent:DERIVE:12 deferred:DERIVE:2 \
    waiting:GAUGE:40; do
	history $(echo "$series" | tr : ' ')
done
statsd_start --from start
wait_for lines:read "$(wc -l <"$LOG")" 30
ok $? "the log is counted"
exporter_start
wait_until 'page >"$TMP/text" && grep -q "Mail is flowing" "$TMP/text"' 5
ok $? "mail is flowing"
get /
is "$(grep -ciE '<(script|b|i|u|s)\b' "$TMP/body")" 0 \
    "no markup of strangers in the page"
perl -MEncode -0777 -ne 'decode("UTF-8", $_, Encode::FB_CROAK)' "$TMP/body"
ok $? "the page is UTF-8"
page >"$TMP/text"
grep -qF "<script>alert(2)</script>?'x.example" "$TMP/text"
ok $? "a domain is shown as it is"
grep -qF '<b>bold</b>&amp;.example' "$TMP/text"
ok $? "a server is, too"
grep -qF '550 5.7.1 <"><script>alert(1)</script>>: Helo command rejected' \
    "$TMP/text"
ok $? "so are HELO and reply"
grep -qF 'from=<"<i>"@evil.example>' "$TMP/text"
ok $? "and the sender"
is "$(json 'join "", grep /alert/, map $_->{name}, @{$s->{top}{rcpt_domain}}')" \
    "<script>alert(2)</script>?'x.example" \
    "JSON has the domain"
like "$(json 'join "", map $_->{text}, @{$s->{last_reasons}}')" \
    '*<"><script>alert(1)</script>>: Helo command rejected*' \
    "and HELO and reply"
guesses=$(json 'join " ", map $_->{name},
    grep $_->{error} > $_->{count} / 2, @{$s->{top}{client}}')
get /
shown=0
for client in $guesses; do
	! grep -qF "<span class=\"name\">$client</span>" "$TMP/body" ||
	    shown=$((shown + 1))
done
is "${guesses:+some} $shown" "some 0" "a client that may be rare is no frequent one"
grep -qF '<span class="name">192.0.2.77</span>' "$TMP/body"
ok $? "one that came often is"
stats_get --json >"$TMP/wanted"
json 'JSON::PP->new->canonical->encode($s->{numbers})' >"$TMP/got"
perl -MJSON::PP -0777 -ne 'print JSON::PP->new->canonical->encode(
    JSON::PP->new->decode($_))' "$TMP/wanted" | cmp -s - "$TMP/got"
ok $? "JSON has the numbers of postfix-stats-get --json"
is "$(json '$s->{state} . $s->{up}')" ok1 "and that the store is ok"
get /metrics
is "$(grep -c '^postfix_stats_graphs_up 1$' "$TMP/body")" 1 \
    "a metric says that the graphs are filled"
grep -q 'transport="smtp<s>"' "$TMP/body"
ok $? "a transport's name is text in the metrics"

# --- graphs
is "$(rrdtool lastupdate "$RRD/sent.rrd" | sed -n 's/^[0-9]*: //p')" \
    "$(stats_get --all | awk '/^delivery:[^@]*:sent / { n += $2 }
	END { print n }')" "what was delivered is in its file"
bad=''
for graph in mail trouble queue clients; do
	for period in day week month year; do
		for kind in '' -dark -small -small-dark; do
			get "/graphs/$graph-$period$kind.svg" &&
			    grep -q '</svg>' "$TMP/body" ||
			    bad="$bad $graph-$period$kind"
		done
	done
done
is "$bad" "" "64 graphs"
like "$(cat "$TMP/head")" "*Content-Type: image/svg+xml*" "of their type"
for path in /graphs/ /graphs/mail-day.png /graphs/mail.svg /graphs/mail-day \
    /graphs/../etc/passwd /graphs/mail-day-dark-small.svg /style.css/ /x; do
	get "$path"
	is $? 1 "$path: not found"
done
like "$(page)" '*Last 24 hours*received*10*' "the numbers are beside them"
looked full 360,1920
is "$(pgrep -P "$exporter_pid" | wc -l)" 0 "no process that draws is left"
rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$exporter_pid/status")
[ "$rss" -lt 20480 ]
ok $? "with 64 graphs kept it has $rss kB"

# --- what does not work is said, and the rest goes on
statsd_stop
like "$(page)" '*Problem Nobody is counting*' "the tailer has ended"
is "$(json '$s->{state}')" stale "JSON says so"
exporter_stop
wait_until '[ "$(date +%s)" -gt "$(rrdtool last "$RRD/sent.rrd")" ]' 5
exporter_start
is "$(rrdtool lastupdate "$RRD/sent.rrd" | sed -n 's/^[0-9]*: //p')" U \
    "a gap is drawn, not a line at 0"
cp "$STATE/postfix-stats.db" "$TMP/good"
head -c 4096 /dev/urandom |
    dd of="$STATE/postfix-stats.db" bs=4096 seek=3 conv=notrunc 2>/dev/null
like "$(page)" '*Problem The store cannot be read*out of place*' \
    "the store is damaged"
looked damaged 360
exporter_stop
cp "$TMP/good" "$STATE/postfix-stats.db"
configure "rrd: $LOG/rrd"
exporter_start
like "$(page)" '*The graphs are not filled*Not a directory*' \
    "a directory that is none"
get /metrics
is "$(grep -c '^postfix_stats_graphs_up 0$' "$TMP/body")" 1 "a metric says so"
is "$(grep -c 'no graphs: ' "$TMP/exporter.err")" 1 "in one line of the log"
exporter_stop
configure "rrd: $TMP/full"
mkdir "$TMP/full"
# No file may grow beyond 32 KiB, as if the disk were full.
exporter_start prlimit --fsize=32768
like "$(page)" '*The graphs are not filled*is the disk full*' \
    "no room for the files"
get /metrics && grep -q '^postfix_sent_total' "$TMP/body"
ok $? "metrics are served all the same"
is "$(find "$TMP/full" -size +0 -name '*.rrd' | wc -l)" 0 \
    "no file is left half made"
exporter_stop
head -c 3000 /dev/urandom >"$RRD/sent.rrd"
configure "rrd: $RRD"
exporter_start
like "$(page)" '*The graphs are not filled*sent.rrd*' "a damaged file"
get /graphs/mail-day.svg
page >/dev/null
ok $? "the page stays"
exporter_stop

# --- mail of long ago that is counted now
STATE=$TMP/old LOG=$TMP/old.log
install -d -m 750 "$STATE"
: >"$LOG"
configure "publish_interval: 0.2"
statsd_start
exporter_start
long_ago=$(date -d '2 hours ago' '+%b %e %H:%M:%S')
for _ in 1 2 3; do
	echo "$long_ago mx postfix/smtp[1]: 4Cx1yG1zXbz9rxJ: to=<a@b.example>, relay=c.example[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok)"
done >>"$LOG"
wait_for sent:smtp 3 20
wait_until 'page >"$TMP/text" && grep -q "Old mail is being counted" "$TMP/text"' 5
ok $? "old mail is told from mail of now"
statsd_stop
exporter_stop

# --- probes without a log, and what servers said to them
STATE=$TMP/probes
install -d -m 750 "$STATE"
"$ROOT/build/tools/store-put" "$STATE" probe.db <<P
probe:inbox:success 1
probe:inbox:duration 123456
probe:inbox:last_attempt $(($(date +%s) - 40))
=probe_result:inbox ok
mail:inbox:sent 40
mail:inbox:success 0
mail:inbox:late 2
mail:inbox:spam 1
mail:inbox:lost 0
mail:inbox:last_sent $(($(date +%s) - 340))
mail:inbox:last_deliver_time 1700000000
mail:inbox:last_deliver_duration 1234567
=mail_result:inbox overdue
=mail_trail:inbox deferred by smtp since 2026-11-23 07:01:02 UTC: 450 4.2.0 <script>alert(3)</script> "&amp;"
=mail_auth:inbox pass <b>fail</b> none
probe:far:success 1
probe:far:duration 90000
probe:far:last_attempt $(($(date +%s) - 20))
=probe_result:far ok
mail:far:sent 3
mail:far:success 1
mail:far:last_deliver_time 1700000000
mail:far:last_deliver_duration 345678
=mail_result:far arrived
=mail_auth:far pass pass pass
probe:new:success 1
probe:new:last_attempt $(($(date +%s) - 20))
=probe_result:new ok
mail:new:sent 0
=mail_mailbox:new /srv/<i>new</i>: No such file or directory
P
exporter_start
page >"$TMP/text"
like "$(cat "$TMP/text")" \
    '*Problem Mail of a probe does not arrive as it should inbox: overdue, deferred by smtp since *: 450 4.2.0 <script>alert(3)</script> "&amp;" (1 of 3)*' \
    "mail that does not arrive is the answer, with what the log has"
like "$(cat "$TMP/text")" \
    "*Mail of probes *inbox overdue 1.2 s 5 min*ago 2 1 0 *deferred by smtp since *SPF pass, DKIM <b>fail</b>, DMARC none *new not sent yet *0 0 0 mailbox not watched : /srv/<i>new</i>: No such file *far arrived 0.3 s *SPF pass, DKIM pass, DMARC pass *" \
    "what became of mail, trouble first"
get /
is "$(grep -ciE '<(script|b|i|u|s)\b' "$TMP/body")" 0 "without a stranger's markup"
looked probes 360,1280
exporter_stop
tap_end
