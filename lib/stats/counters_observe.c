/*
 * Values that are observed, into the cells of histograms.  The cells of its
 * bounds are side by side, since the label that lists them is the last one of
 * its key.
 */
#include "lib/stats/counters.h"
#include "lib/stats/counters_layout.h"

/* The spaces of a histogram: that of its sum and count, and that of its
   bounds. */
struct places {
	struct space *own, *steps;
	size_t step_count;
};

static struct places
places_of(struct counters *c, const struct histogram *histogram)
{
	return ((struct places){ &c->spaces[c->rows[histogram->sum].space],
	    &c->spaces[c->rows[histogram->le].space], histogram->bound_count });
}

/* How many keys of a histogram do not exist yet. */
static size_t
missing(const struct places *places, size_t at)
{
	const bool *seen = places->steps->seen + at * places->step_count;
	size_t count = 0;

	if (!places->own->seen[at])
		count += tuple_cost(places->own);
	for (size_t k = 0; k < places->step_count; k++)
		if (!seen[k])
			count += tuple_cost(places->steps);
	return (count);
}

/*
 * Have all of them exist for a tuple of the instance that begins at `base`: a
 * histogram without some of its bounds would not be what it says.  Returns the
 * tuple, or the one of `other` that stands in for it.
 */
static size_t
admit(
    struct counters *c, const struct places *places, size_t base, size_t tuple)
{
	size_t more = missing(places, base + tuple), n = places->step_count;

	if (more == 0)
		return (tuple);
	if (!places->own->closed && c->keys + more > c->key_limit)
		tuple = other_tuple(c, places->own, tuple);
	tuple = space_admit(c, places->own, base, tuple);
	for (size_t k = 0; k < n; k++)
		(void)space_admit(c, places->steps, base * n, tuple * n + k);
	return (tuple);
}

/* Returns the tuple that it was, or that of `other`. */
static size_t
observe(struct counters *c, enum histogram_id id, unsigned instance,
    size_t tuple, const struct observations *observations)
{
	const struct histogram *histogram = &histograms[id];
	struct places places = places_of(c, histogram);
	size_t base = space_base(places.own, instance), at;
	uint64_t *cell, held = 0;

	tuple = admit(c, &places, base, tuple);
	at = base + tuple;
	cell = &c->rows[histogram->le].cell[at * places.step_count];
	for (size_t k = 0; k < places.step_count; k++) {
		held += observations->times[k];
		cell[k] += held;
	}
	held += observations->times[places.step_count];
	c->rows[histogram->count].cell[at] += held;
	c->rows[histogram->sum].cell[at] += observations->sum;
	return (tuple);
}

bool
counters_observe_all(struct counters *c, enum histogram_id id,
    unsigned instance, const unsigned *number,
    const struct observations *observations)
{
	size_t tuple = tuple_at(c, places_of(c, &histograms[id]).own, number);

	return (observe(c, id, instance, tuple, observations) == tuple);
}

void
counters_observe(struct counters *c, enum histogram_id id, unsigned instance,
    const struct event *event, uint64_t value, uint64_t times)
{
	struct observations observations = { .sum = value * times };
	size_t tuple;
	bool fits = tuple_find(
	    c, places_of(c, &histograms[id]).own, event, &tuple);

	observations.times[histogram_step(&histograms[id], value)] = times;
	if (observe(c, id, instance, tuple, &observations) != tuple || !fits)
		counters_add(c, METRIC_TAILER_OVERFLOW, times);
}
