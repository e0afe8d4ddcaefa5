/*
 * From a line to its tag.  The quick way knows the two common stamps, tags that
 * were seen before and lines with a process id; everything else is
 * head_parse()'s.  It does not know where the line ends and looks at whole
 * words, which may reach into the next line.  That does no harm: it steps over
 * nothing but what it has compared or found free of newlines.
 */
#include "lib/stats/tags.h"
#include "lib/util/bytes.h"

/* Words that are looked at for each part of a head, and bytes for all. */
enum {
	STAMP_WORDS = 5,
	HOST_WORDS = 4,
	PID_WORDS = 2,
	LOOK = (STAMP_WORDS + HOST_WORDS + TAG_WORDS + PID_WORDS) * 8
};

_Static_assert((STAMP_WORDS + HOST_WORDS) * 8 + 2 <= PREFIX_MAX,
    "a prefix has room for a stamp, a host and their blanks");

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

/* Whether words are equal from `at` on, up to the last one, at `last`. */
static inline bool
same_words(const char *a, const char *b, size_t at, size_t last)
{
	for (; at < last; at += 8)
		if (bytes_load(a + at) != bytes_load(b + at))
			return (false);
	return (bytes_load(a + last) == bytes_load(b + last));
}

static inline bool
is_known(const struct known_tag *known, const char *at, size_t len)
{
	return (known->len == len &&
	    bytes_load(known->text) == bytes_load(at) &&
	    same_words(known->text, at, 8, len - 8));
}

/* Two neighbours, of which a tag may be either. */
static inline struct known_tag *
places_of(struct tags *tags, const char *at, size_t len)
{
	uint64_t sum = bytes_load(at) + bytes_load(at + len - 8);

	sum *= 0x9e3779b97f4a7c15u;
	return (&tags->known[sum >> (64 - TAGS_BITS) & ~(uint64_t)1]);
}

/* What is known of a tag of `len` bytes, a word at least; NULL if nothing. */
static inline struct known_tag *
look_up(struct tags *tags, const char *at, size_t len)
{
	struct known_tag *known = places_of(tags, at, len);

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
	struct known_tag *known = places_of(tags, tag.at, tag.len);

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

/* Whether a word is an ISO stamp, and as short as goes_on() takes it. */
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
		stamp = word_len(line, STAMP_WORDS);
		if (!is_iso(line, stamp))
			return (false);
	}
	host = word_len(line + stamp + 1, HOST_WORDS);
	if (host == 0)
		return (false);
	tags->host_at = stamp;
	tags->tag_at = stamp + 1 + host + 1;
	tags->last_word = tags->tag_at - 8;
	tags->varies = bsd ? 0 : stamp;
	memcpy(tags->prefix, line, tags->tag_at);
	return (true);
}

/* Whether there is what differs between ISO stamps of one minute, like
   ":08.123456+00:00": no blank and no control, in 16 bytes at most. */
static inline bool
goes_on(const char *at, const char *end)
{
	return ((bytes_less(bytes_load(at), '!') |
		    bytes_less(bytes_load(end - 8), '!')) == 0 &&
	    byte_is_digit(at[2]));
}

/* Whether a line begins as the last one did.  It does for about a second with
   BSD stamps, for a minute with ISO stamps of 24 bytes or more. */
static inline bool
same_prefix(const struct tags *tags, const char *line)
{
	const char *prefix = tags->prefix;

	return (bytes_load(line) == bytes_load(prefix) &&
	    bytes_load(line + 8) == bytes_load(prefix + 8) &&
	    (tags->varies == 0 || goes_on(line + 16, line + tags->varies)) &&
	    same_words(line, prefix, tags->host_at, tags->last_word));
}

/* Behind "[pid]: "; NULL if that is not what stands at `at`. */
static inline const char *
skip_pid(const char *at)
{
	uint64_t found = bytes_unlike_digits(bytes_load(at + 1));

	if (found == 0)
		return (NULL);
	at += bytes_before(found);
	return (memcmp(at + 1, "]: ", 3) == 0 ? at + 4 : NULL);
}

/* Read the tag at `tag`, whose "[" stands behind `len` bytes. */
static inline struct tagged
read_known(struct tags *tags, const char *tag, size_t len)
{
	struct known_tag *known = look_up(tags, tag, len);
	const char *text = known != NULL ? skip_pid(tag + len) : NULL;

	if (text == NULL)
		return ((struct tagged){ NULL, tag });
	return ((struct tagged){ known, text });
}

__attribute__((noinline)) static struct tagged
read_odd(struct tags *tags, const char *tag)
{
	const char *end = memchr(tag, '[', TAG_WORDS * 8 + 1);

	if (end == NULL || end - tag < 8)
		return ((struct tagged){ NULL, tag });
	return (read_known(tags, tag, (size_t)(end - tag)));
}

/* Tags that are kept have a word at least, and mostly there are but small
   letters, digits and punctuation before the "[". */
static struct tagged
read_tag(struct tags *tags, const char *tag)
{
	uint64_t found;
	size_t len = 8;

	while ((found = bytes_lack(bytes_load(tag + len), 0x20)) == 0)
		if ((len += 8) > TAG_WORDS * 8)
			return ((struct tagged){ NULL, tag });
	len += bytes_before(found);
	return (
	    tag[len] == '[' ? read_known(tags, tag, len) : read_odd(tags, tag));
}

__attribute__((noinline)) static struct tagged
read_prefix(struct tags *tags, const char *line)
{
	/* If hosts matter, the line is read as a whole to know its host. */
	if (!learn_prefix(tags, line) || tags->by_host)
		return ((struct tagged){ NULL, line });
	return (read_tag(tags, line + tags->tag_at));
}

/* What is rare is never inline, so that there is nothing to save and restore on
   the way of most lines. */
struct tagged
tags_quick(struct tags *tags, const char *line, const char *limit)
{
	if (limit - line < LOOK)
		return ((struct tagged){ NULL, line });
	if (!same_prefix(tags, line))
		return (read_prefix(tags, line));
	return (read_tag(tags, line + tags->tag_at));
}
