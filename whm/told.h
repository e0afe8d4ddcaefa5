/*
 * Messages that were told already, and are told again where two polls overlap:
 * hashes, with the time of each.  A bounded set: if it is full the oldest are
 * forgotten, and what is as old as they were is not asked for again.
 */
#ifndef WHM_TOLD_H
#define WHM_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/util/slice.h"

struct told;

struct told_item {
	uint64_t high;
	uint32_t low;
	uint64_t time; /* seconds since 1970 */
};

struct told *told_new(unsigned most); /* NULL: no memory */
void told_free(struct told *told);

/* What a message is known by: `parts` and its time. */
struct told_item told_item(
    const struct slice *part, unsigned parts, uint64_t time);

bool told_is_same(const struct told_item *a, const struct told_item *b);

bool told_has(const struct told *told, const struct told_item *item);

/* Add one that it does not have. */
void told_add(struct told *told, const struct told_item *item);

/* Forget those older than `time`. */
void told_forget(struct told *told, uint64_t time);

/* All since then are known; before, some were forgotten. */
uint64_t told_since(const struct told *told);
void told_set_since(struct told *told, uint64_t time);

/* Step through all, in no order; begin with *at = 0. */
bool told_next(const struct told *told, unsigned *at, struct told_item *item_r);

#endif
