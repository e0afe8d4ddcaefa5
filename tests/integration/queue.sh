#!/bin/sh
# What lies in a real Postfix's queues, against postqueue -j: two instances,
# 1,000 deferred messages of different ages and sizes, some on hold, some not
# even picked up, and empty queues.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root

# Keys and values as postqueue -j has them, of both instances, for a sample
# taken at the time $1.
expected()
{
	for instance in postfix postfix-out; do
		etc=$RIG/etc
		[ $instance = postfix ] || etc=$RIG/out/etc
		postqueue -c "$etc" -j | sed "s/^/$instance /"
	done | perl -e '
		my ($taken) = @ARGV;
		my @queues = qw(maildrop incoming active deferred hold);
		my (%sum, %oldest);
		for my $queue (@queues) {
			$sum{"queue:$queue:$_"} = 0
			    for qw(messages bytes recipients oldest_seconds);
			$sum{"queue:$queue:$_\@postfix"} =
			    $sum{"queue:$queue:$_\@postfix-out"} = 0
			    for qw(messages bytes recipients oldest_seconds);
			$sum{"queue_age:$queue:$_"} = 0 for qw(sum count),
			    map("le:" . 10 ** $_, 1 .. 8);
			$sum{"queue_size:$queue:$_"} = 0 for qw(sum count),
			    map("le:" . 10 ** $_, 3 .. 9);
		}
		while (<STDIN>) {
			my ($instance) = /^(\S+)/;
			my ($queue) = /"queue_name": "(\w+)"/ or next;
			my ($time) = /"arrival_time": (\d+)/;
			my ($size) = /"message_size": (\d+)/;
			my $age = $time < $taken ? $taken - $time : 0;
			my $recipients = () = /"address": /g;
			my %more = (messages => 1, bytes => $size,
			    recipients => $recipients);
			for my $at ("", "\@$instance") {
				$sum{"queue:$queue:$_$at"} += $more{$_}
				    for keys %more;
				my $old = \$sum{"queue:$queue:oldest_seconds$at"};
				$$old = $age if $$old < $age;
			}
			$sum{"queue_age:$queue:sum"} += $age;
			$sum{"queue_size:$queue:sum"} += $size;
			$sum{"queue_$_:$queue:count"}++ for qw(age size);
			for (1 .. 8) {
				$sum{"queue_age:$queue:le:" . 10 ** $_}++
				    if $age <= 10 ** $_;
			}
			for (3 .. 9) {
				$sum{"queue_size:$queue:le:" . 10 ** $_}++
				    if $size <= 10 ** $_;
			}
		}
		print "$_ $sum{$_}\n" for keys %sum;' "$1" | sort
}

# The same from one state of the store, that of a sample begun after now: a
# reload samples at once.
sampled()
{
	now=$(date +%s)
	wait_until "[ \$(date +%s) -gt $now ]" 5
	kill -HUP "$statsd_pid"
	wait_until "[ \"\$(stats_get queue_sample:taken)\" -gt $now ] 2>/dev/null" 60 ||
		diag "no sample: $(cat "$TMP/statsd.err")"
	stats_get --all >"$TMP/all"
	grep -E '^queue(_age|_size)?:' "$TMP/all" | sort >"$TMP/sampled"
	taken=$(sed -n 's/^queue_sample:taken //p' "$TMP/all")
}

agrees()
{
	sampled
	expected "$taken" >"$TMP/expected"
	diff "$TMP/expected" "$TMP/sampled" >"$TMP/diff"
}

# same NAME: what was sampled is what postqueue says; not always at once, since
# the instances may be sampled in two different seconds.
same()
{
	wait_until agrees 120
	ok $? "$1"
	diag "$(head -20 "$TMP/diff")"
}

# Have queue files say that they arrived earlier: the first record that begins
# with T, its length and the digits.
make_older()
{
	perl -e '
		my $n = 0;
		for my $path (@ARGV) {
			open my $file, "+<", $path or die "$path: $!";
			read $file, my $text, 400;
			$text =~ /T[\x0c-\x20](\d{10}) / or die "$path: no time";
			seek $file, $-[1], 0;
			print $file sprintf("%010d",
			    $1 - int(1.018 ** $n++));
		}' "$@"
}

# deferred N SIZE: never a second try, and no bounce however old they are made
deferred()
{
	. "$RIG/env"
	"$ROOT/tests/rig/smtp-say" "$SMTPD" "$1" a@discard.test deferred \
	    "$(head -c "$2" /dev/zero | tr '\0' x | fold -w 70)" \
	    u@down.test v@down.test >>"$TMP/said"
}

tap_start "the queue's figures are those of postqueue -j"
RIG=$TMP/rig
install -d "$RIG"
at_exit "'$ROOT/tests/rig/postfix.sh' stop '$RIG'"
POSTFIX_EXTRA="queue_run_delay = 1w
minimal_backoff_time = 1w
maximal_backoff_time = 1w
maximal_queue_lifetime = 100d
bounce_queue_lifetime = 100d
defer_transports = smtp" "$ROOT/tests/rig/postfix.sh" start "$RIG" || exit 1
LOG=$RIG/log/mail.log
cat >"$CONFIG" <<P
publish_interval: 0.1
queue:
  interval: 0.2
  sockets:
    - path: $RIG/spool/public/showq
      instance: postfix
    - path: $RIG/out/spool/public/showq
      instance: postfix-out
