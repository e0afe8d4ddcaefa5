/*
 * Messages that were told already, and are told again where two polls overlap:
 * hashes, with the time of each.  A bounded set: if it is full the oldest are
 * forgotten, and what is as old as they were is not asked for again.
 */
#ifndef WHM_SEEN_H
#define WHM_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/util/slice.h"

struct seen;

struct seen_item {
	uint64_t high;
	uint32_t low;
	uint64_t time; /* seconds since 1970 */
};

struct seen *seen_new(unsigned most); /* NULL: no memory */
void seen_free(struct seen *seen);

/* What a message is known by: `parts` and its time. */
struct seen_item seen_item(
    const struct slice *part, unsigned parts, uint64_t time);

bool seen_has(const struct seen *seen, const struct seen_item *item);

/* Add one that it does not have. */
void seen_add(struct seen *seen, const struct seen_item *item);

/* Forget those older than `time`. */
void seen_forget(struct seen *seen, uint64_t time);

/* All since then are known; before, some were forgotten. */
uint64_t seen_since(const struct seen *seen);
void seen_set_since(struct seen *seen, uint64_t time);

/* Step through all, in no order; begin with *at = 0. */
bool seen_next(const struct seen *seen, unsigned *at, struct seen_item *item_r);

#endif
