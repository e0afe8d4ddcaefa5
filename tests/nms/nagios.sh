#!/bin/sh
# contrib/nagios under a real Nagios: check_postfix_stats and check_snmp each
# with OK, WARNING, CRITICAL and UNKNOWN, and the services of postfix-stats.cfg;
# Icinga 2 takes icinga2.conf.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root
tap_start "Nagios and Icinga"
. "$ROOT/tests/nms/rig.sh"
NAGIOS=$TMP/nagios
nagios_pid=''

# Services of our own, each to become what its name says.
service()
{
	cat <<P
define service {
	use			postfix-service
	hostgroup_name		postfix
	service_description	$1
	check_command		$2
}
P
}

services()
{
	stuck=queue:deferred:messages
	deferred=1.5.1.3.1.8.100.101.102.101.114.114.101.100
	get="check_postfix_stats!-d $STATE --get $TMP/get --state $NAGIOS/rates"
	service get-ok "$get -k $stuck -w 100 -c 200"
	service get-warning "$get -k $stuck -w 3 -c 200"
	service get-critical "$get -k $stuck -w 3 -c 4"
	service get-unknown "$get -k no:such"
	service get-nowhere "check_postfix_stats!-d $TMP/nowhere -k $stuck"
	service get-rate "$get -r -k lines:read -w 0:1000000"
	service snmp-ok "check_postfix_snmp!$deferred!-w 100 -c 200"
	service snmp-warning "check_postfix_snmp!$deferred!-w 3 -c 200"
	service snmp-critical "check_postfix_snmp!$deferred!-w 3 -c 4"
	service snmp-unknown "check_postfix_snmp!1.99.1.0!-w 3 -c 4"
}

nagios_configure()
{
	install -d -o nagios "$NAGIOS" "$NAGIOS/results" "$NAGIOS/plugins"
	ln -s /usr/lib/nagios/plugins/check_snmp \
	    "$ROOT/contrib/nagios/check_postfix_stats" "$NAGIOS/plugins"
	printf '#!/bin/sh\nexec "%s" -c "%s" "$@"\n' \
	    "$BIN/postfix-stats-get" "$CONFIG" >"$TMP/get"
	chmod 755 "$TMP/get"
	echo "\$USER1\$=$NAGIOS/plugins" >"$NAGIOS/resource.cfg"
	cat >"$NAGIOS/objects.cfg" <<P
define timeperiod {
	timeperiod_name	24x7
	alias		always
	sunday		00:00-24:00
	monday		00:00-24:00
	tuesday		00:00-24:00
	wednesday	00:00-24:00
	thursday	00:00-24:00
	friday		00:00-24:00
	saturday	00:00-24:00
}
define contact {
	contact_name			nobody
	host_notifications_enabled	0
	service_notifications_enabled	0
	host_notification_commands	none
	service_notification_commands	none
	host_notification_period	24x7
	service_notification_period	24x7
}
define command {
	command_name	none
	command_line	/bin/true
}
define host {
	host_name		mx1
	address			127.0.0.1
	hostgroups		postfix
	max_check_attempts	1
	check_command		none
	contacts		nobody
	notification_period	24x7
	_SNMP_COMMUNITY		public
	_SNMP_PORT		$SNMP_PORT
}
P
	services >>"$NAGIOS/objects.cfg"
	cat >"$NAGIOS/nagios.cfg" <<P
log_file=$NAGIOS/nagios.log
cfg_file=$NAGIOS/objects.cfg
cfg_file=$TMP/page/postfix-stats.cfg
resource_file=$NAGIOS/resource.cfg
object_cache_file=$NAGIOS/objects.cache
precached_object_file=$NAGIOS/objects.precache
status_file=$NAGIOS/status.dat
status_update_interval=2
check_result_path=$NAGIOS/results
temp_file=$NAGIOS/temp
temp_path=$NAGIOS
lock_file=$NAGIOS/lock
query_socket=$NAGIOS/query
state_retention_file=$NAGIOS/retention.dat
check_external_commands=0
command_file=$NAGIOS/command
use_syslog=0
interval_length=4
service_inter_check_delay_method=n
max_service_check_spread=1
use_retained_program_state=0
enable_environment_macros=0
P
}

