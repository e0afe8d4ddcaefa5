/*
 * The quick way from a line to its tag.  It knows the two common stamps, tags
 * that were seen before and lines with a process id; everything else is
 * head_parse()'s.  It looks at whole words and blocks, which may reach into the
 * next line.  That does no harm: it steps over nothing but what it has compared
 * or found free of newlines.
 */
#ifndef STATS_TAGS_QUICK_H
#define STATS_TAGS_QUICK_H

#include "lib/stats/tags.h"
#include "lib/util/block.h"

/* Words that are looked at for each part of a head, and bytes for all. */
enum {
	TAGS_STAMP_WORDS = 5,
	TAGS_HOST_WORDS = 4,
	TAGS_PID_WORDS = 2,
	TAGS_LOOK = (TAGS_STAMP_WORDS + TAGS_HOST_WORDS + TAG_WORDS +
			TAGS_PID_WORDS) *
	    8
};

_Static_assert((TAGS_STAMP_WORDS + TAGS_HOST_WORDS) * 8 + 2 <= PREFIX_MAX,
    "a prefix has room for a stamp, a host and their blanks");

/* Parts of it that are rare (tags.c): a line that does not begin as the last one
   did; a tag that is longer than others, or the second one of its place. */
struct tagged tags_read_prefix(struct tags *tags, const char *line);
struct tagged tags_read_odd(struct tags *tags, const char *tag);

/* Whether words are equal from `at` on, up to the last one, at `last`. */
static inline bool
tags_same_words(const char *a, const char *b, size_t at, size_t last)
{
	for (; at < last; at += 8)
		if (bytes_load(a + at) != bytes_load(b + at))
			return (false);
	return (bytes_load(a + last) == bytes_load(b + last));
}

/* Two neighbours, of which a tag may be either. */
static inline struct known_tag *
tags_places(struct tags *tags, const char *at, size_t len)
{
	uint64_t sum = bytes_load(at) + bytes_load(at + len - 8);

	sum *= 0x9e3779b97f4a7c15u;
	return (&tags->known[sum >> (64 - TAGS_BITS) & ~(uint64_t)1]);
}

/* Whether there is what differs between ISO stamps of one minute, like
   ":08.123456+00:00": no blank and no control, in 16 bytes at most. */
static inline bool
tags_goes_on(const char *at, const char *end)
{
	return ((bytes_less(bytes_load(at), '!') |
		    bytes_less(bytes_load(end - 8), '!')) == 0 &&
	    byte_is_digit(at[2]));
}

/* Whether a line begins as the last one did.  It does for about a second with
   BSD stamps, for a minute with ISO stamps of 24 bytes or more. */
static inline bool
tags_same_prefix(const struct tags *tags, const char *line)
{
	const char *prefix = tags->prefix;

	return (bytes_load(line) == bytes_load(prefix) &&
	    bytes_load(line + 8) == bytes_load(prefix + 8) &&
	    (tags->varies == 0 ||
		tags_goes_on(line + 16, line + tags->varies)) &&
	    tags_same_words(line, prefix, tags->host_at, tags->last_word));
}

/* Behind "[pid]: "; NULL if that is not what stands at `at`. */
static inline const char *
tags_skip_pid(const char *at)
{
	uint64_t found = bytes_unlike_digits(bytes_load(at + 1));

	if (found == 0)
		return (NULL);
	at += bytes_before(found);
	return (memcmp(at + 1, "]: ", 3) == 0 ? at + 4 : NULL);
}

/* Behind the process id of a tag, which `len` bytes before it have. */
static inline struct tagged
tags_read_known(struct known_tag *known, const char *tag, size_t len)
{
	const char *text = known != NULL ? tags_skip_pid(tag + len) : NULL;

	if (text == NULL)
		return ((struct tagged){ NULL, tag });
	return ((struct tagged){ known, text });
}

/*
 * Most tags end within two blocks.  These are compared with those of the tag
 * that it may be, which is kept with the "[" behind it: what stands up to the
 * first one must be the same.
 */
static inline struct tagged
tags_read_tag(struct tags *tags, const char *tag)
{
	block first = block_load(tag), second = block_load(tag + BLOCK);
	uint32_t ends = block_equal(first, '[') |
	    block_equal(second, '[') << BLOCK;
	uint32_t same;
	struct known_tag *known;
	size_t len;

	if (ends == 0 || (ends & 0xff) != 0)
		return (tags_read_odd(tags, tag));
	len = (size_t)__builtin_ctz(ends);
	known = tags_places(tags, tag, len);
	same = block_same(first, block_load(known->text)) |
	    block_same(second, block_load(known->text + BLOCK)) << BLOCK;
	if ((~same & (ends ^ (ends - 1))) != 0)
		return (tags_read_odd(tags, tag));
	return (tags_read_known(known, tag, len));
}

/*
 * Read a line of which only the start is known, if it begins as most do.  Bytes
 * up to `limit` may be looked at.
 */
static inline struct tagged
tags_quick(struct tags *tags, const char *line, const char *limit)
{
	if (limit - line < TAGS_LOOK)
		return ((struct tagged){ NULL, line });
	if (!tags_same_prefix(tags, line))
		return (tags_read_prefix(tags, line));
	return (tags_read_tag(tags, line + tags->tag_at));
}

#endif
