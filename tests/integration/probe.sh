#!/bin/sh
# Every option of a probe does on a real Postfix and Dovecot what it says, and
# without the option that is not so.  The cases are in tests/rig/probe/options.
# Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig
skip_unless_root
tap_start "what each option of a probe changes on a real server"

SERVERS=$TMP/servers CASES=$TMP/cases
at_exit 'sh "$RIG/probe.sh" stop "$SERVERS"'
sh "$RIG/probe.sh" start "$SERVERS" || exit 1
set -a
. "$SERVERS/env"
set +a
export TMP

# A name of two addresses, for postfix-stats-probe only.
own_hosts=''
printf '127.0.0.1 localhost both.probe.test\n::1 both.probe.test\n' \
    >"$TMP/hosts"
! unshare -m true 2>/dev/null || own_hosts=yes

# run_probes CONFIGURATION [OPTION]...
run_probes()
{
	configuration=$1
	shift
	set -- "$BIN/postfix-stats-probe" -c "$configuration" --once --json "$@"
	if [ -n "$own_hosts" ]; then
		unshare -m sh -c 'mount --bind "$0" /etc/hosts && exec "$@"' \
		    "$TMP/hosts" "$@"
	else
		"$@"
	fi
}

# --- what can be claimed of the probe $probe ---------------------------

said()
{
	awk -F '\t' -v probe="$probe" -v key="$1" '
	BEGIN { value = "null" }
	$1 == probe && $2 == key { value = $3; exit }
	END { print value }' "$TMP/said"
}

# is_said KEY PATTERN
is_said()
{
	# shellcheck disable=SC2254
	case $(said "$1") in
	$2) ;;
	*) return 1 ;;
	esac
}

result()
{
	is_said result "$1"
}

in_time()
{
	said duration | awk -v least="$1" -v most="$2" \
	    '{ exit !($1 >= least && $1 <= most) }'
}

# The file of its mail.
mail_file()
{
	pattern="id $(said queue_id)\$"
	! is_said queue_id null || pattern="^Subject: $probe\$"
	find "$MAIL" -type f \( -path '*/new/*' -o -path '*/cur/*' \) \
	    -exec grep -l "$pattern" {} +
}

# What one of its Received fields has, unfolded
received()
{
	file=$(mail_file) && awk '
	/^$/ { exit }
	/^[ \t]/ { sub(/^[ \t]+/, " "); printf "%s", $0; next }
	{ printf "\n%s", $0 }' "$file" | grep ^Received: | grep -qF "$1"
}

mail_has()
{
	file=$(mail_file) && grep -qxF -e "$1" "$file"
}

body_is()
{
	file=$(mail_file) || return
	sed '1,/^$/d' "$file" >"$TMP/body"
	# shellcheck disable=SC2059
	printf "$1" | cmp -s - "$TMP/body"
}

delivered_to()
{
	case $(mail_file) in
	"$MAIL/$1/"*) ;;
	*) return 1 ;;
	esac
}

# Postfix's lines of its message
logged()
{
	! is_said queue_id null &&
	    grep -F "$(said queue_id)" "$SERVERS/log/mail.log" | grep -qF "$1"
}

# What the policy service was asked last begins so.
noted()
{
	# shellcheck disable=SC2254
	case $(grep -F "<$probe@sender.test>" "$SERVERS/log/policy" | tail -1) in
	$1*) ;;
	*) return 1 ;;
	esac
}

not_sent()
{
	is_said queue_id null && is_said phases.body null &&
	    ! grep -q "qmgr.*from=<$probe@sender.test>" "$SERVERS/log/mail.log"
}

said_and_left()
{
	result ok && is_said phases.quit.code 221 && not_sent
}

# --- the cases ---------------------------------------------------------

# It was run, whatever came out.
was_run()
{
	! is_said result null && ! result error
}

claim()
{
	probe=$1
	was_run && eval "$2"
}

# judge CASE: each claim of it
judge()
{
	while read -r mark text; do
		case $mark in
		'!')	refused "$1-no" "$text" ;;
		'&')	claim "$1" "$text" ;;
		'?')	claim "$1" "$text" &&
			    { probe=$1-no; was_run; } && ! eval "$text" ;;
		esac || { echo "$mark $text"; return 1; }
	done <"$CASES/$1.claims" >"$TMP/failed"
}

# refused PROBE WORDS: with the file and a line
refused()
{
	configuration_of "$1" >"$TMP/refused.yml"
	! run_probes "$TMP/refused.yml" >"$TMP/refused" 2>&1 &&
	    grep "refused.yml:[0-9]" "$TMP/refused" | grep -qF "$2"
}

# configuration_of PROBE...
configuration_of()
{
	echo "queue: { sample: no }"
	echo "probes:"
	for one; do
		cat "$CASES/$one.yml"
	done
}

possible()
{
	while read -r need; do
		eval "$need" || return 1
	done <"$CASES/$1.needs"
}

