#!/bin/sh
# Send known amounts of mail of every kind into the rig that postfix.sh
# started, and print what must be counted: "key value" lines, sorted.
#
#	mail.sh DIR
#
# The numbers come from what is sent and from what the rig's configuration
# does with it, never from the log.

set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
DIR=${1:?directory}
. "$DIR/env"

# COUNT DOOR [from=|subject=|body=]... RECIPIENT... : KEY...
# Each of the COUNT messages adds one to each KEY (KEY*2: two).  Short forms:
# in: accepted at this door; no4, no5: refused by smtpd; notice: the bounce
# message, which goes to sender@discard.test.  KEY@INSTANCE is counted by that
# instance; the others by `postfix'.  A _ in a subject is a blank.
mail_table()
{
	cat <<'P'
# delivered
5 smtpd user@ok.test : in sent:smtp delivery:smtp:sent
3 submission user@relay.test : in sent:smtp delivery:relay:sent
2 smtpd a@ok.test b@ok.test c@relay.test : in sent:smtp*3 delivery:smtp:sent*2 delivery:relay:sent
4 smtpd nobody@local.test : in sent:local delivery:local:sent
2 smtpd forward@local.test : in sent:local delivery:local:sent delivery:local:forwarded sent:smtp delivery:smtp:sent
3 smtpd user@virtual.test : in sent:virtual delivery:virtual:sent
4 relayin user@lmtp.test : in sent:lmtp delivery:lmtp:sent
6 pickup user@legal.test : in sent:legal delivery:legal:sent
2 pickup user@discard.test : in sent:discard delivery:discard:sent
2 smtpd user@out.test : in sent:smtp delivery:smtp:sent in@postfix-out sent:smtp@postfix-out delivery:smtp:sent@postfix-out
3 out user@ok.test : in@postfix-out sent:smtp@postfix-out delivery:smtp:sent@postfix-out
# deferred: said 4xx, refused with 421, connection refused, retry, soft_bounce
2 smtpd user@sink4.test : in delivery:smtp:deferred reply:smtp:4xx smtp:4xx
2 smtpd user@busy.test : in delivery:smtp:deferred reply:smtp:4xx smtp:4xx
1 smtpd user@down.test : in delivery:smtp:deferred
2 pickup user@retry.test : in delivery:error:deferred
1 smtpd user@soft.test : in delivery:soft:softbounce
# bounced
3 smtpd user@sink5.test : in delivery:smtp:bounced reply:smtp:5xx smtp:5xx notice
2 pickup user@error.test : in delivery:error:bounced notice
1 smtpd nosuch@local.test : in delivery:local:bounced notice
# refused by smtpd, before and after there is a queue id; a warning is none
3 smtpd from=denied@discard.test user@ok.test : no5=sender
2 submission from=tempfail@discard.test user@ok.test : no4=sender
1 relayin never@ok.test : no5=other
1 smtpd nosuch@virtual.test : no5=unknown_user
1 smtpd user@ok.test never@ok.test later@ok.test : in no5=other no4=other sent:smtp delivery:smtp:sent
1 smtpd from=warned@discard.test user@ok.test : in sent:smtp delivery:smtp:sent
# refused by cleanup, after smtpd accepted the recipient; a forged subject
2 smtpd subject=header5 user@ok.test : in reject:cleanup:5xx:content
1 smtpd subject=header4 user@ok.test : in reject:cleanup:4xx:content
1 submission body=body5 user@ok.test : in reject:cleanup:5xx:content
1 smtpd subject=to=<x@y>,_relay=legal,_delay=1,_delays=1/0/0/0,_dsn=2.0.0,_status=sent_(ok) user@ok.test : in sent:smtp delivery:smtp:sent
# refused by postscreen: the deny list, and the tests after the greeting
2 screen user@ok.test : reject:postscreen:5xx:other reject_service:postscreen:5xx
1 deep user@ok.test : reject:postscreen:4xx:greylisted reject_service:deep:4xx
P
}

send()
{
	case $door in
	pickup)
		for _ in $(seq "$count"); do
			printf 'Subject: %s\n\n%s\n' "$subject" "$body" |
			    sendmail -C "$DIR/etc" -f "$from" -i "$@"
		done
		return ;;
	smtpd) port=$SMTPD ;;
	submission) port=$SUBMISSION ;;
	relayin) port=$RELAYIN ;;
	screen) port=$SCREEN ;;
	deep) port=$DEEP ;;
	out) port=$OUT ;;
	esac
	"$ROOT/tests/rig/smtp-say" "$port" "$count" "$from" "$subject" \
	    "$body" "$@" >>"$DIR/log/smtp-say.log"
}

expected()
{
	awk '
	function add(key, n) { sum[key] += n }
	# A key as the table has it: alone and, if its family knows
	# instances, with its instance.
	function count(key, n,    at, instance) {
		instance = "postfix"
		if ((at = index(key, "@")) > 0) {
			instance = substr(key, at + 1)
			key = substr(key, 1, at - 1)
		}
		add(key, n)
		if (key !~ /^(receive|reject_service):/)
			add(key "@" instance, n)
	}
	function received(door, instance, n) {
		count((door == "pickup" ? "recv:local" : "recv:smtp") instance, n)
		count("receive:" door ":NONE", n)
		count("queue_in:messages" instance, n)
	}
	function refused(door, class, reason, n) {
		count("smtpd:" class, n)
		count("reject:smtpd:" class ":" reason, n)
		count("reject_service:" door ":" class, n)
	}
	/^#/ { next }
	{
		for (i = 3; $i != ":"; i++)
			;
		while (++i <= NF) {
			n = $1
			key = $i
			if (split(key, part, "*") == 2) {
				key = part[1]
				n *= part[2]
			}
			if (key == "in")
				received($2, "", n)
			else if (key == "in@postfix-out")
				received("smtpd", "@postfix-out", n)
			else if (key ~ /^no[45]=/)
				refused($2, substr(key, 3, 1) "xx",
				    substr(key, 5), n)
			else if (key == "notice") {
				count("sent:discard", n)
				count("delivery:discard:sent", n)
				count("queue_out:bounce_sent", n)
				count("queue_in:messages", n)
			} else
				count(key, n)
			# a message of its own, and one that gets no further
			if (key ~ /:forwarded$/)
				count("queue_in:messages", n)
			if (key ~ /^reject:cleanup:/)
				count("queue_in:messages", -n)
		}
	}
	END { for (key in sum) print key, sum[key] }' | sort
}

mail_table | while read -r count door rest; do
	[ "$count" != '#' ] || continue
	from=sender@discard.test subject=hello body=hello recipients=''
	for word in ${rest%% : *}; do
		case $word in
		from=*) from=${word#*=} ;;
		subject=*) subject=$(echo "${word#*=}" | tr _ ' ') ;;
		body=*) body=${word#*=} ;;
		*) recipients="$recipients $word" ;;
		esac
	done
	# shellcheck disable=SC2086
	send $recipients
done
mail_table | expected
