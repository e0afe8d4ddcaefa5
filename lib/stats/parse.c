/*
 * From a line's text to the parser of its kind.
 */
#include "lib/stats/parse.h"

/*
 * Digits and letters of a queue id, as mail_queue.h has them: upper-case
 * hexadecimal for short ids; for long ones (enable_long_queue_ids) digits and
 * consonants, ten at least.
 */
static bool
is_queue_id(struct slice id)
{
	bool hex = true, consonants = id.len >= 10;

	if (id.len < 5 || id.len > 24)
		return (false);
	for (size_t i = 0; i < id.len; i++) {
		char byte = id.at[i];

		if (byte_is_digit(byte))
			continue;
		if (byte < 'A' || byte > 'F')
			hex = false;
		if ((byte | 0x20) < 'a' || (byte | 0x20) > 'z' ||
		    memchr("aeiou", byte | 0x20, 5) != NULL)
			consonants = false;
	}
	return (hex || consonants);
}

/* Take "ID: " or "NOQUEUE: " off the text.  Returns false if there is
   neither. */
static bool
skip_queue_id(struct slice *text, bool *queued_r)
{
	struct slice id = slice_until(*text, ':');

	if (text->len < id.len + 2 || text->at[id.len + 1] != ' ')
		return (false);
	*queued_r = is_queue_id(id);
	if (!*queued_r && !slice_equal(id, "NOQUEUE"))
		return (false);
	*text = slice_from(*text, id.len + 2);
	return (true);
}

/* The few events that are logged without queue id or NOQUEUE. */
static int
parse_bare(const struct tag *tag, struct slice text, struct event *event_r)
{
	if (slice_equal(tag->daemon, "smtpd") &&
	    slice_starts(text, "proxy-reject: "))
		return (parse_smtpd_reject(tag, text, event_r));
	if (slice_equal(tag->daemon, "postscreen"))
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
	if (slice_equal(tag->daemon, "cleanup"))
		return (queued ? parse_cleanup_reject(tag, text, event_r) : 0);
	if (slice_starts(text, "client="))
		return (parse_client(tag, text, queued, event_r));
	if (slice_equal(tag->daemon, "smtpd"))
		return (parse_smtpd_reject(tag, text, event_r));
	if (slice_equal(tag->daemon, "pickup"))
		return (queued ? parse_pickup(tag, text, event_r) : 0);
	if (slice_equal(tag->daemon, "postscreen"))
		return (parse_postscreen_reject(tag, text, event_r));
	return (0);
}
