#!/bin/sh
# Each scene of tests/golden/scenes, played on a real Postfix: the keys that
# move are those that it names.  Needs root, and namespaces of its own.
#
#	scenes.sh [SCENE]...	only these
#
# With SCENES_LOG=DIR every scene that tests/rig/scenes.sh can play, or those
# named, is played instead and not judged; its part of the log becomes
# DIR/SCENE.log, and what showq(8) says of the queue at its end DIR/SCENE.showq.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
WORLD_SH=$ROOT/tests/rig/world.sh
TABLE=$ROOT/tests/golden/scenes
skip_unless_root
"$WORLD_SH" possible || skip_all "no namespaces of our own"
[ -n "${POSTFIX_STATS_WORLD-}" ] || exec "$WORLD_SH" enter sh "$0" "$@"

# wanted SCENE: the keys that it names, sorted
wanted()
{
	awk -v scene="$1" '
	/^#/ || /^\t/ { next }
	NF == 0 { name = ""; next }
	name == "" { name = $1; next }
	name == scene { print }' "$TABLE" | sort
}

# The families that are looked at in a scene whose keys are in $TMP/wanted, as
# a pattern.  Sizes differ from day to day by the length of stamps, and times do
# each time.
families()
{
	{
		sed -n 's/^families //p' "$TABLE" | tr ' ' '\n'
		sed 's/[: ].*//' "$TMP/wanted"
	} | sort -u | paste -s -d '|'
}

# What moved from $TMP/before to $TMP/after, in these families.
moved()
{
	awk '
	NR == FNR { before[$1] = $2; next }
	$1 !~ /@|:bytes$|:sum$|:le:/ && $2 != before[$1] {
		print $1, $2 - before[$1]
	}' "$TMP/before" "$TMP/after" | grep -E "^($(families)):" | sort
}

log_read()
{
	[ "$(stats_get lines:read)" = "$(wc -l <"$LOG")" ]
}

as_wanted()
{
	wait_until log_read 10
	stats_get --all >"$TMP/after"
	moved >"$TMP/moved"
	diff "$TMP/wanted" "$TMP/moved" >"$TMP/diff"
}

# What is left in the queue goes without a word in the log.
sweep()
{
	find "$RIG/spool/deferred" "$RIG/spool/hold" -type f -delete
}

# The keys before a scene are those after the one before it, so that nothing
# that comes late is lost.
judge()
{
	wanted "$1" >"$TMP/wanted"
	"play_$1"
	settle
	wait_until as_wanted 10
	ok $? "$1"
	diag "$(cat "$TMP/diff")"
	mv "$TMP/after" "$TMP/before"
	sweep
}

log_is_quiet()
{
	quiet=$(wc -c <"$LOG")
	sleep 0.5
	[ "$(wc -c <"$LOG")" = "$quiet" ]
}

keep_log()
{
	begun=$(wc -c <"$LOG")
	"play_$1"
	settle
	wait_until log_is_quiet 20
	tail -c +$((begun + 1)) "$LOG" >"$SCENES_LOG/$1.log"
	perl -MIO::Socket::UNIX -e '
		print readline(IO::Socket::UNIX->new(Peer => $ARGV[0]))' \
	    "$RIG/spool/public/showq" >"$SCENES_LOG/$1.showq"
	ok 0 "$1: $(wc -l <"$SCENES_LOG/$1.log") lines"
	sweep
}

tap_start "what is counted for what happens"
RIG=$TMP/world
LOG=$RIG/log/mail.log
install -d "$RIG"
at_exit "'$WORLD_SH' stop '$RIG'"
"$WORLD_SH" start "$RIG" || exit 1
. "$ROOT/tests/rig/scenes.sh"

if [ -n "${SCENES_LOG-}" ]; then
	mkdir -p "$SCENES_LOG"
	[ $# -gt 0 ] || set -- $(sed -n 's/^play_\([a-z0-9_]*\)().*/\1/p' \
	    "$ROOT/tests/rig/scenes.sh")
	for scene; do
		keep_log "$scene"
	done
	cp "$LOG" "$SCENES_LOG/all"
	tap_end
fi
[ $# -gt 0 ] || set -- $(awk '/^[#\t]/ { next } NF == 0 { name = ""; next }
    name == "" { name = $1; if ($1 != "families") print $1 }' "$TABLE")
configure "publish_interval: 0.1" "reinjection:" \
    "  transport: smtpfilter pipefilter" "  service: reinject" \
    "  pickup_uid: $(id -u nobody)" "top: [ sasl_user ]" "rules:" \
    "  - { name: said, daemon: smtp, pattern: 'said: (\d+)', label: 1 }"
statsd_start --from start
wait_until log_read 10
stats_get --all >"$TMP/before"
for scene; do
	judge "$scene"
done
is "$(stats_get lines:unrecognised)" 0 "no line is unrecognised"
diag "$(stats_get --unrecognised)"
statsd_stop
ok $? "the tailer ends with status 0"
tap_end
