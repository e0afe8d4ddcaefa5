/*
 * Finding the text of a log line.  All of it may be hostile.
 */
#include "lib/stats/event.h"
#include "lib/stats/head.h"

/*
 * "12:34:56 "; `at` has as many bytes.  All eight at once: what differs from
 * "00:00:00" must be nothing for a colon and at most 9 for a digit.
 */
static bool
is_clock(const char *at)
{
	uint64_t clock, zero, high, carry;

	memcpy(&clock, at, sizeof(clock));
	memcpy(&zero, "00:00:00", sizeof(zero));
	memcpy(&high, "\xf0\xf0\xff\xf0\xf0\xff\xf0\xf0", sizeof(high));
	memcpy(&carry, "\6\6\0\6\6\0\6\6", sizeof(carry));
	clock ^= zero;
	return (((clock | (clock + carry)) & high) == 0 && at[8] == ' ');
}

/* "Nov 22 08:00:01 "; the day may have one digit, and one blank or two
   before it. */
static bool
skip_bsd_stamp(struct slice *rest)
{
	const char *at = rest->at;
	size_t day = 4, digits;

	if (rest->len < 16 || at[3] != ' ' || !byte_is_letter(at[0]) ||
	    !byte_is_letter(at[1]) || !byte_is_letter(at[2]))
		return (false);
	day += at[day] == ' ';
	digits = 1 + (size_t)byte_is_digit(at[day + 1]);
	if (!byte_is_digit(at[day]) || at[day + digits] != ' ' ||
	    day + digits + 10 > rest->len || !is_clock(at + day + digits + 1))
		return (false);
	*rest = slice_from(*rest, day + digits + 10);
	return (true);
}

bool
head_stamp_bsd(const char *at)
{
	return (at[3] == ' ' && at[6] == ' ' && byte_is_digit(at[5]) &&
	    (at[4] == ' ' || byte_is_digit(at[4])) && byte_is_letter(at[0]) &&
	    byte_is_letter(at[1]) && byte_is_letter(at[2]) && is_clock(at + 7));
}

/* "2026-11-22T08:00:01.123456+00:00 " */
static bool
skip_iso_stamp(struct slice *rest)
{
	struct slice stamp;

	if (!slice_cut(rest, ' ', &stamp))
		return (false);
	return (stamp.len >= 19 && stamp.at[4] == '-' && stamp.at[7] == '-' &&
	    stamp.at[10] == 'T' && byte_is_digit(stamp.at[0]) &&
	    byte_is_digit(stamp.at[18]));
}

/* "<22>" */
static void
skip_priority(struct slice *rest)
{
	size_t at = 1;

	if (rest->len < 3 || rest->at[0] != '<')
		return;
	while (at < 4 && at < rest->len && byte_is_digit(rest->at[at]))
		at++;
	if (at > 1 && at < rest->len && rest->at[at] == '>')
		*rest = slice_from(*rest, at + 1);
}

/*
 * "tag[pid]: text" or "tag: text".  Text without a tag is no fault.  A tag may
 * hold a colon (syslog_name=postfix/127.0.0.1:10025), so it ends at its pid
 * or at a colon before a blank.
 */
bool
head_parse_tag(struct slice rest, struct head *head_r)
{
	static const bool ends[256] = {
		[' '] = true, ['['] = true, [']'] = true
	};
	struct slice pid;
	size_t at = 0;

	while (at < rest.len && !ends[(unsigned char)rest.at[at]])
		at++;
	if (at < rest.len && rest.at[at] == ']')
		return (false);
	if (at == rest.len || rest.at[at] == ' ') {
		if (at == 0 || rest.at[at - 1] != ':')
			at = 0;
		head_r->tag = (struct slice){ rest.at, at ? at - 1 : 0 };
		rest = slice_from(rest, at);
	} else {
		head_r->tag = (struct slice){ rest.at, at };
		rest = slice_from(rest, at);
		if (!slice_cut(&rest, ']', &pid) || !slice_skip(&rest, ":"))
			return (false);
	}
	(void)slice_skip(&rest, " ");
	head_r->text = rest;
	return (true);
}

/* One "[id name="value" ...]"; a value may hold an escaped `"` or `]`. */
static bool
skip_element(struct slice *rest)
{
	bool quoted = false;

	for (size_t i = 0; i < rest->len; i++) {
		char byte = rest->at[i];

		if (quoted && byte == '\\')
			i++;
		else if (byte == '"')
			quoted = !quoted;
		else if (!quoted && byte == ']') {
			*rest = slice_from(*rest, i + 1);
			return (true);
		}
	}
	return (false);
}

