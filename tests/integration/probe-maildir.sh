#!/bin/sh
# What the daemon does in a Maildir of real servers, by its system calls: a file
# that is not its own is opened once, and nothing but its own is removed.  And the
# bounce of a probe's mail, which has its token, is not that mail.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig
FOREIGN=200
skip_unless_root
command -v strace >/dev/null || skip_all "no strace"
tap_start "a Maildir that real servers deliver to"

SERVERS=$TMP/servers
at_exit 'sh "$RIG/probe.sh" stop "$SERVERS"'
sh "$RIG/probe.sh" start "$SERVERS" || exit 1
. "$SERVERS/env"
BOX=$MAIL/probe/Maildir

# probe NAME PORT TO: each sends to itself, or so it says
probe()
{
	echo "  - { name: $1, server: 127.0.0.1, port: $2, to: $3@probe.test," \
	    "from: probe@probe.test, interval: 2, jitter: 0, delivery: {" \
	    "maildir: $BOX, timeout: 60, authserv_id: mx.probe.test } }"
}

# foreign FIRST LAST: files that nobody would take for mail of a probe
foreign()
{
	for number in $(seq "$1" "$2"); do
		printf 'Subject: hello\n\npfs1.well.1.1.0\n' \
		    >"$BOX/tmp/$number.foreign"
		mv "$BOX/tmp/$number.foreign" "$BOX/new"
	done
}

mail()
{
	stats_get "mail:$1:$2" 2>/dev/null
}

# at_least PROBE WHAT NUMBER
at_least()
{
	[ "$(mail "$1" "$2" | grep -x '[0-9]*' || echo 0)" -ge "$3" ]
}

# arrives PROBE: so that what was there before it was looked at
arrives()
{
	wanted=$(($(mail "$1" arrived) + 2))
	wait_until "at_least $1 arrived $wanted" 60
	ok $? "$1: mail arrives"
}

bounces()
{
	grep -l -s 'Content-Type: multipart/report' "$BOX/new"/* "$BOX/cur"/*
}

configure "probing: { publish_interval: 0.1, server_pause: 0 }" "probes:" \
    "$(probe well "$AUTHRES" probe)" "$(probe bounced "$SMTP" gone)"
mkdir -p "$BOX/new" "$BOX/cur" "$BOX/tmp"
chown -R --reference="$MAIL" "$MAIL/probe"
foreign 1 "$FOREIGN"
install -d -m 750 "$STATE"
strace -D -f -q -e trace=open,openat,unlink,unlinkat,rename,renameat \
    -o "$TMP/calls" "$BIN/postfix-stats-probe" -f -c "$CONFIG" -d "$STATE" \
    </dev/null >"$TMP/probe.err" 2>&1 &
probe_pid=$!
at_exit 'end_process "$probe_pid"'

wait_until 'at_least well arrived 1' 60
ok $? "mail arrives beside $FOREIGN foreign files"
wait_until '[ -n "$(bounces)" ]' 60
ok $? "a mail is bounced to where it came from"
grep -q 'pfs1\.bounced\.' "$(bounces | head -n 1)"
ok $? "and its token with it"
foreign "$((FOREIGN + 1))" "$((2 * FOREIGN))"
arrives well

# Each look is one more chance to open them again.
for _ in 1 2 3; do
	mv "$BOX/cur" "$BOX/away"
	wait_until '[ "$(mail well watched)" = 0 ]' 20
	mv "$BOX/away" "$BOX/cur"
	wait_until '[ "$(mail well watched)" = 1 ]' 20
	ok $? "it is looked at again"
done
mv "$BOX/new/1.foreign" "$BOX/cur/1.foreign:2,S"
arrives well
is "$(mail bounced arrived) $(mail bounced late) $(mail bounced duplicates)" \
    "0 0 0" "a bounce is not the mail that it is about"
like "$(db5.3_dump -p "$STATE/probe.db")" "*pass fail none*" \
    "what the server says of SPF, DKIM and DMARC is read"

end_process "$probe_pid"
wait_until 'grep -q "^$probe_pid  *+++ exited with 0" "$TMP/calls"' 20
ok $? "TERM ends it well"
probe_pid=''
is "$(ls "$BOX/new" "$BOX/cur" | grep -c foreign)" "$((2 * FOREIGN))" \
    "each foreign file is there"
is "$(grep -o '"[0-9]*\.foreign[^"]*"' "$TMP/calls" | sed 's/:2,S//' | sort |
    uniq -c | awk '{ print $1 }' | sort -u)" 1 "and was opened once"
is "$(grep -c 'foreign.*O_\(WRONLY\|RDWR\)' "$TMP/calls")" 0 "to be read"
is "$(grep unlink "$TMP/calls" | grep -c foreign)" 0 "and none was removed"
[ "$(grep -c 'unlinkat.* = 0' "$TMP/calls")" -ge 3 ]
ok $? "what was counted was"
tap_end
