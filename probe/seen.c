/*
 * Two tables with open addressing.  The younger one grows up to its share; when
 * it is full it becomes the older one, and what was in that is forgotten but for
 * what was asked for in the meantime, which has moved to the younger one.
 */
#include <stdlib.h>

#include "probe/seen.h"

enum { FIRST_SIZE = 1024 }; /* a power of two, as all are */

struct table {
	uint64_t *places; /* 0: free */
	uint32_t size, used;
};

struct seen {
	struct table young, old;
	uint32_t most; /* numbers in one table */
};

/* 0 marks what is free; numbers are hashes, so that it may be 1 instead. */
static uint64_t
as_kept(uint64_t number)
{
	return (number != 0 ? number : 1);
}

/* Where a number is, or where it would be. */
static uint64_t *
place_of(const struct table *table, uint64_t number)
{
	uint32_t mask = table->size - 1, at = (uint32_t)number & mask;

	while (table->places[at] != 0 && table->places[at] != number)
		at = (at + 1) & mask;
	return (&table->places[at]);
}

static bool
has(const struct table *table, uint64_t number)
{
	return (table->size != 0 && *place_of(table, number) != 0);
}

static bool
is_full(const struct table *table)
{
	return (table->used >= table->size / 4 * 3);
}

static bool
grow(struct table *table)
{
	uint32_t size = table->size != 0 ? 2 * table->size : FIRST_SIZE;
	struct table larger = { calloc(size, sizeof(uint64_t)), size,
		table->used };

	if (larger.places == NULL)
		return (false);
	for (uint32_t i = 0; i < table->size; i++)
		if (table->places[i] != 0)
			*place_of(&larger, table->places[i]) = table->places[i];
	free(table->places);
	*table = larger;
	return (true);
}

static void
turn_over(struct seen *seen)
{
	free(seen->old.places);
	seen->old = seen->young;
	seen->young = (struct table){ NULL, 0, 0 };
}

/* Room for one more in the younger table. */
static bool
make_room(struct seen *seen)
{
	if (seen->young.used >= seen->most)
		turn_over(seen);
	if (!is_full(&seen->young) || grow(&seen->young))
		return (true);
	turn_over(seen);
	return (grow(&seen->young));
}

struct seen *
seen_new(uint32_t most)
{
	struct seen *seen = calloc(1, sizeof(*seen));

	if (seen != NULL)
		seen->most = most;
	return (seen);
}

void
seen_free(struct seen *seen)
{
	if (seen == NULL)
		return;
	free(seen->young.places);
	free(seen->old.places);
	free(seen);
}

bool
seen_has(struct seen *seen, uint64_t number)
{
	number = as_kept(number);
	if (has(&seen->young, number))
		return (true);
	if (!has(&seen->old, number))
		return (false);
	seen_add(seen, number);
	return (true);
}

void
seen_add(struct seen *seen, uint64_t number)
{
	uint64_t *place;

	number = as_kept(number);
	if (!make_room(seen))
		return;
	place = place_of(&seen->young, number);
	seen->young.used += *place == 0;
	*place = number;
}
