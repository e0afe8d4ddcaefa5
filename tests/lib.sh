# Test helper: TAP out, a temporary directory, the programs under test.
# Sourced by every shell test and by the rig; sourcing it does nothing yet.
# ROOT must be the top of the source tree before this is read:
#
#	ROOT=$(cd "$(dirname "$0")/../.." && pwd); . "$ROOT/tests/lib.sh"
#	tap_start "what this file shows"
#
# A wait is always a bounded loop around a question, never a plain sleep.

BIN=${BIN:-$ROOT/build/bin}
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
umask 022

BASE_OID=.1.3.6.1.4.1.8072.9999.9999.25

# --- TAP ---------------------------------------------------------------

tap_start()
{
	tap_count=0 tap_failed=0
	scratch
	echo "# $1"
}

tap_end()
{
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}

# ok STATUS NAME: usually   cmd; ok $? "cmd works"
ok()
{
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $2"
	fi
}

# is GOT WANTED [NAME]
is()
{
	if [ "$1" = "$2" ]; then
		ok 0 "${3-$2}"
	else
		ok 1 "${3-$2}"
		diag "got:    $1"
		diag "wanted: $2"
	fi
}

# like GOT PATTERN [NAME]: a shell pattern over the whole text
like()
{
	# shellcheck disable=SC2254
	case $1 in
	$2)
		ok 0 "${3-$2}" ;;
	*)
		ok 1 "${3-$2}"
		diag "got:    $1"
		diag "wanted: $2" ;;
	esac
}

diag()
{
	[ -n "$1" ] || return 0
	printf '%s\n' "$1" | sed 's/^/# /'
}