/* RFC 5424 behind "1 ": stamp, host, tag, pid, message id, data, text.  A `-`
   stands for what is not known. */
static bool
read_5424(struct slice rest, struct head *head_r)
{
	struct slice word;

	if ((!slice_skip(&rest, "- ") && !skip_iso_stamp(&rest)) ||
	    !slice_cut(&rest, ' ', &head_r->host) ||
	    !slice_cut(&rest, ' ', &head_r->tag) ||
	    !slice_cut(&rest, ' ', &word) || !slice_cut(&rest, ' ', &word))
		return (false);
	if (!slice_skip(&rest, "-"))
		while (rest.len > 0 && rest.at[0] == '[')
			if (!skip_element(&rest))
				return (false);
	(void)slice_skip(&rest, " ");
	(void)slice_skip(&rest, "\xef\xbb\xbf");
	head_r->text = rest;
	return (true);
}

bool
head_parse(struct slice line, struct head *head_r)
{
	/* A hole, left by a truncation under the writer's feet. */
	while (line.len > 0 && line.at[0] == '\0')
		line = slice_from(line, 1);
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	skip_priority(&line);
	head_r->text = (struct slice){ line.at, 0 };
	if (slice_skip(&line, "1 "))
		return (read_5424(line, head_r));
	if (!skip_bsd_stamp(&line) && !skip_iso_stamp(&line))
		return (false);
	return (slice_cut(&line, ' ', &head_r->host) && head_r->host.len > 0 &&
	    head_parse_tag(line, head_r));
}

static const struct {
	struct slice agent;
	unsigned trait;
} agents[] = {
	{ { "smtp", 4 }, TRAIT_BY_SMTP },
	{ { "local", 5 }, TRAIT_BY_LOCAL },
	{ { "virtual", 7 }, TRAIT_BY_VIRTUAL },
	{ { "lmtp", 4 }, TRAIT_BY_LMTP },
	{ { "discard", 7 }, TRAIT_BY_DISCARD },
};

unsigned
agent_trait(struct slice agent)
{
	for (size_t i = 0; i < COUNT(agents); i++)
		if (slice_same(agent, agents[i].agent))
			return (agents[i].trait);
	return (TRAIT_BY_OTHER);
}

static const struct {
	const char *daemon;
	enum daemon_kind kind;
} daemons[] = {
	{ "anvil", DAEMON_ANVIL },
	{ "bounce", DAEMON_BOUNCE },
	{ "cleanup", DAEMON_CLEANUP },
	{ "dnsblog", DAEMON_DNSBLOG },
	{ "lmtp", DAEMON_SMTP },
	{ "master", DAEMON_MASTER },
	{ "oqmgr", DAEMON_QMGR },
	{ "pickup", DAEMON_PICKUP },
	{ "pipe", DAEMON_PIPE },
	{ "postfix", DAEMON_SCRIPT },
	{ "postfix-script", DAEMON_SCRIPT },
	{ "postscreen", DAEMON_POSTSCREEN },
	{ "postsuper", DAEMON_POSTSUPER },
	{ "qmgr", DAEMON_QMGR },
	{ "scache", DAEMON_SCACHE },
	{ "smtp", DAEMON_SMTP },
	{ "smtpd", DAEMON_SMTPD },
	{ "tlsmgr", DAEMON_TLSMGR },
	{ "tlsproxy", DAEMON_TLSPROXY },
	{ "verify", DAEMON_VERIFY },
};

bool
tag_parse(struct slice tag, struct tag *tag_r)
{
	size_t first = 0, last = tag.len;

	while (first < tag.len && tag.at[first] != '/')
		first++;
	while (last > first && tag.at[last - 1] != '/')
		last--;
	if (slice_equal(tag, "postfix")) /* postfix(1), at times */
		last = 0;
	else if (first == tag.len || first == 0 || last == tag.len)
		return (false);
	tag_r->instance = (struct slice){ tag.at, first };
	tag_r->daemon = slice_from(tag, last);
	tag_r->serial = 0;
	tag_r->kind = DAEMON_OTHER;
	tag_r->agent = agent_trait(tag_r->daemon);
	for (size_t i = 0; i < COUNT(daemons); i++)
		if (slice_equal(tag_r->daemon, daemons[i].daemon))
			tag_r->kind = daemons[i].kind;
	tag_r->service = tag_r->daemon;
	if (last > first + 1)
		tag_r->service = (struct slice){ tag.at + first + 1,
			last - first - 2 };
	return (tag_r->service.len > 0);
}
