#!/bin/sh
# contrib/zabbix on a real Zabbix, with PostgreSQL and its frontend: what
# docs/nms/zabbix.md says imports the template and adds the mail server;
# everything is found and has the numbers of postfix-stats-get(1); a trigger
# fires and recovers; a notification reaches its item.
# Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root
tap_start "Zabbix"
. "$ROOT/tests/nms/rig.sh"

DB=$TMP/postgres ZBX=$TMP/zabbix
PG=$(echo /usr/lib/postgresql/*/bin)
postgres_pid='' zabbix_pid='' php_pid='' trapd_pid=''

database_start()
{
	install -d -o postgres "$DB"
	(
		cd "$DB" || exit
		as_postgres "$PG/initdb" -D "$DB/data" -A trust -E UTF8 \
		    --no-locale >"$DB/log" 2>&1
	) || return
	cat >>"$DB/data/postgresql.conf" <<P
listen_addresses = '127.0.0.1'
port = $DB_PORT
unix_socket_directories = '$DB'
fsync = off
synchronous_commit = off
full_page_writes = off
P
	# not as_postgres, whose process id would be a shell's
	setpriv --reuid=postgres --regid=postgres --clear-groups \
	    "$PG/postgres" -D "$DB/data" </dev/null >>"$DB/log" 2>&1 &
	postgres_pid=$!
	at_exit 'child_stop postgres_pid'
	wait_until 'sql -d postgres -c "select 1" >/dev/null 2>&1' 30
}

as_postgres()
{
	setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
}

sql()
{
	psql -q -h 127.0.0.1 -p "$DB_PORT" -U postgres "$@"
}

database_fill()
{
	sql -d postgres -c "create role zabbix login superuser" \
	    -c "create database zabbix owner zabbix" || return
	for part in schema images data; do
		zcat "/usr/share/zabbix-server-pgsql/$part.sql.gz"
	done | psql -q -h 127.0.0.1 -p "$DB_PORT" -U zabbix -d zabbix \
	    >>"$DB/log" 2>&1
}

server_start()
{
	install -d -o zabbix "$ZBX"
	install -o zabbix /dev/null "$TMP/traps"
	cat >"$ZBX/server.conf" <<P
LogFile=$ZBX/server.log
PidFile=$ZBX/server.pid
SocketDir=$ZBX
DBHost=127.0.0.1
DBPort=$DB_PORT
DBName=zabbix
DBUser=zabbix
ListenIP=127.0.0.1
ListenPort=$ZBX_PORT
StartPollers=4
StartPollersUnreachable=1
StartTrappers=1
StartPingers=0
StartDiscoverers=0
StartHTTPPollers=0
StartSNMPTrapper=1
SNMPTrapperFile=$TMP/traps
CacheUpdateFrequency=5
Timeout=5
P
	setpriv --reuid=zabbix --regid=zabbix --clear-groups zabbix_server -f \
	    -c "$ZBX/server.conf" </dev/null >>"$ZBX/server.err" 2>&1 &
	zabbix_pid=$!
	at_exit 'child_stop zabbix_pid'
	wait_until reload_zabbix 30
}

reload_zabbix()
{
	setpriv --reuid=zabbix --regid=zabbix --clear-groups zabbix_server \
	    -c "$ZBX/server.conf" -R config_cache_reload >/dev/null 2>&1
}

# It hands notifications over as the page says.
trapd_start()
{
	install -d "$TMP/trapd"
	cat >"$TMP/trapd/snmptrapd.conf" <<P
authCommunity log,execute public
outputOption n
traphandle default $ROOT/contrib/zabbix/zabbix-traps $TMP/traps
P
	MIBS='' SNMPCONFPATH=$TMP/trapd SNMP_PERSISTENT_DIR=$TMP/trapd \
	snmptrapd -f -C -c "$TMP/trapd/snmptrapd.conf" -n -X -Lo \
	    "udp:127.0.0.1:$TRAP_PORT" </dev/null >"$TMP/trapd/log" 2>&1 &
	trapd_pid=$!
	at_exit 'child_stop trapd_pid'
	wait_until 'grep -q NET-SNMP "$TMP/trapd/log"' 10
}

# The place of its configuration is compiled in, hence a copy.
frontend_start()
{
	cp -rL /usr/share/zabbix "$TMP/frontend"
	sed -i "s|/etc/zabbix/zabbix.conf.php|$TMP/zabbix.conf.php|" \
	    "$TMP/frontend/include/classes/core/CConfigFile.php"
	cat >"$TMP/zabbix.conf.php" <<P
<?php
global \$DB, \$HISTORY;
\$DB = [ 'TYPE' => 'POSTGRESQL', 'SERVER' => '127.0.0.1',
    'PORT' => '$DB_PORT', 'DATABASE' => 'zabbix', 'USER' => 'zabbix',
    'PASSWORD' => '', 'SCHEMA' => '', 'ENCRYPTION' => false, 'KEY_FILE' => '',
    'CERT_FILE' => '', 'CA_FILE' => '', 'VERIFY_HOST' => false,
    'CIPHER_LIST' => '', 'DOUBLE_IEEE754' => true ];
\$ZBX_SERVER = '127.0.0.1';
\$ZBX_SERVER_PORT = '$ZBX_PORT';
\$ZBX_SERVER_NAME = 'Zabbix';
\$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
P
	php -d max_execution_time=300 \
	    -d memory_limit=256M -d post_max_size=16M -d max_input_time=300 \
	    -d date.timezone=UTC -S "127.0.0.1:$WEB_PORT" -t "$TMP/frontend" \
	    </dev/null >>"$TMP/php.log" 2>&1 &
	php_pid=$!
	at_exit 'child_stop php_pid'
	wait_until 'api apiinfo.version "[]" >/dev/null' 30
}

# Zabbix refuses to listen above 32767.
low_port()
{
	perl -MIO::Socket::INET -e '
		for my $port (20000 + $$ % 10000 .. 32767) {
			IO::Socket::INET->new(Listen => 1,
			    LocalAddr => "127.0.0.1:$port") or next;
			print "$port\n";
			last;
		}'
}

# api METHOD PARAMETERS: the result, as JSON
api()
{
	perl -MHTTP::Tiny -MJSON::PP -e '
		my ($url, $method, $params, $auth) = @ARGV;
		my $json = JSON::PP->new->canonical->allow_nonref;
		my $answer = HTTP::Tiny->new(timeout => 60)->post($url, {
		    headers => { "Content-Type" => "application/json-rpc" },
		    content => $json->encode({ jsonrpc => "2.0", id => 1,
			method => $method, params => $json->decode($params),
			$auth ? (auth => $auth) : () }) });
		$answer = eval { $json->decode($answer->{content}) } or exit 1;
		die "$method: $answer->{error}{data}\n" if $answer->{error};
		print $json->encode($answer->{result}), "\n"' \
	    "$API" "$1" "$2" "$auth"
}

# field NAME...: of each element of a list, one a line
field()
{
	perl -MJSON::PP -e '
		local $/;
		for my $e (@{decode_json(<STDIN>)}) {
			print join("\t", @$e{@ARGV}), "\n";
		}' "$@"
}

# Postfix's own postlog(1), as its daemons log.
fatal()
{
	postlog -c "$MAIL_RIG/etc" -p fatal -t postfix/smtpd "no such thing" \
	    2>/dev/null
	at_rest
}

# Its smtpd(8) denies a client to relay, N times; by postlog(1), as above.
relay_denied()
{
	for _ in $(seq "$1"); do
		postlog -c "$MAIL_RIG/etc" -t postfix/smtpd "NOQUEUE: reject:" \
		    "RCPT from unknown[192.0.2.9]: 554 5.7.1 <a@far.test>:" \
		    "Relay access denied; from=<b@far.test> to=<a@far.test>" \
		    "proto=ESMTP helo=<c.far.test>" 2>/dev/null
	done
	at_rest
}

# Zabbix is told not to wait until it is time.
execute_now()
{
	tasks=$(sed 's/.*/{"type":6,"request":{"itemid":"&"}}/' | paste -sd,)
	api task.create "[$tasks]" >/dev/null
}