# skip REASON [COUNT]
skip()
{
	for _ in $(seq "${2-1}"); do
		tap_count=$((tap_count + 1))
		echo "ok $tap_count - # SKIP $1"
	done
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

skip_unless_root()
{
	[ "$(id -u)" -eq 0 ] || skip_all "needs root"
}

# --- a place to work in, and its end -----------------------------------

# A directory that any user may enter: the subagent and the sinks run as
# nobody.  Programs started here are ended, and the directory removed, when
# the script ends, however it ends; at_exit CMD adds to that.  The programs
# read $CONFIG, not the file in /etc.
scratch()
{
	TMP=$(mktemp -d "${TMPDIR:-/tmp}/postfix-stats.XXXXXX") || exit 1
	chmod 755 "$TMP"
	STATE=$TMP/state LOG=$TMP/mail.log CONFIG=$TMP/postfix-stats.yml
	configure "publish_interval: 1"
	statsd_pid='' agentx_pid='' at_exit=''
	trap 'clean_up' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 141' PIPE
	trap 'exit 143' TERM
}

# configure LINE...: without the first one, the queue of this machine's own
# Postfix would be sampled.
configure()
{
	printf '%s\n' "queue: { sample: no }" "$@" >"$CONFIG"
}

at_exit()
{
	at_exit="$1; $at_exit"
}

clean_up()
{
	status=$?
	trap '' HUP INT PIPE TERM
	trap - EXIT
	agentx_stop
	statsd_stop
	eval "$at_exit"
	[ -n "${KEEP-}" ] || rm -rf "$TMP"
	exit $status
}

# wait_until CMD SECONDS: 0 as soon as CMD succeeds, 1 when time is up.  A
# subshell, so that CMD may wait as well; the variables that it sets are lost.
wait_until()
(
	deadline=$(($(date +%s) + $2 + 1))
	until eval "$1"; do
		[ "$(date +%s)" -lt "$deadline" ] || exit 1
		sleep 0.05
	done
)

# A process that has ended but was not waited for is not running.
running()
{
	read -r _ _ run_state _ 2>/dev/null <"/proc/$1/stat" &&
	    [ "$run_state" != Z ]
}

# end_process PID: TERM, then KILL if it does not listen
end_process()
{
	kill "$1" 2>/dev/null || return 0
	wait_until "! running $1" 10 || kill -9 "$1" 2>/dev/null || :
}

# child_stop VARIABLE: end the child whose process id is in it, if any; its status
child_stop()
{
	eval "set -- $1 \"\$$1\""
	[ -n "$2" ] || return 0
	eval "$1=''"
	end_process "$2"
	wait "$2"
}

# free_ports N: N ports that nobody uses, over TCP or UDP, on 127.0.0.1
free_ports()
{
	perl -MIO::Socket::INET -e '
		my @open;
		for (my $n = 0; $n < $ARGV[0]; ) {
			my $t = IO::Socket::INET->new(Listen => 1,
			    LocalAddr => "127.0.0.1:0") or die $!;
			my $u = IO::Socket::INET->new(Proto => "udp",
			    LocalAddr => "127.0.0.1", LocalPort => $t->sockport)
			    or next;
			push @open, $t, $u;
			print $t->sockport, "\n";
			$n++;
		}' "$1"
}

pick_port()
{
	free_ports 1
}

# --- the tailer --------------------------------------------------------

# statsd_start [OPTION]...: follow $LOG into $STATE, return once the store of
# this very process can be read.
statsd_start()
{
	[ -d "$STATE" ] || install -d -m 750 "$STATE"
	generation_before=$(stats_get tailer:generation 2>/dev/null)
	"$BIN/postfix-statsd" -f -c "$CONFIG" -d "$STATE" --log "$LOG" "$@" \
	    </dev/null >>"$TMP/statsd.err" 2>&1 &
	statsd_pid=$!
	wait_until statsd_ready 10 && return 0
	diag "postfix-statsd does not get ready: $(cat "$TMP/statsd.err")"
	return 1
}

# The tailer, made to stop before each publication but the first that a store
# ever had.
statsd_stepping()
{
	head -c 4096 /dev/zero >"$TMP/counts"
	LD_PRELOAD="$ROOT/build/tools/faults.so" FAULT_COUNTS="$TMP/counts" \
	    FAULT_CALL=link FAULT_DO=stop FAULT_TIMES=0 \
	    "$BIN/postfix-statsd" -f -c "$CONFIG" -d "$STATE" --log "$LOG" \
	    </dev/null >>"$TMP/statsd.err" 2>&1 &
	statsd_pid=$!
}

statsd_ready()
{
	# No use in waiting for one that has ended.
	running "$statsd_pid" || return 0
	generation=$(stats_get tailer:generation 2>/dev/null) &&
	    [ "$generation" != "$generation_before" ]
}

# The status is the tailer's.
statsd_stop()
{
	child_stop statsd_pid
}

stats_get()
{
	"$BIN/postfix-stats-get" -c "$CONFIG" -d "$STATE" "$@"
}

# Of all keys those that a generated log has the truth of: neither times nor
# the tailer's own figures, nor what depends on when it is looked at.
truth_keys()
{
	grep -vE '^(tailer|queue_sample|last_[a-z]+|delay_5m):'
}

# wait_for KEY VALUE [SECONDS]
wait_for()
{
	wait_until "[ \"\$(stats_get '$1' 2>/dev/null)\" = '$2' ]" "${3-5}"
}

# --- the log -----------------------------------------------------------

# log_append N [TRANSPORT]: N delivered recipients
log_append()
{
	i=0
	while [ "$i" -lt "$1" ]; do
		i=$((i + 1))
		delivery_line "${2-smtp}"
	done >>"$LOG"
}

# No two are the same, as in a real log.
delivery_line()
{
	line_count=$((${line_count-0} + 1))
	queue_id=4Cx$(printf %05d "$line_count")KqDz2xYT
	echo "Nov 22 08:00:01 mx postfix/$1[4711]: $queue_id:" \
	    "to=<user@example.com>, relay=mail.example.com[192.0.2.1]:25," \
	    "delay=0.5, delays=0.1/0.01/0.2/0.19, dsn=2.0.0, status=sent" \
	    "(250 2.0.0 Ok: queued as 4Cx1yG1zXbz9rxJ)"
}

# Rename, .1 being the newest, and create, as logrotate does.
log_rename()
{
	for i in 4 3 2 1; do
		[ ! -e "$LOG.$i" ] || mv "$LOG.$i" "$LOG.$((i + 1))"
	done
	mv "$LOG" "$LOG.1"
}

log_rotate()
{
	log_rename
	: >"$LOG"
}

# --- the subagent ------------------------------------------------------

# agentx_start SOCKET [OPTION]...: as nobody if we may choose, from a copy in
# a place that nobody can reach.
agentx_start()
{
	agentx_socket=$1
	shift
	as=''
	if [ "$(id -u)" -eq 0 ]; then
		as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
	fi
	cp "$BIN/postfix-stats-agentx" "$TMP/postfix-stats-agentx"
	$as "$TMP/postfix-stats-agentx" -f -c "$CONFIG" -d "$STATE" \
	    --ping 1 --agentx-socket "$agentx_socket" "$@" \
	    </dev/null >>"$TMP/agentx.err" 2>&1 &
	agentx_pid=$!
}

agentx_stop()
{
	child_stop agentx_pid
}

published_again()
{
	[ "$(stats_get tailer:generation)" -gt "$before" ]
}

# publish: ask for it and wait for it
publish()
{
	before=$(stats_get tailer:generation)
	kill -USR1 "$statsd_pid"
	wait_until published_again 5
}

# A state directory whose files nobody's group may read, as installed.
state_for_nobody()
{
	if [ "$(id -u)" -eq 0 ]; then
		install -d -m 2750 -g nogroup "$STATE"
	else
		install -d "$STATE"
	fi
}
