#!/bin/sh
# Rules and reasons of the configuration, in a tailer that runs: what they
# count, what a reload makes of them, and what is refused.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

# smtpd TEXT: a line of it
smtpd()
{
	echo "Nov 22 08:00:01 mx postfix/smtpd[1]: $1" >>"$LOG"
}

reject()
{
	smtpd "NOQUEUE: reject: RCPT from a[192.0.2.1]: 450 4.7.1 <c@example.net>: Recipient address rejected: $1; from=<a@example.org> to=<c@example.net> proto=ESMTP helo=<a>"
}

# rules LINE...: the configuration, with these behind `rules:`
rules()
{
	configure "publish_interval: 0.1" "rules:" "$@"
}

# reload [TEXT]: HUP, and wait until that is in the tailer's log once more
reload()
{
	text=${1-configuration read again}
	times=$(grep -cF -- "$text" "$TMP/statsd.err")
	kill -HUP "$statsd_pid"
	wait_until "[ \$(grep -cF -- '$text' '$TMP/statsd.err') -gt $times ]" 5
}

values()
{
	publish
	stats_get "$@" 2>&1 | xargs
}

tap_start "rules of one's own"
: >"$LOG"
lost="  - { name: lost, daemon: smtpd, pattern: '^lost connection after (\\S+)', label: 1 }"
rules "$lost"
statsd_start
ok $? "a tailer with a rule starts"
is "$(stats_get rule:lost)" 0 "the rule's key is there"
smtpd "lost connection after RCPT from a[192.0.2.1]"
smtpd "lost connection after DATA from a[192.0.2.1]"
smtpd "lost connection after RCPT from a[192.0.2.1]"
is "$(values rule:lost rule:lost:RCPT rule:lost:DATA)" "3 2 1" \
    "it counts lines, and by what it catches"
like "$(stats_get --walk | grep "$BASE_OID.1.12.1.3.4.108.111.115.116.4.82")" \
    "* = Counter64: 2" "SNMP has a row for it"
reject "Greylisted, see http://example.org/"
reject "Come back tomorrow"
is "$(values reject:smtpd:4xx:greylisted reject:smtpd:4xx:other)" "1 1" \
    "a rejection has a reason"

rules "$lost" "  - name: bad" "    pattern: 'a(b'"
reload "$CONFIG:6: pattern: missing closing parenthesis at byte 4; going on as before"
ok $? "HUP with a bad pattern names file, line and byte"
smtpd "lost connection after RCPT from a[192.0.2.1]"
is "$(values rule:lost tailer:restarts)" "4 0" "and the old rules go on"

rules "$lost" "  - { name: all, pattern: 'x' }" \
    "  - { name: dear, pattern: 'y(a+)+$' }" \
    "reasons:" \
    "  - { reason: policy, for: reject, pattern: 'come back TOMORROW' }"
reload
ok $? "HUP with other rules"
smtpd "lost connection after RCPT from x[192.0.2.1]"
reject "Come back tomorrow"
is "$(values rule:lost rule:all reject:smtpd:4xx:policy)" "5 2 1" \
    "takes them over, and counters go on"

many=$(head -c 200 /dev/zero | tr '\0' a)
smtpd "y${many}"
is "$(values rule:dear tailer:patterns_off)" "1 0" "a dear pattern matches"
smtpd "y${many}!"
is "$(values tailer:patterns_off)" 1 "until it costs too much"
smtpd "y${many}"
is "$(values rule:dear rule:lost)" "1 5" "then it is not tried any more"
is "$(grep -c 'rule dear: its pattern took too long' "$TMP/statsd.err")" 1 \
    "which is said once"
reload
smtpd "y${many}"
is "$(values rule:dear tailer:patterns_off)" "2 0" "but again after a reload"

statsd_stop
ok $? "the tailer ends"
rules "$lost"
statsd_start
smtpd "lost connection after RCPT from a[192.0.2.1]"
is "$(values rule:lost rule:lost:RCPT rule:dear)" "6 5 2" \
    "counters are kept over a restart"
statsd_stop

for fault in "pattern: '['|6: pattern: missing terminating ]" \
    "pattern: a, label: 7|6: label: the pattern has no group \"7\"" \
    "pattern: a, colour: red|6: Unexpected key: colour"; do
	rules "$lost" "  - { name: bad," "${fault%|*} }"
	"$BIN/postfix-statsd" --once -c "$CONFIG" -d "$STATE" --log "$LOG" \
	    >"$TMP/out" 2>&1
	is $? 64 "a start with a fault is refused: ${fault%|*}"
	like "$(cat "$TMP/out")" "*$CONFIG:${fault#*|}*" "and says where it is"
done
tap_end
