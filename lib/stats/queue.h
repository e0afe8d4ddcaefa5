/*
 * From samples of Postfix's queue to their keys.
 */
#ifndef STATS_QUEUE_H
#define STATS_QUEUE_H

#include "lib/stats/counters.h"
#include "lib/stats/showq.h"

/* Set what is known of each instance. */
void queue_put(struct counters *counters, unsigned instance,
    const struct queue_sample *sample);

/* Set what is known of all instances together only. */
void queue_put_all(struct counters *counters, const struct queue_sample *sum);

#endif
