/*
 * From a line's text to the parser of its kind.
 */
#include "lib/stats/parse.h"
#include "lib/util/bytes.h"

enum { ID_MIN = 5, ID_LONG_MIN = 10, ID_MAX = 24 };

/*
 * Bytes of a queue id (Postfix's mail_queue.h): upper-case hexadecimal in
 * short ones; in long ones (enable_long_queue_ids) digits and consonants.
 */
enum { IN_SHORT = 1, IN_LONG = 2 };

/* clang-format off */
static const uint8_t id_bytes[256] = {
	['0' ... '9'] = IN_SHORT | IN_LONG,
	['A'] = IN_SHORT, ['B' ... 'D'] = IN_SHORT | IN_LONG,
	['E'] = IN_SHORT, ['F'] = IN_SHORT | IN_LONG,
	['G' ... 'H'] = IN_LONG, ['J' ... 'N'] = IN_LONG,
	['P' ... 'T'] = IN_LONG, ['V' ... 'Z'] = IN_LONG,
	['b' ... 'd'] = IN_LONG, ['f' ... 'h'] = IN_LONG,
	['j' ... 'n'] = IN_LONG, ['p' ... 't'] = IN_LONG,
	['v' ... 'z'] = IN_LONG,
};
/* clang-format on */

static bool
is_queue_id(struct slice id)
{
	unsigned kinds = id.len >= ID_LONG_MIN ? IN_SHORT | IN_LONG : IN_SHORT;

	if (id.len < ID_MIN || id.len > ID_MAX)
		return (false);
	/* Most are short, of eight bytes or more: two looks, which overlap. */
	if (id.len >= 8 && id.len <= 16 &&
	    (bytes_hex(bytes_load(id.at)) &
		bytes_hex(bytes_load(id.at + id.len - 8))) == BYTES_HIGH)
		return (true);
	for (size_t i = 0; i < id.len; i++)
		kinds &= id_bytes[(unsigned char)id.at[i]];
	return (kinds != 0);
}

/* The length of what stands before a colon that a queue id can end at; 0 if
   there is none. */
static inline size_t
before_colon(struct slice text)
{
	uint64_t found;
	size_t at = 0;

	for (; at < ID_MAX && at + 8 <= text.len; at += 8)
		if ((found = bytes_equal(bytes_load(text.at + at), ':')) != 0)
			return (at + bytes_before(found));
	for (; at <= ID_MAX && at < text.len; at++)
		if (text.at[at] == ':')
			return (at);
	return (0);
}

/* The few events that are logged without queue id or NOQUEUE. */
static int
parse_bare(const struct tag *tag, struct slice text, struct event *event_r)
{
	if (tag->kind == DAEMON_SMTPD && slice_starts(text, "proxy-reject: "))
		return (parse_smtpd_reject(tag, text, event_r));
	if (tag->kind == DAEMON_POSTSCREEN && slice_starts(text, "reject: "))
		return (parse_postscreen_reject(tag, text, event_r));
	return (0);
}

/* What follows "ID: " or "NOQUEUE: "; `queued` tells which. */
static int
parse_rest(const struct tag *tag, struct slice text, bool queued,
    struct event *event_r)
{
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

/* Whether the text of an event can begin with this byte, behind a queue id or
   without one; most lines end here. */
static bool
may_begin_event(char byte)
{
	static const uint32_t letters = 1u << ('c' - 'a') | 1u << ('m' - 'a') |
	    1u << ('p' - 'a') | 1u << ('r' - 'a') | 1u << ('t' - 'a') |
	    1u << ('u' - 'a');

	return (byte >= 'a' && byte <= 'z' && letters >> (byte - 'a') & 1);
}

int
parse_text(const struct tag *tag, struct slice text, struct event *event_r)
{
	struct slice rest, id = { text.at, before_colon(text) };
	bool queued;

	if (id.len == 0 || id.len + 2 >= text.len || id.at[id.len + 1] != ' ')
		return (0);
	rest = slice_from(text, id.len + 2);
	if (!may_begin_event(*rest.at) && !may_begin_event(*text.at))
		return (0);
	queued = is_queue_id(id);
	if (!queued && !slice_equal(id, "NOQUEUE"))
		return (parse_bare(tag, text, event_r));
	return (parse_rest(tag, rest, queued, event_r));
}