rules()
{
	api discoveryrule.get "{\"hostids\":\"$hostid\",\"output\":[\"itemid\",\"key_\",\"state\",\"error\"]}"
}

items()
{
	api item.get "{\"hostids\":\"$hostid\",\"output\":[\"itemid\",\"key_\",\"type\",\"lastclock\",\"lastvalue\",\"state\",\"error\"]${1-}}"
}

all_found()
{
	items >"$TMP/items"
	grep -q 'pfsTransportSent\[smtp\]' "$TMP/items" &&
	    grep -q 'pfsServiceReceived\[submission\]' "$TMP/items" &&
	    grep -q 'pfsQueueMessages\[deferred\]' "$TMP/items" &&
	    grep -q 'pfsRejectReplies\[smtpd:5xx:other\]' "$TMP/items" &&
	    grep -q 'pfsRejectReplies\[smtpd:5xx:relay_denied\]' "$TMP/items" &&
	    grep -q 'pfsDaemonFatals\[smtpd\]' "$TMP/items" &&
	    grep -q 'pfsProbeSuccess\[refused\]' "$TMP/items" &&
	    grep -q 'pfsProbeMailSuccess\[arrives\]' "$TMP/items"
}

# SNMP items that have no value yet; the probe that was refused has no queue
# id or address, and such an empty text is a value, too.
pending()
{
	items ',"filter":{"type":20}' | field lastclock key_ | grep '^0	'
}

