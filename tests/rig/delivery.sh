# The probes' daemon as tests of delivery run it: its configuration is $PROBES, its
# store is in $STATE.  Sourced after tests/lib.sh, by a script that has a scratch
# directory.

PROBES=$TMP/probes.yml probe_pid=''

# plan <<Y: the configuration, with Y at its end
plan()
{
	printf '%s\n' "probing: { publish_interval: 0.1, server_pause: 0 }" \
	    "probes:" >"$PROBES"
	cat >>"$PROBES"
	chmod 600 "$PROBES"
}

# probe_start: return once it has published
probe_start()
{
	[ -d "$STATE" ] || install -d -m 750 "$STATE"
	began=$(date +%s)
	"$BIN/postfix-stats-probe" -f -c "$PROBES" -d "$STATE" \
	    </dev/null >>"$TMP/probe.err" 2>&1 &
	probe_pid=$!
}

# The status is the daemon's.
probe_stop()
{
	child_stop probe_pid
}

# As nobody wants it to end
probe_kill()
{
	kill -9 "$probe_pid"
	wait "$probe_pid" 2>/dev/null
	probe_pid=''
}

# mail PROBE WHAT: a figure of its mail
mail()
{
	stats_get "mail:$1:$2" 2>/dev/null
}

# mail_is PROBE WHAT VALUE
mail_is()
{
	[ "$(mail "$1" "$2")" = "$3" ]
}

# records: all of probe.db, "key value", as they are between this daemon and its
# next start, too
records()
{
	db5.3_dump -p "$STATE/probe.db" | awk '
	/^HEADER=END/ { inside = 1; next }
	/^DATA=END/ { exit }
	!inside { next }
	++n % 2 { key = substr($0, 2); next }
	{
		gsub(/\\00/, "")
		sub(/ [0-9a-f]* [0-9a-f]*$/, "") # its number and checksum
		print key, substr($0, 2)
	}'
}

# text PROBE WHAT: a text of its mail, "" if it has none
text()
{
	records | sed -n "s/^=mail_$2:$1 //p"
}

# story PROBE: "RESULT WHERE: TALLIES", what the last mail has come to, where the one
# is that is looked at, and how many came to what, if any; - is none.  A number that
# has not its word is told.
story()
{
	{ records; stats_get --all; } 2>/dev/null | awk -F '[: ]' -v probe="$1" '
	function word(what, words,    name) {
		split(words, name, " ")
		if (!(what in number) && !(what in text))
			return "-"
		if (name[number[what]] == text[what])
			return text[what]
		return number[what] "/" text[what]
	}
	$2 == probe && $1 == "mail" { number[$3] = $4 }
	$2 == probe && $1 == "=mail_result" { text["result"] = $3 }
	$2 == probe && $1 == "=mail_where" { text["where"] = $3 }
	END {
		printf "%s %s:", word("result", "waiting overdue arrived " \
		    "late spam lost unsent uncertain unseen"),
		    word("where", "unknown received active deferred held " \
		    "sent bounced expired discarded arrived spam")
		n = split("sent send_fails outstanding arrived late spam " \
		    "lost duplicates uncertain", name, " ")
		for (i = 1; i <= n; i++)
			if (number[name[i]] > 0)
				printf "%s %s %d", s++ ? "," : "", name[i],
				    number[name[i]]
	}'
}

# story_is PROBE STORY
story_is()
{
	[ "$(story "$1")" = "$2" ]
}
