/*
 * Three ways in which a record has a row's text (metrics.def, TEXT_COLUMN).
 */
#include <inttypes.h>
#include <stdio.h>

#include "lib/stats/cells_text.h"

enum { PARTS_MAX = 100 }; /* records of one list */

/* The line of the records =RECORD:FIRST:NN that the second index numbers. */
static struct slice
of_rank(const struct joined *joined, const char *record,
    const struct slice name[INDEX_LABELS])
{
	uint64_t wanted, number = 0;
	struct slice rest, line;
	char key[KEY_MAX + 1];

	if (!slice_number(name[1], &wanted))
		return (SLICE(""));
	for (unsigned i = 0; i < PARTS_MAX; i++) {
		(void)snprintf(key, sizeof(key), "=%s:%.*s:%02u", record,
		    (int)name[0].len, name[0].at, i);
		if (!joined_text(joined, slice_of(key), &rest))
			break;
		while (slice_cut(&rest, '\n', &line))
			if (++number == wanted)
				return (slice_until(line, ' '));
	}
	return (SLICE(""));
}

/* The line of =RECORD:INSTANCE that begins with the row's name. */
static struct slice
of_instance(const struct joined *joined, const char *record, uint32_t instance,
    struct slice name)
{
	struct slice rest, line, first;
	char key[KEY_MAX + 1];

	(void)snprintf(key, sizeof(key), "=%s:%" PRIu32, record, instance);
	if (joined_text(joined, slice_of(key), &rest))
		while (slice_cut(&rest, '\n', &line))
			if (slice_cut(&line, ' ', &first) &&
			    slice_same(first, name))
				return (slice_until(line, ' '));
	return (SLICE(""));
}

/* All of the row's own record, =RECORD:FIRST or =RECORD:FIRST:SECOND. */
static struct slice
whole(const struct joined *joined, const char *record,
    const struct slice name[INDEX_LABELS], unsigned names)
{
	struct slice text = SLICE("");
	char key[KEY_MAX + 1];
	int len = snprintf(key, sizeof(key), "=%s", record);

	for (unsigned i = 0; i < names && len < (int)sizeof(key); i++)
		len += snprintf(key + len, sizeof(key) - (size_t)len, ":%.*s",
		    (int)name[i].len, name[i].at);
	if (len < (int)sizeof(key))
		(void)joined_text(joined, slice_of(key), &text);
	return (text);
}

struct slice
cells_text(const struct joined *joined, const struct text_column *column,
    uint32_t instance, const struct slice name[INDEX_LABELS])
{
	switch (column->shape) {
	case TEXT_OF_INSTANCE:
		return (of_instance(joined, column->record, instance, name[0]));
	case TEXT_OF_RANK:
		return (of_rank(joined, column->record, name));
	default:
		return (whole(joined, column->record, name,
		    tables[column->table].index.count));
	}
}
