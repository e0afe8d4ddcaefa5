/*
 * Two growing arrays, sorted by key.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/stats/snapshot.h"

struct snapshot *
snapshot_new(void)
{
	return (calloc(1, sizeof(struct snapshot)));
}

void
snapshot_free(struct snapshot *snapshot)
{
	if (snapshot == NULL)
		return;
	free(snapshot->numbers);
	free(snapshot->texts);
	free(snapshot);
}

void
snapshot_clear(struct snapshot *snapshot)
{
	snapshot->number_count = 0;
	snapshot->text_count = 0;
	snapshot->failed = false;
}

/* Room for one more element of `size` bytes in `*array`. */
static bool
make_room(void **array, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;
	void *grown;

	if (count < *room)
		return (true);
	grown = reallocarray(*array, more, size);
	if (grown == NULL)
		return (false);
	*array = grown;
	*room = more;
	return (true);
}

void
snapshot_add_number(struct snapshot *snapshot, struct slice key, uint64_t value)
{
	void *array = snapshot->numbers;
	struct number *number;

	if (key.len > KEY_MAX ||
	    !make_room(&array, snapshot->number_count, &snapshot->number_room,
		sizeof(*number))) {
		snapshot->failed = true;
		return;
	}
	snapshot->numbers = array;
	number = &snapshot->numbers[snapshot->number_count++];
	memset(number, 0, sizeof(*number));
	memcpy(number->key, key.at, key.len);
	number->key_len = (uint8_t)key.len;
	number->value = value;
}

void
snapshot_add_text(
    struct snapshot *snapshot, struct slice key, struct slice text)
{
	void *array = snapshot->texts;
	struct text *record;

	if (key.len > KEY_MAX ||
	    !make_room(&array, snapshot->text_count, &snapshot->text_room,
		sizeof(*record))) {
		snapshot->failed = true;
		return;
	}
	snapshot->texts = array;
	record = &snapshot->texts[snapshot->text_count++];
	memset(record, 0, sizeof(*record));
	memcpy(record->key, key.at, key.len);
	record->key_len = (uint8_t)key.len;
	memcpy(
	    record->text, text.at, text.len < TEXT_MAX ? text.len : TEXT_MAX);
}

static int
number_order(const void *a, const void *b)
{
	const struct number *left = a, *right = b;

	return (strcmp(left->key, right->key));
}

static int
text_order(const void *a, const void *b)
{
	const struct text *left = a, *right = b;

	return (strcmp(left->key, right->key));
}

void
snapshot_sort(struct snapshot *snapshot)
{
	if (snapshot->number_count > 1)
		qsort(snapshot->numbers, snapshot->number_count,
		    sizeof(struct number), number_order);
	if (snapshot->text_count > 1)
		qsort(snapshot->texts, snapshot->text_count,
		    sizeof(struct text), text_order);
}

bool
snapshot_number(
    const struct snapshot *snapshot, struct slice key, uint64_t *value_r)
{
	struct number wanted = { .key_len = 0 }, *found;

	if (key.len > KEY_MAX || snapshot->number_count == 0)
		return (false);
	memcpy(wanted.key, key.at, key.len);
	found = bsearch(&wanted, snapshot->numbers, snapshot->number_count,
	    sizeof(wanted), number_order);
	if (found == NULL)
		return (false);
	*value_r = found->value;
	return (true);
}

/* Of a key and a text. */
static int
found_order(const void *a, const void *b)
{
	return (strcmp(a, ((const struct text *)b)->key));
}

bool
snapshot_text(
    const struct snapshot *snapshot, struct slice key, struct slice *text_r)
{
	char wanted[KEY_MAX + 1] = "";
	const struct text *found;

	if (key.len > KEY_MAX || snapshot->text_count == 0)
		return (false);
	memcpy(wanted, key.at, key.len);
	found = bsearch(wanted, snapshot->texts, snapshot->text_count,
	    sizeof(*found), found_order);
	if (found == NULL)
		return (false);
	text_r->at = found->text;
	text_r->len = strnlen(found->text, TEXT_MAX);
	return (true);
}
