#!/bin/sh
# One log, three ways: a walk over AgentX, one over pass_persist and
# postfix-stats-get --walk are the same, and equal to --all for every key that
# has an object, the IETF's tables among them; also while the store is published
# ten times a second, where each walk must be that of one generation.  Some names
# in the log have every byte that there is.
#
#	WALKS=1000 sh tests/integration/three-ways.sh	1000 walks each way

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

WALKS=${WALKS:-10}
MIB2=.1.3.6.1.2.1
SENT=1.1.1.0 GENERATION=1.14.9.0

# What a walk has and postfix-stats-get --walk has not: pfsAgentVersion,
# pfsAgentStoreState, pfsAgentSnapshotAge, pfsAgentLogSilence,
# pfsAgentDeliveryAttempts and pfsAgentDeferralRatio, which only the agent
# knows, and where the tree ends.
not_own()
{
	grep -vE "^$BASE_OID\\.1\\.14\\.(6[4-9]|7[0-3])\\.0 |No more var"
}

# asked WAY OID COMMAND [OPTION]...
asked()
{
	server=127.0.0.1:$(cat "$TMP/$1/port")
	oid=$2
	shift 2
	command=$1
	shift
	SNMP_PERSISTENT_DIR=$TMP/snmp SNMPCONFPATH=$TMP/snmp MIBS='' \
	    "$command" -v 2c -c public -On -t 10 -r 1 "$@" "$server" "$oid"
}

# only_below OID: of standard input
only_below()
{
	awk -v root="$1." 'index($0, root) == 1'
}

# below OID WAY: a walk there, over the network by GETBULK, many PDUs
below()
{
	if [ "$2" = get ]; then
		stats_get --walk | only_below "$1"
	else
		asked "$2" "$1" snmpbulkwalk -Cr40 | not_own
	fi
}

walk()
{
	below "$BASE_OID" "$1"
}

# walk_ietf WAY: NETWORK-SERVICES-MIB and MTA-MIB, one after the other
walk_ietf()
{
	for mib in 27 28; do
		below $MIB2.$mib "$1"
	done
}

# What stays the same of the IETF's tables.  Of TimeInterval objects the values
# depend on when they are asked for: mtaGroupOldestMessageStored,
# mtaGroupLastInboundActivity, mtaGroupLastOutboundActivity,
# mtaGroupCreationTime and mtaGroupLastOutboundAssociationAttempt.  TimeStamp
# objects only AgentX has, since only there sysUpTime is known: applUptime,
# applLastChange, applLastInboundActivity and applLastOutboundActivity.  An
# empty string has no type in snmpwalk's output.
lasting()
{
	sed -E -e "s/^($MIB2\.28\.2\.1\.(12|17|18|30|34)\..*INTEGER: ).*/\1/" \
	    -e "/^$MIB2\.27\.1\.1\.(5|7|12|13)\./d" -e 's/ = ""$/ = STRING: ""/'
}

# number WAY OID
number()
{
	asked "$1" "$2" snmpget -Oqv
}

generation_of()
{
	sed -n "s/^$BASE_OID\\.$GENERATION = Counter64: //p" "$1"
}

# shows WAY: its newest snapshot is the store's
shows()
{
	[ "$(number "$1" "$BASE_OID.$GENERATION")" = "$(stats_get tailer:generation)" ]
}

