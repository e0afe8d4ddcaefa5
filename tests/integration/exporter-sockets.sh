#!/bin/sh
# Where the exporter listens: several addresses, a socket file, sockets that
# systemd opened.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

# get WHERE: the status line of /metrics there, a path or ADDR:PORT
get()
{
	perl -MIO::Socket::INET -MIO::Socket::UNIX -e '
		alarm 10;
		my $s = $ARGV[0] =~ m{^/} ?
		    IO::Socket::UNIX->new(Peer => $ARGV[0]) :
		    IO::Socket::INET->new($ARGV[0]);
		$s or exit 1;
		print $s "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
		local $/;
		$_ = <$s>;
		print /^(HTTP\S+ \d+).*^postfix_stats_up\{/ms ? "$1\n" : "no\n"
	' "$1" 2>/dev/null
}

answers()
{
	[ "$(get "$1")" = 'HTTP/1.1 200' ]
}

# start OPTION...: until it answers or has ended
start()
{
	: >"$TMP/err"
	"$BIN/postfix-stats-exporter" -f -c "$CONFIG" -d "$STATE" "$@" \
	    </dev/null >>"$TMP/err" 2>&1 &
	pid=$!
	wait_until 'grep -q "answering at" "$TMP/err" || ! running "$pid"' 10
	running "$pid"
}

stop()
{
	child_stop pid
}

# refuse STATUS TEXT NAME OPTION...
refuse()
{
	wanted="$1 postfix-stats-exporter: $2" name=$3
	shift 3
	said=$("$BIN/postfix-stats-exporter" -f -c "$CONFIG" -d "$STATE" "$@" \
	    2>&1 </dev/null)
	is "$? $said" "$wanted" "$name"
}

tap_start "the exporter listens where it is told to"
pid=''
at_exit stop
install -d -m 750 "$STATE"
S=$TMP/exporter.sock
FIRST=127.0.0.1:$(pick_port)
SECOND=127.0.0.1:$(pick_port)

# --- socket files
start --listen "unix:$S" --listen "$FIRST" --listen "$SECOND"
ok $? "three addresses"
for where in "$S" "$FIRST" "$SECOND"; do
	answers "$where"
	ok $? "${where#"$TMP/"} answers"
done
is "$(stat -c '%F %a %g' "$S")" "socket 660 $(id -g)" \
    "the file is for its user and group"
refuse 1 "cannot listen at unix:$S: Address already in use" \
    "a socket in use stays" --listen "unix:$S"
answers "$S"
ok $? "and answers"
stop
is $? 0 "TERM"
[ ! -e "$S" ]
ok $? "the file goes with the program"

start --listen "unix:$S"
kill -9 "$pid"
wait "$pid" 2>/dev/null
[ -S "$S" ]
ok $? "killed: the file is left"
start --listen "unix:$S" && answers "$S"
ok $? "and replaced at the next start"
mv "$S" "$S.moved" && echo precious >"$S"
stop
is "$(cat "$S")" precious "what is not its file stays"
refuse 1 "cannot listen at unix:$S: File exists" "a file that is no socket" \
    --listen "unix:$S"
is "$(cat "$S")" precious "stays, too"
rm "$S"
refuse 1 "cannot listen at unix:$TMP/no/s: No such file or directory" \
    "no directory" --listen "unix:$TMP/no/s"
long=unix:/$(printf '%0108d' 0)
for bad in "unix:" "unix:relative" "$long"; do
	refuse 64 "--listen takes unix:/PATH of at most 107 bytes, not \"$bad\"" \
	    "$(echo "$bad" | cut -c 1-20)" --listen "$bad"
done
if [ "$(id -u)" -eq 0 ]; then
	install -d -g daemon -m 2750 "$TMP/shared"
	start --listen "unix:$TMP/shared/s"
	is "$(stat -c '%a %G' "$TMP/shared/s")" "660 daemon" \
	    "a directory may give it its group"
	stop
else
	skip "needs root"
fi

# --- in the background
"$BIN/postfix-stats-exporter" -c "$CONFIG" -d "$STATE" --listen "unix:$S"
is $? 0 "in the background"
answers "$S"
ok $? "the socket answers"
pid=$(perl -e '
	for (glob "/proc/[0-9]*/cmdline") {
		open my $f, "<", $_ or next;
		my $line = <$f> // next;
		print m{(\d+)} if index($line, "unix:'"$S"'") >= 0 &&
		    $line =~ m{^[^\0]*postfix-stats-exporter\0};
	}')
kill "$pid"
wait_until '! running "$pid" && [ ! -e "$S" ]' 10
ok $? "until TERM"
pid=''

# --- handed over
# started WHERE OPTION...: with sockets at these places
started()
{
	hand=$1
	shift
	: >"$TMP/err"
	"$ROOT/tests/rig/hand-over" "$hand" "$BIN/postfix-stats-exporter" -c "$CONFIG" \
	    -d "$STATE" "$@" </dev/null >>"$TMP/err" 2>&1 &
	pid=$!
	wait_until 'grep -q "answering at" "$TMP/err" || ! running "$pid"' 10
	running "$pid"
}
started "$FIRST $S" -f
ok $? "two sockets are handed over"
grep -q 'answering at 2 sockets that were handed over' "$TMP/err"
ok $? "it says so"
answers "$FIRST" && answers "$S"
ok $? "both answer"
stop
[ -S "$S" ]
ok $? "their file is not its own, and stays"
rm "$S"
started "$FIRST" -f --listen "$SECOND" && answers "$FIRST" && answers "$SECOND"
ok $? "one more by --listen"
stop
started "$S pid=1" -f --listen "$SECOND"
grep -q 'handed over' "$TMP/err"
is $? 1 "not those of another process"
stop
rm -f "$S"
for bad in "udp=$FIRST" "file=/dev/null"; do
	started "$bad" -f
	is "$(cat "$TMP/err")" \
	    "postfix-stats-exporter: descriptor 3, handed over, is no stream socket that listens" \
	    "$bad"
	stop
done
if command -v systemd-socket-activate >/dev/null; then
	systemd-socket-activate -l "$FIRST" -l "$S" \
	    "$BIN/postfix-stats-exporter" -f -c "$CONFIG" -d "$STATE" \
	    </dev/null >"$TMP/err" 2>&1 &
	pid=$!
	wait_until '[ -S "$S" ]' 10
	answers "$S" && answers "$FIRST"
	ok $? "as systemd does it"
	stop
else
	skip "no systemd-socket-activate"
fi
tap_end
