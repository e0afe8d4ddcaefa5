#!/bin/sh
# A small Internet with a Postfix in the middle, for mail of every kind:
#
#	world.sh possible	succeeds where such a world can be made
#	world.sh enter CMD...	run CMD in a new one, and end all that it
#				started: own processes, network, host name,
#				/etc/hosts and resolv.conf; sets
#				$POSTFIX_STATS_WORLD
#	world.sh start DIR	in a world: a name server, mail servers of all
#				kinds, Dovecot, a milter, two instances
#	world.sh stop DIR	end the instances and Dovecot
#
# Networks: 192.0.2.1, .3 and .4 are the instance `postfix', mx.test; .2 is
# postfix-out, mx.out.test; .10 and up are the servers of world/peer, one fault
# each.  Clients come from 198.51.100.0/24.  There is no way to any other.
# Both instances log to DIR/log/mail.log.  Needs root.

set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig

. "$RIG/world/postfix.sh"
. "$RIG/world/beside.sh"

make_instance()
{
	install -d "$1" "$1/etc" "$1/spool"
	install -d -o postfix -m 700 "$1/data"
}

write_configuration()
{
	make_instance "$DIR"
	make_instance "$DIR/out"
	install -d "$DIR/log" "$DIR/run" "$DIR/mail" "$DIR/tls" \
	    "$DIR/mail/forward"
	install -d -m 1777 "$DIR/mail/local"
	install -d -o nobody "$DIR/mail/virtual" "$DIR/mail/lmtp" \
	    "$DIR/run/policy" "$DIR/run/peer"
	{ main_cf postfix "$DIR"; in_main_cf; } >"$DIR/etc/main.cf"
	in_master_cf >"$DIR/etc/master.cf"
	{ main_cf postfix-out "$DIR/out"; out_main_cf; } >"$DIR/out/etc/main.cf"
	out_master_cf >"$DIR/out/etc/master.cf"
	lookup_tables
	certificates >"$DIR/log/openssl.log" 2>&1
	dovecot_conf >"$DIR/etc/dovecot.conf"
	for user in user full; do
		echo "$user@lmtp.test:{PLAIN}secret:$NOBODY:$NOBODY::$DIR/mail/lmtp/$user::"
	done >"$DIR/etc/users"
	echo user@ok.test >"$DIR/mail/forward/games"
	cat >"$DIR/run/filter" <<P
#!/bin/sh
exec /usr/sbin/sendmail -C "$DIR/etc" -G -i "\$@"
P
	chmod 755 "$DIR/run/filter"
	dns_zone >"$DIR/etc/zone"
}

# peer PROGRAM...: one of the programs beside Postfix
beside()
{
	"$@" </dev/null >>"$DIR/log/beside.log" 2>&1 &
	echo $! >>"$DIR/run/beside"
}

# Who is not root may name these configurations, too.  The machine may have no
# main.cf, so the whole directory is ours.
announce()
{
	cp -a /etc/postfix "$DIR/etc/machine"
	rm -f "$DIR/etc/machine/main.cf"
	echo "alternate_config_directories = $DIR/etc $DIR/out/etc" \
	    >"$DIR/etc/machine/main.cf"
	mount --bind "$DIR/etc/machine" /etc/postfix
}

start()
{
	# Outside, this would change the machine.
	cmp -s "${POSTFIX_STATS_WORLD-}/resolv.conf" /etc/resolv.conf || {
		echo "world.sh: start only works in a world" >&2
		exit 1
	}
	NOBODY=$(id -u nobody)
	write_configuration
	announce
	beside "$RIG/world/dns" 127.0.0.1 "$DIR/etc/zone"
	beside "$RIG/world/peer" "$DIR/run/peer"
	beside "$RIG/world/milter" 127.0.0.1:10031
	beside smtp-sink -u nobody -L -f RCPT "unix:$DIR/run/lmtp5" 100
	dovecot -c "$DIR/etc/dovecot.conf" </dev/null \
	    >>"$DIR/log/start.log" 2>&1
	for instance in "$DIR" "$DIR/out"; do
		postfix -c "$instance/etc" start >>"$DIR/log/start.log" 2>&1 || {
			cat "$DIR/log/start.log" "$DIR/log/mail.log" >&2
			stop
			exit 1
		}
	done
}

stop()
{
	for pid in "$DIR/spool/pid/master.pid" "$DIR/out/spool/pid/master.pid" \
	    "$DIR/run/dovecot/master.pid" "$DIR/run/beside"; do
		[ ! -s "$pid" ] || for pid in $(cat "$pid"); do
			end_process "$pid"
		done
	done
}

possible()
{
	unshare -mnup --fork --kill-child --mount-proc true 2>/dev/null
}

# set_up_network CMD...: within a world
set_up_network()
{
	hostname mx.test
	ip link set lo up
	ip address add 192.0.2.1/24 dev lo
	for host in 2 3 4; do
		ip address add 192.0.2.$host/32 dev lo
	done
	ip address add 198.51.100.1/24 dev lo
	WORLD=/mnt
	export POSTFIX_STATS_WORLD=$WORLD
	mount -t tmpfs -o mode=755 world "$WORLD"
	printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' \
	    >"$WORLD/resolv.conf"
	echo 127.0.0.1 localhost >"$WORLD/hosts"
	sed 's/^hosts:.*/hosts: files dns/' /etc/nsswitch.conf \
	    >"$WORLD/nsswitch.conf"
	for file in resolv.conf hosts nsswitch.conf; do
		mount --bind "$WORLD/$file" "/etc/$file"
	done
	exec "$@"
}

case ${1-} in
possible)
	possible ;;
enter)
	shift
	exec unshare -mnup --fork --kill-child --mount-proc \
	    "$0" network "$@" ;;
network)
	shift
	set_up_network "$@" ;;
start | stop)
	DIR=${2:?directory}
	"$1" ;;
*)
	echo "usage: world.sh possible|enter|start|stop ..." >&2
	exit 64 ;;
esac
