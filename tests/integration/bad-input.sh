#!/bin/sh
# What can be wrong is said in one line that names the file and the cause,
# with the right exit status, and nothing counted is lost.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

# try COMMAND...: sets status, out and err
try()
{
	timeout 10 "$@" </dev/null >"$TMP/out" 2>"$TMP/err"
	status=$?
	out=$(cat "$TMP/out")
	err=$(cat "$TMP/err")
}

# fails STATUS PATTERN NAME: after try; status - is any but 0 and a time-out
fails()
{
	if [ "$1" = - ]; then
		[ "$status" -ne 0 ] && [ "$status" -ne 124 ]
		ok $? "$3: fails"
	else
		is "$status" "$1" "$3: exit status $1"
	fi
	like "$err" "$2" "$3: says why"
	is "$(grep -c . "$TMP/err")" 1 "$3: in one line"
}

as_nobody()
{
	[ "$(id -u)" -ne 0 ] || set -- setpriv --reuid=nobody \
	    --regid=nogroup --clear-groups "$@"
	try "$@"
}

# flip FILE: invert 64 bytes in each of the first pages
flip()
{
	perl -e 'open(my $f, "+<", $ARGV[0]) or die $!;
		for (my $at = 256; $at < (-s $f) / 2; $at += 4096) {
			seek($f, $at, 0); read($f, my $b, 64);
			seek($f, $at, 0); print $f ~$b;
		}' "$1"
}

tap_start "bad input"
install -d "$TMP/bin"
cp "$BIN"/postfix-stats* "$TMP/bin/"
BIN=$TMP/bin

for program in postfix-statsd postfix-stats-get postfix-stats-agentx \
    postfix-stats-exporter; do
	try "$BIN/$program" --no-such-option
	fails 64 "$program: *no-such-option*" "$program, unknown option"
	try "$BIN/$program" --version
	is "$status" 0 "$program --version"
	try "$BIN/$program" --help
	is "$status" 0 "$program --help"
done

try "$BIN/postfix-stats-agentx" --host 127.0.0.1
fails 64 "*--check*" "--host without --check"
try "$BIN/postfix-stats-agentx" --check --host "[::1" -c "$CONFIG"
fails 64 "*--host*" "--host with half an address"

# The log.
install -d "$STATE"
try "$BIN/postfix-statsd" --once -d "$STATE" --log "$TMP/none.log"
fails - "*$TMP/none.log*No such file*" "missing log"
rm -rf "$STATE"
install -d -m 777 "$STATE"
log_append 1
chmod 600 "$LOG"
if [ "$(id -u)" -eq 0 ]; then
	as_nobody "$BIN/postfix-statsd" --once -d "$STATE" --log "$LOG"
	fails - "*$LOG*Permission denied*" "unreadable log"
else
	skip "needs root" 3
fi
chmod 644 "$LOG"

# The state directory.
try "$BIN/postfix-statsd" --once -d "$TMP/none" --log "$LOG"
fails - "*$TMP/none*No such file*" "missing state directory"
rm -rf "$STATE"
install -d -m 555 "$STATE"
as_nobody "$BIN/postfix-statsd" --once -d "$STATE" --log "$LOG"
fails - "*$STATE*Permission denied*" "unwritable state directory"
chmod 755 "$STATE"

# The configuration.
printf 'publish_interval: 1\nno_such_key: 1\n' >"$TMP/bad.yml"
for program in "postfix-statsd -f --log $LOG" "postfix-stats-get --all" \
    postfix-stats-agentx postfix-stats-exporter; do
	# shellcheck disable=SC2086
	try "$BIN/"$program -c "$TMP/bad.yml" -d "$STATE"
	fails - "*$TMP/bad.yml*2*no_such_key*" \
	    "${program%% *}, unknown configuration key"
done
try "$BIN/postfix-statsd" --once -c "$TMP/none.yml" -d "$STATE" --log "$LOG"
fails - "*$TMP/none.yml*No such file*" "missing configuration file"

