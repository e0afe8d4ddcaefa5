/*
 * A heap by time, and a table of the same items by hash.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/util/hash.h"
#include "whm/seen.h"

struct seen {
	struct seen_item *item; /* a heap: none is older than its parent */
	unsigned count, most;
	uint32_t *bucket; /* place of an item by its hash, + 1; 0: empty */
	unsigned *at;     /* the bucket that names this item */
	uint32_t mask;
	uint64_t since;
};

struct seen *
seen_new(unsigned most)
{
	struct seen *seen = calloc(1, sizeof(*seen));
	uint32_t buckets = 1;

	if (seen == NULL)
		return (NULL);
	while (buckets < 2 * most)
		buckets *= 2;
	seen->most = most;
	seen->mask = buckets - 1;
	seen->item = malloc(most * sizeof(*seen->item));
	seen->at = malloc(most * sizeof(*seen->at));
	seen->bucket = calloc(buckets, sizeof(*seen->bucket));
	if (seen->item == NULL || seen->at == NULL || seen->bucket == NULL) {
		seen_free(seen);
		return (NULL);
	}
	return (seen);
}

void
seen_free(struct seen *seen)
{
	if (seen == NULL)
		return;
	free(seen->item);
	free(seen->at);
	free(seen->bucket);
	free(seen);
}

/* The hash is no secret: who chooses what it is made of is the server that we
   believe. */
struct seen_item
seen_item(const struct slice *part, unsigned parts, uint64_t time)
{
	struct hash_pair state = { time, 0x9e3779b97f4a7c15u };

	for (unsigned i = 0; i < parts; i++) {
		const struct hash_pair key = { state.low ^ i, state.high };

		state = hash_keyed(&key, part[i].at, part[i].len);
	}
	return ((struct seen_item){ state.high, (uint32_t)state.low, time });
}

/* --- by hash ---------------------------------------------------------------- */

static bool
is_same(const struct seen_item *a, const struct seen_item *b)
{
	return (a->high == b->high && a->low == b->low && a->time == b->time);
}

/* The bucket that has it, or the empty one where it belongs. */
static uint32_t
bucket_of(const struct seen *seen, const struct seen_item *item)
{
	uint32_t b = (uint32_t)item->high & seen->mask;

	while (seen->bucket[b] != 0 &&
	    !is_same(&seen->item[seen->bucket[b] - 1], item))
		b = (b + 1) & seen->mask;
	return (b);
}

bool
seen_has(const struct seen *seen, const struct seen_item *item)
{
	return (seen->bucket[bucket_of(seen, item)] != 0);
}

/* Empty a bucket; those behind it that it stood in the way of move up. */
static void
bucket_empty(struct seen *seen, uint32_t b)
{
	uint32_t hole = b;

	for (uint32_t i = (b + 1) & seen->mask; seen->bucket[i] != 0;
	     i = (i + 1) & seen->mask) {
		unsigned place = seen->bucket[i] - 1;
		uint32_t home = (uint32_t)seen->item[place].high & seen->mask;

		if (((i - home) & seen->mask) < ((i - hole) & seen->mask))
			continue;
		seen->bucket[hole] = seen->bucket[i];
		seen->at[place] = hole;
		hole = i;
	}
	seen->bucket[hole] = 0;
}

/* --- by time ---------------------------------------------------------------- */

static void
put(struct seen *seen, unsigned place, const struct seen_item *item,
    uint32_t bucket)
{
	seen->item[place] = *item;
	seen->at[place] = bucket;
	seen->bucket[bucket] = place + 1;
}

/* Find the place for an item on the way from `place` to the top. */
static void
rise(struct seen *seen, unsigned place, struct seen_item item, uint32_t bucket)
{
	while (place > 0) {
		unsigned parent = (place - 1) / 2;

		if (seen->item[parent].time <= item.time)
			break;
		put(seen, place, &seen->item[parent], seen->at[parent]);
		place = parent;
	}
	put(seen, place, &item, bucket);
}

static void
sink(struct seen *seen, struct seen_item item, uint32_t bucket)
{
	unsigned place = 0;

	for (;;) {
		unsigned child = 2 * place + 1;

		if (child >= seen->count)
			break;
		if (child + 1 < seen->count &&
		    seen->item[child + 1].time < seen->item[child].time)
			child++;
		if (item.time <= seen->item[child].time)
			break;
		put(seen, place, &seen->item[child], seen->at[child]);
		place = child;
	}
	put(seen, place, &item, bucket);
}

static void
forget_oldest(struct seen *seen)
{
	struct seen_item last;
	uint32_t bucket;

	seen->count--;
	bucket_empty(seen, seen->at[0]);
	if (seen->count == 0)
		return;
	last = seen->item[seen->count];
	bucket = seen->at[seen->count];
	sink(seen, last, bucket);
}

void
seen_add(struct seen *seen, const struct seen_item *item)
{
	uint32_t bucket;

	if (seen->count == seen->most) {
		if (seen->item[0].time + 1 > seen->since)
			seen->since = seen->item[0].time + 1;
		forget_oldest(seen);
	}
	bucket = bucket_of(seen, item);
	rise(seen, seen->count++, *item, bucket);
}

void
seen_forget(struct seen *seen, uint64_t time)
{
	while (seen->count > 0 && seen->item[0].time < time)
		forget_oldest(seen);
	if (time > seen->since)
		seen->since = time;
}

uint64_t
seen_since(const struct seen *seen)
{
	return (seen->since);
}

void
seen_set_since(struct seen *seen, uint64_t time)
{
	seen->since = time;
}

bool
seen_next(const struct seen *seen, unsigned *at, struct seen_item *item_r)
{
	if (*at >= seen->count)
		return (false);
	*item_r = seen->item[(*at)++];
	return (true);
}
