#!/bin/sh
# postfix-stats-probe --once: its options, its exit codes, the lines for Nagios, the
# members of the JSON, and that nothing is sent while anything is wrong.  Needs
# root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig
skip_unless_root
tap_start "postfix-stats-probe --once, for people and programs"

SERVERS=$TMP/servers
at_exit 'sh "$RIG/probe.sh" stop "$SERVERS"'
sh "$RIG/probe.sh" start "$SERVERS" || exit 1
. "$SERVERS/env"
SSL_CERT_FILE=$TLS/ca.pem
export SSL_CERT_FILE

# try [OPTION]...: its output is in out and err, its status in $status
try()
{
	"$BIN/postfix-stats-probe" "$@" >"$TMP/out" 2>"$TMP/err"
	status=$?
}

# once [OPTION]...
once()
{
	try --once -c "$TMP/probes.yml" "$@"
}

# both WANTED-STATUS PATTERN NAME: status and first line of the output
both()
{
	like "$status $(head -1 "$TMP/out")" "$1 $2" "$3"
}

# refused WANTED-STATUS PATTERN NAME: nothing on standard output, and one line
refused()
{
	like "$status $(cat "$TMP/err")$(cat "$TMP/out")" \
	    "$1 postfix-stats-probe: $2" "$3"
}

# --- options -----------------------------------------------------------

try --help
both 0 "usage: postfix-stats-probe*" "--help"
try --version
both 0 "postfix-stats-probe [0-9]*" "--version"
try --json
refused 64 "--json wants --once*" "--json alone is bad usage"
try submission
refused 64 '"submission" is one word*' "a name alone is bad usage"
try --once -d "$TMP"
refused 64 "-d makes no sense*" "-d with --once is bad usage"
try --once -f
refused 64 "-f makes no sense*" "-f with --once is bad usage"
try --twice
refused 64 "unknown option --twice*" "an unknown option"
try --once -c
refused 64 "option -c wants a value*" "an option without its value"

# --- states ------------------------------------------------------------

cat >"$TMP/probes.yml" <<Y
probes:
  - { name: good, server: 127.0.0.1, port: $SMTP, to: probe@probe.test,
      starttls: yes, tls_name: mx.probe.test, payload: "Subject: good" }
  - { name: late, server: 127.0.0.1, port: $GREY, to: greylist@probe.test }
  - { name: expiring, server: 127.0.0.1, port: $TLS12, to: probe@probe.test,
      starttls: yes, tls_name: other.test, until: ehlo_tls }
  - { name: rejected, server: 127.0.0.1, port: $SMTP, to: a@elsewhere.test }
  - { name: closed, server: 127.0.0.1, port: $CLOSED, to: a@b.test }
  - { name: socket, server: $LMTP_SOCKET, protocol: lmtp,
      to: probe@probe.test }
Y

once good
both 0 'SMTP OK - good: 250 2.0.0 Ok: queued as * in [0-9]*.[0-9]* s | *' \
    "OK"
once late
both 1 'SMTP WARNING - late: deferred: *450*|*' "deferred is a warning"
once expiring
both 1 'SMTP WARNING - expiring: 250 *, the certificate ends in *days |*' \
    "a certificate that ends soon is a warning"
once rejected
both 2 'SMTP CRITICAL - rejected: rejected: *554*|*' "rejected is critical"
once closed
both 2 'SMTP CRITICAL - closed: refused: *|*' "refused is critical"
once good nobody
both 3 'SMTP UNKNOWN - no probe has the name "nobody"' \
    "a probe that is not there is unknown"
once --json nobody
refused 3 'no probe has the name "nobody"' "the same with --json"
once good late good
is "$status $(wc -l <"$TMP/out" | tr -d ' ') $(head -1 "$TMP/out")" \
    "1 4 SMTP WARNING - 1 of 2 probes are well; not: late" \
    "two of them, one named twice"
once
like "$status $(head -1 "$TMP/out")" \
    "2 SMTP CRITICAL - 2 of 6 probes are well; not: late, expiring, *" \
    "without a name all; critical is worst"

# --- figures -----------------------------------------------------------

