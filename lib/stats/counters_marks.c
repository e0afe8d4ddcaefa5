/*
 * Gauges that say when something was last counted: counting takes no note of
 * the time, so at each mark what has changed since the one before gets the time
 * of the newest line.  And which label values there are.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/stats/counters.h"
#include "lib/stats/counters_layout.h"

static const struct {
	enum metric_id gauge, watched;
} marks[MARK_COUNT] = {
#define MARK(gauge, watched) { METRIC_##gauge, METRIC_##watched },
#include "lib/stats/metrics.def"
};

static size_t
cells_of(const struct counters *c, enum metric_id metric)
{
	const struct space *space = &c->spaces[c->rows[metric].space];

	return (instances_of(space) * space->size);
}

bool
marks_allocate(struct counters *c)
{
	for (size_t m = 0; m < MARK_COUNT; m++) {
		c->marked[m] = calloc(
		    cells_of(c, marks[m].watched), sizeof(uint64_t));
		if (c->marked[m] == NULL)
			return (false);
	}
	return (true);
}

void
marks_begin(struct counters *c)
{
	for (size_t m = 0; m < MARK_COUNT; m++)
		memcpy(c->marked[m], c->rows[marks[m].watched].cell,
		    cells_of(c, marks[m].watched) * sizeof(uint64_t));
}

/* The number of the value that a tuple has for a label. */
static size_t
value_in(const struct counters *c, const struct space *space, size_t tuple,
    enum label_id label)
{
	for (unsigned l = space->labels.count; l-- > 0;) {
		size_t limit = c->names[space->labels.id[l]].limit;

		if (space->labels.id[l] == label)
			return (tuple % limit);
		tuple /= limit;
	}
	return (OTHER);
}

/* The gauge's cell for a cell of what it watches. */
static uint64_t *
gauge_cell(struct counters *c, size_t m, size_t at)
{
	const struct space *from = &c->spaces[c->rows[marks[m].watched].space];
	const struct row *row = &c->rows[marks[m].gauge];
	struct space *to = &c->spaces[row->space];
	size_t tuple = 0, base = at / from->size * to->size;

	if (from == to)
		return (&row->cell[at]);
	for (unsigned l = 0; l < to->labels.count; l++)
		tuple = tuple * c->names[to->labels.id[l]].limit +
		    value_in(c, from, at % from->size, to->labels.id[l]);
	return (&row->cell[base + space_admit(c, to, base, tuple)]);
}

void
counters_mark(struct counters *c, uint64_t newest)
{
	counters_settle(c);
	for (size_t m = 0; m < MARK_COUNT; m++) {
		const uint64_t *cell = c->rows[marks[m].watched].cell;
		size_t count = cells_of(c, marks[m].watched);

		for (size_t at = 0; at < count; at++)
			if (cell[at] != c->marked[m][at])
				*gauge_cell(c, m, at) = newest;
	}
	marks_begin(c);
}

unsigned
counters_label_number(
    struct counters *c, enum label_id label, struct slice value)
{
	int number = names_find(&c->names[label], value);

	return (number < 0 ? OTHER : (unsigned)number);
}

bool
counters_label(const struct counters *c, enum label_id label, unsigned number,
    struct slice *name_r)
{
	if (number >= c->names[label].count)
		return (false);
	*name_r = names_text(&c->names[label], number);
	return (true);
}

static bool
space_has(const struct counters *c, const struct space *space,
    enum label_id label, unsigned number)
{
	size_t count = instances_of(space) * space->size;
	bool open = false;

	for (unsigned l = 0; l < space->labels.count; l++)
		open |= space->labels.id[l] == label;
	for (size_t at = 0; open && at < count; at++)
		if (space->seen[at] &&
		    value_in(c, space, at % space->size, label) == number)
			return (true);
	return (false);
}

bool
counters_label_counts(
    const struct counters *c, enum label_id label, unsigned number)
{
	for (unsigned i = 0; i < c->space_count; i++)
		if (space_has(c, &c->spaces[i], label, number))
			return (true);
	return (false);
}
