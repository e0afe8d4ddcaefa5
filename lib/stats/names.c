/*
 * Open addressing over twice as many buckets as there can be names.
 */
#include <string.h>

#include "lib/stats/key.h"
#include "lib/stats/names.h"
#include "lib/util/hash.h"

void
names_init(struct names *names, unsigned limit)
{
	memset(names, 0, sizeof(*names));
	names->limit = limit < NAMES_MAX ? limit : NAMES_MAX;
}

int
names_find_escaped(struct names *names, struct slice escaped)
{
	size_t at = hash_bytes(escaped.at, escaped.len) % COUNT(names->bucket);
	unsigned number;

	for (; names->bucket[at] != 0; at = (at + 1) % COUNT(names->bucket)) {
		number = names->bucket[at] - 1u;
		if (slice_same(names_text(names, number), escaped))
			return ((int)number);
	}
	if (names->count == names->limit || escaped.len == 0 ||
	    escaped.len > LABEL_MAX)
		return (-1);
	number = names->count++;
	memcpy(names->text[number], escaped.at, escaped.len);
	names->len[number] = (uint8_t)escaped.len;
	names->bucket[at] = (uint8_t)(number + 1);
	return ((int)number);
}

int
names_find(struct names *names, struct slice raw)
{
	char escaped[LABEL_MAX];
	size_t len = label_escape(raw, escaped);

	if (len == 0)
		return (-1);
	return (names_find_escaped(names, (struct slice){ escaped, len }));
}
