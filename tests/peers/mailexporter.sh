#!/bin/sh
# Debian's prometheus-mailexporter and postfix-stats-probe, side by side with the
# same file: what each says of its mail through the same Postfix and Dovecot beside
# the truth, and what each makes of four faults.  The truth is in Postfix's log and
# in the Maildir.  Needs root and the packages that `tools/deps.sh --peers' names;
# takes three minutes.
#
#	sh tests/peers/mailexporter.sh		the tables
#	DOC=1 sh tests/peers/mailexporter.sh	also into docs/probe.md
#	MAILS=20 sh tests/peers/mailexporter.sh

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
. "$ROOT/tests/bench/table.sh"
skip_unless_root
MAILS=${MAILS:-200}
DOCUMENT=$ROOT/docs/probe.md
have mailexporter || exit 1
scratch
RIG=$ROOT/tests/rig SERVERS=$TMP/servers
at_exit 'sh "$RIG/probe.sh" stop "$SERVERS"'
sh "$RIG/probe.sh" start "$SERVERS" || exit 1
. "$SERVERS/env"
SSL_CERT_FILE=$TLS/ca.pem
export SSL_CERT_FILE
BOX=$MAIL/probe/Maildir
# shellcheck disable=SC2046
set -- $(free_ports 3)
THEIRS=127.0.0.1:$1 OURS=127.0.0.1:$2 FAULTY=$3

# --- both, with the same file ------------------------------------------

theirs_pid='' ours_pid='' exporter_pid=''
at_exit 'child_stop exporter_pid; child_stop ours_pid; child_stop theirs_pid'