# publish_often COUNT: so often in turn, a tenth of a second apart, a new
# generation with one more recipient delivered by smtp, one connection to smtpd
# and one that smtp failed to make.  Its store is kept as $TMP/kept/GENERATION;
# the last few hundred of them.  It ends when $TMP/enough is there.
publish_often()
{
	perl -MTime::HiRes=sleep,time -e '
	my ($pid, $log, $state, $kept, $generation, $count, $enough) = @ARGV;
	my $store = "$state/postfix-stats.db";
	my $begin = time;
	for my $n (1 .. $count) {
		last if -e $enough;
		my $was = (stat $store)[1];
		open my $out, ">>", $log or die "$log: $!";
		printf $out "Nov 22 08:00:01 mx postfix/smtp[4711]: " .
		    "4Dx%05dKqDz2xYT: to=<user\@example.com>, " .
		    "relay=mail.example.com[192.0.2.1]:25, delay=0.5, " .
		    "delays=0.1/0.01/0.2/0.19, dsn=2.0.0, status=sent " .
		    "(250 2.0.0 Ok)\n" .
		    "Nov 22 08:00:01 mx postfix/smtpd[4712]: connect from " .
		    "client%05d.example.com[192.0.2.2]\n" .
		    "Nov 22 08:00:01 mx postfix/smtp[4711]: connect to " .
		    "mx%05d.example.com[192.0.2.3]:25: Connection refused\n",
		    ($generation % 100000) x 3;
		close $out;
		kill "USR1", $pid;
		my $patience = time + 20;
		while (((stat $store)[1] // $was) == $was) {
			exit if -e $enough;
			die "no publication\n" if time > $patience;
			sleep 0.002;
		}
		$generation++;
		mkdir "$kept/$generation";
		link $store, "$kept/$generation/postfix-stats.db"
		    or die "link: $!";
		my $old = "$kept/" . ($generation - 300);
		unlink "$old/postfix-stats.db";
		rmdir $old;
		my $wait = $begin + $n / 10 - time;
		sleep $wait if $wait > 0;
	}' "$statsd_pid" "$LOG" "$STATE" "$TMP/kept" \
	    "$(stats_get tailer:generation)" "$1" "$TMP/enough"
}

# walk_of GENERATION OID
walk_of()
{
	"$BIN/postfix-stats-get" -c "$CONFIG" -d "$TMP/kept/$1" --walk |
	    only_below "$2"
}

# of_one_generation WALK: it is, to the letter, the one of the generation that
# it names
of_one_generation()
{
	generation=$(generation_of "$1")
	wait_until "[ -e '$TMP/kept/$generation/postfix-stats.db' ]" 10 &&
	    walk_of "$generation" "$BASE_OID" | cmp -s "$1" -
}

# Of each of the IETF's MIBs a counter that each generation makes one greater:
# applAccumulatedInboundAssociations and mtaTransmittedRecipients.
counting()
{
	case $1 in
	27)	echo $MIB2.27.1.1.10.1 ;;
	28)	echo $MIB2.28.1.1.9.1 ;;
	esac
}

# ietf_count WALK MIB: the value of that counter
ietf_count()
{
	sed -n "s/^$(counting "$2") = Counter32: //p" "$1"
}

# ietf_of_one_generation WALK MIB: as far as it lasts it is the one of the
# generation that its counter tells.  $TMP/first is the walk of generation
# $first.
ietf_of_one_generation()
{
	generation=$((first + $(ietf_count "$1" "$2") - \
	    $(ietf_count "$TMP/first" "$2")))
	wait_until "[ -e '$TMP/kept/$generation/postfix-stats.db' ]" 10 &&
	    walk_of "$generation" "$MIB2.$2" | lasting >"$TMP/kept.ietf" &&
	    lasting <"$1" | cmp -s - "$TMP/kept.ietf"
}

