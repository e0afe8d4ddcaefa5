/*
 * From a line to its tag: what the quick way (tags_quick.h) does not know.
 */
#include "lib/stats/tags_quick.h"

void
tags_forget(struct tags *tags)
{
	memset(tags->known, 0, sizeof(tags->known));
	tags->crowded = false;
}

/* Whether a tag begins with one of the instances' names. */
static bool
is_postfix(const struct tags *tags, struct slice tag)
{
	if (slice_starts(tag, "postfix"))
		return (true);
	tag = slice_until(tag, '/');
	for (size_t i = 0; i < tags->syslog_name_count; i++)
		if (slice_equal(tag, tags->syslog_names[i]))
			return (true);
	return (false);
}

static inline bool
is_known(const struct known_tag *known, const char *at, size_t len)
{
	return (known->len == len && memcmp(known->text, at, len) == 0);
}

/* What is known of a tag of `len` bytes, a word at least; NULL if nothing. */
static struct known_tag *
look_up(struct tags *tags, const char *at, size_t len)
{
	struct known_tag *known = tags_places(tags, at, len);

	if (is_known(known, at, len))
		return (known);
	return (is_known(known + 1, at, len) ? known + 1 : NULL);
}

/* Whether a tag can be kept: the quick way finds no shorter and no longer ones,
   and takes it from them that there is no newline and no end of a tag. */
static bool
can_keep(struct slice tag)
{
	if (tag.len < 8 || tag.len > TAG_WORDS * 8)
		return (false);
	for (size_t i = 0; i < tag.len; i++)
		if ((unsigned char)tag.at[i] <= ' ' || tag.at[i] == '[' ||
		    tag.at[i] == ']')
			return (false);
	return (true);
}

/* Where to keep what is known of a new tag. */
static struct known_tag *
place_for(struct tags *tags, struct slice tag)
{
	struct known_tag *known = tags_places(tags, tag.at, tag.len);

	if (known->len > 0)
		known++;
	if (known->len == 0 && tags->serial < SERIAL_MAX)
		return (known);
	tags->crowded = true;
	return (&tags->spare);
}

struct known_tag *
tags_learn(struct tags *tags, struct slice tag)
{
	struct known_tag *known = &tags->spare;
	uint32_t serial = 0;

	if (can_keep(tag)) {
		known = look_up(tags, tag.at, tag.len);
		if (known != NULL)
			return (known);
		known = place_for(tags, tag);
	}
	if (known != &tags->spare) {
		known->len = (uint32_t)tag.len;
		memcpy(known->text, tag.at, tag.len);
		known->text[tag.len] = '[';
		tag.at = known->text;
		serial = ++tags->serial;
	}
	known->postfix = is_postfix(tags, tag) && tag_parse(tag, &known->tag);
	known->tag.serial = serial;
	known->instance = -1;
	known->transport = -1;
	known->watch = known->postfix ? WATCH_UNASKED : WATCH_FOREIGN;
	known->strange = 0;
	return (known);
}

/* --- hosts -------------------------------------------------------------- */

struct slice
tags_host(const struct tags *tags)
{
	if (tags->tag_at == 0)
		return (tags->host);
	return ((struct slice){ tags->prefix + tags->host_at + 1,
	    tags->tag_at - tags->host_at - 2 });
}

/* Take note of the host of a line; lines that begin as another one's did are
   not known any more. */
static void
note_host(struct tags *tags, struct slice host)
{
	if (slice_same(tags_host(tags), host))
		return;
	memset(tags->prefix, 0, sizeof(tags->prefix));
	tags->varies = tags->host_at = tags->last_word = tags->tag_at = 0;
	tags->host = host;
}

struct known_tag *
tags_read(struct tags *tags, struct slice line, struct slice rest,
    struct slice *text_r)
{
	struct head head;
	bool read = rest.at == line.at ? head_parse(line, &head) :
					 head_parse_tag(rest, &head);

	if (!read)
		return (NULL);
	if (tags->by_host && rest.at == line.at)
		note_host(tags, head.host);
	*text_r = head.text;
	return (tags_learn(tags, head.tag));
}

/* --- the quick way ----------------------------------------------------- */

/* The length of the word at `at`, which a blank ends; 0 if there is none, or it
   does not end within `most` words of the machine's. */
static size_t
word_len(const char *at, size_t most)
{
	for (size_t i = 0; i < most * 8; i += 8) {
		uint64_t found = bytes_less(bytes_load(at + i), '!');

		if (found != 0) {
			i += bytes_before(found);
			return (at[i] == ' ' ? i : 0);
		}
	}
	return (0);
}

/* Whether a word is an ISO stamp, and as short as tags_goes_on() takes it. */
static bool
is_iso(const char *at, size_t len)
{
	return (len >= 19 && len <= 32 && at[4] == '-' && at[7] == '-' &&
	    at[10] == 'T' && byte_is_digit(at[0]) && byte_is_digit(at[18]));
}

/* Take note of the stamp and the host that a line begins with, if it begins
   as most do. */
static bool
learn_prefix(struct tags *tags, const char *line)
{
	size_t stamp = HEAD_STAMP_BSD - 1, host;
	bool bsd = head_stamp_bsd(line);

	if (!bsd) {
		stamp = word_len(line, TAGS_STAMP_WORDS);
		if (!is_iso(line, stamp))
			return (false);
	}
	host = word_len(line + stamp + 1, TAGS_HOST_WORDS);
	if (host == 0)
		return (false);
	tags->host_at = stamp;
	tags->tag_at = stamp + 1 + host + 1;
	tags->last_word = tags->tag_at - 8;
	tags->varies = bsd ? 0 : stamp;
	memcpy(tags->prefix, line, tags->tag_at);
	return (true);
}

struct tagged
tags_read_odd(struct tags *tags, const char *tag)
{
	const char *end = memchr(tag, '[', TAG_WORDS * 8 + 1);
	size_t len = end != NULL ? (size_t)(end - tag) : 0;

	if (len < 8)
		return ((struct tagged){ NULL, tag });
	return (tags_read_known(look_up(tags, tag, len), tag, len));
}

struct tagged
tags_read_prefix(struct tags *tags, const char *line)
{
	/* If hosts matter, the line is read as a whole to know its host. */
	if (!learn_prefix(tags, line) || tags->by_host)
		return ((struct tagged){ NULL, line });
	return (tags_read_tag(tags, line + tags->tag_at));
}