# as a user who may read the store
nagios()
{
	setpriv --reuid=nagios --regid=nogroup --clear-groups nagios4 "$@"
}

# status FIELD: "SERVICE VALUE" of all, once each was checked
status()
{
	sed 's/^[[:blank:]]*//' "$NAGIOS/status.dat" | awk -F= -v field="$1" '
	$1 == "service_description" { name = $2 }
	$1 == field && name != "" {
		print name, substr($0, index($0, "=") + 1)
	}' | sort -u
}

checked()
{
	[ -s "$NAGIOS/status.dat" ] &&
	    [ "$(status has_been_checked | grep -c ' 1$')" -ge 14 ] &&
	    ! status has_been_checked | grep -q ' 0$' &&
	    status plugin_output | grep -q 'get-rate.*per minute within'
}

nms_start
need $? "the mail server is ready"
PATH=$BIN:$PATH
page_follow "$ROOT/docs/nms/nagios.md" kit="$ROOT/contrib/nagios" \
    state="$STATE" server=127.0.0.1 port="$SNMP_PORT" community=public
need $? "the page is followed"
like "$(cat "$TMP/page.log")" "*SNMP OK*queue:deferred:messages is*" \
    "by hand both answer"

nagios_configure
nagios -v "$NAGIOS/nagios.cfg" >"$NAGIOS/verify" 2>&1
need $? "Nagios takes the configuration"
setpriv --reuid=nagios --regid=nogroup --clear-groups \
    nagios4 "$NAGIOS/nagios.cfg" </dev/null >"$NAGIOS/out" 2>&1 &
nagios_pid=$!
at_exit 'child_stop nagios_pid'
wait_until checked 60
need $? "all was checked"
is "$(status current_state | grep -E '^(get|snmp)-')" "get-critical 2
get-nowhere 3
get-ok 0
get-rate 0
get-unknown 3
get-warning 1
snmp-critical 2
snmp-ok 0
snmp-unknown 3
snmp-warning 1" "OK, WARNING, CRITICAL and UNKNOWN of both"
number=$(stats_get queue:deferred:messages)
is "$(status performance_data | grep -E '^get-warning')" \
    "get-warning 'queue:deferred:messages'=$number;3;200;0" "the number"
like "$(status plugin_output | grep -E '^snmp-warning')" \
    "*SNMP WARNING - *$number*" "the same over SNMP"
like "$(status plugin_output | grep '^get-unknown')" "*No such key*" \
    "UNKNOWN says why: no such key"
like "$(status plugin_output | grep '^get-nowhere')" "*nowhere*" \
    "and no store"
is "$(status current_state | grep -vE '^(get|snmp)-')" \
    "Deliveries put off 0
Mail waiting for delivery 0
Oldest mail that waits 0
Queue is sampled 0
postfix-stats 0" "the services of the kit are well"
mail_unstuck
wait_until 'status current_state | grep -q "^get-critical 0"' 60
ok $? "the queue is empty, CRITICAL is over"

# What an installed icinga2 has beside it.
cat >"$TMP/icinga2.conf" <<P
include <itl>
include <plugins>
const PluginDir = "/usr/lib/nagios/plugins"
const NodeName = "nms"
template Service "generic-service" { max_check_attempts = 3 }
object Host "mx1" {
  check_command = "dummy"
  address = "127.0.0.1"
  vars.postfix = true
  vars.postfix_local = true
  vars.snmp_community = "public"
}
include "$TMP/page/postfix-stats.conf"
P
install -d -o nobody "$TMP/icinga"
icinga2 daemon -C -c "$TMP/icinga2.conf" \
    -D Configuration.RunAsUser=root -D Configuration.RunAsGroup=root \
    -D Configuration.DataDir="$TMP/icinga" \
    -D Configuration.LogDir="$TMP/icinga" \
    -D Configuration.CacheDir="$TMP/icinga" \
    -D Configuration.InitRunDir="$TMP/icinga" >"$TMP/icinga.log" 2>&1
ok $? "Icinga 2 takes its configuration"
like "$(cat "$TMP/icinga.log")" "*Instantiated 4 Services*" "four services"
tap_end
