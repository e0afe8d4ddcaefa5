#!/bin/sh
# A private snmpd, AgentX master, under one directory:
#
#	snmpd.sh start DIR [PORT]	udp:127.0.0.1:PORT, community public;
#					writes DIR/port; socket DIR/agentx
#	snmpd.sh stop DIR
#	snmpd.sh restart DIR		with DIR/snmpd.conf as it is now
#
# With SNMPD_CONF=FILE it is started with that configuration, which must let
# COMMUNITY ask for the system group and have the socket DIR/agentx.
# SNMPD_WITHOUT names modules that are left out, instead of those below.
# DIR/persistent is its own; what is there before the start is read.
#
# Lines in $SNMPD_EXTRA are added to its configuration.
#
# Works without root too; as root, group nogroup may use the socket.
# Nothing in /etc/snmp or /var/lib/snmp is read or written.

set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

configure()
{
	install -d "$DIR" "$DIR/persistent"
	port=${1:-$(pick_port)}
	echo "$port" >"$DIR/port"
	perms="0660 0755"
	[ "$(id -u)" -ne 0 ] || perms="$perms root nogroup"
	if [ -n "${SNMPD_CONF-}" ]; then
		cp "$SNMPD_CONF" "$DIR/snmpd.conf"
	else
		cat >"$DIR/snmpd.conf" <<P
view all included .1
rocommunity public 127.0.0.1 -V all
master agentx
agentXSocket unix:$DIR/agentx
agentXPerms $perms
dontLogTCPWrappersConnects yes
${SNMPD_EXTRA-}
P
	fi
}

run()
{
	: >"$DIR/snmpd.log"
	# -I: one module that occupies MTA-MIB's place, three that want more
	# than is here.
	MIBS='' SNMPCONFPATH=$DIR:$DIR/persistent \
	    SNMP_PERSISTENT_DIR=$DIR/persistent \
	snmpd -f -Lf "$DIR/snmpd.log" \
	    -I "-${SNMPD_WITHOUT-mta_sendmail,smux,mteTrigger,mteTriggerConf}" \
	    "udp:127.0.0.1:$port" </dev/null >>"$DIR/snmpd.err" 2>&1 &
	echo $! >"$DIR/pid"
}

start()
{
	configure "$@"
	run
	wait_until "[ -S $DIR/agentx ] && answers" 10 || fail
}

# What it then answers depends on what was written into its configuration.
restart()
{
	stop
	port=$(cat "$DIR/port")
	run
	wait_until "grep -q '^NET-SNMP version' '$DIR/snmpd.log'" 10 || fail
}

fail()
{
	cat "$DIR/snmpd.err" "$DIR/snmpd.log" >&2
	stop
	exit 1
}

answers()
{
	MIBS='' SNMPCONFPATH=$DIR SNMP_PERSISTENT_DIR=$DIR/persistent \
	snmpget -v2c -c "${COMMUNITY-public}" -t 1 -r 0 "127.0.0.1:$port" \
	    .1.3.6.1.2.1.1.3.0 >/dev/null 2>&1
}

stop()
{
	[ ! -s "$DIR/pid" ] || end_process "$(cat "$DIR/pid")"
	rm -f "$DIR/pid" "$DIR/agentx"
}

case ${1-} in
start | stop | restart)
	DIR=${2:?directory}
	"$1" "${3-}" ;;
*)
	echo "usage: snmpd.sh start DIR [PORT] | restart DIR | stop DIR" >&2
	exit 64 ;;
esac
