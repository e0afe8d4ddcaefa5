#!/bin/sh
# contrib/netdata in a real Netdata: its charts are there and have the numbers
# of postfix-stats-get(1); its alarms are taken.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root
tap_start "Netdata"
. "$ROOT/tests/nms/rig.sh"
ND=$TMP/netdata
netdata_pid=''

netdata_start()
{
	install -d -o netdata "$ND/cache" "$ND/lib" "$ND/lib/registry" "$ND/log" "$ND/run"
	chown -R netdata "$ND"
	# what the page added is the end of it
	sed -i -e 's/update every = 5/update every = 1/' \
	    -e "s|-d /var/lib/postfix-stats -g .*|-d $STATE -g $TMP/get|" \
	    "$ND/config/netdata.conf"
	printf '#!/bin/sh\nexec "%s" -c "%s" "$@"\n' \
	    "$BIN/postfix-stats-get" "$CONFIG" >"$TMP/get"
	chmod 755 "$TMP/get"
	NETDATA_USER_CONFIG_DIR=$ND/config \
	setpriv --reuid=netdata --regid=nogroup --clear-groups \
	    netdata -D -c "$ND/config/netdata.conf" </dev/null \
	    >"$ND/out" 2>&1 &
	netdata_pid=$!
	at_exit 'child_stop netdata_pid'
	wait_until 'api charts | grep -q postfix.transport_smtp' 60
}

netdata_configure()
{
	install -d "$ND" "$ND/config"
	cat >"$ND/config/netdata.conf" <<P
[global]
	run as user = netdata
	hostname = mx1
	timezone = Etc/UTC
[directories]
	config = $ND/config
	cache = $ND/cache
	lib = $ND/lib
	home = $ND/lib
	log = $ND/log
	plugins = $ND/plugins
[db]
	mode = ram
[logs]
	error = $ND/log/error.log
	access = none
	debug = none
[web]
	bind to = 127.0.0.1:$WEB_PORT
	web files owner = root
	web files group = root
[statsd]
	enabled = no
[ml]
	enabled = no
[plugins]
	idlejitter = no
	cgroups = no
	tc = no
	diskspace = no
	timex = no
	slabinfo = no
P
}

api()
{
	http_get "127.0.0.1:$WEB_PORT" "/api/v1/$1"
}

# now CHART DIMENSION: what it shows last
now()
{
	api "data?chart=$1&dimensions=$2&points=1&after=-1&format=json" |
	    perl -MJSON::PP -e 'local $/; print decode_json(<STDIN>)->{data}[0][1] + 0'
}

# within CHART DIMENSION FROM: what came since then, of a chart per minute
within()
{
	api "data?chart=$1&dimensions=$2&after=$3&group=sum&points=100000&format=json" |
	    perl -MJSON::PP -e 'local $/; my $sum = 0;
		$sum += $_->[1] // 0 for @{decode_json(<STDIN>)->{data}};
		printf "%.0f\n", $sum / 60'
}

shows()
{
	[ "$(now "$1" "$2")" = "$3" ]
}

nms_start
need $? "the mail server is ready"
WEB_PORT=$(pick_port)
netdata_configure
page_follow "$ROOT/docs/nms/netdata.md" kit="$ROOT/contrib/netdata" \
    plugins="$ND/plugins" config="$ND/config"
need $? "the page is followed"
netdata_start
need $? "Netdata shows charts of mail"
wait_until 'shows postfix.probe_success arrives 1' 20
for queue in deferred hold incoming; do
	is "$(now postfix.queue_messages $queue)" \
	    "$(stats_get queue:$queue:messages)" "messages in $queue"
done
is "$(now postfix.queue_bytes deferred)" "$(stats_get queue:deferred:bytes)" \
    "bytes in deferred"
is "$(now postfix.probe_success refused) $(now postfix.probe_success arrives)" \
    "0 1" "probes"
is "$(api charts | perl -MJSON::PP -e 'local $/;
	print join(" ", sort grep { /transport_/ }
	    keys %{decode_json(<STDIN>)->{charts}})')" \
    "postfix.transport_discard postfix.transport_error postfix.transport_legal postfix.transport_lmtp postfix.transport_local postfix.transport_relay postfix.transport_smtp postfix.transport_soft postfix.transport_virtual" \
    "each transport has a chart"
start=$(date +%s)
mail_some 40
mail_stuck 5
wait_until 'shows postfix.queue_messages deferred "$(stats_get queue:deferred:messages)"' 20
ok $? "five more wait: $(now postfix.queue_messages deferred)"
wait_until '[ "$(within postfix.transport_smtp delivered "$start")" = 40 ]' 20
is "$(within postfix.transport_smtp delivered "$start")" 40 \
    "forty more were delivered by smtp"
is "$(within postfix.delivered "by%20smtp" "$start")" 40 "and by smtp in all"
wait_until 'api "alarms?all" | grep -q postfix_queue_stuck' 30
like "$(api 'alarms?all')" "*postfix_queue_old*" "alarms are taken"
is "$(grep -iE 'postfix_stats.*(invalid|ignor|unknown|error|disabl)' \
    "$ND/log/error.log" | head -5)" "" "without a complaint"
tap_end
