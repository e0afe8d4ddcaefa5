#!/bin/sh
# postfix-stats-whm: its configuration, tokens, several servers, rows of users,
# reload, and being the only one.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
tap_start "postfix-stats-whm"
. "$ROOT/tests/rig/whm.sh"
WHM_OPTIONS='interval: 3600'

# --- configuration ----------------------------------------------------------
install -d "$STATE"
# refused LINE TEXT...: the second line of the configuration, and what is said
refused()
{
	printf '%s\n' "queue: { sample: no }" "$1" >"$CONFIG"
	whm_once
	got="$? $(tail -n 1 "$TMP/whm.err")"
	is "$got" "64 postfix-stats-whm: $CONFIG:$2" "$2"
}
entry='name: a, url: "https://h:2087", token_file: /t'
refused "whm_servers: [ { $entry }, { $entry } ]" "2: name must be of no other server"
refused "whm_servers: [ { name: a, url: \"http://h\", token_file: /t } ]" \
    "2: url must be https://HOST:PORT, without a path or a user"
refused "whm_servers: [ { name: a, url: \"https://root:x@h/\", token_file: /t } ]" \
    "2: url must be https://HOST:PORT, without a path or a user"
refused "whm_servers: [ { name: a b, url: \"https://h\", token_file: /t } ]" \
    "2: name must be letters, digits, _, - and . (and not other)"
refused "whm_servers: [ { name: a, url: \"https://h\", token_file: x/t } ]" \
    "2: token_file must be an absolute path or the name of a credential"
refused "whm_servers: [ { $entry, ca_file: ca } ]" "2: ca_file must be absolute"
refused "whm_servers: [ { $entry, user: \"a:b\" } ]" \
    "2: user must be without blanks, colons and controls"
refused "whm_servers: [ { $entry, search: perhaps } ]" "2: search must be yes or no"
refused "whm_servers: [ { $entry, interval: 0 } ]" "2: interval must be 1 to 86400 seconds"
refused "whm_servers: [ { $entry, timeout: 0 } ]" "2: timeout must be 0.1 to 3600 seconds"
refused "whm_servers: [ { $entry, max_bytes: 64M } ]" \
    "2: max_bytes must be 4096 to 67108864 bytes"
refused "whm_servers: [ { $entry, page_size: 0 } ]" "2: page_size must be 1 to 20000 messages"
refused "whm_servers: [ { $entry, users: -1 } ]" "2: users must be 0 to 20000 rows"
refused "whm_servers: [ { $entry, remembered: 1 } ]" \
    "2: remembered must be 256 to 1000000 messages"
refused "whm_servers: [ { $entry, overlap: 90000 } ]" "2: overlap must be 0 to 86400 seconds"
refused "whm_servers: [ { $entry, clock_skew: x } ]" \
    "2: clock_skew must be 0 to 86400 seconds"
refused "whm: { events: events.json }" \
    "2: events must be an absolute path, stdout or syslog"
refused "whm: { intervals: 0 }" "2: intervals must be 1 to 1000"
refused "whm: { capacity: 513 }" \
    "2: capacity must be 512 to 1048576 keys, a multiple of 8"
refused "whm: { email_logs_series: 20001 }" \
    "2: email_logs_series must be 0 to 20000 messages"
refused "whm: { hash_addresses: perhaps }" "2: hash_addresses must be yes or no"
refused "whm: { endpoint: x }" "2: Unexpected key: endpoint"
configure
whm_once
is "$? $(tail -n 1 "$TMP/whm.err")" \
    "64 postfix-stats-whm: the configuration names no whm_servers" "no server"

# --- tokens -----------------------------------------------------------------
whm_server one 'users: 3'
{
	for user in a b c d e; do
		user_row $user $user.example root $user.example \
		    "$(printf %d "'$user")" 1 0 0 0 100 0 0
	done
	user_row a other-domain.of-a.example root a.example 1000 1 0 0 0 1 0 0
	user_row averylongaccountname \
	    a-very-long-name-of-a-domain.of-a-customer.example root x 2000 1 0 0 \
	    0 5000000000 0 1
} >"$TMP/one/users"
whm_configure
whm_once
is $? 0 "a token of a file"
is "$(grep -c "auth=ok" "$TMP/one/requests")" "$(requests one)" "each request has it"
mv "$TMP/one.token" "$TMP/credential"
sed -i "s|token_file: [^,]*|token_file: credential|" "$TMP/one.entry"
whm_configure
whm_once
like "$? $(tail -n 1 "$TMP/whm.err")" '64 *token_file: *CREDENTIALS_DIRECTORY*' \
    "a credential that nobody hands over"
