#!/bin/sh
# A real journald, rotated and vacuumed every second, while a program in a
# unit of Postfix's name logs to it: no entry is lost, none is counted twice,
# no deleted file is held.
#
#	SECONDS_LONG=60 RATE=5000 sh tests/integration/journald.sh
#
# It runs in a mount namespace of its own, where /run/systemd, /run/log and
# /var/log are empty; only a cgroup is made outside, and removed.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

JOURNALD=/lib/systemd/systemd-journald
SECONDS_LONG=${SECONDS_LONG:-12}
RATE=${RATE:-2000}

# Runs in the unit: entries from $1 on, $RATE a second, for $2 seconds; the
# last one's number goes to $TMP/sent.
cat_writer()
{
	cat <<'E'
use Socket; use Time::HiRes qw(time sleep);
my ($path, $first, $rate, $seconds, $sent, $tag) = @ARGV;
socket(my $log, AF_UNIX, SOCK_DGRAM, 0) or die $!;
connect($log, sockaddr_un($path)) or die $!;
my ($begin, $n) = (time, 0);
while ((my $now = time) < $begin + $seconds) {
	for (; $n < ($now - $begin) * $rate; $n++) {
		send($log, sprintf("<22>Nov 22 08:00:01 %s[%d]: 4Cx%07dKqDz2xY" .
		    ": to=<user\@example.com>, relay=mail.example.com" .
		    "[192.0.2.1]:25, delay=0.5, delays=0.1/0.01/0.2/0.19, " .
		    "dsn=2.0.0, status=sent (250 2.0.0 Ok)",
		    $tag, $$, $first + $n), 0) or die $!;
	}
	sleep 0.01;
}
open(my $f, ">", $sent) or die $!;
print $f $first + $n, "\n";
E
}

# in_unit COMMAND...
in_unit()
{
	sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh \
	    "$CGROUP" "$@"
}

# log_for SECONDS: from where the last one ended
log_for()
{
	in_unit perl "$TMP/writer" "$SOCKET" "$(cat "$TMP/sent")" "$RATE" \
	    "$1" "$TMP/sent" postfix/smtp 2>>"$TMP/writer.err"
}

journald_start()
{
	"$JOURNALD" "$NAME" >"$TMP/journald.err" 2>&1 &
	journald=$!
	at_exit "end_process $journald"
	wait_until "[ -S '$SOCKET' ]" 5
}

# Rotate, and leave only the file that is written.
rotate()
{
	rm -f "$RUN/rotated"
	kill -USR2 "$journald"
	wait_until "[ -e '$RUN/rotated' ]" 5 &&
	    journalctl -q -D "$JOURNAL" --vacuum-files=1 2>>"$TMP/vacuum"
	rotations=$((rotations + 1))
}

start()
{
	generation_before=$(stats_get tailer:generation 2>/dev/null)
	"$BIN/postfix-statsd" -f -c "$CONFIG" -d "$STATE" \
	    --journal="$JOURNAL" </dev/null >>"$TMP/statsd.err" 2>&1 &
	statsd_pid=$!
	wait_until statsd_ready 10
}

# count_once DIR OPTION...: into a new state directory
count_once()
{
	STATE=$1
	shift
	install -d "$STATE"
	"$BIN/postfix-statsd" --once -c "$CONFIG" -d "$STATE" "$@" \
	    2>>"$TMP/statsd.err"
}

deleted_files()
{
	{ ls -l "/proc/$statsd_pid/fd"; cat "/proc/$statsd_pid/maps"; } |
	    grep -c 'journal.*(deleted)'
}

# counted_all: what was sent is what was counted
counted_all()
{
	wait_for sent:smtp "$(cat "$TMP/sent")" 20
	is "$(stats_get sent:smtp)" "$(cat "$TMP/sent")" "$1"
}

skip_unless_root
[ -x "$JOURNALD" ] || skip_all "needs systemd-journald"
if [ -z "${JOURNALD_INSIDE-}" ]; then
	unshare -m true 2>/dev/null || skip_all "needs a mount namespace"
	JOURNALD_INSIDE=yes exec unshare -m --propagation private sh "$0"
fi

tap_start "a real journald, $SECONDS_LONG s at $RATE entries a second"
NAME=pfs$$
RUN=/run/systemd/journal.$NAME SOCKET=$RUN/dev-log
UNIT=postfix@test$$.service
for dir in /run/systemd /run/log /var/log; do
	mkdir -p $dir
	mount -t tmpfs tmpfs $dir || skip_all "cannot mount a tmpfs"
