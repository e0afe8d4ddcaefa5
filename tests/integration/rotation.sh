#!/bin/sh
# Exactly once: whatever is done to the log, running or not, what is counted is
# what stands on disk, in the log and the files that it was rotated to.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

# --- the log ------------------------------------------------------------

seq=0

# more N [FILE]: N lines, no two the same, all of one length
more()
{
	awk -v from="$seq" -v n="$1" 'BEGIN { for (i = from; i < from + n; i++)
	    printf "Nov 22 08:00:01 mx postfix/smtp[4711]: 4Cx%09dKq: " \
		"to=<u@example.com>, relay=m[192.0.2.1]:25, delay=0.5, " \
		"delays=0.1/0.01/0.2/0.19, dsn=2.0.0, status=sent (ok)\n", i }'
	seq=$((seq + $1))
}

add()
{
	more "$@" >>"$LOG"
}

# All lines on disk, each once.
truth()
{
	for file in "$LOG" "$LOG"?*; do
		case $file in
		*.gz) gzip -dc "$file" ;;
		*.xz) xz -dc "$file" ;;
		*.zst) zstd -qdc "$file" ;;
		*) [ ! -f "$file" ] || tr -d '\000' <"$file" ;;
		esac
	done | grep -a 'status=sent' | sort -u | wc -l
}

# counted KEY...: the values, blanks between
counted()
{
	stats_get "$@" | xargs
}

# exact NAME [GAPS]: as many as on disk are counted, soon
exact()
{
	wait_for sent:smtp "$(truth)" "${PATIENCE-15}"
	is "$(counted sent:smtp tailer:gaps lines:malformed)" \
	    "$(truth) ${2-0} 0" "$1"
}

# whole NAME COUNT [GAPS]: the same, where not all of it is on disk any more
whole()
{
	wait_for sent:smtp "$2" 15
	is "$(counted sent:smtp tailer:gaps lines:malformed)" "$2 ${3-0} 0" "$1"
}

# number SUFFIX...: rename up, the log's own name is free then
number()
{
	for n in $(seq 30 -1 1); do
		for kind in '' .gz .xz .zst; do
			[ ! -e "$LOG.$n$kind" ] ||
				mv "$LOG.$n$kind" "$LOG.$((n + 1))$kind"
		done
	done
	[ "${1-}" = copy ] || mv "$LOG" "$LOG.1"
}

rotate()
{
	number
	: >"$LOG"
}

copytruncate()
{
	number copy
	cp "$LOG" "$LOG.1"
	: >"$LOG"
}

# fresh NAME: another log and another store
fresh()
{
	statsd_stop
	STATE=$TMP/$1/state LOG=$TMP/$1/mail.log
	mkdir "$TMP/$1"
	: >"$LOG"
}

# While it is held it looks at nothing.
hold()
{
	kill -STOP "$statsd_pid"
	wait_until "grep -q '^State:.T' /proc/$statsd_pid/status" 5
}

go_on()
{
	kill -CONT "$statsd_pid"
}

crash()
{
	kill -9 "$statsd_pid"
	wait "$statsd_pid" 2>/dev/null
	statsd_pid=''
}

switches()
{
	awk '/ctxt_switches/ { s += $2 } END { print s }' \
	    "/proc/$statsd_pid/status"
}

calm()
{
	was=$(switches)
	sleep 1
	[ "$(switches)" = "$was" ]
}

inode()
{
	stat -c %i "$1"
}

tap_start "no line is lost and none counted twice"
configure "publish_interval: 0.1"

# --- while it runs ------------------------------------------------------

fresh several
: >"$TMP/several/out.log"
statsd_start --log "postfix-out=$TMP/several/out.log"
add 5
more 7 >>"$TMP/several/out.log"
wait_for sent:smtp 12
is "$(counted sent:smtp@postfix sent:smtp@postfix-out)" "5 7" \
    "two logs, one with an instance of its own"
rotate
mv "$TMP/several/out.log" "$TMP/several/out.log.1"
add 1
more 2 >>"$TMP/several/out.log"
wait_for sent:smtp 15
is "$(counted sent:smtp@postfix sent:smtp@postfix-out tailer:gaps)" "6 9 0" \
    "both are rotated"