P
statsd_start
same "all queues are empty"
is "$(grep -vc ' 0$' "$TMP/sampled")" 0 "which are zeros"

for size in 10 10 10 3000 3000 3000 3000 30000 30000 30000; do
	deferred 100 "$size"
done
wait_until "'$ROOT/tests/rig/postfix.sh' idle '$RIG'" 120
ok $? "a thousand messages are deferred"
make_older $(find "$RIG/spool/deferred" -type f | sort | head -900)
postqueue -c "$RIG/etc" -j | sed -n 's/.*"queue_id": "\([^"]*\)".*/\1/p' |
    head -30 | postsuper -c "$RIG/etc" -h - 2>/dev/null
postconf -c "$RIG/out/etc" -MX pickup/unix
postfix -c "$RIG/out/etc" reload >>"$RIG/log/start.log" 2>&1
for to in one two; do
	printf 'Subject: a\n\nb\n' |
	    sendmail -C "$RIG/out/etc" -f a@b.test $to@ok.test
done
same "a thousand messages, deferred and on hold, two in maildrop"
is "$(stats_get queue:deferred:messages queue:hold:messages \
    queue:maildrop:messages@postfix-out | xargs)" "970 30 2" \
    "as many as there should be"
[ "$(stats_get queue:deferred:oldest_seconds)" -gt 5000000 ]
ok $? "the oldest is months old"
is "$(stats_get queue_sample:errors)" 0 "no sample failed"

# Over SNMP: pfsQueueMessages, pfsQueueOldest of deferred, all instances.
stats_get --walk >"$TMP/walk"
like "$(grep -F "$BASE_OID.1.5.1.3.1.8.100.101.102.101.114.114.101.100 " \
    "$TMP/walk")" "* = Gauge32: 970" "pfsQueueMessages has it"
oldest=$(postqueue -c "$RIG/etc" -j | grep '"deferred"' |
    sed 's/.*"queue_id": "\([^"]*\)", "arrival_time": \([0-9]*\),.*/\2 \1/' |
    sort -n | sed -n '1s/.* //p')
like "$(grep -F "$BASE_OID.1.5.1.7.1.8.100.101.102.101.114.114.101.100 " \
    "$TMP/walk")" "* = STRING: \"$oldest\"" "pfsQueueOldestId is its id"
like "$(grep -F "$BASE_OID.1.14.22.0 " "$TMP/walk")" "* = Gauge32: 179*" \
    "pfsQueueSampled has the time"

# One Postfix is stopped: its figures stay, and the time says that they are
# old; the other's go on.
postsuper -c "$RIG/etc" -d ALL 2>/dev/null
same "all but the two in maildrop is gone"
: >"$TMP/statsd.err"
postfix -c "$RIG/out/etc" stop >>"$RIG/log/start.log" 2>&1
wait_until "grep -q 'no sample from $RIG/out/spool/public/showq:' \
    '$TMP/statsd.err'" 60
ok $? "a Postfix that is down is told once"
deferred 3 10
wait_for queue:deferred:messages 3 60
ok $? "the other's queue is still sampled"
wait_until '[ "$(stats_get queue_sample:errors)" -gt 2 ]' 60
is "$(stats_get queue:maildrop:messages@postfix-out)" 2 \
    "what the first one had stays"
old=$(stats_get queue_sample:taken)
[ "$old" -gt 0 ] && wait_until "[ \$(date +%s) -gt $((old + 1)) ]" 10 &&
    [ "$(stats_get queue_sample:taken)" = "$old" ]
ok $? "and is as old as it is"
is "$(grep -c 'no sample' "$TMP/statsd.err")" 1 "that was one message"
statsd_stop
ok $? "the tailer ends with status 0"

# Rights: the directory belongs to group postdrop.
cp "$BIN/postfix-statsd" "$TMP/postfix-statsd"
as_nobody()
{
	install -d -o nobody "$TMP/as"
	setpriv --reuid=nobody --regid=nogroup "$1" "$TMP/postfix-statsd" -f \
	    -c "$CONFIG" -d "$TMP/as" --log "$LOG" </dev/null \
	    >"$TMP/as.err" 2>&1 &
	statsd_pid=$!
	STATE=$TMP/as
	wait_until "[ \"\$(stats_get queue_sample:$2 2>/dev/null)\" -gt 0 ] 2>/dev/null" 60
	ok $? "$3"
	statsd_stop
}
as_nobody --clear-groups errors "without the group there is no sample"
like "$(cat "$TMP/as.err")" \
    "*no sample from $RIG/spool/public/showq: Permission denied*postdrop*" \
    "and the message names the group"
postfix -c "$RIG/out/etc" start >>"$RIG/log/start.log" 2>&1
rm -rf "$TMP/as"
as_nobody --groups=postdrop taken "with it there is"
tap_end
