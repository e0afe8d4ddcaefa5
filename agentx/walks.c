/*
 * Layouts, and for each of their cells when it was last given out.
 */
#include <stdlib.h>
#include <string.h>

#include "agentx/walks.h"

#define SECOND INT64_C(1000000000)

/* What came after a cell was given out: nothing yet, a request for the next
   one, or one that found nothing more below the cell's root. */
enum sequel { NOT_FOLLOWED, FOLLOWED, LEFT_ROOT };

struct step {
	int64_t given; /* 0: never */
	enum sequel sequel;
};

struct walks {
	struct layout layout[LAYOUTS_MAX]; /* from old to new */
	size_t count;
};

struct walks *
walks_new(void)
{
	return (calloc(1, sizeof(struct walks)));
}

static void
forget(struct walks *walks, size_t i)
{
	cells_free(walks->layout[i].cells);
	free(walks->layout[i].steps);
	walks->count--;
	memmove(&walks->layout[i], &walks->layout[i + 1],
	    (walks->count - i) * sizeof(walks->layout[0]));
}

void
walks_free(struct walks *walks)
{
	if (walks == NULL)
		return;
	while (walks->count > 0)
		forget(walks, walks->count - 1);
	free(walks);
}

size_t
walks_count(const struct walks *walks)
{
	return (walks->count);
}

void
walks_end(struct walks *walks)
{
	while (walks->count > 1)
		forget(walks, 0);
}

static bool
is_recent(int64_t then, int64_t now, int64_t seconds)
{
	return (then != 0 && now - then <= seconds * SECOND);
}

void
walks_tidy(struct walks *walks, int64_t now)
{
	for (size_t i = 0; i + 1 < walks->count;)
		if (is_recent(walks->layout[i].used, now, WALK_PAUSE))
			i++;
		else
			forget(walks, i);
}

/* Give up the walk that has been silent for longest. */
static void
make_room(struct walks *walks)
{
	size_t silent = 0;

	for (size_t i = 1; i < walks->count; i++)
		if (walks->layout[i].used < walks->layout[silent].used)
			silent = i;
	forget(walks, silent);
}

int
walks_add(
    struct walks *walks, struct cells *cells, uint64_t published, int64_t now)
{
	size_t count = cells_count(cells);
	struct step *steps = calloc(count + 1, sizeof(*steps));

	if (steps == NULL)
		return (-1);
	if (walks->count == LAYOUTS_MAX)
		make_room(walks);
	walks->layout[walks->count++] = (struct layout){ .cells = cells,
		.published = published,
		.steps = steps,
		.count = count };
	walks_tidy(walks, now);
	return (0);
}

struct layout *
walks_newest(struct walks *walks)
{
	return (&walks->layout[walks->count - 1]);
}

/* How many cells stand before `asked`. */
static size_t
cells_before(const struct layout *layout, const struct oid *asked)
{
	const struct cell *next = cells_next(
	    layout->cells, asked->arc, asked->count, true);

	return (next != NULL ? (size_t)(next - cells_at(layout->cells, 0)) :
			       layout->count);
}

static bool
cell_is(const struct layout *layout, size_t i, const struct oid *oid)
{
	const struct cell *cell = cells_at(layout->cells, i);

	return (i < layout->count &&
	    oid_compare(cell->arc, cell->arc_count, oid->arc, oid->count) == 0);
}

static bool
cell_is_below(const struct layout *layout, size_t i, const struct oid *root)
{
	const struct cell *cell = cells_at(layout->cells, i);

	return (i < layout->count && cell->arc_count >= root->count &&
	    oid_compare(cell->arc, root->count, root->arc, root->count) == 0);
}

/* Whether a request begins before the root or at it. */
static bool
is_crossing(const struct oid *asked, const struct oid *root)
{
	return (
	    oid_compare(asked->arc, asked->count, root->arc, root->count) <= 0);
}

/*
 * The step from which a walk comes that asks so: the cell that it names.  From
 * the end of one root to the next it is snmpd that goes on: it asks from the
 * new root on, that included, which a client does not; then it is the last
 * cell before that, if a walk has just left another root there.  NULL: it
 * begins here.
 */
static struct step *
step_from(const struct layout *layout, const struct oid *asked, bool inclusive,
    const struct oid *root, int64_t now)
{
	size_t i = cells_before(layout, asked);

	if (cell_is(layout, i, asked))
		return (&layout->steps[i]);
	if (!inclusive || !is_crossing(asked, root))
		return (NULL);
	i = cells_before(layout, root);
	if (i > 0 && layout->steps[i - 1].sequel == LEFT_ROOT &&
	    is_recent(layout->steps[i - 1].given, now, ROOT_PAUSE))
		return (&layout->steps[i - 1]);
	return (NULL);
}

/* Whether a walk more likely comes from `a`, the newer of two: nobody has gone
   on from there yet, or it was given out later.  So a walk that overtakes
   another one keeps to its own layout, and so does the other. */
static bool
is_likelier(const struct step *a, const struct step *b)
{
	if ((a->sequel == FOLLOWED) != (b->sequel == FOLLOWED))
		return (b->sequel == FOLLOWED);
	return (a->given >= b->given);
}

struct layout *
walks_find(struct walks *walks, const struct oid *asked, bool inclusive,
    const struct oid *root, int64_t now)
{
	struct layout *found = walks_newest(walks);
	const struct step *best = NULL;

	for (size_t i = 0; walks->count > 1 && i < walks->count; i++) {
		struct layout *layout = &walks->layout[i];
		const struct step *step = step_from(
		    layout, asked, inclusive, root, now);

		if (step == NULL || !is_recent(step->given, now, WALK_PAUSE) ||
		    (best != NULL && !is_likelier(step, best)))
			continue;
		best = step;
		found = layout;
	}
	return (found);
}

const struct cell *
walks_take(struct layout *layout, const struct oid *asked, bool inclusive,
    const struct oid *root, int64_t now)
{
	struct step *from = step_from(layout, asked, inclusive, root, now);
	bool crossing = is_crossing(asked, root), found;
	size_t i = cells_before(layout, crossing ? root : asked);

	while (!inclusive && cell_is(layout, i, asked))
		i++;
	found = cell_is_below(layout, i, root);
	/* An attempt to cross changes nothing: the library makes some beyond
	   the root that snmpd asked for, and nobody gets their answers. */
	if (from != NULL && !crossing)
		*from = found ? (struct step){ from->given, FOLLOWED } :
				(struct step){ now, LEFT_ROOT };
	if (from != NULL || found)
		layout->used = now;
	if (!found)
		return (NULL);
	layout->steps[i] = (struct step){ now, NOT_FOLLOWED };
	return (cells_at(layout->cells, i));
}
