/*
 * From a line's text to the parser of its kind.
 */
#include "lib/stats/parse.h"

/* What bytes may be in a queue id (mail_queue.h): upper-case hexadecimal for
   short ones; for long ones (enable_long_queue_ids) digits and consonants. */
enum { IN_SHORT = 1, IN_LONG = 2 };

#define BOTH IN_SHORT | IN_LONG
static const uint8_t id_bytes[256] = {
	['0'] = BOTH,
	['1'] = BOTH,
	['2'] = BOTH,
	['3'] = BOTH,
	['4'] = BOTH,
	['5'] = BOTH,
	['6'] = BOTH,
	['7'] = BOTH,
	['8'] = BOTH,
	['9'] = BOTH,
	['A'] = IN_SHORT,
	['B'] = BOTH,
	['C'] = BOTH,
	['D'] = BOTH,
	['E'] = IN_SHORT,
	['F'] = BOTH,
	['G' ... 'H'] = IN_LONG,
	['J' ... 'N'] = IN_LONG,
	['P' ... 'T'] = IN_LONG,
	['V' ... 'Z'] = IN_LONG,
	['b' ... 'd'] = IN_LONG,
	['f' ... 'h'] = IN_LONG,
	['j' ... 'n'] = IN_LONG,
	['p' ... 't'] = IN_LONG,
	['v' ... 'z'] = IN_LONG,
};

enum { ID_MIN = 5, ID_LONG_MIN = 10, ID_MAX = 24 };

/* The length of a queue id at the start of `text`; 0 if there is none. */
static size_t
queue_id_len(struct slice text)
{
	unsigned kinds = IN_SHORT | IN_LONG;
	size_t len = 0;

	while (len < text.len && id_bytes[(unsigned char)text.at[len]] != 0)
		kinds &= id_bytes[(unsigned char)text.at[len++]];
	if (len < ID_LONG_MIN)
		kinds &= IN_SHORT;
	return (kinds != 0 && len >= ID_MIN && len <= ID_MAX ? len : 0);
}

/* Take "ID: " or "NOQUEUE: " off the text.  Returns false if there is
   neither. */
static bool
skip_queue_id(struct slice *text, bool *queued_r)
{
	size_t len = queue_id_len(*text);

	*queued_r = len > 0;
	if (len == 0 && slice_starts(*text, "NOQUEUE"))
		len = strlen("NOQUEUE");
	if (len == 0 || text->len < len + 2 || text->at[len] != ':' ||
	    text->at[len + 1] != ' ')
		return (false);
	*text = slice_from(*text, len + 2);
	return (true);
}

/* The few events that are logged without queue id or NOQUEUE. */
static int
parse_bare(const struct tag *tag, struct slice text, struct event *event_r)
{
	if (tag->kind == DAEMON_SMTPD && slice_starts(text, "proxy-reject: "))
		return (parse_smtpd_reject(tag, text, event_r));
	if (tag->kind == DAEMON_POSTSCREEN)
		return (parse_postscreen_reject(tag, text, event_r));
	return (0);
}

int
parse_text(const struct tag *tag, struct slice text, struct event *event_r)
{
	bool queued = false;

	if (!skip_queue_id(&text, &queued))
		return (parse_bare(tag, text, event_r));
	if (queued && slice_starts(text, "to=<"))
		return (parse_delivery(tag, text, event_r));
	if (slice_starts(text, "client=") && tag->kind != DAEMON_CLEANUP)
		return (parse_client(tag, text, queued, event_r));
	switch (tag->kind) {
	case DAEMON_SMTPD:
		return (parse_smtpd_reject(tag, text, event_r));
	case DAEMON_POSTSCREEN:
		return (parse_postscreen_reject(tag, text, event_r));
	case DAEMON_CLEANUP:
		return (queued ? parse_cleanup_reject(tag, text, event_r) : 0);
	case DAEMON_PICKUP:
		return (queued ? parse_pickup(tag, text, event_r) : 0);
	case DAEMON_PIPE:
	case DAEMON_OTHER:
		break;
	}
	return (0);
}
