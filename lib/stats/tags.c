/*
 * From a line to its tag.  The quick way knows the two common stamps, hosts
 * and tags that were seen before and lines with a process id; everything else
 * is head_parse()'s.  It looks at whole words, which may reach into the next
 * line: what is found there never passes for part of this one, as no tag that
 * is known holds a newline.
 */
#include "lib/stats/tags.h"
#include "lib/util/bytes.h"

/* Bytes that are looked at, at most. */
enum {
	STAMP_LOOK = 40,
	PID_LOOK = 12, /* "[", digits of a word, "]: " */
	LOOK = STAMP_LOOK + (HOST_WORDS + TAG_WORDS) * 8 + PID_LOOK
};

void
tags_forget(struct tags *tags)
{
	memset(tags->known, 0, sizeof(tags->known));
}

static bool
is_postfix(const struct tags *tags, const struct tag *tag)
{
	if (slice_starts(tag->instance, "postfix"))
		return (true);
	for (size_t i = 0; i < tags->syslog_name_count; i++)
		if (slice_equal(tag->instance, tags->syslog_names[i]))
			return (true);
	return (false);
}

/* The words that a tag of `len` bytes, a word at least, is known by; they
   overlap. */
static inline void
take_words(const char *at, size_t len, uint64_t words_r[TAG_WORDS])
{
	words_r[0] = bytes_load(at);
	words_r[1] = bytes_load(at + len - 8);
	words_r[2] = len > 16 ? bytes_load(at + 8) : 0;
	words_r[3] = len > 24 ? bytes_load(at + 16) : 0;
}

/* Two neighbours, of which a tag may be either. */
static inline struct known_tag *
places_of(struct tags *tags, const uint64_t words[TAG_WORDS], size_t len)
{
	uint64_t sum = (words[0] + len) * 0x9e3779b97f4a7c15u ^
	    words[1] * 0xc2b2ae3d27d4eb4fu;

	return (&tags->known[sum >> (64 - TAGS_BITS) & ~(uint64_t)1]);
}

static inline bool
is_known(
    const struct known_tag *known, const uint64_t words[TAG_WORDS], size_t len)
{
	return (known->len == len && known->words[0] == words[0] &&
	    known->words[1] == words[1] &&
	    (len <= 16 ||
		(known->words[2] == words[2] && known->words[3] == words[3])));
}

static inline struct known_tag *
look_up(struct tags *tags, const uint64_t words[TAG_WORDS], size_t len)
{
	struct known_tag *known = places_of(tags, words, len);

	if (is_known(known, words, len))
		return (known);
	return (is_known(known + 1, words, len) ? known + 1 : NULL);
}

struct known_tag *
tags_learn(struct tags *tags, struct slice tag)
{
	struct known_tag *known = &tags->spare;
	bool keep = tag.len >= 8 && tag.len <= sizeof(known->text);
	uint64_t words[TAG_WORDS];

	if (keep) {
		take_words(tag.at, tag.len, words);
		known = look_up(tags, words, tag.len);
		if (known != NULL)
			return (known);
		known = places_of(tags, words, tag.len);
		known += known->len > 0;
		memcpy(known->words, words, sizeof(words));
		memcpy(known->text, tag.at, tag.len);
		tag.at = known->text;
	}
	known->len = tag.len;
	known->instance = -1;
	known->postfix = tag_parse(tag, &known->tag) &&
	    is_postfix(tags, &known->tag);
	known->tag.serial = keep ? ++tags->serial : 0;
	return (known);
}

/* --- the quick way ----------------------------------------------------- */

/* The length of the stamp at `at` with its blank; 0 if there is none of the two
   that are common. */
