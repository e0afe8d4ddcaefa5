/*
 * From a line's text to the parser of its kind.
 */
#include "lib/stats/parse.h"
#include "lib/util/block.h"

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

static inline unsigned
id_byte(char byte)
{
	return (id_bytes[(unsigned char)byte]);
}

/* Whether a queue id of `kinds` can be of this length. */
static inline bool
fits(unsigned kinds, size_t len)
{
	return (kinds & IN_SHORT || (kinds & IN_LONG && len >= ID_LONG_MIN));
}

/* The length of the queue id that `text` begins with; 0 if there is none, with
   ": " and more behind it. */
static size_t
queue_id_len(struct slice text)
{
	unsigned kinds = IN_SHORT | IN_LONG;
	size_t len = 0;

	while (len < text.len && text.at[len] != ':') {
		kinds &= id_byte(text.at[len++]);
		if (kinds == 0 || len > ID_MAX)
			return (0);
	}
	if (len < ID_MIN || len + 2 >= text.len || text.at[len + 1] != ' ')
		return (0);
	return (fits(kinds, len) ? len : 0);
}

/* A text that begins with a queue id of `len` bytes and ": ". */
static int
parse_queued(
    const struct tag *tag, struct slice text, size_t len, struct event *event_r)
{
	struct slice id = { text.at, len };

	if (tag->kind == DAEMON_SCRIPT) /* it has no mail */
		return (0);
	event_r->queue_id = id;
	text = slice_from(text, len + strlen(": "));
	if (slice_skip(&text, "to=<"))
		return (parse_delivery(tag, text, event_r));
	if (tag->kind == DAEMON_QMGR)
		return (parse_qmgr(tag, text, event_r));
	if (tag->kind == DAEMON_CLEANUP)
		return (parse_cleanup(tag, text, event_r));
	if (slice_starts(text, "client="))
		return (parse_client(tag, text, true, event_r));
	switch (tag->kind) {
	case DAEMON_SMTPD:
		return (parse_smtpd_session(tag, text, event_r));
	case DAEMON_POSTSCREEN:
		return (parse_postscreen_reject(tag, text, event_r));
	case DAEMON_PICKUP:
		return (parse_pickup(tag, text, event_r));
	case DAEMON_SMTP:
		return (parse_smtp_session(tag, text, event_r));
	case DAEMON_BOUNCE:
		return (parse_bounce(tag, text, event_r));
	case DAEMON_POSTSUPER:
		return (parse_postsuper_message(tag, text, event_r));
	default:
		return (0);
	}
}

/* What follows "NOQUEUE: ". */
static int
parse_noqueue(const struct tag *tag, struct slice text, struct event *event_r)
{
	if (tag->kind == DAEMON_CLEANUP)
		return (0);
	if (slice_starts(text, "client="))
		return (parse_client(tag, text, false, event_r));
	if (tag->kind == DAEMON_SMTPD)
		return (parse_smtpd_session(tag, text, event_r));
	if (tag->kind == DAEMON_POSTSCREEN)
		return (parse_postscreen_reject(tag, text, event_r));
	return (0);
}

/* "warning: ..", of any daemon. */
static int
parse_level(const struct tag *tag, struct slice text, struct event *event_r)
{
	unsigned level;

	if (slice_starts(text, "warning: "))
		level = TRAIT_IS_WARNING;
	else if (slice_starts(text, "error: "))
		level = TRAIT_IS_ERROR;
	else if (slice_starts(text, "fatal: "))
		level = TRAIT_IS_FATAL;
	else if (slice_starts(text, "panic: "))
		level = TRAIT_IS_PANIC;
	else
		return (0);
	event_begin(event_r, EVENT_LOG, level, tag);
	event_r->label[LABEL_DAEMON] = tag->daemon;
	if (level == TRAIT_IS_WARNING && tag->kind == DAEMON_SMTPD)
		parse_smtpd_warning(
		    tag, slice_from(text, strlen("warning: ")), event_r);
	return (1);
}

