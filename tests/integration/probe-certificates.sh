#!/bin/sh
# What is wrong with a server's certificate or its version of TLS is named, and
# a server that is not trusted is told nothing.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
tap_start "certificates and versions of TLS"

wrong="wrong name: it is not for mx.probe.test"

# NAME and what is wrong with its certificate
cat >"$TMP/wanted" <<P
good null
expired certificate has expired
early certificate is not yet valid
self self-signed certificate
name $wrong
stranger unknown CA
worst self-signed certificate; certificate has expired; $wrong
P

mkdir "$TMP/servers"
mkfifo "$TMP/alive"
"$ROOT/tests/rig/smtp-certificates" "$TMP/servers" <"$TMP/alive" &
exec 9>"$TMP/alive"
wait_until '[ -s "$TMP/servers/list" ]' 20
ok $? "servers answer"

port_of()
{
	awk -v name="$1" -v kind="$2" '$1 == name && $2 == kind { print $3 }' \
	    "$TMP/servers/list"
}

# probe NAME SERVER KIND [OPTION: VALUE]...
probe()
{
	cat <<P
  - name: $1
    server: 127.0.0.1
    port: $(port_of "$2" "$3")
    to: u@probe.test
    $(echo "$3" | sed 's/^tls$/implicit_tls/'): yes
    ca_file: $TMP/servers/ca.pem
    sasl_authentication: plain
    sasl_user: probe
    sasl_password: verysecret
    interval: 3600
P
	shift 3
	for option; do
		echo "    $option"
	done
}

# run PROBE...: what was said of each, as `said' finds it
run()
{
	for server in "$TMP"/servers/*.starttls "$TMP"/servers/*.tls; do
		: >"$server"
	done
	{
		echo "probing: { under_way: 16, server_pause: 0 }"
		echo "probes:"
		cat
	} >"$TMP/probes.yml"
	chmod 600 "$TMP/probes.yml"
	"$BIN/postfix-stats-probe" -c "$TMP/probes.yml" --once --json \
	    >"$TMP/json" 2>"$TMP/err"
	diag "$(cat "$TMP/err")"
	"$ROOT/tests/rig/probe-json" <"$TMP/json" >"$TMP/said"
}

# said NAME KEY
said()
{
	awk -F '\t' -v name="$1" -v key="$2" \
	    '$1 == name && $2 == key { print $3 }' "$TMP/said"
}

# sent NAME KIND: the commands that it got by TLS
sent()
{
	sed -n 's/^tls \([A-Z]*\).*/\1/p' "$TMP/servers/$1.$2" | tr '\n' ' '
}

names=$(cut -d ' ' -f 1 "$TMP/wanted")
for verify in yes no; do
	for name in $names; do
		for kind in starttls tls; do
			probe "$name.$kind" "$name" $kind \
			    "tls_name: mx.probe.test" "verify: $verify"
		done
	done | run
	while read -r name error; do
		for kind in starttls tls; do
			probe=$name.$kind what="$name by $kind, verify: $verify"
			is "$(said "$probe" cert_error)" "$error" "$what: $error"
			result=ok
			[ "$verify" = no ] || [ "$error" = null ] ||
			    result=cert
			is "$(said "$probe" result)" $result "$what: $result"
			[ $result = cert ] || {
				like "$(sent "$name" $kind)" \
				    "EHLO AUTH MAIL RCPT DATA *QUIT " \
				    "$what: all is said"
				continue
			}
			is "$(sent "$name" $kind | sed 's/^QUIT //')" "" \
			    "$what: nothing is said but QUIT"
			is "$(said "$probe" reason)" "$error" \
			    "$what: the reason"
		done
	done <"$TMP/wanted"
done
is "$(cat "$TMP"/servers/*.starttls | grep '^clear' | cut -d ' ' -f 2 |
    sort -u | tr '\n' ' ')" "EHLO STARTTLS " "nothing else is said in clear"

# --- names, addresses and authorities -----------------------------------

{
	probe address good starttls
	probe another name starttls
	probe nobody good starttls "tls_name: other.test"
} | run
is "$(said address cert_error)" null "a certificate can be for an address"
is "$(said another cert_error)" "wrong name: it is not for 127.0.0.1" \
    "and another is not"
is "$(said nobody cert_error)" "wrong name: it is not for other.test" \
    "tls_name is what is wanted"

probe defaults good tls | sed /ca_file/d | run
is "$(said defaults cert_error)" "unknown CA" \
    "without ca_file the system's authorities are asked"
probe defaults good tls | sed /ca_file/d |
    (export SSL_CERT_FILE="$TMP/servers/ca.pem"; run)
is "$(said defaults cert_error)" null "or those of SSL_CERT_FILE"

# --- --once warns of the end, unless certificate_days is 0 ----------------

probe expired expired tls "verify: no" "tls_name: mx.probe.test" | run
for days in 14 0; do
	printf 'snmp:\n  notifications:\n    certificate_days: %s\n' $days |
	    cat "$TMP/probes.yml" - >"$TMP/days.yml"
	chmod 600 "$TMP/days.yml"
	line=$("$BIN/postfix-stats-probe" -c "$TMP/days.yml" --once 2>"$TMP/err")
	echo "$days: $? ${line%% - *}"
done >"$TMP/judged"
is "$(tr '\n' ' ' <"$TMP/judged")" "14: 1 SMTP WARNING 0: 0 SMTP OK " \
    "what has ended is warned about, but not with certificate_days: 0"

# --- versions -------------------------------------------------------------

{
	probe old tls10 starttls
	probe old-told tls10 starttls "tls_least: TLSv1"
	probe old-by-one tls10 starttls "tls_least: TLSv1.1"
	probe older tls11 starttls "tls_least: TLSv1"
	probe least tls12 starttls "tls_least: TLSv1.3"
	probe least-tls tls12 tls "tls_least: TLSv1.3"
	probe enough tls12 starttls "tls_least: TLSv1.2"
	probe newest good starttls "tls_least: TLSv1.3"
} | run
while read -r name reason; do
	is "$(said $name result)" tls "$name: TLS is refused"
	like "$(said $name reason)" "$reason*" "$name: $reason"
	is "$(said $name cert_error)" null "$name: no certificate, no error"
done <<P
old the server's version of TLS is too old
old-by-one the server's version of TLS is too old
least the server refuses our versions of TLS
least-tls the server refuses our versions of TLS
P
while read -r name version; do
	is "$(said "$name" result) $(said "$name" tls_version)" "ok $version" \
	    "$name is $version"
done <<P
old-told TLSv1
older TLSv1.1
enough TLSv1.2
newest TLSv1.3
P
tap_end