fresh renames
statsd_start
add 10
exact "appended"
hold
add 5
rotate
add 5
rotate
add 5
go_on
exact "two renames between two looks"
hold
for i in 1 2 3 4; do add 3; rotate; done
go_on
exact "four renames between two looks, the log empty"
hold
rotate
rotate
go_on
add 1
exact "empty files are rotated"

fresh late
statsd_start
exec 5>>"$LOG"
more 4 >&5
exact "a writer that keeps its file"
number
more 4 >&5
more 4 >>"$LOG"
exact "writes to the old one and another to the new"
number
more 4 >&5
more 4 >>"$LOG"
exact "also after the next rename"
crash
more 4 >&5
statsd_start
exact "and over a kill -9"
exec 5>&-

fresh copies
statsd_start
add 20
exact "before copytruncate"
copytruncate
exact "copytruncate of what was read"
add 3
exact "and what comes then"
hold
add 7
copytruncate
go_on
exact "copytruncate of more than was read"
hold
add 7
copytruncate
add 40
go_on
exact "the file grows past the old place before the next look"
hold
add 5
copytruncate
add 6
copytruncate
add 60
go_on
exact "twice between two looks"
hold
copytruncate
go_on
hold
add 3
copytruncate
add 4
copytruncate
go_on
exact "twice with nothing read of the log"
add 50
exact "and on"
hold
add 5
number copy
gzip -c "$LOG" >"$LOG.1.gz"
: >"$LOG"
add 100
go_on
exact "the copy is compressed on the way"
hold
cp "$LOG" "$LOG.1.part"
go_on
add 3
exact "a copy that is not finished is left alone" 0
rm "$LOG.1.part"
number copy
cp "$LOG" "$LOG.1"
add 3
publish
is "$(stats_get sent:smtp)" "$(truth)" "nor one before the cut"
statsd_stop
statsd_start
is "$(stats_get sent:smtp)" "$(truth)" "not even by a restart"

fresh cut
statsd_start
add 20
exact "before the cut"
hold
: >"$LOG"
add 30
go_on
whole "cut off without a copy: a gap, and all that is there" 50 1
: >"$LOG"
add 5
whole "a gap again" 55 2
hold
: >"$LOG"
go_on
wait_for tailer:gaps 3
ok $? "and for an empty one"

fresh hole
more 20 >"$TMP/lines"
exec 6>"$LOG"
statsd_start
cat "$TMP/lines" >&6
wait_for sent:smtp 20
hold
copytruncate
more 6 >"$TMP/lines"
perl -e 'open my $log, "+<", $ARGV[0]; seek $log, 300000000, 0;
    print $log <STDIN>' "$LOG" <"$TMP/lines"
go_on
whole "a hole of 300 MB before the lines" 26
add 2
whole "and lines after it" 28
statsd_stop
add 1
statsd_start
whole "also after a restart" 29
statsd_stop
exec 6>&-

fresh links
mkdir "$TMP/links/there"
rm "$LOG"
ln -s there/mail.log "$LOG"
LINK=$LOG LOG=$TMP/links/there/mail.log
: >"$LOG"
statsd_link()
{
	REAL=$LOG LOG=$LINK
	statsd_start
	LOG=$REAL
}
statsd_link
add 3
exact "a symbolic link to the log"
rotate
add 3
exact "what it leads to is rotated"
statsd_stop
add 3
rotate
rotate
add 3
statsd_link
exact "also while nobody looks"
hold
add 2
more 4 >"$TMP/links/there/mail.log-other"
ln -sfn there/mail.log-other "$LINK"
go_on
exact "the link leads elsewhere"

fresh incomplete
statsd_start
add 2
more 1 >"$TMP/lines"
tr -d '\n' <"$TMP/lines" >>"$LOG"
rotate
add 2
wait_for sent:smtp 4
wait_for lines:incomplete 1 15
is "$(counted sent:smtp lines:read lines:incomplete)" "4 4 1" \
    "a line without an end counts as such once its file is closed"

