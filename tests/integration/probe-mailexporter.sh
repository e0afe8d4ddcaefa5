#!/bin/sh
# mailexporter's configuration and command line, with postfix-stats-probe: the
# same file, STARTTLS where it is offered, no password in clear to another host.
# Needs root, and a /etc/hosts of its own.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
RIG=$ROOT/tests/rig
skip_unless_root
unshare -m true 2>/dev/null || skip_all "no namespaces of our own"
tap_start "mailexporter's file, unchanged"

SERVERS=$TMP/servers
at_exit 'sh "$RIG/probe.sh" stop "$SERVERS"'
sh "$RIG/probe.sh" start "$SERVERS" || exit 1
. "$SERVERS/env"
printf '127.0.0.1 localhost mx.probe.test\n' >"$TMP/hosts"
SSL_CERT_FILE=$TLS/ca.pem
export SSL_CERT_FILE

# postfix-stats-probe where names are ours; its process id is the caller's
cat >"$TMP/probe" <<P
#!/bin/sh
exec unshare -m sh -c 'mount --bind "\$0" /etc/hosts && exec "\$@"' \
    $TMP/hosts $BIN/postfix-stats-probe "\$@"
P
chmod +x "$TMP/probe"

# server NAME SERVER PORT [LINE]...
server()
{
	printf '  - name: %s\n    server: %s\n    port: %s\n' "$1" "$2" "$3"
	shift 3
	printf '    %s\n' "from: probe@probe.test" "to: probe@probe.test" \
	    "detectiondir: $MAIL/probe/Maildir/new" "$@"
}

{
	printf '%s\n' "monitoringinterval: 1h" "mailchecktimeout: 30s" \
	    "startupoffset: 10s" "servers:"
	set -- "login: probe@probe.test" "passphrase: secret"
	server plain mx.probe.test "$SMTP"
	server offered mx.probe.test "$SUBMISSION" "$@"
	server not-signed mx.probe.test "$SELFSIGNED"
	server here localhost "$CLEARAUTH" "$@"
	server there mx.probe.test "$CLEARAUTH" "$@"
	server mistaken mx.probe.test "$SUBMISSION" \
	    "login: probe@probe.test" "passphrase: hunter2"
	server closed localhost "$CLOSED"
} >"$TMP/mailexporter.conf"
chmod 600 "$TMP/mailexporter.conf"

# --- options -------------------------------------------------------------

# refused NAME WORDS OPTION...
refused()
{
	name=$1 words=$2
	shift 2
	"$BIN/postfix-stats-probe" "$@" >"$TMP/out" 2>&1
	like "$? $(cat "$TMP/out")" "64 postfix-stats-probe: $words" "$name"
}

refused "two configurations" "*two configurations*" -c /a -config.file /b
refused "its options without its file" "*want -config.file*" -v 2
refused "the same of its page" "*want -config.file*" \
    -web.listen-address :9225 -f
refused "a file that is not there" "cannot read /no/file:*" \
    -config.file /no/file
refused "no file" "option -config.file wants a value*" -config.file
refused "ours, joined" "cannot read /no/file:*" -fc/no/file
refused "ours, joined, and a directory" "cannot read /no/file:*" \
    -fd/tmp -c /no/file
refused "an unknown option" "unknown option -x*" -x
refused "an unknown one behind a known one" "unknown option -x*" -fx
refused "ours is not of its kind" "*/mailexporter.conf:*Unexpected key*" \
    -f -c "$TMP/mailexporter.conf"

# --- conversations -------------------------------------------------------

"$TMP/probe" --once --json -config.file "$TMP/mailexporter.conf" \
    >"$TMP/json" 2>"$TMP/err"
is $? 2 "some of its servers fail"
is "$(cat "$TMP/err")" "postfix-stats-probe: $TMP/mailexporter.conf:3: key \
\"startupoffset\" is not known, and ignored" "what is not known is a warning"
"$RIG/probe-json" <"$TMP/json" >"$TMP/said"

# said NAME KEY
said()
{
	awk -F '\t' -v probe="$1" -v key="$2" \
	    '$1 == probe && $2 == key { print $3; exit }' "$TMP/said"
}

# has NAME RESULT TLS
has()
{
	said=no
	case $(said "$1" tls_version) in
	TLS*) said=yes ;;
	esac
	is "$(said "$1" result) $said" "$2 $3" "$1: $2"
}
has plain ok yes
has offered ok yes
has not-signed cert yes
has here ok no
has there auth no
has mistaken auth yes
has closed refused no
is "$(said there reason)" \
    "STARTTLS is not offered, so the password is not sent" "and why"
is "$(cat "$TMP/json" "$TMP/err" | grep -c 'secret\|hunter2')" 0 \
    "no password is said"

# --- the daemon ----------------------------------------------------------

mkdir "$TMP/state"
sed -n '1,/name: offered/p' "$TMP/mailexporter.conf" | sed '$d' \
    >"$TMP/one.conf"
"$TMP/probe" -config-file="$TMP/one.conf" -d "$TMP/state" \
    -web.listen-address=127.0.0.1:9225 -web.telemetry-path /m -v=2 \
    -log.timestamps 2>"$TMP/log" &
daemon=$!
at_exit 'kill "$daemon" 2>/dev/null'
value()
{
	"$BIN/postfix-stats-get" -d "$TMP/state" "$1" 2>/dev/null
}
wait_until '[ "$(value probe:plain:success)" = 1 ]' 20
ok $? "it runs in the foreground, and sends"
wait_until '[ "$(value mail:plain:arrived)" = 1 ]' 20
ok $? "the mail arrives"
wait_until '! grep -rq pfs1 "$MAIL/probe/Maildir/"[nc]*' 10
ok $? "and is deleted"
is "$(grep -c 'serves the metrics from probe.db' "$TMP/log")" 1 \
    "where the metrics are is said, once"
is "$(grep -c 'of no use here' "$TMP/log")" 2 "all else in a line"
sed 's/name: plain/name: again/' "$TMP/one.conf" >"$TMP/two.conf"
mv "$TMP/two.conf" "$TMP/one.conf"
kill -HUP "$daemon"
wait_until '[ "$(value probe:again:success)" = 1 ]' 20
ok $? "its file is read again"
sed 's/^monitoringinterval/#&/' "$TMP/one.conf" >"$TMP/two.conf"
mv "$TMP/two.conf" "$TMP/one.conf"
kill -HUP "$daemon"
wait_until 'grep -q ":2: monitoringinterval is missing .*as before" "$TMP/log"' 10
ok $? "not with a fault in it"

# A directory that is none of a Maildir, and nothing is to be deleted.
{
	sed 's/^#//; s/name: again/name: flat/; s/to: probe@/to: other@/
	    '"s|detectiondir: .*|detectiondir: $TMP/found|" "$TMP/one.conf"
	echo "disablefiledeletion: true"
} >"$TMP/two.conf"
mkdir "$TMP/found"
mv "$TMP/two.conf" "$TMP/one.conf"
kill -HUP "$daemon"
wait_until 'mv "$MAIL/other/Maildir/new"/* "$TMP/found" 2>/dev/null' 20
wait_until '[ "$(value mail:flat:arrived)" = 1 ]' 20
ok $? "mail is found in a directory"
kill "$daemon"
wait "$daemon"
is $? 0 "it ends"
is "$(ls "$TMP/found" | wc -l)" 1 "and left there, if nothing is to be deleted"
tap_end
