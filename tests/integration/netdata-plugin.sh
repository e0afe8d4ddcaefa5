#!/bin/sh
# contrib/netdata's plug-in speaks its protocol, without Netdata: charts,
# dimensions and numbers; what names from a log may not do; no store, and the end
# of the reader.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
PLUGIN=$ROOT/contrib/netdata/postfix_stats.plugin

# says TEXT: what postfix-stats-get --json says from now on
says()
{
	printf '%s' "$1" >"$TMP/json"
	printf '#!/bin/sh\nexec cat "%s"\n' "$TMP/json" >"$TMP/get"
	chmod 755 "$TMP/get"
}

# first COUNT: lines of the plug-in, until that many empty ones
first()
{
	"$PLUGIN" 1 -g "$TMP/get" 2>"$TMP/err" |
	    awk -v last="$1" '/^$/ && ++n == last { exit } { print }'
}

tap_start "the plug-in of Netdata"
says '{ "sent:smtp": 7, "delivery:smtp:sent": 7, "delivery:smtp:bounced": 1,
"delivery:smtp:sent@out": 100, "receive:smtpd:NONE": 3, "receive:smtpd:PLAIN": 2,
"queue:deferred:messages": 12, "reject:smtpd:5xx:rbl": 4,
"reject:postscreen:5xx:rbl": 5, "probe:mx:duration": 0.25 }'
first 1 >"$TMP/said"
value()
{
	awk -v chart="BEGIN '$1'" -v set="SET '$2' = " '
	$0 == chart { inside = 1 }
	/^END/ { inside = 0 }
	inside && index($0, set) == 1 { print substr($0, length(set) + 1) }' \
	    "$TMP/said"
}
is "$(value postfix.delivered 'by smtp')" 7000000 "a counter"
is "$(value postfix.transport_smtp delivered)" 7000000 \
    "a transport has a chart, and instances are not counted again"
is "$(value postfix.service_smtpd received)" 5000000 "further labels are added up"
is "$(value postfix.queue_messages deferred)" 12000000 "a queue is a dimension"
is "$(value postfix.turned_away rbl)" 9000000 "so is a reason, over all daemons"
is "$(value postfix.probe_duration mx)" 250000 "parts of a second"
is "$(value postfix.delivered 'by lmtp')" "" "what is not there is not shown"
is "$(grep -c "^DIMENSION 'by smtp' 'by smtp' incremental 60 1000000$" \
    "$TMP/said")" 1 "a counter is shown per minute"
is "$(grep "^CHART 'postfix.queue_messages'" "$TMP/said")" \
    "CHART 'postfix.queue_messages' '' 'Messages in the queues' 'messages' 'queue' 'postfix.queue_messages' stacked 90004 1 '' postfix_stats" \
    "how a chart is announced"
first 2 >"$TMP/twice"
is "$(grep -c ^CHART "$TMP/twice")" "$(grep -c ^CHART "$TMP/said")" \
    "charts are announced once"
is "$(grep -c ^BEGIN "$TMP/twice")" "$(($(grep -c ^BEGIN "$TMP/said") * 2))" \
    "and set each time"

# Each line is one that Netdata knows, whatever a log names.
says '{ "delivery:a'\''b\nDISABLE\n:sent": 1, "delivery:$(id):sent": 2,
"queue:\u0000x\"|:messages": 3, "probe:'"$(printf '%0200d' 0)"':success": 1,
"delivery:x:sent": "1; rm", "delivery:y:sent": [ 1 ] }'
first 1 >"$TMP/said"
is "$(grep -vE "^(CHART 'postfix\.[A-Za-z0-9_-]+' '' '[^']*' '[^']*' '[^']*' 'postfix\.[a-z_]+' (line|area|stacked) [0-9]+ 1 '' postfix_stats|DIMENSION '([A-Za-z0-9_.@+ -]{1,64})' '[^']*' (absolute|incremental) [0-9]+ 1000000|BEGIN 'postfix\.[A-Za-z0-9_-]+'|SET '[A-Za-z0-9_.@+ -]{1,64}' = [0-9]+|END)$" \
    "$TMP/said")" "" "names from a log are names"
is "$(grep -c '^DISABLE' "$TMP/said")" 0 "and no commands"
says "{ $(for i in $(seq 500); do printf '"delivery:t%d:sent": 1,' "$i"; done) \"sent:smtp\": 1 }"
ok "$([ "$(first 1 | grep -c ^CHART)" -le 300 ]; echo $?)" \
    "there is an end of new charts"

printf '#!/bin/sh\nexit 2\n' >"$TMP/get"
is "$(first 2)" "" "no store: nothing, and no zeros"
printf '#!/bin/sh\necho "{ \\"sent:smtp\\": 1 }"\nexit 2\n' >"$TMP/get"
like "$(first 1)" "*SET 'by smtp' = 1000000*" \
    "a damaged store of probes does not keep the rest back"
says '{ "sent:smtp": 7, "queue_sample:taken": '$(($(date +%s) - 8000))' }'
is "$(first 2)" "" "a tailer that has ended: nothing"
says '{ "sent:smtp": 7, "queue_sample:taken": '$(date +%s)' }'
like "$(first 1)" "*SET 'by smtp'*" "one that runs: its numbers"
says 'not json'
is "$(first 2)" "" "no JSON: nothing"
says '[ 1 ]'
is "$(first 2)" "" "no object: nothing"
rm "$TMP/get"
is "$(first 1)" "DISABLE" "no such program: it is not to be started again"
like "$(cat "$TMP/err")" "*can't be run*" "and it says why"
says '{ "sent:smtp": 1 }'
# the shell waits for both
timeout 20 sh -c '"$1" 1 -g "$2" | head -n 1' sh "$PLUGIN" "$TMP/get" \
    >"$TMP/out"
is $? 0 "it ends when nobody reads any more"
# keys that it names are keys
for key in $(sed -nE "s/.*=> '([a-z_]+:[^']*)'.*/\1/p; s/.*, '([a-z0-9_]+:[^']*)'.*/\1/p" \
    "$PLUGIN"); do
	pattern=$(printf %s "$key" | sed 's/[%?]/<[a-z_]*>/g')
	grep -qE "^\| \`($pattern|$(printf %s "$key" |
	    sed 's/[%?]/[a-z0-9_<>]*/g'))\`" "$ROOT/docs/metrics.md" ||
	    echo "$key"
done >"$TMP/unknown"
is "$(cat "$TMP/unknown")" "" "its keys are in docs/metrics.md"
"$PLUGIN" -x >/dev/null 2>&1
is $? 64 "bad usage"
tap_end
