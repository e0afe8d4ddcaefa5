#!/bin/sh
# Servers at fault, in each phase in turn: each probe has the right result, in
# time, and those beside it are not disturbed.  All are tried at once.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
tap_start "servers at fault"

# The result of a fault in a phase.
wanted()
{
	case $1:$2 in
	# It is told from the reply to what comes next.
	twice:banner) echo code:ehlo ;;
	twice:ehlo | twice:ehlo_tls | twice:sasl_auth) echo code:mailfrom ;;
	twice:starttls) echo tls ;;
	twice:mailfrom) echo code:rcptto ;;
	twice:rcptto) echo code:data ;;
	twice:data) echo code:body ;;
	twice:body) echo ok ;;
	*:quit | lines:[!t]* | pieces:[!t]* | none:*) echo ok ;;
	clear:*) echo tls ;;
	secret:*) echo auth ;;
	silent:tls) echo timeout:tls ;;
	*:tls) echo tls ;;
	silent:body | slow:body | close:body | reset:body | garbage:body | \
	binary:body | overlong:body | endless:body | codes:body)
		echo uncertain ;;
	450:rcptto | 450:data | 450:body) echo deferred ;;
	550:mailfrom | 550:rcptto | 550:data | 550:body) echo rejected ;;
	4*:starttls | 5*:starttls) echo tls ;;
	4*:sasl_auth | 5*:sasl_auth) echo auth ;;
	silent:* | slow:*) echo "timeout:$2" ;;
	*) echo "code:$2" ;;
	esac
}

# A probe that meets it
probe()
{
	tls=no auth=off patience=30
	case $1 in
	silent | slow) patience=6 ;; # it will be waited for
	esac
	case $2 in
	*tls) tls=yes ;;
	sasl_auth) auth=plain ;;
	esac
	cat <<P
  - name: $1-$2
    server: $3
    port: $4
    to: u@faulty.test
    starttls: $tls
    verify: no
    sasl_authentication: $auth
    sasl_user: u
    sasl_password: pass-Word-7
    phase_deadline: $patience
    deadline: $((patience * 2))
    interval: 3600
P
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$TMP/key" -out "$TMP/certificate" -days 2 -subj /CN=faulty.test \
    2>/dev/null
mkfifo "$TMP/alive"
"$ROOT/tests/rig/smtp-faulty" "$TMP/certificate" "$TMP/key" "$TMP/list" \
    <"$TMP/alive" &
exec 9>"$TMP/alive"
wait_until '[ -s "$TMP/list" ]' 10
ok $? "$(wc -l <"$TMP/list") servers answer"

{
	echo "probing: { under_way: 24, server_pause: 0 }"
	echo "probes:"
	while read -r fault phase address port; do
		probe "$fault" "$phase" "$address" "$port"
	done <"$TMP/list"
} >"$TMP/probes.yml"
chmod 600 "$TMP/probes.yml"
"$BIN/postfix-stats-probe" -c "$TMP/probes.yml" --once --json \
    >"$TMP/json" 2>"$TMP/err"
is $? 2 "they are tried, and some fail"
is "$(grep -vc 'sent without TLS' "$TMP/err")" 0 "nothing is logged but warnings"
"$ROOT/tests/rig/probe-json" <"$TMP/json" >"$TMP/said"

# said NAME KEY
said()
{
	awk -F '\t' -v probe="$1" -v key="$2" \
	    '$1 == probe && $2 == key { print $3; exit }' "$TMP/said"
}

while read -r fault phase address port; do
	is "$(said "$fault-$phase" result)" "$(wanted "$fault" "$phase")" \
	    "$fault in $phase"
done <"$TMP/list"
is "$(awk -F '\t' '$2 == "duration" && $1 ~ /^(silent|slow)-/ && $3 > 14000 {
    print $1 }' "$TMP/said")" "" "those that hang are ended in time"
is "$(said silent-quit queue_id)" 4jXFaulty "a mail that was taken has its id"
is "$(cat "$TMP/json" "$TMP/err" | grep -c 'pass-Word-7\|AHUAcGFzcy1Xb3JkLTc')" 0 \
    "no password in what is said"
like "$(said secret-sasl_auth reason)" '535 *' "but that the login failed"
exec 9>&-
tap_end
