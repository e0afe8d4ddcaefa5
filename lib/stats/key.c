/*
 * Making and matching keys.  The templates of metrics.def are taken apart
 * once, into words that are either fixed or a label.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/stats/key.h"

enum { WORDS_MAX = 5 };

struct word {
	struct slice fixed;
	enum label_id label; /* LABEL_NONE: fixed */
};

static struct shape {
	unsigned count;
	struct word word[WORDS_MAX];
	struct key_labels labels;
	enum metric_id next; /* whose key begins alike; METRIC_COUNT: none */
} shapes[METRIC_COUNT];

/* The first metric whose key begins with a word of that hash. */
enum { HASH_BITS = 7 };
static enum metric_id first[1 << HASH_BITS];

static enum label_id
label_named(struct slice name)
{
	for (enum label_id id = 0; id < LABEL_COUNT; id++)
		if (strlen(labels[id].id) == name.len &&
		    strncasecmp(labels[id].id, name.at, name.len) == 0)
			return (id);
	return (LABEL_NONE);
}

/* `{label}`, `{label=value}` or plain text. */
static struct word
word_read(struct slice text)
{
	struct slice name;

	if (!slice_skip(&text, "{"))
		return ((struct word){ text, LABEL_NONE });
	text.len--;
	if (slice_cut(&text, '=', &name))
		return ((struct word){ text, LABEL_NONE });
	return ((struct word){ { NULL, 0 }, label_named(text) });
}

static void
shape_read(struct shape *shape, struct slice rest)
{
	bool more = true;

	while (more && shape->count < WORDS_MAX) {
		struct slice text;
		struct word word;

		more = slice_cut(&rest, ':', &text);
		word = word_read(more ? text : rest);
		if (word.label != LABEL_NONE)
			shape->labels.id[shape->labels.count++] = word.label;
		shape->word[shape->count++] = word;
	}
}

/* Where the metrics are whose first word, which is never a label, is `key`'s. */
static enum metric_id *
first_like(struct slice key)
{
	struct slice word = slice_until(slice_until(key, '@'), ':');
	uint32_t hash = 0;

	for (size_t i = 0; i < word.len; i++)
		hash = (hash ^ (uint8_t)word.at[i]) * 0x9e3779b1u;
	return (&first[hash >> (32 - HASH_BITS)]);
}

static void
shapes_read(void)
{
	for (size_t i = 0; i < COUNT(first); i++)
		first[i] = METRIC_COUNT;
	for (enum metric_id i = METRIC_COUNT; i-- > 0;) {
		struct slice key = slice_of(metrics[i].key);
		enum metric_id *like = first_like(key);

		shape_read(&shapes[i], key);
		shapes[i].next = *like;
		*like = i;
	}
}

static const struct shape *
shape_of(enum metric_id metric)
{
	if (shapes[0].count == 0)
		shapes_read();
	return (&shapes[metric]);
}

const struct key_labels *
key_labels(enum metric_id metric)
{
	return (&shape_of(metric)->labels);
}

/* Append what fits; keys of the table always fit (a test says so). */
static size_t
append(char *key, size_t len, struct slice part)
{
	size_t room = KEY_MAX - len;

	if (part.len > room)
		part.len = room;
	memcpy(key + len, part.at, part.len);
	return (len + part.len);
}

size_t
key_make(enum metric_id metric, const struct slice *value,
    struct slice instance, char key_r[KEY_MAX + 1])
{
	const struct shape *shape = shape_of(metric);
	size_t len = 0;

	for (unsigned i = 0; i < shape->count; i++) {
		const struct word *word = &shape->word[i];

		if (i > 0)
			len = append(key_r, len, SLICE(":"));
		len = append(key_r, len,
		    word->label == LABEL_NONE ? word->fixed : *value++);
	}
	if (instance.len > 0) {
		len = append(key_r, len, SLICE("@"));
		len = append(key_r, len, instance);
	}
	key_r[len] = '\0';
	return (len);
}

size_t
label_longest(enum label_id label)
{
	return (label == LABEL_WHM_SERVER || label == LABEL_WHM_USER ?
		LABEL_SHORT :
		LABEL_MAX);
}