# What Zabbix shows, as tests/nms/numbers has it.
shown()
{
	items ',"filter":{"type":20}' | field key_ lastvalue |
	    sed -nE 's/^(pfs[A-Za-z0-9]*)\[(.*)\]	/\1 \2 /p
		s/^(pfs[A-Za-z0-9]*)	/\1 - /p' | sort
}

compare()
{
	stats_get --all | "$ROOT/tests/nms/numbers" "$TMP/objects" >"$TMP/wanted"
	shown | awk 'NR == FNR { wanted[$1 " " $2] = $3; next }
	($1 " " $2) in wanted {
		compared++
		key = $1 " " $2
		# microseconds times 0.000001 are not always a number of six digits
		if (($3 - wanted[key]) ^ 2 > 1e-16)
			print key ": " $3 ", wanted " wanted[key]
	}
	END { print compared >"/dev/stderr" }' "$TMP/wanted" - 2>"$TMP/compared"
}

problems()
{
	api problem.get "{\"hostids\":\"$hostid\",\"output\":[\"name\"]}" |
	    field name
}

macro()
{
	api usermacro.create "{\"hostid\":\"$hostid\",
	    \"macro\":\"{\$POSTFIX.$1}\",\"value\":\"$2\"}" >/dev/null
}

# items_now KEY: ask for it
items_now()
{
	items ",\"filter\":{\"key_\":[\"$1\"]}" | field itemid | execute_now
}

# shellcheck disable=SC2046
set -- $(free_ports 3)
DB_PORT=$1 WEB_PORT=$2 TRAP_PORT=$3 ZBX_PORT=$(low_port)
API=http://127.0.0.1:$WEB_PORT/api_jsonrpc.php auth=''
"$ROOT/build/tools/generate" objects >"$TMP/objects"

SNMPD_EXTRA="trap2sink 127.0.0.1:$TRAP_PORT public"
export SNMPD_EXTRA
# what the notification needs: it is sent when the queue passes this
NMS_CONFIG="snmp: { notifications: { queue_high: 20 } }" nms_start
need $? "the mail server is ready"
fatal
relay_denied 1
database_start && database_fill && trapd_start && server_start &&
    frontend_start
need $? "Zabbix is ready"

page_follow "$ROOT/docs/nms/zabbix.md" kit="$ROOT/contrib/zabbix" api="$API" \
    server=mx1 address="127.0.0.1:$SNMP_PORT" community=public
need $? "the page is followed: template imported, server added"
auth=$(api user.login '{"username":"Admin","password":"zabbix"}' | tr -d '"')
hostid=$(api host.get '{"filter":{"host":["mx1"]},"output":["hostid"]}' |
    field hostid)
