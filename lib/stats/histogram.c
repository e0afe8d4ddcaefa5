/*
 * The bounds of histograms, from the labels that list them.
 */
#include <assert.h>

#include "lib/stats/histogram.h"
#include "lib/stats/key.h"

struct histogram histograms[HISTOGRAM_COUNT] = {
#define HISTOGRAM(id) \
	{ .le = METRIC_##id##_LE, \
		.sum = METRIC_##id##_SUM, \
		.count = METRIC_##id##_COUNT },
#include "lib/stats/metrics.def"
};

/* A number as it is kept: `unit` for 1, which is 1 or MICROSECONDS. */
static uint64_t
bound_read(struct slice text, uint64_t unit)
{
	struct slice whole = slice_until(text, '.');
	uint64_t bound = 0;

	(void)slice_number(whole, &bound);
	bound *= unit;
	for (size_t i = whole.len + 1; i < text.len; i++) {
		assert(byte_is_digit(text.at[i]) && unit >= 10);
		unit /= 10;
		bound += (unsigned)(text.at[i] - '0') * unit;
	}
	return (bound);
}

static void
bounds_read(struct histogram *histogram)
{
	const struct key_labels *open = key_labels(histogram->le);
	enum label_id label = open->id[open->count - 1];
	struct slice rest = slice_of(labels[label].values), text;
	unsigned count = 0, step = 0;
	uint64_t unit = metrics[histogram->sum].kind == KIND_DURATION ?
	    MICROSECONDS :
	    1;

	while (label_value_next(&rest, &text)) {
		assert(count < HISTOGRAM_BOUNDS);
		histogram->bound[count++] = bound_read(text, unit);
	}
	histogram->bound[count] = UINT64_MAX;
	histogram->bound_count = count;
	for (unsigned bits = 0; bits < COUNT(histogram->first); bits++) {
		uint64_t least = bits == 0 ? 0 : (uint64_t)1 << (bits - 1);

		while (least > histogram->bound[step])
			step++;
		histogram->first[bits] = (uint8_t)step;
	}
}

void
histograms_read(void)
{
	if (histograms[0].bound_count > 0)
		return;
	for (unsigned i = 0; i < HISTOGRAM_COUNT; i++)
		bounds_read(&histograms[i]);
}
