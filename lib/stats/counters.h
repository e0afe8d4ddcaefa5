/*
 * All counters of a store, in memory while the tailer counts.  Memory is
 * fixed: every label has a limit and the store a capacity; what does not fit
 * is counted under `other` and in tailer:overflow.
 */
#ifndef STATS_COUNTERS_H
#define STATS_COUNTERS_H

#include "lib/stats/event.h"
#include "lib/stats/histogram.h"
#include "lib/stats/snapshot.h"

struct counters;

/* For a store of `capacity` keys.  NULL: no memory. */
struct counters *counters_new(uint32_t capacity);
void counters_free(struct counters *counters);

/* The number of the Postfix instance `name`, for counters_event(). */
unsigned counters_instance(struct counters *counters, struct slice name);

/* Count an event `times` times, in every row of the table that it meets. */
void counters_event(struct counters *counters, unsigned instance,
    const struct event *event, uint64_t times);

/*
 * Observe a value `times` times, for the values that `event` has of the open
 * labels of a histogram but the last, which lists its bounds.  `instance`
 * matters to PER_INSTANCE ones only.
 */
void counters_observe(struct counters *counters, enum histogram_id histogram,
    unsigned instance, const struct event *event, uint64_t value,
    uint64_t times);

/* The same of many values and the numbers of label values (below).  Returns
   false if there was no room, so that they count under `other`; the caller
   counts that in tailer:overflow. */
bool counters_observe_all(struct counters *counters,
    enum histogram_id histogram, unsigned instance, const unsigned *number,
    const struct observations *observations);

/* Count in one metric alone, for these values of its open labels. */
void counters_more(struct counters *counters, enum metric_id metric,
    unsigned instance, const struct slice *label, uint64_t more);

/* Leave as many keys less to counters: those are for texts. */
void counters_set_aside(struct counters *counters, size_t texts);

/* Metrics without open labels that belong to no instance. */
void counters_add(
    struct counters *counters, enum metric_id metric, uint64_t more);
void counters_set(
    struct counters *counters, enum metric_id metric, uint64_t value);

/* Set the gauges of what changed since the last call to `newest`, the time of
   the newest line. */
void counters_mark(struct counters *counters, uint64_t newest);

/* The number of a label value as the log has it; that of `other` if there is no
   room for it. */
unsigned counters_label_number(
    struct counters *counters, enum label_id label, struct slice value);

/* The value `number` of an open label, from 0; false: there are no more.  And
   whether any key has it. */
bool counters_label(const struct counters *counters, enum label_id label,
    unsigned number, struct slice *name_r);
bool counters_label_counts(
    const struct counters *counters, enum label_id label, unsigned number);

/*
 * What somebody else has counted: set a metric for these values of its open
 * labels, in the order of its key.  `instance` matters to PER_INSTANCE ones
 * only.
 */
void counters_put(struct counters *counters, enum metric_id metric,
    unsigned instance, const struct slice *label, uint64_t value);

/* The same for the numbers of label values, setting or adding; and whether there
   is a key of them. */
void counters_put_number(struct counters *counters, enum metric_id metric,
    unsigned instance, const unsigned *number, uint64_t value);
void counters_add_number(struct counters *counters, enum metric_id metric,
    unsigned instance, const unsigned *number, uint64_t more);
bool counters_has(const struct counters *counters, enum metric_id metric,
    const unsigned *number);

/* Undo that for all labels: the keys of that instance are gone. */
void counters_forget(
    struct counters *counters, enum metric_id metric, unsigned instance);

/* Take over what a snapshot holds.  Keys that no row of the table has any
   more are left out. */
void counters_load(struct counters *counters, const struct snapshot *snapshot);

/* Add every key to `snapshot`, and the instances' names as `=instance:N`
   with N as in the MIB's pfsInstanceIndex. */
void counters_save(struct counters *counters, struct snapshot *snapshot);

#endif
