/*
 * How long something took, each time: counted by the bounds of a row of the
 * table, which are the values of the label of its row of bounds.
 */
#ifndef PROBE_SPREAD_H
#define PROBE_SPREAD_H

#include "lib/stats/snapshot.h"

enum { SPREAD_BOUNDS = 56 };

struct spread_rows {
	enum metric_id le, sum, count;
	enum label_id label; /* of `le` */
};

struct spread {
	uint64_t times[SPREAD_BOUNDS + 1]; /* the last: higher than all */
	uint64_t sum, count;               /* microseconds */
};

extern const struct spread_rows spread_sends, spread_deliveries;

void spread_observe(struct spread *spread, const struct spread_rows *rows,
    uint64_t microseconds);

/* To and from a snapshot, for one value of the first label. */
void spread_save(const struct spread *spread, const struct spread_rows *rows,
    struct slice name, struct snapshot *snapshot);
void spread_load(struct spread *spread_r, const struct spread_rows *rows,
    struct slice name, const struct snapshot *snapshot);

#endif
