#!/bin/sh
# The journal: entries of Postfix's units are counted, once, and nobody else's,
# over restarts, rotation and vacuum.  The files are written by
# systemd-journal-remote, which takes all fields as they are given.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

REMOTE=/lib/systemd/systemd-journal-remote

# entries COUNT [UNIT [UID [IDENTIFIER]]]: as many delivered recipients, each
# a second after the one before
entries()
{
	perl -e '
	my ($from, $count, $unit, $uid, $tag) = @ARGV;
	for my $n ($from + 1 .. $from + $count) {
		printf "__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n" .
		    "_BOOT_ID=%s\n_SYSTEMD_UNIT=%s\n_UID=%s\n" .
		    "SYSLOG_IDENTIFIER=%s\n", (1700000000 + $n) * 1000000,
		    $n * 1000000, "0123456789abcdef" x 2, $unit, $uid, $tag;
		printf "MESSAGE=4Cx%05dKqDz2xYT: to=<user\@example.com>, " .
		    "relay=mail.example.com[192.0.2.1]:25, delay=0.5, " .
		    "delays=0.1/0.01/0.2/0.19, dsn=2.0.0, status=sent " .
		    "(250 2.0.0 Ok: queued)\n\n", $n;
	}' "$clock" "$1" "${2-postfix@-.service}" "${3-107}" \
	    "${4-postfix/smtp}"
	clock=$((clock + $1))
}

# field NAME < value: one that holds any bytes
field()
{
	perl -e 'local $/; my $value = <STDIN>;
	    print "$ARGV[0]\n", pack("Q<", length $value), $value, "\n"' "$1"
}

# journal_append ARGUMENT...: of `entries'
journal_append()
{
	entries "$@" >"$TMP/export"
	clock=$((clock + $1))
	write_entries
}

write_entries()
{
	"$REMOTE" -o "$JOURNAL/system.journal" - \
	    <"$TMP/export" >"$TMP/remote" 2>&1 || diag "$(cat "$TMP/remote")"
}

# As journald does it: the file gets another name, a new one is begun.
journal_rotate()
{
	archive=$((archive + 1))
	mv "$JOURNAL/system.journal" "$JOURNAL/system@$archive.journal"
}

start()
{
	[ -d "$STATE" ] || install -d -m 750 "$STATE"
	generation_before=$(stats_get tailer:generation 2>/dev/null)
	"$BIN/postfix-statsd" -f -c "$CONFIG" -d "$STATE" \
	    --journal="$JOURNAL" "$@" </dev/null >>"$TMP/statsd.err" 2>&1 &
	statsd_pid=$!
	wait_until statsd_ready 10 && return 0
	diag "postfix-statsd does not get ready: $(cat "$TMP/statsd.err")"
	return 1
}

once()
{
	"$BIN/postfix-statsd" --once -c "$CONFIG" -d "$STATE" \
	    --journal="$JOURNAL" "$@" 2>>"$TMP/statsd.err"
}

crash()
{
	kill -9 "$statsd_pid"
	wait "$statsd_pid" 2>/dev/null
	statsd_pid=''
}

no_deleted_file()
{
	! ls -l "/proc/$statsd_pid/fd" | grep 'journal.*(deleted)' >&2 &&
	    ! grep 'journal.*(deleted)' "/proc/$statsd_pid/maps" >&2
}

JOURNALCTL=$(command -v journalctl) && [ -x "$REMOTE" ] || skip_all "needs systemd-journal-remote"
tap_start "the tailer follows a journal"
JOURNAL=$TMP/journal
clock=0 archive=0
mkdir "$JOURNAL"
journal_append 3
start
ok $? "it starts"
is "$(stats_get sent:smtp)" 0 "the first start begins at the end"
journal_append 2
wait_for sent:smtp 2
ok $? "new entries are counted"

journal_append 5 session-1.scope
journal_append 5 user@1000.service
journal_append 5 postfix@x.service.scope
journal_append 5 postfix@x.scope
journal_append 5 xpostfix@x.service
journal_append 5 postfix@-.service 1000
journal_append 5 postfix@-.service 65534
journal_append 1
wait_for sent:smtp 3
ok $? "entries that only call themselves postfix/smtp are not"
is "$(stats_get lines:read lines:postfix lines:foreign | xargs)" "38 3 35" \
    "but foreign"
journal_append 1 postfix.service 0
journal_append 1 postfix@mx-out.service 0 postfix-out/smtp
wait_for sent:smtp 5
ok $? "the units of other instances are Postfix's"
is "$(stats_get sent:smtp@postfix-out)" 1 "the tag names the instance"

