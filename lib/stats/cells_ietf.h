/*
 * The IETF's tables (ietf.def) laid out from a snapshot.  For cells_build.c:
 * it knows which metric a key is of, and tells it.
 */
#ifndef STATS_CELLS_IETF_H
#define STATS_CELLS_IETF_H

#include "lib/stats/instances.h"

struct cells;
struct cells_ietf;

/* NULL: no memory.  All arguments must outlive it.  TimeStamp objects are left
   out unless `stamps`. */
struct cells_ietf *cells_ietf_new(const struct snapshot *snapshot,
    const struct instances *instances, struct cells *cells, bool stamps);
void cells_ietf_free(struct cells_ietf *ietf);

/* Whether a column counts this metric. */
bool cells_ietf_wants(const struct cells_ietf *ietf, enum metric_id metric);

/* Take a key with its open labels.  False: no memory. */
bool cells_ietf_take(struct cells_ietf *ietf, enum metric_id metric,
    const struct slice *value, const struct instance *instance,
    uint64_t number);

/* Append all cells, once all keys were taken.  False: no memory. */
bool cells_ietf_append(const struct cells_ietf *ietf);

#endif