like "$hostid" '[0-9]*' "the server is there"

reload_zabbix
wait_until 'rules | field itemid | execute_now && wait_until all_found 8' 60
need $? "transports, services, queues, rejections, daemons, probes are found"
is "$(rules | field state error | grep -v '^0')" "" "no rule has failed"
is "$(grep -o 'pfsTransportSent\[[^]]*@[^]]*\]' "$TMP/items")" "" \
    "instances of Postfix count together"

reload_zabbix
wait_until 'items ",\"filter\":{\"type\":20}" | field itemid | execute_now
    wait_until "! pending >/dev/null" 8' 90
is "$(pending)" "" "each item has a value"
is "$(items | field state key_ error | grep -v '^0')" "" \
    "no item is unsupported"
is "$(compare)" "" "all numbers are those of postfix-stats-get"
ok "$([ "$(cat "$TMP/compared")" -gt 120 ]; echo $?)" \
    "$(cat "$TMP/compared") numbers were compared"

like "$(problems)" "*Probe refused: fails*" "the probe that fails is a problem"
is "$(problems | grep -c wait)" 0 "the queue is none"
is "$(problems | grep -c 'does not answer')" 0 "nor is the subagent"
fatal
fatal
wait_until 'items_now "pfsDaemonFatals[smtpd]"
    wait_until "problems | grep -q \"Daemon smtpd: ended\"" 5' 60
ok $? "so are a daemon's errors: $(problems | grep Daemon)"
macro RELAY.MAX 2
macro QUEUE.MAX 20
macro QUEUE.FOR '#1'
mail_stuck 21
reload_zabbix
wait_until 'items_now pfsAgentQueuedMessages; wait_until "problems | grep -q \"messages wait\"" 5' 60
ok $? "the queue passes its threshold: $(problems | grep wait)"
wait_until 'items | grep -q "messages wait"' 30
like "$(items ',"search":{"key_":"(9|10)"}' | field lastvalue)" \
    "*messages wait*" "the notification is there"
mail_unstuck
wait_until 'items_now pfsAgentQueuedMessages; wait_until "! problems | grep -q \"messages wait\"" 5' 60
ok $? "the queue is empty, the problem is over"
relay_denied 3
wait_until 'items_now "pfsRejectReplies[smtpd:5xx:relay_denied]"
    wait_until "problems | grep -q relay_denied" 5' 60
ok $? "relaying was denied too often: $(problems | grep relay_denied)"

items | field key_ | sort >"$TMP/before"
page_follow "$ROOT/docs/nms/zabbix.md" kit="$ROOT/contrib/zabbix" api="$API" \
    server=mx1 address="127.0.0.1:$SNMP_PORT" community=public
items | field key_ | sort >"$TMP/after"
is "$(cmp "$TMP/before" "$TMP/after")" "" "imported again: nothing changes"

macro INSTANCES '.*'
reload_zabbix
wait_until 'rules | field itemid | execute_now
    wait_until "items | grep -q \"pfsTransportSent.smtp@postfix-out\"" 8' 60
ok $? "each instance of Postfix has rows of its own if it is to"

problems | grep -vE 'Daemon|relay_denied' | sort >"$TMP/before"
statsd_stop
rm "$STATE"/postfix-stats.db*
statsd_start
# the log was not read from its start
say 3 user@ok.test
wait_for sent:smtp 3 60
started_anew()
{
	items >"$TMP/items"
	field key_ lastvalue <"$TMP/items" | grep -q '^pfsSentSmtp	3$' &&
	    field key_ lastvalue <"$TMP/items" | grep -q '^pfsLinesRead	[0-9]\{1,3\}$'
}
wait_until 'items ",\"filter\":{\"type\":20}" | field itemid | execute_now
    wait_until started_anew 5' 60
ok $? "the counters began anew"
is "$(problems | grep -vE 'Daemon|relay_denied' | sort |
    diff - "$TMP/before")" "" "that is no problem of its own"
tap_end
