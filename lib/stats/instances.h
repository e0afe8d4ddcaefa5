/*
 * The instances of Postfix in a snapshot, by their lasting numbers; number 1
 * is all of them together.
 */
#ifndef STATS_INSTANCES_H
#define STATS_INSTANCES_H

#include "lib/stats/snapshot.h"

enum { INSTANCE_ALL = 1 };

struct instance {
	uint32_t number;
	struct slice name; /* as keys write it */
};

/* Names borrow from the snapshot, which may be NULL.  The first is all
   together. */
struct instances {
	struct instance at[INSTANCE_MAX + 1];
	size_t count;
};

void instances_find(
    const struct snapshot *snapshot, struct instances *instances_r);

/* The one with that name; no name is all together.  NULL: unknown. */
const struct instance *instances_named(
    const struct instances *instances, struct slice name);

#endif