{
	entries 1 | grep -v -e '^MESSAGE' -e '^$'
	printf 'warning: one\nwarning: two\000three' | field MESSAGE
	echo
	entries 1 | grep -v -e '^MESSAGE' -e '^$'
	echo
	entries 1 | grep -v -e '^SYSLOG_IDENT' -e '^$'
	echo
	entries 1 | grep -v -e '^MESSAGE' -e '^$'
	perl -e 'print "warning: ", "x" x 300000' | field MESSAGE
	echo
	entries 1 systemd-journald.service 0 systemd-journald |
	    grep -v -e '^MESSAGE' -e '^$'
	echo "MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e"
	echo "OBJECT_SYSTEMD_UNIT=postfix@-.service"
	echo "N_DROPPED=17"
	echo "MESSAGE=Suppressed 17 messages from postfix@-.service"
	echo
	entries 1 postfix@-.service 0 systemd-journald |
	    grep -v -e '^MESSAGE' -e '^$'
	echo "MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e"
	echo "OBJECT_SYSTEMD_UNIT=postfix@-.service"
	echo "N_DROPPED=1000"
	echo "MESSAGE=Suppressed 1000 messages from postfix@-.service"
	echo
} >"$TMP/export"
write_entries
journal_append 1
wait_for sent:smtp 6
ok $? "counting goes on after entries of several lines, or without text"
is "$(stats_get lines:malformed lines:overlong lines:foreign | xargs)" \
    "2 1 38" "which are malformed, overlong or foreign"
is "$(stats_get tailer:suppressed)" 17 \
    "what journald says that it suppressed is told"

journal_rotate
journal_append 2
wait_for sent:smtp 8
ok $? "a new file is followed"
cp "$JOURNAL/system@1.journal" "$TMP/oldest"
rm "$JOURNAL"/system@*.journal
wait_until no_deleted_file 5 2>"$TMP/leaks"
ok $? "a deleted one is let go of"
diag "$(tail -3 "$TMP/leaks")"
for _ in 1 2 3 4 5 6 7 8; do
	journal_append 1
	journal_rotate
	journal_append 1
	rm "$JOURNAL/system@$archive.journal"
done
wait_for sent:smtp 24
ok $? "rotated and deleted at once, again and again: all is counted"
wait_until no_deleted_file 5 2>"$TMP/leaks"
ok $? "and no file is held"
diag "$(tail -3 "$TMP/leaks")"

statsd_stop
ok $? "TERM ends it with status 0"
journal_append 2
journal_rotate
journal_append 1
start
wait_for sent:smtp 27
ok $? "a restart goes on behind the cursor, over a rotation meanwhile"
for _ in 1 2 3 4 5; do
	journal_append 20
	crash
	start
	journal_append 1
done
wait_for sent:smtp 132
ok $? "kill -9 in between changes no number"
is "$(stats_get tailer:gaps)" 0 "no gap so far"
kill -HUP "$statsd_pid"
journal_append 1
wait_for sent:smtp 133
ok $? "HUP does not disturb it"
statsd_stop

# What journald does with entries in /run once there is /var.
"$JOURNALCTL" -q -D "$JOURNAL" -o export >"$TMP/export"
rm "$JOURNAL"/system*.journal
write_entries
journal_append 1
start
wait_for sent:smtp 134
ok $? "entries that were copied into another file are the same"
is "$(stats_get tailer:gaps)" 0 "and no gap"
statsd_stop

# The entry of the cursor goes, and one behind it that nobody counted.
journal_append 1
journal_rotate
rm "$JOURNAL"/system@*.journal
journal_append 3
start
wait_for sent:smtp 137
ok $? "after a vacuum the first entry that is left is counted"
is "$(stats_get tailer:gaps)" 1 "and a gap"
statsd_stop
mv "$TMP/oldest" "$JOURNAL/system@1.journal"
rm "$JOURNAL"/system.journal
once
once
is "$(stats_get sent:smtp tailer:gaps | xargs)" "137 2" \
    "a gap with nothing behind it is counted once"
journal_append 2
start
wait_for sent:smtp 139
ok $? "what comes later is counted"
is "$(stats_get tailer:gaps)" 2 "without another gap"
statsd_stop

# --once, and an empty directory
rm "$JOURNAL/system@1.journal"
STATE=$TMP/once
install -d "$STATE"
once
is "$(stats_get sent:smtp)" 2 "--once reads from the start"
once
is "$(stats_get sent:smtp)" 2 "and nothing twice"

# Two hosts that send their journals to a third one.
JOURNAL=$TMP/hosts STATE=$TMP/by-host
mkdir "$JOURNAL"
install -d "$STATE"
configure "group_by: host"
for host in mx1 mx1 mx2.example.org; do
	entries 1 | sed "s/^_UID/_HOSTNAME=$host\n&/" >"$TMP/export"
	clock=$((clock + 1))
	write_entries
done
once
is "$(stats_get sent:smtp sent:smtp@mx1 sent:smtp@mx2.example.org |
	tr '\n' ' ')" "3 2 1 " "entries count for the host that wrote them"
configure "publish_interval: 1"

STATE=$TMP/once
JOURNAL=$TMP/empty
mkdir "$JOURNAL"
once
is $? 1 "--once wants a journal file"
STATE=$TMP/later
start
ok $? "the daemon waits for one"
journal_append 4
wait_for sent:smtp 4
ok $? "and reads it from its start"
statsd_stop
"$BIN/postfix-statsd" --once -c "$CONFIG" -d "$STATE" \
    --journal="$TMP/nowhere" 2>"$TMP/said"
is $? 1 "a directory that is not there is an error"
is "$(wc -l <"$TMP/said")" 1 "of one line"
tap_end
