#!/bin/sh
# contrib/nagios/check_postfix_stats without a server: ranges, sums, ratios,
# rates by a clock that is given, and what may not come of hostile input.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

# check STATUS OPTION...: what it says, if it ends with STATUS
check()
{
	wanted=$1
	shift
	said=$("$ROOT/contrib/nagios/check_postfix_stats" \
	    --get "$TMP/get" -d "$STATE" --state "$TMP/rates" --stale "$@" 2>&1)
	status=$?
	[ "$status" -eq "$wanted" ] || said="status $status: $said"
	printf '%s\n' "$said"
}

# numbers KEY NUMBER...: what postfix-stats-get says from now on
numbers()
{
	{
		echo "#!/bin/sh"
		echo "cat <<'P'"
		printf '{ "tailer:discontinuity": %s' "${discontinuity-1}"
		while [ $# -gt 0 ]; do
			printf ',\n"%s": %s' "$1" "$2"
			shift 2
		done
		printf ' }\nP\n'
	} >"$TMP/get"
	chmod 755 "$TMP/get"
}

tap_start "check_postfix_stats"

# NUMBER RANGE: whether it is an alert, as the guidelines of plug-ins have it
alerts()
{
	while read -r number range alert; do
		numbers n "$number"
		said=$(check "$alert" -k n -w "$range" | cut -d' ' -f2)
		[ "$said" = OK ] || [ "$said" = WARNING ] ||
		    echo "$number $range: $said"
	done <<'P'
0 10 0
10 10 0
10.5 10 1
9 10: 1
10 10: 0
11 ~:10 1
10 ~:10 0
9.9 10:20 1
15 10:20 0
20.1 10:20 1
9 @10:20 0
10 @10:20 1
20 @10:20 1
21 @10:20 0
5 @10 1
11 @10 0
1 0.5: 0
0 0.5: 1
0 0 0
1 0 1
P
}
is "$(alerts)" "" "ranges"
numbers n 5
for range in x 1:2:3 20:10 : '' @ ~ 1e3 "1 2" '10;'; do
	like "$(check 3 -k n -w "$range")" "POSTFIX UNKNOWN - not a range*" \
	    "'$range' is none"
done
is "$(check 2 -k n -w 3 -c 4)" "POSTFIX CRITICAL - n is 5 | 'n'=5;3;4;0" \
    "what is worse counts"
is "$(check 1 -k n -w 3 -c 10)" "POSTFIX WARNING - n is 5 | 'n'=5;3;10;0" \
    "a warning"
is "$(check 0 -k n -l "it's")" "POSTFIX OK - it's is 5 | 'it''s'=5;;;0" \
    "a name of its own"
is "$(check 0 -k n -l "a|b
")" "POSTFIX OK - a b  is 5 | 'a b '=5;;;0" \
    "a name that would end the text or the line can not"

numbers delivery:smtp:sent 90 delivery:lmtp:sent 5 delivery:smtp:bounced 5 \
    delivery:smtp:sent@out 1000
is "$(check 0 -k 'delivery:*:sent')" \
    "POSTFIX OK - delivery:*:sent is 95 | 'delivery:*:sent'=95;;;0" \
    "a star is one label, and no instance"
is "$(check 1 -k 'delivery:*:bounced' --of 'delivery:*:sent' \
    --of 'delivery:*:bounced' -w 4 -l bounced)" \
    "POSTFIX WARNING - bounced is 5% of 100 | 'bounced'=5%;4;;0" "a ratio"
is "$(check 0 -k delivery:smtp:bounced --of delivery:none:sent 2>&1)" \
    "status 3: POSTFIX UNKNOWN - No such key \"delivery:none:sent\"" \
    "a key that is not there is unknown"
is "$(check 0 -k 'nothing:*' --of 'nothing:*' -l n)" \
    "POSTFIX OK - n is 0% of 0, no such key yet: nothing:* | 'n'=0%;;;0" \
    "of nothing it is nothing, and it says so"

# Rates: 60 s later 30 more.
numbers n 100
like "$(check 0 -k n -r --now 1000)" "*the first time*" "the first time"
numbers n 130
is "$(check 0 -k n -r --now 1060 -c 29:31)" \
    "POSTFIX OK - n is 30 per minute within 60 s | 'n'=30;;29:31;0" \
    "30 in a minute"
is "$(check 2 -k n -r --now 1060 -c 5 --per second --window 60 | cut -c1-30)" \
    "status 0: POSTFIX OK - n: the " "another window is another question"
numbers n 190
is "$(check 0 -k n -r --now 1120 --per second)" \
    "POSTFIX OK - n is 0.75 per second within 120 s | 'n'=0.75;;;0" \
    "a second's"
numbers n 190
check 0 -k n -r --now 1300 >/dev/null
is "$(check 0 -k n -r --now 1420)" \
    "POSTFIX OK - n is 0 per minute within 300 s | 'n'=0;;;0" \
    "what is older than the window is left"
numbers n 5
like "$(check 0 -k n -r --now 1480)" "*the first time*" \
    "a counter that fell is no rate"
numbers n 10
is "$(check 0 -k n -r --now 1540)" \
    "POSTFIX OK - n is 5 per minute within 60 s | 'n'=5;;;0" "and goes on"
discontinuity=2
numbers n 20
like "$(check 0 -k n -r --now 1600)" "*the first time*" \
    "counters that began anew are no rate"
# a window of 1000 s, a check each second for longer than that
rm -r "$TMP/rates"
numbers n 5
check 0 -k n -r --window 1000 --now 5000 >/dev/null
for second in 1 2 3 4 5; do
	check 0 -k n -r --window 1000 --now $((5000 + second)) >/dev/null
done
is "$(cat "$TMP"/rates/* | cut -d' ' -f1 | paste -sd' ')" "5000 5003" \
    "more samples than a window needs are not kept"
perl -e 'print map { 5000 + 3 * $_, " 2 5 0\n" } 0 .. 500' \
    >"$(echo "$TMP"/rates/*)"
like "$(check 0 -k n -r --window 1000 --now 6503)" "* within 1002 s *" \
    "a window that has many samples moves on"
numbers a 10 b 100
check 0 -k a --of b -r --now 1000 >/dev/null
numbers a 15 b 150
is "$(check 0 -k a --of b -r --now 1100 -l r)" \
    "POSTFIX OK - r is 10% of 50 within 100 s | 'r'=10%;;;0" \
    "a ratio of what came"

# The file of samples is ours alone, and may be damaged.
for file in "$TMP"/rates/*; do
	printf 'x\n' >"$file"
done
like "$(check 0 -k a --of b -r --now 1200)" "*damaged*" \
    "a damaged file is said, and begins anew"
mkdir "$TMP/open"
chmod 777 "$TMP/open"
like "$(check 3 -k a -r --state "$TMP/open")" "*not a directory of ours*" \
    "a directory that others may write to is refused"
ln -s "$TMP/rates" "$TMP/link"
like "$(check 3 -k a -r --state "$TMP/link")" "*not a directory of ours*" \
    "so is a link"
: >"$TMP/victim"
for file in "$TMP"/rates/*; do
	ln -sf "$TMP/victim" "$file"
done
check 0 -k a --of b -r --now 1300 >/dev/null
is "$(wc -c <"$TMP/victim")" 0 "a link in it is not followed"

# What is said why.
printf '#!/bin/sh\necho "postfix-stats-get: /x/postfix-stats.db: damaged" >&2\nexit 2\n' \
    >"$TMP/get"
is "$(check 3 -k n)" \
    "POSTFIX UNKNOWN - postfix-stats-get: /x/postfix-stats.db: damaged" \
    "what postfix-stats-get says is told"
printf '#!/bin/sh\necho not json\n' >"$TMP/get"
like "$(check 3 -k n)" "*no JSON*" "what is no JSON"
printf '#!/bin/sh\nexec sleep 60\n' >"$TMP/get"
like "$(check 3 -k n -t 1)" "*took longer than 1 s*" "what hangs is ended"
printf '#!/bin/sh\necho "{\\"n\\": \\"x\\"}"\n' >"$TMP/get"
like "$(check 3 -k n)" "*n is no number*" "what is no number"
printf '#!/bin/sh\nprintf "bad | n=1\\033[2J"\nexit 2\n' >"$TMP/get"
is "$(check 3 -k n)" "POSTFIX UNKNOWN - bad   n=1 [2J" \
    "what divides text from numbers can't be said"
like "$(check 3 -k n --get "$TMP/nowhere")" "*No such file*" \
    "a program that is not there"
like "$(check 3 -k 'a|b')" "*not a key*" "a key with a bar"
like "$(check 3 -k n -w "10
")" "*not a range*" "a range with a line of its own"
like "$(check 3 -x)" "*usage: check_postfix_stats*" "bad usage is unknown, too"
like "$(check 3)" "*no key is given*" "so is no key"

# On a real store: alive, and not any more.
: >"$LOG"
statsd_start
log_append 3
wait_for sent:smtp 3
real()
{
	"$ROOT/contrib/nagios/check_postfix_stats" -d "$STATE" \
	    --get "$TMP/real" --state "$TMP/rates" "$@"
}
printf '#!/bin/sh\nexec "%s" -c "%s" "$@"\n' "$BIN/postfix-stats-get" \
    "$CONFIG" >"$TMP/real"
chmod 755 "$TMP/real"
is "$(real -k sent:smtp -w 2:)" \
    "POSTFIX OK - sent:smtp is 3 | 'sent:smtp'=3;2:;;0" "a real number"
like "$(real -k sent:smtp -a 3600)" "POSTFIX OK*" "young enough"
for key in probe:mx:success mail_send:mx:sum; do
	like "$(real -k probe_mail:sent -k "$key" --stale)" \
	    "*No such key \"$key*" "$key is no key here"
	like "$(real -k probe_mail:sent -k "$key")" \
	    "POSTFIX UNKNOWN - postfix-stats-probe does not run*" \
	    "$key is nothing without the prober"
done
like "$(real -k probe_mail:sent)" "POSTFIX OK*" "what the log says of it is"
echo damaged >"$STATE/probe.db"
like "$(real -k sent:smtp)" "POSTFIX OK - sent:smtp is 3 *" \
    "a damaged store of probes is no harm to the rest"
like "$(real -k 'probe:*:failures' --stale)" "POSTFIX UNKNOWN - *probe.db*" \
    "but to their own numbers"
rm "$STATE/probe.db"
statsd_stop
like "$(real -k sent:smtp)" "POSTFIX UNKNOWN - postfix-statsd does not run*" \
    "a number that nobody keeps is unknown"
like "$(real -k sent:smtp --stale)" "POSTFIX OK*" "unless that is wanted"
rm "$STATE"/*
like "$(real -k sent:smtp --stale)" "POSTFIX UNKNOWN - *postfix-stats.db*" \
    "no store is unknown, and says which"
tap_end