done
echo 0123456789abcdef0123456789abcdef >"$TMP/machine-id"
mount --bind "$TMP/machine-id" /etc/machine-id ||
    skip_all "cannot have a machine id"
JOURNAL=/var/log/journal/$(cat "$TMP/machine-id").$NAME
mkdir -p "/var/log/journal" "/run/systemd/journald@$NAME.conf.d"
printf '[Journal]\nStorage=persistent\nRateLimitIntervalSec=0\n' \
    >"/run/systemd/journald@$NAME.conf.d/test.conf"

# Where journald looks for a process's unit: the unified hierarchy, or the one
# of the name systemd.
CGROUPS=/sys/fs/cgroup
for dir in /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
	[ ! -d $dir ] || { CGROUPS=$dir; break; }
done
CGROUP=$CGROUPS/system.slice/$UNIT
mkdir -p "$CGROUP" 2>/dev/null || skip_all "cannot make a cgroup"
at_exit "rmdir '$CGROUPS/system.slice' 2>/dev/null"
at_exit "wait_until \"rmdir '$CGROUP' 2>/dev/null\" 2"

cat_writer >"$TMP/writer"
echo 0 >"$TMP/sent"
install -d "$STATE"
rotations=0
journald_start || skip_all "journald does not start: $(cat "$TMP/journald.err")"
wait_until "[ -e '$JOURNAL/system.journal' ]" 5
start
ok $? "the tailer starts"
log_for 0.2
journalctl -q -D "$JOURNAL" -o export _SYSTEMD_UNIT="$UNIT" 2>/dev/null |
    grep -q 'status=sent' || {
	echo "# journald does not see the unit"
	tap_end
}
counted_all "entries of the unit are counted"

perl "$TMP/writer" "$SOCKET" 0 100 1 "$TMP/forged" postfix/smtp
wait_until "[ \"\$(stats_get lines:foreign)\" -ge $(cat "$TMP/forged") ]" 10
counted_all "the same from outside of it are not"

log_for "$SECONDS_LONG" &
writer=$!
while running $writer; do
	rotate
	sleep 1
done
wait $writer
ok $? "journald takes $(cat "$TMP/sent") entries, rotated $rotations times"
diag "$(cat "$TMP/writer.err")"
counted_all "and all are counted"
is "$(stats_get tailer:gaps)" 0 "without a gap"
rotate
wait_until "[ \"\$(deleted_files)\" -eq 0 ]" 5
is "$(deleted_files)" 0 "no deleted file is held"

for _ in 1 2 3; do
	before=$(stats_get sent:smtp)
	log_for 2 &
	writer=$!
	wait_until "[ \"\$(stats_get sent:smtp)\" -gt $before ]" 5
	kill -9 "$statsd_pid"
	wait "$statsd_pid" 2>/dev/null
	kill -USR2 "$journald"
	start
	wait $writer
done
counted_all "also over kill -9 and a rotation"
is "$(stats_get tailer:gaps)" 0 "without a gap"
statsd_stop
ok $? "TERM ends it with status 0"
rotate
log_for 0.5
start
counted_all "the cursor's entry is gone, and all behind it there"
is "$(stats_get tailer:gaps)" 0 "which is no gap"
statsd_stop
log_for 0.1
rotate
log_for 0.1
start
wait_for tailer:gaps 1
ok $? "if there is one it is counted"
statsd_stop

# The system's journal, for which the namespace's stands in.
count_once "$TMP/directory" --journal="$JOURNAL"
counted=$(stats_get sent:smtp)
[ "$counted" -gt 0 ]
ok $? "the directory holds $counted entries"
count_once "$TMP/none"
is $? 1 "without a log and a journal there is nothing to follow"
mkdir "/var/log/journal/$(cat "$TMP/machine-id")"
mount --bind "$JOURNAL" "/var/log/journal/$(cat "$TMP/machine-id")"
count_once "$TMP/system" --journal
is "$(stats_get sent:smtp)" "$counted" "--journal is the system's journal"
count_once "$TMP/default"
is "$(stats_get sent:smtp)" "$counted" "which is the default without a log"
echo "journal: no" >>"$CONFIG"
count_once "$TMP/unwanted"
is $? 1 "unless the configuration says no"
sed -i 's/^journal: no/journal: yes/' "$CONFIG"
delivery_line smtp >/var/log/mail.log
count_once "$TMP/wanted"
is "$(stats_get sent:smtp)" "$counted" "if it says yes the journal is taken"
sed -i '/^journal:/d' "$CONFIG"
count_once "$TMP/log"
is "$(stats_get sent:smtp)" 1 "else a log that is there is preferred"
tap_end