nothing_under_way()
{
	[ -z "$(find "$SERVERS/spool/incoming" "$SERVERS/spool/active" \
	    "$SERVERS/spool/maildrop" -type f)" ]
}

mkdir "$CASES" "$TMP/credentials"
echo secret >"$TMP/password"
chmod 600 "$TMP/password"
cp "$TMP/password" "$TMP/credentials/probe-password"
CREDENTIALS_DIRECTORY=$TMP/credentials
SSL_CERT_FILE=/dev/null
export CREDENTIALS_DIRECTORY SSL_CERT_FILE

awk -v dir="$CASES" -f "$RIG/probe/cases.awk" "$RIG/probe/options" \
    >"$TMP/names"
probes=''
for name in $(cat "$TMP/names"); do
	possible "$name" || continue
	probes="$probes $name"
	grep -q '^!' "$CASES/$name.claims" || probes="$probes $name-no"
done
# shellcheck disable=SC2086
configuration_of $probes >"$TMP/all.yml"
chmod 600 "$TMP/all.yml"
run_probes "$TMP/all.yml" >"$TMP/said.json" 2>"$TMP/all.err"
is $? 2 "all probes ran, and some found something critical"
diag "$(grep -v ' password ' "$TMP/all.err" | head -20)"
"$RIG/probe-json" <"$TMP/said.json" >"$TMP/said" || tap_end
wait_until nothing_under_way 20

for name in $(cat "$TMP/names"); do
	if ! possible "$name"; then
		skip "$name: not possible here"
		continue
	fi
	judge "$name"
	ok $? "$name"
	[ -s "$TMP/failed" ] || continue
	diag "$(cat "$TMP/failed")"
	for probe in "$name" "$name-no"; do
		diag "$probe: $(said result), $(said reason)"
	done
done

# --- nothing is left out -----------------------------------------------

# What the configuration knows, but for when a probe is run.
known_options()
{
	members_of raw_probe |
	    grep -vxE 'name|expect|interval|jitter|retry_interval|retry_deadline|delivery'
	members_of raw_expect | sed 's/^/expect: { /'
}

# members_of STRUCT: keys as the configuration is read into it, all of them texts
members_of()
{
	sed -n "/^struct $1 {/,/^}/p" "$ROOT/lib/config/config_probes.h" |
	    grep -oE '\*[a-z_]+' | tr -d '*'
}

known_options | sort >"$TMP/known"
sed -n 's/^+ //p' "$RIG/probe/options" | grep -oE '^expect: \{ [a-z_]+|^[a-z_]+' |
    grep -vx expect | sort -u >"$TMP/tried"
is "$(comm -23 "$TMP/known" "$TMP/tried")" "" "each option has a case"
[ "$(wc -l <"$TMP/known")" -ge 45 ]
ok $? "of $(wc -l <"$TMP/known") that there are"

# --- the PROXY header, byte for byte -----------------------------------

# The first bytes of the next connection to port $1, in hexadecimal; then it is
# closed.
record()
{
	perl -MIO::Socket::INET -e '
		my $door = IO::Socket::INET->new(Listen => 1, ReuseAddr => 1,
		    LocalAddr => "127.0.0.1:$ARGV[0]") or die "$!\n";
		open my $ready, ">", $ARGV[1];
		my $client = $door->accept;
		sysread $client, my $bytes, 1024;
		print unpack("H*", $bytes), "\n";' "$1" "$TMP/ready"
}

# header OPTION...: what a probe with these begins with
header()
{
	rm -f "$TMP/ready"
	record "$CLOSED" >"$TMP/recorded" &
	recorder=$!
	wait_until '[ -e "$TMP/ready" ]' 10
	{
		printf 'probes:\n  - { name: header, server: 127.0.0.1, '
		printf 'port: %s, to: a@b.test, phase_deadline: 1' "$CLOSED"
		printf ', %s' "$@"
		echo ' }'
	} >"$TMP/header.yml"
	run_probes "$TMP/header.yml" >/dev/null
	wait "$recorder"
	cat "$TMP/recorded"
}

hex()
{
	od -An -v -tx1 | tr -d ' \n'
}

is "$(header "until: banner")" "" "nothing is said before the banner"
is "$(header "proxy_protocol: v1" "proxy_source_address: any string" \
    "proxy_dest_address: 192.0.2.1" "proxy_source_port: 0" \
    "proxy_dest_port: smtp" "proxy_family: TCP6")" \
    "$(printf 'PROXY TCP6 any string 192.0.2.1 0 smtp\r\n' | hex)" \
    "version 1 of PROXY sends strings as they are"
is "$(header "proxy_protocol: v2" "proxy_source_address: 192.0.2.9" \
    "proxy_dest_address: 192.0.2.1" "proxy_source_port: 4660" \
    "proxy_dest_port: 25")" \
    0d0a0d0a000d0a515549540a2111000cc0000209c000020112340019 \
    "version 2 is of bytes"
tap_end