# Every key of standard input that has an object, as `OID TYPE value', summed
# up where a column does not have all its labels.  What docs/metrics.md says
# is taken for it, and of the tables' rows what lib/stats/metrics.def says.
objects_of_keys()
{
	awk -v base="$BASE_OID" '
	BEGIN {
		for (i = 1; i < 256; i++)
			byte[sprintf("%c", i)] = i
		for (i = 0; i < 256; i++) {
			hex[sprintf("%02X", i)] = i
			hex[sprintf("%02x", i)] = i
		}
	}
	# LABEL(ID, ... and TABLE(ID, arc, "object", labels, more labels, "help"
	FILENAME ~ /[.]def$/ {
		if (/^LABEL[(]/) {
			split($0, part, "[(,]")
			label[part[2]] = tolower(part[2])
		} else if (/^TABLE[(]/) {
			split($0, part, ", *")
			table = part[2]
			whole[table] = $0 ~ /TOTAL_ONLY/
			sub(/^[^"]*"[^"]*"/, "")
		}
		if (/^[ \t]*"/ || /^$/)
			table = ""
		gsub(/[^A-Z0-9_]/, " ")
		for (i = 1; i <= NF && table != ""; i++)
			if ($i in label)
				row_label[table, ++labels[table]] = label[$i]
		next
	}
	# of docs/metrics.md: | `key` [@] | kind | unit | `name` `oid` | ...
	FILENAME ~ /[.]md$/ {
		if (split($0, cell, " *[|] *") < 6 || cell[5] !~ /^`.*` `/)
			next
		split(cell[2], part, "`")
		split(cell[5], name, "`")
		rows++
		pattern[rows] = part[2]
		oid[rows] = name[4]
		type[rows] = cell[3] == "counter" ? "Counter64" : "Gauge32"
		next
	}
	$1 == "=instance" {
		instance[$3] = $2
		next
	}
	function index_of(text,    i, n, s, c) {
		n = 0
		s = ""
		for (i = 1; i <= length(text); i++) {
			c = substr(text, i, 1)
			if (c == "%" && (substr(text, i + 1, 2) in hex)) {
				s = s "." hex[substr(text, i + 1, 2)]
				i += 2
			} else
				s = s "." byte[c]
			n++
		}
		return "." n s
	}
	# The labels of the row that `key` has in pattern r, as in an OID; "-" if
	# it is none of its keys.
	function row_in(r, key, table,    p, k, i, n, value, row) {
		n = split(pattern[r], p, ":")
		if (split(key, k, ":") != n)
			return "-"
		for (i = 1; i <= n; i++) {
			if (p[i] ~ /^</)
				value[substr(p[i], 2, length(p[i]) - 2)] = k[i]
			else if (p[i] != k[i])
				return "-"
		}
		row = ""
		for (i = 1; i <= labels[table]; i++)
			row = row index_of(value[row_label[table, i]])
		return row
	}
	{
		split($1, half, "@")
		number = 1
		if (half[2] != "")
			number = instance[half[2]]
		for (r = 1; r <= rows; r++) {
			split(oid[r], arc, ".")
			scalar = oid[r] ~ /\.0$/
			row = row_in(r, half[1], arc[3])
			if (row == "-" || (scalar && half[2] != ""))
				continue
			at = base oid[r]
			if (!scalar && !whole[arc[3]])
				at = at "." number
			at = at row
			sum[at] += $2
			kind[at] = type[r]
			keys++
			break
		}
	}
	END {
		for (at in sum)
			printf "%s = %s: %.0f\n", at, kind[at], sum[at]
		if (keys < 100)
			print "too few keys have an object: " keys
	}' "$ROOT/lib/stats/metrics.def" "$ROOT/docs/metrics.md" -
}

# hostile_names: a delivery line each by transports whose names have all bytes
# that a line may hold, as many as a name may have, and one more, which makes
# `other'.  Their rows, as a walk has them, go to $TMP/names.
hostile_names()
{
	perl -e '
	my ($base, $rows) = @ARGV;
	my @bytes = grep { $_ != 10 } 0 .. 31, 127 .. 255;
	my @names = ("\"two\"", "a\\b", "a%41", "x" x 32, "\xff" x 10);
	push @names, join "", map { chr } splice @bytes, 0, 10 while @bytes;
	open my $out, ">", $rows or die "$rows: $!";
	for my $name (@names, "y" x 33, "\x80" x 11) {
		print "Nov 22 08:00:01 mx postfix/$name/smtp[4711]: " .
		    "4Dx00000KqDz2xYT: to=<user\@example.com>, relay=none, " .
		    "delay=0.5, delays=0.1/0.01/0.2/0.19, dsn=2.0.0, " .
		    "status=sent (250 2.0.0 Ok)\n";
	}
	for my $name (@names) {
		my $text = $name;
		$text =~ s/[^!-~]|%/sprintf "%%%02X", ord $&/ge;
		$text =~ s/["\\]/\\$&/g;
		printf $out "%s.1.2.1.2.1.%s = STRING: \"%s\"\n", $base,
		    join(".", length $name, map { ord } split //, $name), $text;
	}' "$BASE_OID" "$TMP/names"
}

# How the instances are numbered, as the walk $1 has it.
instances()
{
	sed -n "s/^$BASE_OID\\.1\\.16\\.1\\.2\\.\\([0-9]*\\) = STRING: \"\\(.*\\)\"$/=instance \\1 \\2/p" \
	    "$1"
}

tap_start "one log, three ways"
state_for_nobody
install -d "$TMP/snmp" "$TMP/kept" "$TMP/pass" \
    "$TMP/snmp/cert_indexes"
configure "publish_interval: 3600" "capacity: 16384" # by USR1 only
hostile_names >"$LOG"
"$ROOT/build/tools/loggen" --lines 50000 --instances >>"$LOG"
cat "$ROOT/tests/golden/hostile.log" >>"$LOG"
statsd_start --from start
cat >"$TMP/pass.conf" <<P
rocommunity public 127.0.0.1
master agentx
agentXSocket $TMP/pass/agentx
pass_persist $BASE_OID $BIN/postfix-stats-agentx --pass-persist -c $CONFIG -d $STATE
pass_persist $MIB2.27 $BIN/postfix-stats-agentx --pass-persist -c $CONFIG -d $STATE
pass_persist $MIB2.28 $BIN/postfix-stats-agentx --pass-persist -c $CONFIG -d $STATE
P
for way in agentx pass; do
	at_exit "$ROOT/tests/rig/snmpd.sh stop $TMP/$way"
done
"$ROOT/tests/rig/snmpd.sh" start "$TMP/agentx" || exit 1
SNMPD_CONF=$TMP/pass.conf "$ROOT/tests/rig/snmpd.sh" start "$TMP/pass" ||
    exit 1
agentx_start "unix:$TMP/agentx/agentx"

# One state.
lines=$(wc -l <"$LOG")
# Each publication that is asked for is waited for, so that none is under way
# when they are counted.
read_all()
{
	was=$(stats_get tailer:generation 2>/dev/null)
	kill -USR1 "$statsd_pid"
	wait_until '[ "$(stats_get tailer:generation 2>/dev/null)" != "$was" ]' \
	    10 && [ "$(stats_get lines:read)" = "$lines" ]
}
wait_until read_all 20
ok $? "the log is read"
publish_often 1
walk get >"$TMP/walk"
walk_ietf get >"$TMP/get.ietf"
lasting <"$TMP/get.ietf" >"$TMP/ietf"
stats_get --all >"$TMP/all"
for way in agentx pass; do
	wait_until "shows $way" 10
	ok $? "$way: it shows that"
	walk $way | diff "$TMP/walk" - >"$TMP/diff"
	ok $? "$way: a walk is that of postfix-stats-get --walk"
	diag "$(head "$TMP/diff")"
	walk $way >"$TMP/$way.walk"
	is "$(grep -cxFf "$TMP/names" "$TMP/$way.walk")" \
	    "$(wc -l <"$TMP/names")" "$way: the row of every hostile name"
	is "$(grep -Ec 'Hex-STRING|[^ -~]' "$TMP/$way.walk")" 0 \
	    "$way: and its text is one that can be read"
	walk_ietf $way >"$TMP/$way.ietf"
	lasting <"$TMP/$way.ietf" | diff "$TMP/ietf" - >"$TMP/diff"
	ok $? "$way: and so are the IETF's tables"
	diag "$(head "$TMP/diff")"
done
[ "$(wc -l <"$TMP/ietf")" -gt 200 ]
ok $? "which have $(wc -l <"$TMP/ietf") objects"
grep -q Timeticks "$TMP/agentx.ietf" && ! grep -q Timeticks "$TMP/pass.ietf"
ok $? "TimeStamp objects are there by AgentX only"
is "$(sed -n 's/^delivery:other:sent //p' "$TMP/all")" 2 \
    "names too long are one other"
{ instances "$TMP/walk"; cat "$TMP/all"; } | objects_of_keys |
    LC_ALL=C sort >"$TMP/objects"
# Columns without a key are 0.
grep -v 'STRING: ' "$TMP/walk" | LC_ALL=C sort |
    LC_ALL=C comm -3 - "$TMP/objects" | grep -v ' = [A-Za-z0-9]*: 0$' \
    >"$TMP/diff"
is "$(head "$TMP/diff")" "" "every key with an object has it in the walk"
for way in get agentx pass; do
	"$ROOT/tests/rig/ietf-sums" "$ROOT/lib/stats" "$TMP/$way.ietf" \
	    <"$TMP/all" >"$TMP/diff"
	ok $? "$way: the IETF's tables have the sums of keys that ietf.def says"
	diag "$(head "$TMP/diff")"
done

# A walk as slow as can be, through objects of which many change: the store is
# published anew after each step.
for way in agentx pass; do
	first=$(stats_get tailer:generation)
	at=$BASE_OID.1.14
	for step in $(seq 15); do
		line=$(asked $way "$at" snmpgetnext)
		at=${line%% *}
		echo "$line"
		publish_often 1
		wait_until "shows $way" 10
	done >"$TMP/steps"
	walk_of "$first" "$BASE_OID.1.14" | head -15 |
	    diff - "$TMP/steps" >"$TMP/diff"
	ok $? "$way: 15 steps with 15 publications between are of one generation"
	diag "$(head "$TMP/diff")"
	is "$(number $way "$BASE_OID.$SENT")" "$(stats_get sent:smtp)" \
	    "$way: another request gets the newest"
done

# Walks while the store is published again and again.
: >"$TMP/swapped"
first=$(stats_get tailer:generation)
stats_get --walk >"$TMP/first"
began=$(date +%s.%N)
publish_often 100000 &
publisher=$!
at_exit ": >'$TMP/enough'; wait $publisher"
for way in get agentx pass; do
	bad=0
	for n in $(seq "$WALKS"); do
		walk $way >"$TMP/$way.walk"
		of_one_generation "$TMP/$way.walk" || bad=$((bad + 1))
		[ $way = get ] ||
		    [ "$(number $way "$BASE_OID.$GENERATION")" = "$generation" ] ||
		    echo $way >>"$TMP/swapped"
	done
	is "$bad" 0 "$way: $WALKS walks, each of one generation"
	cut -d ' ' -f 1 "$TMP/walk" >"$TMP/oids"
	is "$(cut -d ' ' -f 1 "$TMP/$way.walk" | diff "$TMP/oids" -)" "" \
	    "$way: with every object"
	for mib in 27 28; do
		bad=0
		for n in $(seq "$WALKS"); do
			below $MIB2.$mib $way >"$TMP/$way.ietf"
			ietf_of_one_generation "$TMP/$way.ietf" $mib ||
			    bad=$((bad + 1))
			[ $way = get ] ||
			    [ "$(number $way "$(counting $mib)")" = \
				"$(ietf_count "$TMP/$way.ietf" $mib)" ] ||
			    echo "$way" >>"$TMP/swapped"
		done
		is "$bad" 0 "$way: $WALKS walks of mib-2 $mib, too"
	done
done
: >"$TMP/enough"
wait "$publisher"
ok $? "the tailer published on"
diag "$(awk -v from="$began" -v to="$(date +%s.%N)" \
    -v n="$(($(stats_get tailer:generation) - first))" 'BEGIN {
	printf "%d publications in %.1f s", n, to - from }')"
diag "$(grep -c agentx "$TMP/swapped") and $(grep -c pass "$TMP/swapped") \
walks saw the store change under way"
tap_end