CREDENTIALS_DIRECTORY=$TMP
export CREDENTIALS_DIRECTORY
whm_once
is $? 0 "one that systemd does"
chmod 644 "$TMP/credential"
whm_once
like "$(cat "$TMP/whm.err")" "*server one: everyone may read credential*" \
    "one that everyone may read is named"
chmod 600 "$TMP/credential"
printf 'two\nlines\n' >"$TMP/credential"
whm_once
like "$? $(tail -n 1 "$TMP/whm.err")" '64 *must be one line*' "one of two lines"
echo SECRET-one >"$TMP/credential"

# --- rows -------------------------------------------------------------------
whm_once
is "$(stats_get --all | grep ':send_count' | grep mail_user)" \
    "mail_user:one:a:other-domain.of-a.example:send_count 1000
mail_user:one:averylo~$(stats_get --all | sed -n 's/^mail_user:one:averylo~\([0-9a-f]*:a-very-long-name-of-a-d~[0-9a-f]*:send_count .*\)/\1/p')
mail_user:one:e:e.example:send_count 101
mail_user:one:other:-:send_count 394" "the busiest three, and all others"
is "$(stats_get whm_server:one:users whm_server:one:folded | paste -sd' ')" "7 4" \
    "of seven four are counted together"
like "$(stats_get --walk | grep "\.1\.11\.1\.17\." | grep very-long)" \
    '*"a-very-long-name-of-a-domain.of-a-customer.example"' \
    "SNMP has a long domain in full"
is "$(stats_get --all | awk '/^mail_user:.*:total_size/ { n += $2 } END { print n }')" \
    5000000501 "sums are of more than 32 bits"

# --- several servers --------------------------------------------------------
whm_server two
user_row x x.example root x.example 1 1 0 0 0 1 0 0 >"$TMP/two/users"
fault two "* stall"
rm -f "$STATE"/whm.db*
whm_configure
whm_daemon
wait_until '[ "$(stats_get whm:one:search:up 2>/dev/null)" = 1 ]' 20
ok $? "a server that stalls does not hold the other up"
is "$(requests two)" 1 "and is asked one thing at a time"
is "$(tr '\0' ' ' <"/proc/$whm_pid/cmdline" | grep -c SECRET)" 0 \
    "no token on the command line"
"$BIN/postfix-stats-whm" -f -c "$CONFIG" -d "$STATE" >"$TMP/second" 2>&1
like "$? $(cat "$TMP/second")" "1 *postfix-stats-whm.lock is held by another process" \
    "a second one does not start"

# --- reload -----------------------------------------------------------------
fault two
whm_server three
whm_configure
requests_before=$(stats_get whm:one:stats:requests)
kill -HUP "$whm_pid"
wait_until '[ "$(stats_get whm:two:search:up whm:three:search:up 2>/dev/null | paste -sd" ")" = "1 1" ]' 20
ok $? "a reload: another server, and the one that stalled is asked anew"
wait_until '[ "$(stats_get whm:one:stats:requests)" = $((requests_before + 1)) ]' 20
ok $? "counters go on"
echo "root NEW" >"$TMP/three/tokens"
fault three "stats api"
echo "whm: { intervals: x }" >>"$CONFIG"
kill -HUP "$whm_pid"
wait_until 'grep -q "going on as before" "$TMP/whm.err"' 10
ok $? "a configuration that is wrong is named"
whm_configure
echo NEW >"$TMP/three.token"
kill -HUP "$whm_pid"
wait_until '[ "$(stats_get whm_error:three:stats:api 2>/dev/null)" = 1 ]' 20
ok $? "a new token is read"
is "$(stats_get whm_error:three:user_stats:denied)" \
    'No such key "whm_error:three:user_stats:denied"' "and none other was used"
whm_stop
is $? 0 "TERM ends it"

# --- background ---------------------------------------------------------------
"$BIN/postfix-stats-whm" -c "$CONFIG" -d "$STATE" </dev/null
is $? 0 "into the background"
whm_pid=$(cat "$STATE/postfix-stats-whm.pid")
running "$whm_pid"
ok $? "with its process id in a file"
end_process "$whm_pid"
wait_until '[ ! -e "$STATE/postfix-stats-whm.pid" ]' 10
ok $? "which goes with it"
whm_pid=''
"$BIN/postfix-stats-whm" --help | grep -q "usage: postfix-stats-whm"
ok $? "--help"
"$BIN/postfix-stats-whm" what 2>"$TMP/said"
is $? 64 "bad usage"
tap_end
