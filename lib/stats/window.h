/*
 * Delays of the last five minutes, by transport, for quantiles: in memory of a
 * fixed size and in no store.  A delay is known to a 32nd of itself, one of less
 * than 32 ms to the millisecond.  Minutes are whole ones of the clock: the
 * window has the last five and the one that has begun.
 */
#ifndef STATS_WINDOW_H
#define STATS_WINDOW_H

#include "lib/stats/names.h"

enum {
	WINDOW_MINUTES = 5,
	WINDOW_SLOTS = WINDOW_MINUTES + 1,
	WINDOW_SECONDS = WINDOW_SLOTS * 60, /* at most */
	WINDOW_LINEAR = 32,                 /* steps of one millisecond */
	WINDOW_PARTS = 16,                  /* of each doubling from there on */
	WINDOW_BITS = 31, /* of the longest delay, 24 days; longer are so */
	WINDOW_STEPS = WINDOW_LINEAR + (WINDOW_BITS - 5) * WINDOW_PARTS
};

struct window_slot {
	uint64_t minute; /* since 1970 */
	bool any;
	bool has[NAMES_MAX];
	uint32_t times[NAMES_MAX][WINDOW_STEPS];
};

struct window {
	struct window_slot slot[WINDOW_SLOTS]; /* by minute */
	struct window_slot fresh; /* since the last mark: no minute yet */
};

/* The step of a delay, and the delay that stands for a step. */
unsigned window_step(uint64_t milliseconds);
uint32_t window_delay(unsigned step);

/* Take note of a delay of the transport with that number. */
static inline void
window_note(
    struct window *window, unsigned transport, unsigned step, uint64_t times)
{
	window->fresh.any = true;
	window->fresh.has[transport] = true;
	window->fresh.times[transport][step] += (uint32_t)times;
}

/* What was taken note of since the last call is of `newest`, and what is too old
   at `now` is forgotten; both in seconds since 1970. */
void window_mark(struct window *window, uint64_t newest, uint64_t now);

/* The delay that `percent` of those of a transport are not above, in
   milliseconds; 0 if there is none. */
uint32_t window_quantile(
    const struct window *window, unsigned transport, unsigned percent);

/* When something will be too old, in seconds since 1970; 0: nothing is there. */
uint64_t window_expires(const struct window *window);

#endif
