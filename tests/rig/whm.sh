# Servers with WHM that are none (tests/rig/whm-server), and postfix-stats-whm
# asking them.  Sourced by tests behind lib.sh and tap_start:
#
#	. "$ROOT/tests/rig/whm.sh"
#	whm_server NAME [OPTION]...	start one; its files are in $TMP/NAME, the
#				options are YAML for its entry in the
#				configuration; it has the defaults of $WHM_OPTIONS
#	whm_configure [LINE]...	all that were started, behind these lines
#	whm_once		one poll of each; its status
#	whm_daemon		in the background
#	whm_stop [SIGNAL]	end that; its status
#	fault NAME LINE...	what NAME answers with from now on; none: right
#	message N TIME [MORE]	a message as JSON, to be put into $TMP/NAME/messages
#	requests NAME [PATTERN]	how many it has had
#
# All ends with the test.

whm_pid='' whm_names=''
WHM_OPTIONS='interval: 1'
at_exit 'whm_stop 9 2>/dev/null'

whm_certificate()
{
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$2" \
	    -addext "subjectAltName=DNS:$2" -keyout "$TMP/$1.key" \
	    -out "$TMP/$1.pem" 2>/dev/null
}

whm_server()
{
	whm_name=$1
	shift
	[ -e "$TMP/localhost.pem" ] || whm_certificate localhost localhost
	install -d "$TMP/$whm_name"
	[ -d "$STATE" ] || state_for_nobody
	echo "root SECRET-$whm_name" >"$TMP/$whm_name/tokens"
	printf 'SECRET-%s\n' "$whm_name" >"$TMP/$whm_name.token"
	chmod 600 "$TMP/$whm_name.token"
	perl "$ROOT/tests/rig/whm-server" 0 "$TMP/localhost.pem" \
	    "$TMP/localhost.key" "$TMP/$whm_name" </dev/null \
	    >>"$TMP/$whm_name.out" 2>&1 &
	eval "server_$whm_name=\$!"
	at_exit "child_stop server_$whm_name"
	wait_until '[ -s "$TMP/$whm_name/port" ]' 20 || {
		diag "no server: $(cat "$TMP/$whm_name.out")"
		return 1
	}
	whm_names="$whm_names $whm_name"
	{
		printf '  - { name: %s, url: "https://localhost:%s"' \
		    "$whm_name" "$(cat "$TMP/$whm_name/port")"
		printf ', token_file: %s, ca_file: %s' \
		    "$TMP/$whm_name.token" "$TMP/localhost.pem"
		printf ', %s' "$WHM_OPTIONS" "$@"
		echo " }"
	} >"$TMP/$whm_name.entry"
}

whm_configure()
{
	configure "$@" whm_servers:
	for whm_name in $whm_names; do
		cat "$TMP/$whm_name.entry"
	done >>"$CONFIG"
}

whm_once()
{
	"$BIN/postfix-stats-whm" --once -c "$CONFIG" -d "$STATE" </dev/null \
	    >"$TMP/whm.out" 2>>"$TMP/whm.err"
}

whm_daemon()
{
	"$BIN/postfix-stats-whm" -f -c "$CONFIG" -d "$STATE" </dev/null \
	    >>"$TMP/whm.out" 2>>"$TMP/whm.err" &
	whm_pid=$!
}

whm_stop()
{
	[ -n "$whm_pid" ] || return 0
	kill "-${1:-TERM}" "$whm_pid"
	wait "$whm_pid" 2>/dev/null
	whm_status=$?
	whm_pid=''
	return $whm_status
}

fault()
{
	fault_of=$1
	shift
	printf '%s\n' "$@" | grep . >"$TMP/fault.new" || :
	mv "$TMP/fault.new" "$TMP/$fault_of/fault"
}

message()
{
	printf '{"recipient":"user%d@example.com","email":"s@example.org","sendunixtime":%d,"deliveryuser":null,"transport_is_remote":%d,"host":null,"sender":"s%d@example.org","router":"localuser","actiontime":"x","message":"Accepted","deliverydomain":null,"msgid":"1RuV0Z-%07d-BN","size":%d,"type":"%s","deliveredto":null,"transport":"dovecot_delivery","user":"u1","senderhost":"localhost","senderip":"127.0.0.1","actionunixtime":%d,"senderauth":"localuser","ip":null,"domain":"example.com","spamscore":0%s}\n' \
	    "$(($1 % 50))" "$(($2 - $1 % 7))" "$(($1 % 2))" "$(($1 % 9))" \
	    "$1" "$((1000 + $1))" "$(type_of "$1")" "$2" "${3-}"
}

type_of()
{
	case $(($1 % 10)) in
	0) echo defer ;;
	1) echo failure ;;
	2) echo inprogress ;;
	*) echo success ;;
	esac
}

requests()
{
	grep -c "${2-.}" "$TMP/$1/requests"
}

user_row()
{
	printf '{"USER":"%s","DOMAIN":"%s","OWNER":"%s","PRIMARY_DOMAIN":"%s","SENDCOUNT":%s,"SUCCESSCOUNT":%s,"FAILCOUNT":%s,"DEFERCOUNT":%s,"DEFERFAILCOUNT":%s,"TOTALSIZE":%s,"REACHED_MAXEMAILS":%s,"REACHED_MAXDEFERFAIL":%s}\n' \
	    "$@"
}
