/*
 * The most frequent names of a snapshot, one after the other.
 */
#ifndef STATS_TOP_WALK_H
#define STATS_TOP_WALK_H

#include "lib/stats/top.h"

/* Begins with all but `snapshot` zero; what the last step found. */
struct top_walk {
	const struct snapshot *snapshot;
	size_t next; /* text */
	struct slice dimension, rest;
	unsigned rank; /* within the dimension, from 1 */
	struct top_item item;
};

/* False at the end.  Dimensions come one after the other. */
bool top_walk_next(struct top_walk *walk);

#endif
