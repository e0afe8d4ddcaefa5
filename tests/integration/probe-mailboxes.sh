#!/bin/sh
# What strangers may put into a Maildir that is watched, and what may be done to
# the Maildir: nothing that is not a probe's own is touched, memory is bounded, and
# the mail of other probes is found meanwhile.  Needs root.
#
#	FOREIGN=1000000 sh tests/integration/probe-mailboxes.sh

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig
FOREIGN=${FOREIGN:-100000}
skip_unless_root
tap_start "strangers in a Maildir that is watched"
. "$RIG/delivery.sh"

SERVERS=$TMP/servers
at_exit 'sh "$RIG/probe.sh" stop "$SERVERS"'
sh "$RIG/probe.sh" start "$SERVERS" || exit 1
. "$SERVERS/env"
at_exit 'probe_stop'

# Postfix itself delivers there; it makes the Maildir if there is none.
BOX=$MAIL/spam/Maildir/.Junk

# probes DELETE
probes()
{
	cat <<P
  - { name: here, server: 127.0.0.1, port: $SMTP, to: spam@probe.test,
      from: here@sender.test, interval: 1, jitter: 0,
      delivery: { maildir: $BOX, timeout: 60, delete: $1 } }
  - { name: there, server: 127.0.0.1, port: $SMTP, to: probe@probe.test,
      from: there@sender.test, interval: 1, jitter: 0,
      delivery: { maildir: $MAIL/probe/Maildir, timeout: 60, delete: no } }
P
}

# arrives PROBE [COUNT]: so many mails more
arrives()
{
	before=$(mail "$1" arrived)
	wait_until "[ \"\$(mail $1 arrived)\" -ge $((before + ${2-1})) ]" 30
	ok $? "$1: mail arrives"
}

# The process that watches Maildirs: the oldest child
watcher()
{
	tr ' ' '\n' <"/proc/$probe_pid/task/$probe_pid/children" | sort -n |
	    grep -m 1 .
}

memory()
{
	awk '/^VmHWM/ { print $2 }' "/proc/$1/status"
}

# --- strangers ---------------------------------------------------------

probes no | plan
probe_start
wait_until 'mail_is here result 3 && mail_is there result 3' 30
ok $? "mail of both arrives"
probe_stop
own=$(find "$BOX/new" -type f | head -1)
other=$(find "$MAIL/probe/Maildir/new" -type f | head -1)
cp "$own" "$TMP/own"
rm -f "$BOX"/new/* "$BOX"/cur/*

# forge FILE: its token with another digit, in all places
forge()
{
	perl -pe 's/(pfs1\.here\.[0-9a-f]+\.[0-9a-f]+\.)([0-9a-f])/
	    $1 . sprintf("%x", hex($2) ^ 1)/gex' "$1"
}

forge "$TMP/own" >"$BOX/new/1.forged.mx"
sed 's/pfs1\.here\./pfs1.there./g' "$TMP/own" >"$BOX/new/2.renamed.mx"
cp "$other" "$BOX/new/3.other.mx"
printf 'From: a@b.test\nSubject: mailexporter-probe\n\n%s\n' \
    "foo-1795418944843903000-here" >"$BOX/new/4.dashes.mx"
ln -s "$TMP/own" "$BOX/new/5.symlink.mx"
ln -s "$TMP" "$BOX/cur/6.directory.mx:2,S"
mkfifo "$BOX/new/7.fifo.mx"
mkdir "$BOX/cur/8.directory.mx:2,"
cp "$TMP/own" "$BOX/new/9.huge.mx"
truncate -s 2G "$BOX/new/9.huge.mx"
ln -s /dev/zero "$BOX/new/10.zero.mx"
: >"$BOX/new/11.empty.mx"
head -c 60000 /dev/zero >"$BOX/new/12.zeros.mx"
# Of many names few files: they are made and removed sooner.
perl -e '
	my ($box, $count) = @ARGV;
	my $file;
	for (0 .. $count - 1) {
		my $name = $_ % 2 ? "$box/new/13.$_.mx" : "$box/cur/13.$_.mx:2,S";
		if ($_ % 5000) {
			link $file, $name or die "$name: $!\n";
			next;
		}
		$file = $name;
		open my $out, ">", $file or die "$file: $!\n";
		print $out "Subject: hello $_\n\npfs1.here.1.1.0\n";
	}' "$BOX" "$FOREIGN"

# All of it, but for what comes from the probe itself: names, kinds, owners, sizes
# and times
strangers()
{
	find "$BOX" \( -path '*/new/*.mx*' -o -path '*/cur/*.mx*' \) \
	    -printf '%P %y %i %m %U %s %T@ %C@ %l\n' | sort | sha256sum
}

strangers >"$TMP/strangers"
probes yes | plan
probe_start
arrives there 3
watching=$(watcher)
arrives here 3
wait_until 'mail_is here watched 1' 60
ok $? "all $FOREIGN strangers were looked at"
arrives here
arrives there
for probe in here there; do
	is "$(mail $probe late) $(mail $probe lost) $(mail $probe duplicates)" \
	    "0 0 0" "$probe: none is late, lost or twice"
	is "$(text $probe mailbox)" "" "$probe: the mailbox is well"
done
strangers | cmp -s "$TMP/strangers" -
ok $? "no stranger is touched"
wait_until '! ls "$BOX/new" | grep -q "\.V"' 20
ok $? "its own mail is removed"
is "$(watcher)" "$watching" "who watches is still the same process"
used=$(memory "$watching")
[ "$used" -lt 32768 ]
ok $? "and has needed little memory"
diag "$used kB"

# It would have been seen.
cp "$TMP/own" "$BOX/new/14.real.mx"
wait_until 'mail_is here duplicates 1' 20
ok $? "a copy of its own is seen"
wait_until '[ ! -e "$BOX/new/14.real.mx" ]' 20
ok $? "and removed"

# --- the Maildir -------------------------------------------------------

mv "$BOX" "$BOX.old"
arrives here 2
ok $? "another Maildir in its place is watched"
rm -rf "$BOX"
arrives here 2
is "$(text here mailbox)" "" "so is one that was removed and made again"
: >"$TMP/file"
mv "$BOX" "$BOX.older"
mv "$TMP/file" "$BOX"
wait_until '[ -n "$(text here mailbox)" ]' 20
ok $? "what is no Maildir is said: $(text here mailbox)"
arrives there 3
rm "$BOX"
mv "$BOX.older" "$BOX"
wait_until 'mail_is here watched 1' 40
ok $? "it is watched when it is back"
arrives here
is "$(mail here lost)" 0 "nothing was lost meanwhile"
is "$(mail there late) $(mail there lost)" "0 0" "nor late there"
probe_stop
is $? 0 "TERM ends it well"
tap_end