static inline size_t
stamp_len(struct tags *tags, const char *at)
{
	uint64_t first = bytes_load(at), second = bytes_load(at + 8);
	const char *blank;

	if (first == tags->stamp[0] && second == tags->stamp[1])
		return (tags->stamp_len);
	if (head_stamp_bsd(at)) {
		tags->stamp[0] = first;
		tags->stamp[1] = second;
		tags->stamp_len = HEAD_STAMP_BSD;
		return (HEAD_STAMP_BSD);
	}
	if (at[4] != '-' || at[7] != '-' || at[10] != 'T' ||
	    !byte_is_digit(at[0]) || !byte_is_digit(at[18]))
		return (0);
	blank = memchr(at, ' ', STAMP_LOOK);
	return (
	    blank == NULL || blank - at < 19 ? 0 : (size_t)(blank - at) + 1);
}

/* Whether the last host, and a blank, stand at `at`, of HOST_WORDS words at
   least. */
static inline bool
same_host(const struct tags *tags, const char *at)
{
	uint64_t differ = 0;

#pragma GCC unroll 4
	for (int i = 0; i < HOST_WORDS; i++)
		differ |= (bytes_load(at + 8 * i) ^ tags->host[i]) &
		    tags->host_mask[i];
	return (differ == 0 && tags->host_len > 0);
}

/* Take note of the host at the front of `rest`, if it is not too long. */
static void
learn_host(struct tags *tags, struct slice rest)
{
	static const char all[HOST_WORDS * 8] = { [0 ... 31] = '\xff' };
	size_t len = slice_until(rest, ' ').len + 1;

	if (len == 1 || len > rest.len || len > sizeof(tags->host))
		return;
	memcpy(tags->host, rest.at, len);
	memset(tags->host_mask, 0, sizeof(tags->host_mask));
	memcpy(tags->host_mask, all, len);
	tags->host_len = len;
}

/* The known tag at `at`, before "[pid]: ", and where the text begins behind
   that.  NULL if there is none. */
static inline struct known_tag *
find_tag(struct tags *tags, const char *at, const char **text_r)
{
	uint64_t words[TAG_WORDS], found;
	struct known_tag *known;
	size_t len = 0;

	while ((found = bytes_equal(bytes_load(at + len), '[')) == 0)
		if ((len += 8) == TAG_WORDS * 8)
			return (NULL);
	len += bytes_before(found);
	if (len < 8)
		return (NULL);
	take_words(at, len, words);
	known = look_up(tags, words, len);
	if (known == NULL)
		return (NULL);
	at += len + 1;
	found = bytes_not_digit(bytes_load(at));
	if (found == 0)
		return (NULL);
	at += bytes_before(found);
	if (at[0] != ']' || at[1] != ':' || at[2] != ' ')
		return (NULL);
	*text_r = at + 3;
	return (known);
}

static inline struct known_tag *
quick(struct tags *tags, struct slice line, const char *limit,
    struct slice *text_r)
{
	const char *end = line.at + line.len, *text;
	struct known_tag *known;
	size_t len;

	if (limit - line.at < LOOK || (len = stamp_len(tags, line.at)) == 0)
		return (NULL);
	if (!same_host(tags, line.at + len)) {
		if (len < line.len)
			learn_host(tags, slice_from(line, len));
		return (NULL);
	}
	known = find_tag(tags, line.at + len + tags->host_len, &text);
	if (known == NULL || text > end)
		return (NULL);
	*text_r = (struct slice){ text, (size_t)(end - text) };
	if (text_r->len > 0 && end[-1] == '\r')
		text_r->len--;
	return (known);
}

static struct known_tag *
read_slowly(struct tags *tags, struct slice line, struct slice *text_r)
{
	struct head head;

	if (!head_parse(line, &head))
		return (NULL);
	*text_r = head.text;
	return (tags_learn(tags, head.tag));
}

struct known_tag *
tags_read(struct tags *tags, struct slice line, const char *limit,
    struct slice *text_r)
{
	struct known_tag *known = quick(tags, line, limit, text_r);

	return (known != NULL ? known : read_slowly(tags, line, text_r));
}
