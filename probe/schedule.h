/*
 * When which probe is due.  Knows no clock: times are milliseconds that never go
 * back, handed in (clock.h), so that setting the host's clock changes nothing.
 * A probe that is under way is not due before it has ended.
 */
#ifndef PROBE_SCHEDULE_H
#define PROBE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/config/config_probe.h"
#include "probe/outcome.h"

struct schedule;

enum {
	SCHEDULE_NEVER = -1, /* no attempt, no wait */
	SCHEDULE_STEP = 100  /* milliseconds between two first starts */
};

/* Of `count` probes, which have to outlive it: their numbers are those of
   `probes`.  `seed` is for jitter.  First starts are some time apart, from
   `now` on.  NULL: no memory. */
struct schedule *schedule_new(const struct config_probe *probes, unsigned count,
    const struct config_probing *probing, uint64_t seed, int64_t now);
void schedule_free(struct schedule *schedule);

/* Tell of the attempt before this program's start: `ago` milliseconds, and its
   result.  The probe goes on in its rhythm; what is overdue is spread. */
void schedule_resume(struct schedule *schedule, unsigned probe, int64_t ago,
    enum result result, int64_t now);

/* Go on with what `old` knows of its probe, which may be under way. */
void schedule_inherit(struct schedule *schedule, unsigned probe,
    const struct schedule *old, unsigned old_probe);

/* A probe to be started now, if so many are under way; it counts as started.
   SCHEDULE_NEVER: none. */
int schedule_next(struct schedule *schedule, unsigned under_way, int64_t now);

/* In how many milliseconds to ask for the next; SCHEDULE_NEVER: when one has
   ended. */
int64_t schedule_wait(
    const struct schedule *schedule, unsigned under_way, int64_t now);

/* A probe has ended.  Returns whether the result counts: `deferred` does not as
   long as it is to be tried again, until retry_deadline. */
bool schedule_ended(
    struct schedule *schedule, unsigned probe, enum result result);

#endif