/* A text of one program's own. */
static int
parse_own(const struct tag *tag, struct slice text, struct event *event_r)
{
	switch (tag->kind) {
	case DAEMON_SMTPD:
		return (parse_smtpd_bare(tag, text, event_r));
	case DAEMON_SMTP:
		return (parse_smtp_bare(tag, text, event_r));
	case DAEMON_POSTSCREEN:
		return (parse_postscreen(tag, text, event_r));
	case DAEMON_DNSBLOG:
		return (parse_dnsblog(tag, text, event_r));
	case DAEMON_TLSPROXY:
		return (parse_tlsproxy(tag, text, event_r));
	case DAEMON_ANVIL:
		return (parse_anvil(tag, text, event_r));
	case DAEMON_SCACHE:
		return (parse_scache(tag, text, event_r));
	case DAEMON_VERIFY:
		return (parse_cache(text, METRIC_VERIFY_CACHE_RETAINED,
		    METRIC_VERIFY_CACHE_DROPPED, event_r));
	case DAEMON_POSTSUPER:
		return (parse_postsuper(tag, text, event_r));
	case DAEMON_MASTER:
		return (parse_master(tag, text, event_r));
	default:
		return (0);
	}
}

/* A text without queue id that is not of the most frequent kind. */
static int
parse_rare(const struct tag *tag, struct slice text, struct event *event_r)
{
	event_r->queue_id = (struct slice){ text.at, 0 };
	if (slice_skip(&text, "NOQUEUE: "))
		return (parse_noqueue(tag, text, event_r));
	if (tag->kind == DAEMON_POSTSCREEN && slice_starts(text, "reject: "))
		return (parse_postscreen_reject(tag, text, event_r));
	return (parse_own(tag, text, event_r) != 0 ||
	    parse_level(tag, text, event_r) != 0 ||
	    parse_tls(tag, text, event_r) != 0 ||
	    parse_known(tag, text, event_r) != 0);
}

/* A text without queue id. */
static int
parse_bare(const struct tag *tag, struct slice text, struct event *event_r)
{
	if (tag->kind == DAEMON_SMTPD &&
	    (slice_starts(text, "connect from ") ||
		slice_starts(text, "disconnect from ")))
		return (parse_session(tag, text, event_r));
	return (parse_rare(tag, text, event_r));
}

/* A text that is short, or begins as a queue id does. */
static int
parse_odd(const struct tag *tag, struct slice text, struct event *event_r)
{
	size_t len = queue_id_len(text);

	if (len == 0)
		return (parse_bare(tag, text, event_r));
	return (parse_queued(tag, text, len, event_r));
}

/* Whether three bytes may be the first of a queue id. */
static inline bool
begins_id(const char *at)
{
	return ((id_byte(at[0]) & id_byte(at[1]) & id_byte(at[2])) != 0);
}

/* Whether all bytes of a block that `which` has a bit for are of a short queue
   id; or of a long one: letters and digits, but no vowels. */
static inline bool
are_short(block bytes, unsigned which)
{
	block good = block_between(bytes, '0', '9') |
	    block_between(bytes, 'A', 'F');

	return ((which & ~block_bits(good)) == 0);
}

__attribute__((noinline)) static bool
are_long(block bytes, unsigned which)
{
	block letters = bytes | ' ';
	block vowels = (block)(letters == 'a') | (block)(letters == 'e') |
	    (block)(letters == 'i') | (block)(letters == 'o') |
	    (block)(letters == 'u');
	block good = block_between(bytes, '0', '9') |
	    (block_between(letters, 'a', 'z') & ~vowels);

	return ((which & ~block_bits(good)) == 0);
}

/*
 * Most queue ids end within the first block.  A text that has no colon there is
 * mostly known to have no queue id by its first bytes.
 */
int
parse_text(const struct tag *tag, struct slice text, struct event *event_r)
{
	const char *at = text.at;
	unsigned colons, below;
	block bytes;
	size_t len;

	if (text.len < BLOCK + strlen(" x"))
		return (parse_odd(tag, text, event_r));
	bytes = block_load(at);
	colons = block_equal(bytes, ':');
	if (colons == 0)
		return (begins_id(at) ? parse_odd(tag, text, event_r) :
					parse_bare(tag, text, event_r));
	below = (colons & -colons) - 1;
	len = (size_t)__builtin_ctz(colons);
	if (len < ID_MIN || at[len + 1] != ' ' ||
	    (!are_short(bytes, below) &&
		(len < ID_LONG_MIN || !are_long(bytes, below))))
		return (parse_bare(tag, text, event_r));
	return (parse_queued(tag, text, len, event_r));
}