static bool
label_allows(enum label_id label, struct slice value)
{
	struct slice rest = slice_of(labels[label].values), known;

	if (value.len == 0 || value.len > label_longest(label))
		return (false);
	if (!label_is_closed(label))
		return (true);
	while (label_value_next(&rest, &known))
		if (slice_same(known, value))
			return (true);
	return (false);
}

bool
key_match(enum metric_id metric, struct slice key,
    struct slice value_r[METRIC_LABELS], struct slice *instance_r)
{
	const struct shape *shape = shape_of(metric);
	struct slice rest = slice_until(key, '@');

	*instance_r = (struct slice){ NULL, 0 };
	if (rest.len < key.len) {
		*instance_r = slice_from(key, rest.len + 1);
		if (metrics[metric].split != SPLIT_PER_INSTANCE ||
		    instance_r->len == 0)
			return (false);
	}
	for (unsigned i = 0; i < shape->count; i++) {
		const struct word *word = &shape->word[i];
		bool last = i + 1 == shape->count;
		struct slice text = slice_until(rest, ':');

		if (last != (text.len == rest.len))
			return (false);
		if (word->label == LABEL_NONE) {
			if (!slice_same(text, word->fixed))
				return (false);
		} else {
			if (!label_allows(word->label, text))
				return (false);
			*value_r++ = text;
		}
		if (!last)
			rest = slice_from(rest, text.len + 1);
	}
	return (true);
}

enum metric_id
key_find(struct slice key, struct slice value_r[METRIC_LABELS],
    struct slice *instance_r)
{
	enum metric_id metric;

	(void)shape_of(0);
	metric = *first_like(key);
	while (metric != METRIC_COUNT &&
	    !key_match(metric, key, value_r, instance_r))
		metric = shapes[metric].next;
	return (metric);
}

bool
key_is_fixed(struct slice key)
{
	struct slice value[METRIC_LABELS], instance;
	enum metric_id metric = key_find(key, value, &instance);
	const struct key_labels *open;

	if (metric == METRIC_COUNT || instance.len > 0)
		return (false);
	open = key_labels(metric);
	for (unsigned i = 0; i < open->count; i++)
		if (!label_is_closed(open->id[i]))
			return (false);
	return (true);
}

bool
key_is_duration(struct slice key)
{
	struct slice value[METRIC_LABELS], instance;
	enum metric_id metric = key_find(key, value, &instance);

	return (metric != METRIC_COUNT && metric_is_time(&metrics[metric]));
}

bool
label_is_closed(enum label_id label)
{
	return (labels[label].limit == 0);
}

bool
label_value_next(struct slice *rest, struct slice *value_r)
{
	*value_r = slice_until(*rest, ' ');
	if (value_r->len == 0)
		return (false);
	*rest = slice_from(
	    *rest, value_r->len + (value_r->len < rest->len ? 1 : 0));
	return (true);
}

static bool
byte_is_plain(unsigned char byte)
{
	return (byte > ' ' && byte < 0x7f && byte != ':' && byte != '@' &&
	    byte != '%');
}

size_t
label_escape(struct slice raw, char escaped_r[LABEL_MAX])
{
	static const char hex[] = "0123456789ABCDEF";
	size_t len = 0;

	for (size_t i = 0; i < raw.len; i++) {
		unsigned char byte = (unsigned char)raw.at[i];

		if (len + (byte_is_plain(byte) ? 1 : 3) > LABEL_MAX)
			return (0);
		if (byte_is_plain(byte)) {
			escaped_r[len++] = (char)byte;
			continue;
		}
		escaped_r[len++] = '%';
		escaped_r[len++] = hex[byte >> 4];
		escaped_r[len++] = hex[byte & 15];
	}
	return (len);
}

static int
hex_value(char digit)
{
	if (byte_is_digit(digit))
		return (digit - '0');
	if (digit >= 'A' && digit <= 'F')
		return (digit - 'A' + 10);
	return (-1);
}

size_t
label_unescape(struct slice escaped, char *raw_r)
{
	size_t len = 0;

	for (size_t i = 0; i < escaped.len; i++) {
		int high = -1, low = -1;

		if (escaped.at[i] == '%' && i + 2 < escaped.len) {
			high = hex_value(escaped.at[i + 1]);
			low = hex_value(escaped.at[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			raw_r[len++] = (char)(high << 4 | low);
			i += 2;
		} else
			raw_r[len++] = escaped.at[i];
	}
	return (len);
}