# What is behind the bar, of the file $1: no word is wrong, no label there twice,
# nothing of the text a bar.  Prints labels.
figures()
{
	perl -0777 -ne '
	my ($text, $figures, @more) = split /\|/;
	exit 1 if !defined $figures || @more;
	for (split " ", $figures) {
		/^([a-z]+[a-z_.]*)=(\d+(?:\.\d+)?)(ms;;;0|s)$/ && !$seen{$1}++ or
		    die "$_\n";
		print "$1\n";
	}' "$1"
}

once good
is "$(figures "$TMP/out" | tr '\n' ' ')" \
    "lookup_time connect_time banner_time ehlo_time starttls_time tls_time \
ehlo_tls_time mailfrom_time rcptto_time data_time body_time quit_time duration \
cert_end_in " "each phase has a figure"
once closed
is "$(figures "$TMP/out" | tr '\n' ' ')" \
    "lookup_time connect_time duration " "but those that were not reached"
once
figures "$TMP/out" >"$TMP/labels"
ok $? "figures of several probes"
is "$(grep -c '^good\.\|^socket\.' "$TMP/labels")" 23 \
    "have the probes' names"

perl -MIO::Socket::INET -e '
my $door = IO::Socket::INET->new(Listen => 1, ReuseAddr => 1,
    LocalAddr => "127.0.0.1:$ARGV[0]") or die "$!\n";
open my $ready, ">", $ARGV[1];
my $client = $door->accept;
print $client "554 a|b=1ms \303\244\r\n";
<$client>;' "$CLOSED" "$TMP/ready" &
barred=$!
wait_until '[ -e "$TMP/ready" ]' 10
once closed
wait "$barred"
figures "$TMP/out" >/dev/null
like "$? $(cat "$TMP/out")" "0 *code:banner: 554 a?b=1ms ä*" \
    "a server puts no figure there"

# --- JSON --------------------------------------------------------------

once --json good socket
is "$status" 0 "--json: the status is the same"
"$RIG/probe-json" <"$TMP/out" >"$TMP/said"

said()
{
	awk -F '\t' -v probe="$1" -v key="$2" \
	    '$1 == probe && $2 == key { print $3 }' "$TMP/said"
}

is "$(awk -F '\t' '$1 == "good" && $2 !~ /\./ { print $2 }' "$TMP/said" |
    sort | tr '\n' ' ')" "address banner_time body_time cert_end cert_end_in \
cert_error cert_issuer cert_start cert_subject cert_subject_alternative_names \
connect_time data_time duration ehlo ehlo_time ehlo_tls_time lookup_time \
mail mailfrom_time name phases port proxy_time queue_id quit_time rcptto_time reason \
result sasl_auth_time server started starttls_time success tls_cipher tls_time \
tls_version " "all members are there"
is "$(said good phases)" "banner body connect data ehlo ehlo_tls lookup \
mailfrom proxy quit rcptto sasl_auth starttls tls" "and all phases"
is "$(said good phases.rcptto.code) $(said good phases.rcptto.enhanced)" \
    "250 2.1.5" "code and enhanced code of a phase"
is "$(said good success) $(said good result) $(said good cert_error)" \
    "true ok null" "what came of it"
like "$(said good tls_version) $(said good queue_id) $(said good ehlo.SIZE)" \
    "TLSv1.? [0-9A-Za-z]* [0-9]*" "TLS, queue id, EHLO"
is "$(said good sasl_auth_time) $(said good phases.sasl_auth)" "null null" \
    "what was not reached is null"
is "$(said socket port) $(said socket cert_end) $(said socket result)" \
    "null null ok" "a socket has no port"
awk -v began="$(said good started)" -v now="$(date +%s)" \
    -v end="$(said good cert_end)" -v left="$(said good cert_end_in)" \
    'BEGIN { exit !(now - began < 60 && now - began >= 0 &&
	end - left >= began && end - left <= now) }'
ok $? "times are those of the clock"
awk -v sum="$(awk -F '\t' '$1 == "good" && $2 ~ /^phases.*time/ {
	sum += $3 } END { print sum }' "$TMP/said")" \
    -v all="$(said good duration)" 'BEGIN {
	exit !(sum > 0 && sum <= all + 0.01) }'
ok $? "the phases are not longer than all of it"
once --json closed
like "$status $(tr -d ' \n' <"$TMP/out")" \
    '2 *"result":"refused"*"success":false*' "and what failed"
