/*
 * What can only be known by watching the counters for a while: for how long
 * the log has been silent, and which part of the deliveries of the last five
 * minutes was deferred.  Nothing is known of the time before the first look.
 */
#ifndef AGENTX_RECENT_H
#define AGENTX_RECENT_H

#include "lib/stats/snapshot.h"

enum {
	RECENT_SECONDS = 300, /* that the window spans */
	RECENT_STEP = 10,     /* between two marks in it */
	RECENT_MARKS = RECENT_SECONDS / RECENT_STEP + 3
};

#define RECENT_FOREVER UINT64_MAX

/* The counters that matter, at one moment. */
struct counted {
	uint64_t epoch;
	uint64_t lines;    /* read */
	uint64_t attempts; /* deliveries, whatever came of them */
	uint64_t deferred;
};

struct mark {
	int64_t at;
	uint64_t attempts, deferred;
};

/* All zero before the first look. */
struct recent {
	struct counted last;
	int64_t grown;                   /* when lines did last */
	struct mark marks[RECENT_MARKS]; /* oldest first */
	unsigned mark_count;
};

/* The counters of a sorted snapshot, all transports together. */
struct counted counted_in(const struct snapshot *snapshot);

/*
 * Take note of the counters as they are at `now`, in seconds of a clock that
 * never goes back; to be called when they change, and before anything below is
 * asked.  Counters that went back, or are of another epoch, begin the window
 * anew.
 */
void recent_note(
    struct recent *recent, int64_t now, const struct counted *counted);

/* As of the last note but for the silence, which lasts until `now`.  A log of
   which no line was counted yet has not fallen silent. */
uint64_t recent_silence(const struct recent *recent, int64_t now);
uint64_t recent_attempts(const struct recent *recent);
uint64_t recent_deferral(const struct recent *recent); /* percent */

/* In how many seconds from `now` these will change by themselves, since
   something leaves the window; RECENT_FOREVER: nothing is in it. */
uint64_t recent_steady(const struct recent *recent, int64_t now);

#endif
