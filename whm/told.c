/*
 * A heap by time, and a table of the same items by hash.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/util/hash.h"
#include "whm/told.h"

struct told {
	struct told_item *item; /* a heap: none is older than its parent */
	unsigned count, most;
	uint32_t *bucket; /* place of an item by its hash, + 1; 0: empty */
	unsigned *at;     /* the bucket that names this item */
	uint32_t mask;
	uint64_t since;
};

struct told *
told_new(unsigned most)
{
	struct told *told = calloc(1, sizeof(*told));
	uint32_t buckets = 1;

	if (told == NULL)
		return (NULL);
	while (buckets < 2 * most)
		buckets *= 2;
	told->most = most;
	told->mask = buckets - 1;
	told->item = malloc(most * sizeof(*told->item));
	told->at = malloc(most * sizeof(*told->at));
	told->bucket = calloc(buckets, sizeof(*told->bucket));
	if (told->item == NULL || told->at == NULL || told->bucket == NULL) {
		told_free(told);
		return (NULL);
	}
	return (told);
}

void
told_free(struct told *told)
{
	if (told == NULL)
		return;
	free(told->item);
	free(told->at);
	free(told->bucket);
	free(told);
}

/* The hash is no secret: who chooses what it is made of is the server that we
   believe. */
struct told_item
told_item(const struct slice *part, unsigned parts, uint64_t time)
{
	struct hash_pair state = { time, 0x9e3779b97f4a7c15u };

	for (unsigned i = 0; i < parts; i++) {
		const struct hash_pair key = { state.low ^ i, state.high };

		state = hash_keyed(&key, part[i].at, part[i].len);
	}
	return ((struct told_item){ state.high, (uint32_t)state.low, time });
}

/* --- by hash ---------------------------------------------------------------- */

bool
told_is_same(const struct told_item *a, const struct told_item *b)
{
	return (a->high == b->high && a->low == b->low && a->time == b->time);
}

/* The bucket that has it, or the empty one where it belongs. */
static uint32_t
bucket_of(const struct told *told, const struct told_item *item)
{
	uint32_t b = (uint32_t)item->high & told->mask;

	while (told->bucket[b] != 0 &&
	    !told_is_same(&told->item[told->bucket[b] - 1], item))
		b = (b + 1) & told->mask;
	return (b);
}

bool
told_has(const struct told *told, const struct told_item *item)
{
	return (told->bucket[bucket_of(told, item)] != 0);
}

/* Empty a bucket; those behind it that it stood in the way of move up. */
static void
bucket_empty(struct told *told, uint32_t b)
{
	uint32_t hole = b;

	for (uint32_t i = (b + 1) & told->mask; told->bucket[i] != 0;
	     i = (i + 1) & told->mask) {
		unsigned place = told->bucket[i] - 1;
		uint32_t home = (uint32_t)told->item[place].high & told->mask;

		if (((i - home) & told->mask) < ((i - hole) & told->mask))
			continue;
		told->bucket[hole] = told->bucket[i];
		told->at[place] = hole;
		hole = i;
	}
	told->bucket[hole] = 0;
}

/* --- by time ---------------------------------------------------------------- */

static void
put(struct told *told, unsigned place, const struct told_item *item,
    uint32_t bucket)
{
	told->item[place] = *item;
	told->at[place] = bucket;
	told->bucket[bucket] = place + 1;
}

/* Find the place for an item on the way from `place` to the top. */
static void
rise(struct told *told, unsigned place, struct told_item item, uint32_t bucket)
{
	while (place > 0) {
		unsigned parent = (place - 1) / 2;

		if (told->item[parent].time <= item.time)
			break;
		put(told, place, &told->item[parent], told->at[parent]);
		place = parent;
	}
	put(told, place, &item, bucket);
}

static void
sink(struct told *told, struct told_item item, uint32_t bucket)
{
	unsigned place = 0;

	for (;;) {
		unsigned child = 2 * place + 1;

		if (child >= told->count)
			break;
		if (child + 1 < told->count &&
		    told->item[child + 1].time < told->item[child].time)
			child++;
		if (item.time <= told->item[child].time)
			break;
		put(told, place, &told->item[child], told->at[child]);
		place = child;
	}
	put(told, place, &item, bucket);
}

static void
forget_oldest(struct told *told)
{
	struct told_item last;
	uint32_t bucket;

	told->count--;
	bucket_empty(told, told->at[0]);
	if (told->count == 0)
		return;
	last = told->item[told->count];
	bucket = told->at[told->count];
	sink(told, last, bucket);
}

void
told_add(struct told *told, const struct told_item *item)
{
	uint32_t bucket;

	if (told->count == told->most) {
		if (told->item[0].time + 1 > told->since)
			told->since = told->item[0].time + 1;
		forget_oldest(told);
	}
	bucket = bucket_of(told, item);
	rise(told, told->count++, *item, bucket);
}

void
told_forget(struct told *told, uint64_t time)
{
	while (told->count > 0 && told->item[0].time < time)
		forget_oldest(told);
	if (time > told->since)
		told->since = time;
}

uint64_t
told_since(const struct told *told)
{
	return (told->since);
}

void
told_set_since(struct told *told, uint64_t time)
{
	told->since = time;
}

bool
told_next(const struct told *told, unsigned *at, struct told_item *item_r)
{
	if (*at >= told->count)
		return (false);
	*item_r = told->item[(*at)++];
	return (true);
}
