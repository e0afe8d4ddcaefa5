#!/bin/sh
# Within 5 s the exporter says that its tailer was killed, that the store is
# damaged, closed or gone, or that the disk is full; and when it is over.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

tap_start "faults behind the exporter are seen in what it serves"
. "$ROOT/tests/rig/prometheus.sh"

state_is()
{
	scrape >"$TMP/now" &&
	    grep -q "^postfix_stats_store_error{store=\"postfix-stats.db\",error=\"$1\"} 1$" \
		"$TMP/now" &&
	    grep -q '^postfix_stats_up{store="postfix-stats.db"} 0$' "$TMP/now"
}

all_is_well()
{
	scrape >"$TMP/now" &&
	    grep -q '^postfix_stats_up{store="postfix-stats.db"} 1$' "$TMP/now" &&
	    ! grep -q '^postfix_stats_store_error{.* 1$' "$TMP/now"
}

# said PATTERN: how many lines of its log are like it
said()
{
	grep -c "$1" "$TMP/exporter.err"
}

served()
{
	scrape | grep -q "^postfix_sent_total{agent=\"smtp\"} $1\$"
}

configure "publish_interval: 1"
install -d "$STATE"
log_append 3
statsd_start --from start
wait_for sent:smtp 3
exporter_start
wait_until all_is_well 5
ok $? "all is well"

kill -9 "$statsd_pid"
wait "$statsd_pid" 2>/dev/null
wait_until 'state_is stale' 5
ok $? "the tailer is killed: stale"
like "$(http_get "$EXPORTER" /)" '*Nobody is counting*' "the page says so"
served 3
ok $? "with the numbers that were"
log_append 1
statsd_start
wait_until 'all_is_well && served 4' 10
ok $? "a new one goes on"
statsd_stop

cp "$STATE/postfix-stats.db" "$TMP/good"
truncate -s 4096 "$STATE/postfix-stats.db"
wait_until 'state_is damaged && served 4' 5
ok $? "a store that is cut short: damaged, with the last good numbers"
like "$(http_get "$EXPORTER" /)" '*The store cannot be read*' \
    "the page says so"
is "$("$BIN/postfix-stats-get" -c "$CONFIG" -d "$STATE" --all 2>/dev/null
    echo $?)" 2 "postfix-stats-get exits with 2"
rm "$STATE/postfix-stats.db"
wait_until 'state_is missing && served 4' 5
ok $? "a store that is gone: missing, with the last good numbers"
mkdir "$STATE/postfix-stats.db"
wait_until 'state_is unreadable || state_is damaged' 5
ok $? "a directory in its place is no store"
rmdir "$STATE/postfix-stats.db"
cp "$TMP/good" "$STATE/postfix-stats.db"
statsd_start
wait_until all_is_well 10
ok $? "and all is well again"
# one line for each change, however often it was looked at
for state in 'damaged\|cut\|size' 'No such file'; do
	is "$(said "$state.*serving the last good")" 1 "one line says $state"
done
statsd_stop
exporter_stop

# --- a full disk
if [ "$(id -u)" -ne 0 ] ||
    ! install -d "$TMP/small" ||
    ! mount -t tmpfs -o size=6m none "$TMP/small" 2>/dev/null; then
	skip "needs root, and a mount" 6
	tap_end
fi
at_exit 'umount -l "$TMP/small"'
STATE=$TMP/small
statsd_start --from start
wait_for sent:smtp 4
exporter_start
wait_until all_is_well 5
ok $? "on a file system of its own"
dd if=/dev/zero of="$STATE/fill" bs=64k 2>/dev/null
log_append 1
wait_until 'state_is full' 5
ok $? "without room: full"
is "$(grep '^postfix_up{' "$TMP/now" | grep -vc ' 1$')" 0 \
    "but the log can be read"
like "$(http_get "$EXPORTER" /)" '*The disk is full*' "the page says so"
is "$(said 'file system is full')" 1 "one line says so"
rm "$STATE/fill"
wait_until 'all_is_well && served 5' 40
ok $? "with room again all is well, and nothing is lost"
tap_end