# file INTERVAL TIMEOUT KEEP SERVER...: NAME=PORT each
file()
{
	printf '%s\n' "monitoringinterval: $1" "mailchecktimeout: $2" \
	    "disablefiledeletion: $3" "servers:"
	shift 3
	for server; do
		cat <<P
  - name: ${server%=*}
    server: localhost
    port: ${server#*=}
    from: ${server%=*}@sender.test
    to: probe@probe.test
    detectiondir: $BOX/new
P
	done
}

# run FILE: all but what keeps the faulty server up
run()
{
	rm -rf "$STATE"
	install -d -m 750 "$STATE"
	mailexporter -config.file "$1" -web.listen-address "$THEIRS" \
	    </dev/null >>"$TMP/theirs.err" 2>&1 9>&- &
	theirs_pid=$!
	"$BIN/postfix-stats-probe" -config.file "$1" -d "$STATE" \
	    </dev/null >>"$TMP/ours.err" 2>&1 9>&- &
	ours_pid=$!
	"$BIN/postfix-stats-exporter" -f -c "$CONFIG" -d "$STATE" \
	    --listen "$OURS" </dev/null >>"$TMP/exporter.err" 2>&1 9>&- &
	exporter_pid=$!
	wait_until 'look' 30 || {
		cat "$TMP/theirs.err" "$TMP/ours.err" "$TMP/exporter.err" >&2
		exit 1
	}
}

end()
{
	child_stop exporter_pid
	child_stop ours_pid
	child_stop theirs_pid 2>/dev/null
	rm -f "$BOX"/new/* "$BOX"/cur/*
}

fetch()
{
	perl -MHTTP::Tiny -e '
		my $a = HTTP::Tiny->new(timeout => 30)->get("http://$ARGV[0]/metrics");
		print $a->{content}; exit !$a->{success};' "$1"
}

# What both say now
look()
{
	fetch "$THEIRS" >"$TMP/theirs" && fetch "$OURS" >"$TMP/ours"
}

# said WHO NAME [PROBE]: the sum; - if there is no such series
said()
{
	awk -v name="$2" -v probe="${3-}" '
	$1 == name || index($1, name "{") == 1 {
		if (probe != "" && !index($1, "configname=\"" probe "\""))
			next
		sum += $2
		seen = 1
	}
	END { print seen ? sum : "-" }' "$TMP/$1"
}

# ever WHO NAME PROBE VALUE SECONDS
ever()
{
	wait_until "look && [ \"\$(said $1 $2 $3)\" = $4 ]" "$5"
}

# mean WHO NAME: milliseconds
mean()
{
	awk -v sum="$(said "$1" "$2_sum")" -v count="$(said "$1" "$2_count")" \
	    'BEGIN { printf "%.1f", (count > 0) ? sum / count * 1000 : 0 }'
}

# --- what is true ------------------------------------------------------

# The Message-IDs that Postfix has seen: ours, or theirs.
taken()
{
	case $1 in
	ours) sed -n 's/.* message-id=<\(pfs1\..*\)>/\1/p' "$SERVERS/log/mail.log" ;;
	theirs) sed -n 's/.* message-id=<\([0-9a-zA-Z]*-[0-9]*-.*\)>/\1/p' \
	    "$SERVERS/log/mail.log" ;;
	esac | sort
}

# How long mail was on its way, in the mean: from the time in its token until it
# got its name in the Maildir.
truly_on_its_way()
{
	find "$BOX/new" "$BOX/cur" -type f -printf '%C@ %p\n' | perl -e '
	my ($who, $sum, $count) = ($ARGV[0], 0, 0);
	while (<STDIN>) {
		my ($time, $path) = split;
		open my $in, "<", $path or next;
		local $/;
		$_ = <$in>;
		my $sent;
		if ($who eq "ours") {
			/^X-Postfix-Stats-Probe: pfs1\.\S+?\.[0-9a-f]+\.([0-9a-f]+)\./m
			    or next;
			$sent = hex($1) / 1e6;
		} else {
			/^Message-Id: <\w+-(\d+)-/mi or next;
			$sent = $1 / 1e9;
		}
		$sum += $time - $sent;
		$count++;
	}
	printf "%.1f", $count > 0 ? $sum / $count * 1000 : 0;' "$1"
}

enough()
{
	[ "$(taken theirs | wc -l)" -ge "$MAILS" ] &&
	    [ "$(taken ours | wc -l)" -ge "$MAILS" ]
}

# A moment at which no mail is on its way
quiet()
{
	before=$(wc -l <"$SERVERS/log/mail.log")
	sleep 0.25
	look
	taken theirs >"$TMP/taken.theirs"
	taken ours >"$TMP/taken.ours"
	[ "$(wc -l <"$SERVERS/log/mail.log")" = "$before" ]
}

# compare WHAT METRIC METRIC-OF-OURS TRUTH-OF-THEIRS TRUTH-OF-OURS
compare()
{
	line "| $1 | $(said theirs "$2") | $4 | $(said ours "$3") | $5 |"
}

side_by_side()
{
	set -- one="$SMTP" two="$RELAY" three="$GREY" four="$ASKCERT"
	file 4s 20s true "$@" >"$TMP/mailexporter.conf"
	run "$TMP/mailexporter.conf"
	wait_until enough $((MAILS * 3 + 60)) && wait_until quiet 90 || exit 1
	theirs=$(wc -l <"$TMP/taken.theirs") ours=$(wc -l <"$TMP/taken.ours")
	line "| | mailexporter says | true | postfix-stats says | true |"
	line "|---|---|---|---|---|"
	compare "sent" mail_send_durations_seconds_count mail_sent_total \
	    "$theirs" "$ours"
	compare "sending failed" mail_send_fails_total mail_send_fails_total 0 0
	compare "arrived" mail_deliver_durations_seconds_count mail_arrived_total \
	    "$theirs" "$ours"
	compare "late" mail_late_mails_total mail_late_mails_total 0 0
	compare "success, of $#" mail_deliver_success mail_deliver_success $# $#
	line "| on its way, mean, ms | $(mean theirs mail_deliver_durations_seconds) | $(
	    truly_on_its_way theirs) | $(
	    mean ours mail_deliver_durations_seconds) | $(truly_on_its_way ours) |"
	line "| sending, mean, ms | $(mean theirs mail_send_durations_seconds) | | $(
	    mean ours mail_send_durations_seconds) | |"
	end
}

# --- faults ------------------------------------------------------------

# faulty FAULT: a server at $FAULTY
faulty()
{
	rm -f "$TMP/alive"
	mkfifo "$TMP/alive"
	"$RIG/smtp-drop" "$FAULTY" "$SMTP" "$1" <"$TMP/alive" &
	exec 9>"$TMP/alive"
}

healed()
{
	exec 9>&-
}

# fault NAME WHAT THEIRS OURS
fault()
{
	line "| $1 | $2 | $3 | $4 |"
}

# Debian's waits up to 20 s before the first mail of each
dropped()
{
	faulty quit
	file 1s 5s false faulty="$FAULTY" healthy="$SMTP" >"$TMP/drop.conf"
	run "$TMP/drop.conf"
	ever theirs mail_send_fails_total faulty 1 60
	# what comes after it
	ever theirs mail_deliver_success healthy 0 30
	ever ours mail_deliver_success healthy 1 30
	look
	fault "a server drops the connection at QUIT" \
	    "mail_deliver_success of another, healthy server" \
	    "$(said theirs mail_deliver_success healthy)" \
	    "$(said ours mail_deliver_success healthy)"
	fault "" "and of this one, whose mail arrives" \
	    "$(said theirs mail_deliver_success faulty)" \
	    "$(said ours mail_deliver_success faulty)"
	end
	healed
}

dumb()
{
	faulty dumb
	file 1s 5s false faulty="$FAULTY" >"$TMP/dumb.conf"
	run "$TMP/dumb.conf"
	# ours waits as long as a conversation may take
	ever ours mail_send_fails_total faulty 1 120
	look
	fault "a server accepts, and never greets" "mail_send_fails_total" \
	    "$(said theirs mail_send_fails_total)" \
	    "$(said ours mail_send_fails_total)"
	end
	healed
}

stranger()
{
	file 1s 5s false healthy="$SMTP" >"$TMP/stranger.conf"
	run "$TMP/stranger.conf"
	ever theirs mail_deliver_success healthy 1 60
	ever ours mail_deliver_success healthy 1 60
	printf 'Subject: hello\n\nfoo-1-evil label\n' >"$BOX/tmp/stranger"
	mv "$BOX/tmp/stranger" "$BOX/new/stranger"
	wait_until '! [ -e "$BOX/new/stranger" ]' 5
	deleted=no
	[ -e "$BOX/new/stranger" ] || deleted=yes
	look
	theirs=$(grep -c 'configname="evil label"' "$TMP/theirs")
	ours=$(grep -c 'configname="evil label"' "$TMP/ours")
	child_stop theirs_pid 2>/dev/null
	printf 'Subject: hello\n\nfoo-1-evil label\n' >"$BOX/new/stranger"
	sent=$(said ours mail_arrived_total)
	wait_until "fetch $OURS >$TMP/ours &&
	    [ \"\$(said ours mail_arrived_total)\" -ge $((sent + 3)) ]" 30
	kept=no
	[ -e "$BOX/new/stranger" ] || kept=yes
	fault "a stranger's mail with three dashes" "it is deleted" \
	    "$deleted" "$kept"
	fault "" "series with a label of its own" "$theirs" "$ours"
	end
}

stale()
{
	faulty no
	file 1s 5s false faulty="$FAULTY" >"$TMP/stale.conf"
	run "$TMP/stale.conf"
	ever theirs mail_deliver_success faulty 1 60
	ever ours mail_deliver_success faulty 1 60
	healed
	ever theirs mail_send_fails_total faulty 5 30
	ever ours mail_deliver_success faulty 0 30
	look
	fault "a server is gone" "mail_deliver_success" \
	    "$(said theirs mail_deliver_success)" \
	    "$(said ours mail_deliver_success)"
	end
}

# -----------------------------------------------------------------------

table_part=mailexporter
TABLE=$ROOT/build/mailexporter.md
: >"$TABLE"
line "prometheus-mailexporter $(dpkg-query -W -f '${Version}' \
    prometheus-mailexporter), Postfix $(postconf -h mail_version),"
line "Dovecot $(dovecot --version | cut -d ' ' -f 1), load average $(cut -d ' ' \
    -f 1-3 /proc/loadavg) before the start."
line ""
side_by_side
line ""
line "| fault | what is looked at | mailexporter | postfix-stats |"
line "|---|---|---|---|"
dropped
dumb
stranger
stale
table_end
