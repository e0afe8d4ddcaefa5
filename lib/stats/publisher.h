/*
 * A store of a daemon's own: read at the start, written when something has
 * changed.  It logs what goes wrong, since that has no caller to tell.
 */
#ifndef STATS_PUBLISHER_H
#define STATS_PUBLISHER_H

#include "lib/stats/snapshot.h"

/* May be changed at any time: `interval`, `capacity`, `changed`, `urgent`. */
struct publisher {
	const char *directory, *name; /* of the store */
	double interval;              /* seconds */
	uint32_t capacity;            /* keys */
	uint32_t generation;
	uint64_t epoch;
	bool changed;   /* since the last publication */
	bool urgent;    /* somebody waits for that to be published */
	bool failing;   /* it was no success, and that was said */
	int64_t before; /* when the last was tried (clock.h) */
	int64_t cost;   /* milliseconds that it took */
};

/* Take what the store has.  Returns 0, or -1 and *error_r. */
typedef int publisher_resume_fn(
    void *context, const struct snapshot *snapshot, const char **error_r);

/* Add all that is to be published. */
typedef void publisher_save_fn(void *context, struct snapshot *snapshot);

/* Read what the program before this one published, if anything.  Returns 0, or
   -1 and *error_r: there is a store that is not to be replaced. */
int publisher_begin(struct publisher *publisher_r, const char *directory,
    const char *name, publisher_resume_fn *resume, void *context,
    const char **error_r);

/* In how many milliseconds a publication is due; -1: nothing has changed.  What is
   urgent need not wait for the interval, but no more than a fifth of the time goes
   into publishing. */
int64_t publisher_wait(const struct publisher *publisher, int64_t now);

/* Returns 0, or -1; then it was logged and is due again. */
int publish(struct publisher *publisher, publisher_save_fn *save, void *context,
    int64_t now);

#endif