for json in '' --json; do
	# shellcheck disable=SC2086
	"$BIN/postfix-stats-probe" --once -c "$TMP/probes.yml" $json closed \
	    >/dev/full 2>"$TMP/err"
	like "$? $(cat "$TMP/err")" "3 *cannot write*" \
	    "output that can't be written is unknown $json"
done

# --- nothing is sent ---------------------------------------------------

# What somebody first says to port $CLOSED, whom nobody is to call before us
listen()
{
	perl -MIO::Socket::INET -e '
	my $door = IO::Socket::INET->new(Listen => 8, ReuseAddr => 1,
	    LocalAddr => "127.0.0.1:$ARGV[0]") or die "$!\n";
	open my $ready, ">", $ARGV[1];
	my $client = $door->accept;
	print $client "220 mx.test\r\n";
	print scalar <$client>;' "$CLOSED" "$TMP/ready" >"$TMP/heard"
}

say_us()
{
	perl -MIO::Socket::INET -e 'print {IO::Socket::INET->new(
	    PeerAddr => "127.0.0.1:$ARGV[0]")} "us\n"' "$CLOSED" 2>"$TMP/us.err"
}

# silent PATTERN NAME [LINE]...: with these lines of the second probe it is
# refused, for Nagios, as JSON and as a daemon, and the first is not tried
silent()
{
	pattern=$1 name=$2
	shift 2
	cat >"$TMP/probes.yml" <<Y
probes:
  - { name: first, server: 127.0.0.1, port: $CLOSED, to: a@b.test,
      phase_deadline: 1 }
  - name: second
    server: 127.0.0.1
    to: a@b.test
Y
	[ $# -eq 0 ] || printf '    %s\n' "$@" >>"$TMP/probes.yml"
	rm -f "$TMP/ready"
	listen &
	listener=$!
	wait_until '[ -e "$TMP/ready" ]' 10
	once first
	both 3 "SMTP UNKNOWN - $TMP/probes.yml:$pattern" "$name"
	once --json first
	refused 64 "$TMP/probes.yml:$pattern" "$name, as JSON"
	try -f -c "$TMP/probes.yml" -d "$TMP/none"
	refused 64 "$TMP/probes.yml:$pattern" "$name, as a daemon"
	say_us
	wait "$listener"
	is "$(cat "$TMP/heard")" us "$name: nobody called"
}

: >"$TMP/empty"
silent "7:*interval*" "a value out of range" "interval: 0"
silent "7:*colour*" "a key that is none" "colour: red"
silent "9:*rcptto must be*" "a wrong code" "expect:" "  banner: 220" \
    "  rcptto: 5"
silent "8:*ca_file*second*No such file*" "a file that is not there" \
    "starttls: yes" "ca_file: /nowhere/ca.pem"
silent "9:*sasl_password_file*second*No such file*" "no password" \
    "sasl_authentication: plain" "sasl_user: x" \
    "sasl_password_file: /nowhere/password"
silent "9:*sasl_password_file*second*empty*" "an empty password" \
    "sasl_authentication: plain" "sasl_user: x" \
    "sasl_password_file: $TMP/empty"
silent "9:*sasl_password_file*CREDENTIALS_DIRECTORY*" "no credentials" \
    "sasl_authentication: plain" "sasl_user: x" \
    "sasl_password_file: credential"

# Were all well, it would be heard.
sed '/^    sasl/d' "$TMP/probes.yml" >"$TMP/well.yml"
rm -f "$TMP/ready"
listen &
listener=$!
wait_until '[ -e "$TMP/ready" ]' 10
try --once -c "$TMP/well.yml" first
wait "$listener"
like "$(cat "$TMP/heard")" "EHLO *" "but it is, if all is well"

# --- passwords ---------------------------------------------------------

cat >"$TMP/probes.yml" <<Y
probes:
  - { name: login, server: 127.0.0.1, port: $CLOSED, to: a@b.test,
      sasl_authentication: plain, sasl_user: x, sasl_password: hunter2 }
Y
chmod 644 "$TMP/probes.yml"
once login
like "$(cat "$TMP/err")" "*everyone may read it*login: the password is sent without \
TLS*" "who may see a password is warned about"
chmod 600 "$TMP/probes.yml"
once login
is "$(grep -c . "$TMP/err") $(grep -c hunter2 "$TMP/err" "$TMP/out" |
    tr '\n' ' ')" "1 $TMP/err:0 $TMP/out:0 " "and it is never said"
tap_end
