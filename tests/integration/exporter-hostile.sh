#!/bin/sh
# Nothing that clients do to the exporter does harm: malformed requests
# (HOSTILE=100000 for as many), slow ones, many at once.  It goes on answering,
# keeps no memory and no descriptor, and the sanitizers have nothing to say.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

HOSTILE=${HOSTILE:-10000}

# held PID: kilobytes of memory that are its own, descriptors
held()
{
	awk '/^RssAnon:/ { print $2 }' "/proc/$1/status"
	find "/proc/$1/fd" -mindepth 1 | wc -l
}

answers()
{
	scrape >"$TMP/now" && grep -q '^postfix_sent_total' "$TMP/now"
}

# same NAME: memory and descriptors as before, as soon as all clients are gone
same()
{
	wait_until '[ "$(held $exporter_pid | tail -n 1)" = "$descriptors" ]' 15
	ok $? "$1: no descriptor is kept"
	now=$(held "$exporter_pid" | head -n 1)
	[ "$now" -le $((memory + 256)) ]
	ok $? "$1: no memory is kept"
	diag "$memory kB before, $now kB now"
}

# crowd NUMBER TEXT: as many connections that send it, and then nothing; prints
# how many got a whole answer
crowd()
{
	perl -MIO::Socket::INET -MIO::Select -e '
		my ($at, $number, $text) = @ARGV;
		my (@open, %got, $whole);
		alarm 60;
		for (1 .. $number) {
			my $s = IO::Socket::INET->new($at) or next;
			print $s $text;
			$s->flush;
			push @open, $s;
		}
		for my $s (@open) {
			local $/;
			my $answer = <$s> // "";
			$whole++ if $answer =~ /^HTTP\/1.1 200 /;
		}
		print $whole // 0, "\n"' "$EXPORTER" "$1" "$2"
}

# One byte each second; how long until it is cut off.
slow()
{
	perl -MIO::Socket::INET -e '
		$SIG{PIPE} = "IGNORE";
		my @s = map { IO::Socket::INET->new($ARGV[0]) } 1 .. 40;
		for my $second (1 .. 20) {
			my @left;
			for my $s (@s) {
				syswrite($s, "G") or next;
				my $seen = "";
				vec($seen, fileno $s, 1) = 1;
				next if select($seen, undef, undef, 0) &&
				    !sysread($s, $_, 1);
				push @left, $s;
			}
			@s = @left or exit 0;
			select(undef, undef, undef, 1);
		}
		exit 1' "$EXPORTER"
}

tap_start "hostile clients"
. "$ROOT/tests/rig/prometheus.sh"
"$ROOT/build/tools/loggen" --lines 5000 --truth "$TMP/truth" >"$LOG"
install -d -m 750 "$STATE"
statsd_start --from start --once
wait "$statsd_pid"
statsd_pid=''
exporter_start
ok $? "it serves a store"
"$ROOT/build/tools/hostile" --count 2000 --seed 7 "$EXPORTER" >/dev/null
crowd 200 "$(printf 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n.')" >/dev/null
answers
memory=$(held "$exporter_pid" | head -n 1)
descriptors=$(held "$exporter_pid" | tail -n 1)

said=$("$ROOT/build/tools/hostile" --count "$HOSTILE" "$EXPORTER" 2>&1)
ok $? "$HOSTILE malformed requests"
diag "$said"
answers
ok $? "it answers"
same "malformed requests"

is "$(crowd 200 "$(printf 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n.')")" 200 \
    "200 at once: each gets its answer"
same "200 at once"
slow &
slow_pid=$!
wait_until answers 5
ok $? "40 clients send a byte a second: it answers others"
wait "$slow_pid"
ok $? "and ends them"
is "$(crowd 200 "$(printf 'GET /metrics HTTP/1.1\r\nX: ')")" 0 \
    "200 that end in the middle"
same "slow clients"
answers
ok $? "it answers"
printf 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n' >"$TMP/request"
whole=$(perl -MIO::Socket::INET -e '
	local $/;
	my $request = <STDIN>;
	my $whole = 0;
	for (1 .. 300) {
		my $s = IO::Socket::INET->new($ARGV[0]) or last;
		syswrite($s, $request);
		shutdown($s, 1);
		my $answer = <$s>;
		$whole++ if $answer =~ /^HTTP\/1.1 200 .*_build_info/s;
	}
	print $whole' "$EXPORTER" <"$TMP/request")
is "$whole" 300 "who ends behind a whole request gets the answer"
exporter_stop

# --- under the sanitizers
BIN=$ROOT/build/sane/bin
: >"$TMP/exporter.err"
exporter_start
ok $? "sanitized: it serves a store"
said=$("$ROOT/build/tools/hostile" --count $((HOSTILE / 10)) --seed 3 \
    "$EXPORTER" 2>&1)
ok $? "sanitized: $((HOSTILE / 10)) malformed requests"
diag "$said"
answers
ok $? "sanitized: it answers"
kill "$exporter_pid"
wait "$exporter_pid"
is $? 0 "sanitized: TERM, and nothing has leaked"
exporter_pid=''
is "$(grep -c 'ERROR\|runtime error' "$TMP/exporter.err")" 0 \
    "sanitized: not a word"
tap_end