fresh removed
statsd_start
add 3
exact "before it is removed"
rm "$LOG"
add 2
whole "a log removed and made anew" 5
hold
add 2
rm "$LOG"
add 2
go_on
whole "its last lines are read though it is removed" 9
rm "$LOG"
mkdir "$LOG"
wait_for tailer:unreadable 1 10
ok $? "a directory in its place counts as unreadable"
rmdir "$LOG"
mkfifo "$LOG"
wait_until "grep -q 'no plain file' '$TMP/statsd.err'" 10
ok $? "so does a fifo"
rm "$LOG"
add 2
whole "and it goes on" 11
wait_for tailer:unreadable 0
ok $? "with nothing unreadable"
statsd_stop
mkdir "$TMP/removed/dir"
LOG=$TMP/removed/dir/mail.log
: >"$LOG"
rm -r "$STATE"
statsd_start
add 2
whole "a log in a directory" 2
mv "$TMP/removed/dir" "$TMP/removed/dir2"
mkdir "$TMP/removed/dir"
add 2
whole "that is replaced" 4

# --- permission denied --------------------------------------------------

# A tailer that may not do everything, as root may.
statsd_as_nobody()
{
	setpriv --reuid=nobody --regid=nogroup --clear-groups \
	    "$TMP/postfix-statsd" -f -c "$CONFIG" -d "$STATE" --log "$LOG" \
	    </dev/null >>"$TMP/closed.err" 2>&1 &
	statsd_pid=$!
	wait_until "stats_get tailer:generation >/dev/null 2>&1" 10
}

if [ "$(id -u)" -eq 0 ]; then
	fresh closed
	cp "$BIN/postfix-statsd" "$TMP/postfix-statsd"
	install -d -m 750 -o nobody "$STATE"
	statsd_as_nobody
	exec 5>>"$LOG"
	more 2 >&5
	exact "as a user who may read the log"
	number
	umask 077
	add 3
	umask 022
	wait_for tailer:unreadable 1 10
	ok $? "create with a bad mode shows within 10 s"
	wait_until "grep -q 'Permission denied' '$TMP/closed.err'" 1
	ok $? "and is logged"
	more 2 >&5
	whole "the old file is read on" 4
	crash
	statsd_as_nobody
	more 2 >&5
	whole "also by a tailer started meanwhile" 6
	is "$(stats_get tailer:unreadable)" 1 "which knows of it"
	is "$(grep -c 'Permission denied' "$TMP/closed.err")" 2 \
	    "and says it once"
	like "$(stats_get --walk | grep -F "$BASE_OID.1.14.19.0")" "*: 1" \
	    "so does pfsAgent"
	number
	add 4
	wait_until calm 15
	is "$(counted sent:smtp tailer:unreadable)" "6 1" \
	    "the next log is read after the closed one, not before"
	chmod 644 "$LOG.1"
	exact "mended: nothing is lost"
	wait_for tailer:unreadable 0
	ok $? "and nothing unreadable"
	exec 5>&-
else
	skip "needs root" 11
fi

# --- while it does not run ----------------------------------------------

fresh numbers
statsd_start
add 10
exact "before it is stopped"
statsd_stop
add 10; rotate
add 10; rotate
add 10; rotate
add 10; rotate
add 10
gzip "$LOG.4"; xz "$LOG.3"; zstd -q --rm "$LOG.2"
touch "$LOG.4.gz"; touch -d '3 days ago' "$LOG.1"
statsd_start
exact "four rotations, one gz, one xz, one zst, wrong times"
statsd_stop
add 5; rotate; add 5
rm "$LOG".[2-9]*
gzip "$LOG.1"
statsd_start
whole "the one it was reading was compressed" 70
statsd_stop
rotate
gzip -k "$LOG.1"
add 20
statsd_start
whole "a file there both plain and compressed counts once" 90
statsd_stop

fresh dates
statsd_start
add 10
exact "before it is stopped"
statsd_stop
add 10; mv "$LOG" "$LOG-20261120"
add 10; mv "$LOG" "$LOG-20261121"; gzip "$LOG-20261121"
add 10; mv "$LOG" "$LOG-20261122"; xz "$LOG-20261122"
add 10
touch "$LOG-20261120"
echo "12345" >"$LOG.offset"
more 5 >"$LOG.bak"
statsd_start
whole "rotated by date; what is no rotated log is left alone" 50
statsd_stop
add 4; mv "$LOG" "$LOG.20261123-101500"
add 4; mv "$LOG" "$LOG.20261123-101501"
add 4
statsd_start
whole "as postfix logrotate names them" 62
statsd_stop
rm "$LOG".*
add 3; mv "$LOG" "$LOG.old"
add 3
statsd_start
whole "a name without number or date, found by what is in it" 68

