/*
 * How long something took, as Postfix logs it: seconds with up to six digits
 * behind a point, of which mostly two count, and never an exponent (Postfix's
 * format_tv.c).  So the same few texts come again and again.  What they say is
 * read once.
 */
#ifndef STATS_DELAY_H
#define STATS_DELAY_H

#include "lib/util/bytes.h"

enum {
	DELAY_SHORT = 7, /* bytes of a text that is kept */
	DELAY_KNOWN_BITS = 11
};

/* A delay has its steps with it: in HISTOGRAM_DELAY, and in a window
   (window.h). */
enum { DELAY_TIME_BITS = 50, DELAY_WINDOW_BITS = 9 };

struct known_delay {
	uint64_t text; /* its bytes */
	uint64_t delay;
};

extern struct known_delay known_delays[1 << DELAY_KNOWN_BITS];

static inline uint64_t
delay_microseconds(uint64_t delay)
{
	return (delay & (((uint64_t)1 << DELAY_TIME_BITS) - 1));
}

static inline unsigned
delay_step(uint64_t delay)
{
	return ((unsigned)(delay >> (DELAY_TIME_BITS + DELAY_WINDOW_BITS)));
}

static inline unsigned
delay_window_step(uint64_t delay)
{
	return ((unsigned)(delay >> DELAY_TIME_BITS) &
	    ((1u << DELAY_WINDOW_BITS) - 1));
}

/* Two neighbours, of which a text may be either. */
static inline struct known_delay *
delay_places(uint64_t text)
{
	return (&known_delays[(text * 0x9e3779b97f4a7c15u >>
				  (64 - DELAY_KNOWN_BITS)) &
	    ~(uint64_t)1]);
}

/* Read a text at `at`, before `limit`, that ends with `end`, if it is one that
   delay_read() does not know. */
const char *delay_learn(
    const char *at, const char *limit, char end, uint64_t *delay_r);

/*
 * Read a text that ends with `end`: one of "/" and ",".  Returns what is
 * behind that, or NULL if it is no delay.  DELAY_SHORT + 1 bytes may be looked
 * at, and more up to `limit`.
 *
 * What no digit can be lacks a bit; of this, ends have the lowest two bits alike
 * and a point has not.
 */
__attribute__((always_inline)) static inline const char *
delay_read(const char *at, const char *limit, char end, uint64_t *delay_r)
{
	uint64_t bytes = bytes_load(at), text, last;
	const struct known_delay *known;
	size_t len;

	last = bytes_lack(bytes, 0x10) & ~(bytes << 4 ^ bytes << 3);
	if (last == 0)
		return (delay_learn(at, limit, end, delay_r));
	text = bytes & (((last & -last) >> 4) - 1);
	len = bytes_before(last);
	known = delay_places(text);
	if (known->text != text)
		known++;
	if (known->text != text || at[len] != end)
		return (delay_learn(at, limit, end, delay_r));
	*delay_r = known->delay;
	return (at + len + 1);
}

#endif
