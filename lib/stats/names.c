/*
 * Open addressing over twice as many buckets as there can be names.
 */
#include <string.h>

#include "lib/stats/key.h"
#include "lib/stats/names.h"

void
names_init(struct names *names, unsigned limit)
{
	memset(names, 0, sizeof(*names));
	names->limit = limit < NAMES_MAX ? limit : NAMES_MAX;
}

/* Cheap, and good enough for a few short names; never more than NAMES_MAX
   collide. */
static size_t
place_of(struct slice name)
{
	return (name.len * 7 + (unsigned char)name.at[0] * 5u +
	    (unsigned char)name.at[name.len / 2] * 3u +
	    (unsigned char)name.at[name.len - 1]);
}

/* The bucket that holds `name`, or the empty one where it belongs. */
static size_t
bucket_of(const struct names *names, struct slice name)
{
	size_t at = place_of(name) % COUNT(names->bucket);

	while (names->bucket[at] != 0 &&
	    !slice_same(names_text(names, names->bucket[at] - 1u), name))
		at = (at + 1) % COUNT(names->bucket);
	return (at);
}

int
names_find_escaped(struct names *names, struct slice escaped)
{
	unsigned number;
	size_t at;

	if (escaped.len == 0 || escaped.len > LABEL_MAX)
		return (-1);
	at = bucket_of(names, escaped);
	if (names->bucket[at] != 0)
		return (names->bucket[at] - 1);
	if (names->count == names->limit)
		return (-1);
	number = names->count++;
	memcpy(names->text[number], escaped.at, escaped.len);
	names->len[number] = (uint8_t)escaped.len;
	names->plain[number] = memchr(escaped.at, '%', escaped.len) == NULL;
	names->bucket[at] = (uint8_t)(number + 1);
	return ((int)number);
}

/* The same for a name that may need escaping. */
__attribute__((noinline)) static int
find_raw(struct names *names, struct slice raw)
{
	char escaped[LABEL_MAX];
	size_t len = label_escape(raw, escaped);

	return (names_find_escaped(names, (struct slice){ escaped, len }));
}

int
names_find(struct names *names, struct slice raw)
{
	if (raw.len > 0 && raw.len <= LABEL_MAX) {
		unsigned known = names->bucket[bucket_of(names, raw)];

		if (known != 0 && names->plain[known - 1])
			return ((int)known - 1);
	}
	return (find_raw(names, raw));
}
