/*
 * The clock that nobody sets, and the one that people read.
 */
#ifndef UTIL_CLOCK_H
#define UTIL_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds that never go back, from any beginning (CLOCK_MONOTONIC). */
static inline int64_t
clock_milliseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

/* Microseconds since 1970 (CLOCK_REALTIME), which may be set at any time. */
static inline uint64_t
clock_wall(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return ((uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}

/* The shorter of two waits, of which one below 0 is none. */
static inline int64_t
clock_shorter(int64_t a, int64_t b)
{
	return (a < 0 || (b >= 0 && b < a) ? b : a);
}

#endif