fresh copied
statsd_start
add 10
exact "before it is stopped"
statsd_stop
add 10
copytruncate
add 50
copytruncate
add 90
gzip "$LOG.2"
statsd_start
exact "two copytruncates, grown past the place each time"
statsd_stop
copytruncate
statsd_start
statsd_stop
add 5
copytruncate
gzip "$LOG.1"
add 5
statsd_start
exact "nothing was read of a log that was copied then"

fresh reuse
statsd_start
add 30
exact "before the inode is used again"
statsd_stop
wanted=$(inode "$LOG")
cp "$LOG" "$LOG.1"
rm "$LOG"
for try in $(seq 200); do
	: >"$LOG"
	[ "$(inode "$LOG")" != "$wanted" ] || break
	mv "$LOG" "$TMP/reuse/other.$try"
done
: >>"$LOG"
add 60
if [ "$(inode "$LOG")" = "$wanted" ]; then
	statsd_start
	exact "a new file has the old one's inode number"
else
	skip "this file system does not use inode numbers again"
fi

fresh lost
statsd_start
add 30
exact "before all is lost"
statsd_stop
mv "$LOG" "$TMP/lost/elsewhere"
add 10
statsd_start
whole "what is gone is a gap, the log is read from its start" 40 1
statsd_stop
add 10; rotate; gzip "$LOG.1"
size=$(stat -c %s "$LOG.1.gz")
truncate -s $((size - 5)) "$LOG.1.gz"
add 5
statsd_start
whole "a damaged archive is a gap, what can be read of it counts" 55 2

# --- backfill -----------------------------------------------------------

fresh backfill
for i in 1 2 3; do add 100; rotate; done
add 7
gzip "$LOG.3"
statsd_start --from start
whole "--from start reads the log" 7
statsd_stop
rm -r "$STATE"
statsd_start --from start --backfill
exact "--backfill what it was rotated to, too"
statsd_stop
statsd_start --from start --backfill
add 1
exact "once"
"$BIN/postfix-statsd" --backfill -f -c "$CONFIG" -d "$STATE" --log "$LOG" \
    2>/dev/null
is $? 64 "--backfill wants --from start"

# --- idle ---------------------------------------------------------------

read_calls()
{
	awk '$1 == "syscr:" { print $2 }' "/proc/$statsd_pid/io"
}

fresh idle
statsd_start
add 5
exact "then idle"
wait_until calm 15
was=$(switches)
sleep 5
is "$(switches)" "$was" "no wakeup in 5 s of an idle log"
was=$(read_calls)
more 20000 >"$TMP/lines" # appended in few pieces: each can be a look
cat "$TMP/lines" >>"$LOG"
exact "20,000 lines"
[ $(($(read_calls) - was)) -lt 2000 ]
ok $? "are read without a system call for each"

# --- anything -----------------------------------------------------------

# SEED=N sh tests/integration/rotation.sh does the same again.
SEED=${SEED:-$(date +%s)}
echo "# SEED=$SEED"
rolls=$(awk -v seed="$SEED" 'BEGIN { srand(seed)
    for (i = 0; i < 60; i++) print int(rand() * 10) }')
fresh random
statsd_start
steps=''
for roll in $rolls; do
	steps="$steps $roll"
	case $roll in
	0|1) add 13 ;;
	2) rotate ;;
	3) add 5; copytruncate ;;
	4) copytruncate; add 70 ;;
	5) [ ! -f "$LOG.1" ] || gzip "$LOG.1" ;;
	6) add 3; number; add 2 ;;
	7) [ -z "$statsd_pid" ] || crash ;;
	8) [ -n "$statsd_pid" ] || statsd_start ;;
	9) wait_for lines:read "$seq" 1 ;;
	esac
done
[ -n "$statsd_pid" ] || statsd_start
exact "60 things at random"
[ "$tap_failed" -eq 0 ] || diag "$steps"
statsd_stop
tap_end