# The store.
try "$BIN/postfix-stats-get" -d "$STATE" sent:smtp
fails 2 "*$STATE/postfix-stats.db*" "missing store"
is "$out" "" "no number from a missing store"
for total in 1 3 6; do
	"$BIN/postfix-statsd" --once -d "$STATE" --log "$LOG" ||
	    diag "--once failed"
	log_append $((total == 1 ? 2 : 3))
done
try "$BIN/postfix-stats-get" -d "$STATE" no:such sent:smtp
is "$status" 1 "unknown key: exit status 1"
is "$out" 'No such key "no:such"
6' "and the answer of old, beside the number of a known one"

flip "$STATE/postfix-stats.db"
try "$BIN/postfix-stats-get" -d "$STATE" sent:smtp
fails 2 "*$STATE/postfix-stats.db*" "damaged store"
is "$out" "" "no number from a damaged store"
before=$(ls "$STATE")
try "$BIN/postfix-statsd" --once -d "$STATE" --log "$LOG"
is "$status" 0 "the tailer goes on with the previous generation"
like "$err" "*$STATE/postfix-stats.db*" "says so"
is "$(stats_get sent:smtp)" 9 "and nothing is lost"
[ "$before" != "$(ls "$STATE")" ]
ok $? "the damaged file is kept aside"
is "$(stats_get tailer:store_errors)" 1 "and counted"

truncate -s -512 "$STATE/postfix-stats.db"
try "$BIN/postfix-stats-get" -d "$STATE" sent:smtp
fails 2 "*$STATE/postfix-stats.db*" "store cut short"
"$BIN/postfix-statsd" --once -d "$STATE" --log "$LOG" 2>/dev/null
is "$(stats_get sent:smtp)" 9 "mended, too"

# snmpd is not there, comes, goes, and comes again.
[ "$(id -u)" -ne 0 ] || chgrp -R nogroup "$STATE"
at_exit "$ROOT/tests/rig/snmpd.sh stop $TMP/snmpd"
port=$(pick_port)
snmp_shows()
{
	SNMP_PERSISTENT_DIR=$TMP/snmp MIBS='' snmpget -v 2c -c public -Oqv \
	    -t 1 -r 0 "127.0.0.1:$port" "$BASE_OID.1.1.1.0" 2>/dev/null |
	    grep -qx "$1"
}
install -d "$TMP/snmp"
agentx_start "unix:$TMP/snmpd/agentx"
wait_until "grep -q '$TMP/snmpd/agentx' '$TMP/agentx.err'" 5
ok $? "no snmpd: the subagent says so, naming the socket"
wait_until "! running $agentx_pid" 3
ok $((! $?)) "and stays"
is "$(grep -c "$TMP/snmpd/agentx" "$TMP/agentx.err")" 1 "and says it once"
"$ROOT/tests/rig/snmpd.sh" start "$TMP/snmpd" "$port"
wait_until "snmp_shows 9" 5
ok $? "snmpd comes: it is served within 5 s"
"$ROOT/tests/rig/snmpd.sh" stop "$TMP/snmpd"
"$ROOT/tests/rig/snmpd.sh" start "$TMP/snmpd" "$port"
wait_until "snmp_shows 9" 5
ok $? "snmpd restarts: it is served again within 5 s"
agentx_stop
ok $? "TERM ends the subagent with status 0"

if [ "$(id -u)" -eq 0 ]; then
	chmod 600 "$TMP/snmpd/agentx"
	: >"$TMP/agentx.err"
	agentx_start "unix:$TMP/snmpd/agentx"
	wait_until "grep -q 'agentx.*Permission denied' '$TMP/agentx.err'" 5
	ok $? "a socket closed to us: the subagent says so"
	chmod 660 "$TMP/snmpd/agentx"
	wait_until "snmp_shows 9" 5
	ok $? "and serves within 5 s when it is open"
else
	skip "needs root" 2
fi
tap_end
