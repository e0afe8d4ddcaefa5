/*
 * The probes' store: read at the start, written when something has changed.
 */
#ifndef PROBE_PUBLISHER_H
#define PROBE_PUBLISHER_H

#include <stdbool.h>
#include <stdint.h>

#include "probe/plan.h"

struct publisher {
	const char *directory;
	uint32_t generation;
	uint64_t epoch;
	bool changed;   /* since the last publication */
	bool urgent;    /* somebody waits for that to be published */
	bool failing;   /* it was no success, and that was said */
	int64_t before; /* when the last was tried (clock.h) */
	int64_t cost;   /* milliseconds that it took */
};

/* Read what the program before this one published.  Returns 0, or -1 and
   *error_r: there is a store that is not to be replaced. */
int publisher_begin(struct publisher *publisher_r, const char *directory,
    struct plan *plan, const char **error_r);

/* In how many milliseconds a publication is due; -1: nothing has changed.  What is
   urgent need not wait for the interval, but no more than a fifth of the time goes
   into publishing. */
int64_t publisher_wait(
    const struct publisher *publisher, const struct plan *plan, int64_t now);

/* Returns 0, or -1; then it was logged and is due again. */
int publish(struct publisher *publisher, const struct plan *plan, int64_t now);

#endif
