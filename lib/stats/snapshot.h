/*
 * One published state in memory: numbers and texts by key, in key order.
 * The tailer fills one and hands it to the store; readers get one from it.
 */
#ifndef STATS_SNAPSHOT_H
#define STATS_SNAPSHOT_H

#include "lib/stats/metrics.h"
#include "lib/util/slice.h"

enum { TEXT_MAX = 494 }; /* bytes of a text record's own */

struct number {
	char key[KEY_MAX + 1];
	uint8_t key_len;
	uint64_t value;
};

struct text {
	char key[KEY_MAX + 1]; /* begins with `=` */
	uint8_t key_len;
	char text[TEXT_MAX]; /* zero-padded */
};

struct snapshot {
	/* What the store's own `=meta` record says. */
	uint32_t generation;
	uint32_t capacity;  /* keys that the store has room for */
	uint64_t epoch;     /* seconds since 1970 */
	uint64_t published; /* seconds since 1970 */

	struct number *numbers;
	size_t number_count;
	struct text *texts;
	size_t text_count;

	size_t number_room, text_room;
	bool failed; /* memory ran out in an add */
};

struct snapshot *snapshot_new(void); /* NULL: no memory */
void snapshot_free(struct snapshot *snapshot);

/* Forget all records, keep the memory. */
void snapshot_clear(struct snapshot *snapshot);

/* Add a record whose key is not there yet.  If memory runs out, `failed` is
   set and stays set. */
void snapshot_add_number(
    struct snapshot *snapshot, struct slice key, uint64_t value);
void snapshot_add_text(
    struct snapshot *snapshot, struct slice key, struct slice text);

/* Bring the records into key order; wanted before the look-ups below. */
void snapshot_sort(struct snapshot *snapshot);

/* Returns false if there is no such key. */
bool snapshot_number(
    const struct snapshot *snapshot, struct slice key, uint64_t *value_r);
bool snapshot_text(
    const struct snapshot *snapshot, struct slice key, struct slice *text_r);

#endif
