/*
 * Samples of Postfix's queue.  A process of its own asks showq(8), adds up and
 * sends one report of constant size for each sample, so that a queue of a
 * million messages, or a showq that hangs, never delays the log.
 */
#ifndef TAILER_SAMPLER_H
#define TAILER_SAMPLER_H

#include "lib/config/config.h"
#include "lib/stats/counters.h"

struct sampler;

/*
 * `config` and `counters` must outlive it; the latter have what was in
 * `snapshot` (NULL: there is none).  What these have of queues that are not
 * sampled any more is forgotten.  NULL: no memory.
 */
struct sampler *sampler_new(const struct config_queue *config,
    const struct snapshot *snapshot, struct counters *counters);
void sampler_free(struct sampler *sampler);

/* To be polled for input; -1: nothing is awaited. */
int sampler_descriptor(const struct sampler *sampler);

/*
 * Take over what has been sampled; start the process if there is none.
 * `*when_r` is when to call this again at the latest (monotonic,
 * milliseconds), 0 if there is no need.  Returns whether anything is to be
 * published.
 */
bool sampler_work(struct sampler *sampler, int64_t now, int64_t *when_r);

/* Add to `snapshot` which messages are the oldest: a record =queue:N for each
   instance that is sampled and for all together, N as in the MIB, of lines of
   a queue, an id and when that message arrived, in seconds since 1970.  And
   whether each socket was up when it was last asked: records =showq:N of lines
   of "up" or "down" and its path. */
void sampler_save(const struct sampler *sampler, struct snapshot *snapshot);

#endif
