/*
 * Objects of the table that hold no key: those the agent adds by itself, and
 * those that are known but have no value now.
 */
#include <string.h>

#include "lib/stats/cells_array.h"

/* The cell of an agent's object; NULL if it was never added. */
static struct cell *
agent_cell(struct cells *cells, const struct place *place)
{
	struct oid oid = cells->base;
	const struct cell *found;

	memcpy(oid.arc + oid.count, place->arc,
	    place->count * sizeof(place->arc[0]));
	oid.count += place->count;
	found = cells_get(cells, oid.arc, oid.count);
	return (found != NULL ? cells->cell + (found - cells->cell) : NULL);
}

int
cells_add(struct cells *cells, enum agent_object_id object, enum cell_type type,
    uint64_t number, struct slice text)
{
	struct place place = { 4,
		{ OBJECTS, groups[GROUP_AGENT_STATE].arc,
		    agent_objects[object].number, 0 } };
	struct cell *cell = agent_cell(cells, &place);

	if (cell != NULL) {
		cell->number = cell_number(type, number);
		return (0);
	}
	if (!cells_append(cells, &place, type, number,
		type == CELL_STRING ? text : SLICE("")))
		return (-1);
	cells_sort(cells);
	return (0);
}

/* The part of an OID below base.1, if it is `depth` arcs or more. */
static const uint32_t *
below(
    const struct cells *cells, const uint32_t *arc, size_t count, size_t depth)
{
	const struct oid *base = &cells->base;

	if (count < base->count + 1 + depth ||
	    oid_compare(arc, base->count, base->arc, base->count) != 0 ||
	    arc[base->count] != OBJECTS)
		return (NULL);
	return (arc + base->count + 1);
}

static bool
metric_at(enum metric_id metric, const uint32_t *scalar, const uint32_t *column)
{
	const struct object *object = &metrics[metric].object;

	if (object->place == OBJECT_SCALAR)
		return (scalar[0] == groups[object->home].arc &&
		    scalar[1] == object->number);
	return (object->place == OBJECT_COLUMN && column != NULL &&
	    column[0] == tables[object->home].arc && column[1] == ENTRY &&
	    column[2] == object->number);
}

bool
cells_knows(const struct cells *cells, const uint32_t *arc, size_t count)
{
	const uint32_t *scalar = below(cells, arc, count, 2);
	const uint32_t *column = below(cells, arc, count, 3);

	if (scalar == NULL)
		return (false);
	for (unsigned m = 0; m < METRIC_COUNT; m++)
		if (metric_at(m, scalar, column))
			return (true);
	for (unsigned t = 0; column != NULL && t < TABLE_COUNT; t++)
		if (column[0] == tables[t].arc && column[1] == ENTRY &&
		    column[2] == COLUMN_NAME)
			return (true);
	for (unsigned o = 0; o < AGENT_OBJECT_COUNT; o++)
		if (scalar[0] == groups[GROUP_AGENT_STATE].arc &&
		    scalar[1] == agent_objects[o].number)
			return (true);
	return (false);
}
