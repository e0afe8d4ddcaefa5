/*
 * Histograms of the table.  Each is three rows: how many values were at most
 * each of its bounds, which are the values of the last label of the first row,
 * the sum of all values, and how many there were.
 */
#ifndef STATS_HISTOGRAM_H
#define STATS_HISTOGRAM_H

#include "lib/stats/metrics.h"

enum histogram_id {
#define HISTOGRAM(id) HISTOGRAM_##id,
#include "lib/stats/metrics.def"
	HISTOGRAM_COUNT
};

enum { HISTOGRAM_BOUNDS = 16 };

struct histogram {
	enum metric_id le, sum, count;
	unsigned bound_count;
	uint64_t bound[HISTOGRAM_BOUNDS + 1]; /* the last holds any value */
	/* The first bound that may hold a value of so many bits. */
	uint8_t first[64 + 1];
};

extern struct histogram histograms[HISTOGRAM_COUNT];

/* Read the bounds of all histograms, if that was not done yet. */
void histograms_read(void);

/* The number of the lowest bound that holds `value`; bound_count: none does.
   The bounds were read. */
static inline unsigned
histogram_step(const struct histogram *histogram, uint64_t value)
{
	unsigned bits = value == 0 ? 0 : 64 - (unsigned)__builtin_clzll(value);
	unsigned step = histogram->first[bits];

	while (value > histogram->bound[step])
		step++;
	return (step);
}

/* Values that were observed, by the step that each is on. */
struct observations {
	uint64_t sum;
	uint64_t times[HISTOGRAM_BOUNDS + 1];
};

#endif
