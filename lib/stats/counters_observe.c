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

/* Whether all keys of a histogram exist, or can come to exist: one without
   some of its bounds would not be what it says. */
static bool
has_room(struct counters *c, const struct places *places, size_t at)
{
	size_t more = 0;

	if (places->own->closed)
		return (true);
	if (!places->own->seen[at])
		more += tuple_cost(places->own);
	for (size_t k = 0; k < places->step_count; k++)
		if (!places->steps->seen[at * places->step_count + k])
			more += tuple_cost(places->steps);
	return (more == 0 || c->keys + more <= c->key_limit);
}

/* Have them exist for a tuple of the instance that begins at `base`.  Returns
   the tuple, or the one of `other` that stands in for it. */
static size_t
admit(
    struct counters *c, const struct places *places, size_t base, size_t tuple)
{
	size_t n = places->step_count;

	if (!has_room(c, places, base + tuple))
		tuple = other_tuple(c, places->own, tuple);
	tuple = space_admit(c, places->own, base, tuple);
	for (size_t k = 0; k < n; k++)
		(void)space_admit(c, places->steps, base * n, tuple * n + k);
	return (tuple);
}

bool
counters_observe_all(struct counters *c, enum histogram_id id,
    unsigned instance, const struct event *event,
    const struct observations *observations)
{
	const struct histogram *histogram = &histograms[id];
	struct places places = places_of(c, histogram);
	size_t base = space_base(places.own, instance), tuple, at;
	bool fits = tuple_find(c, places.own, event, &tuple);
	uint64_t *cell, held = 0;

	at = admit(c, &places, base, tuple);
	fits &= at == tuple;
	at += base;
	cell = &c->rows[histogram->le].cell[at * places.step_count];
	for (size_t k = 0; k < places.step_count; k++) {
		held += observations->times[k];
		cell[k] += held;
	}
	held += observations->times[places.step_count];
	c->rows[histogram->count].cell[at] += held;
	c->rows[histogram->sum].cell[at] += observations->sum;
	return (fits);
}

void
counters_observe(struct counters *c, enum histogram_id id, unsigned instance,
    const struct event *event, uint64_t value, uint64_t times)
{
	struct observations observations = { .sum = value * times };

	observations.times[histogram_step(&histograms[id], value)] = times;
	if (!counters_observe_all(c, id, instance, event, &observations))
		counters_add(c, METRIC_TAILER_OVERFLOW, times);
}
