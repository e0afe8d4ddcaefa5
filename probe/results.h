/*
 * What is known of each probe: its last attempt and its counters, as they are
 * published.  It goes by the probe's name into a store and comes back from it.
 */
#ifndef PROBE_RESULTS_H
#define PROBE_RESULTS_H

#include "lib/config/config_probe.h"
#include "lib/stats/snapshot.h"
#include "probe/outcome.h"

struct results;

/* Of `count` probes, which have to outlive it; nothing is known of them yet.
   NULL: no memory. */
struct results *results_new(const struct config_probe *probes, unsigned count);
void results_free(struct results *results);

/* Take what a sorted snapshot has of these probes; what it has of others is
   forgotten.  Returns 0, or -1: no memory. */
int results_load(struct results *results, const struct snapshot *snapshot);

/* Move what `old` knows of a probe. */
void results_inherit(struct results *results, unsigned probe,
    struct results *old, unsigned old_probe);

/* A probe has ended; `counts` is what schedule_ended() says.  Returns 0, or -1:
   no memory. */
int results_take(struct results *results, unsigned probe,
    const struct outcome *outcome, bool counts);

/* An attempt that began at `when` is given up: it counts nowhere, but the next
   is not to follow as if there had been none. */
void results_give_up(struct results *results, unsigned probe, uint64_t when);

/* The last attempt: when it began and what came of it; NULL: there was none. */
const struct outcome *results_last(
    const struct results *results, unsigned probe);

/* Add all to a snapshot, which is not sorted yet. */
void results_save(const struct results *results, struct snapshot *snapshot);

/* Records that a probe has at most. */
enum { RESULTS_KEYS = 72 };

#endif
