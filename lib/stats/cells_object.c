/*
 * Objects of the table that hold no key: those the agent adds by itself, and
 * those that are known but have no value now.
 */
#include <string.h>

#include "lib/stats/cells_array.h"
#include "lib/stats/ietf.h"

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
	cells_place(cells);
	return (0);
}

/* Group and number of the scalar named `object`; false if there is none. */
static bool
find_scalar(struct slice object, uint32_t *group_r, uint32_t *number_r)
{
	for (unsigned m = 0; m < METRIC_COUNT; m++)
		if (metrics[m].object.place == OBJECT_SCALAR &&
		    slice_equal(object, metrics[m].object.name)) {
			*group_r = groups[metrics[m].object.home].arc;
			*number_r = metrics[m].object.number;
			return (true);
		}
	*group_r = groups[GROUP_AGENT_STATE].arc;
	for (unsigned o = 0; o < AGENT_OBJECT_COUNT; o++)
		if (slice_equal(object, agent_objects[o].object)) {
			*number_r = agent_objects[o].number;
			return (true);
		}
	for (unsigned o = 0; o < NOTIFY_OBJECT_COUNT; o++)
		if (slice_equal(object, notify_objects[o].object)) {
			*number_r = notify_objects[o].number;
			return (true);
		}
	return (false);
}

bool
cells_scalar(const struct oid *base, struct slice object, struct oid *oid_r)
{
	uint32_t group, number;

	if (!find_scalar(object, &group, &number))
		return (false);
	*oid_r = *base;
	oid_r->arc[oid_r->count++] = OBJECTS;
	oid_r->arc[oid_r->count++] = group;
	oid_r->arc[oid_r->count++] = number;
	oid_r->arc[oid_r->count++] = 0;
	return (true);
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
		return (ietf_knows(arc, count));
	for (unsigned m = 0; m < METRIC_COUNT; m++)
		if (metric_at(m, scalar, column))
			return (true);
	for (unsigned t = 0; column != NULL && t < TABLE_COUNT; t++)
		if (column[0] == tables[t].arc && column[1] == ENTRY &&
		    column[2] == COLUMN_NAME)
			return (true);
	for (unsigned t = 0; column != NULL && t < TEXT_COLUMN_COUNT; t++)
		if (column[0] == tables[text_columns[t].table].arc &&
		    column[1] == ENTRY && column[2] == text_columns[t].number)
			return (true);
	for (unsigned o = 0; o < AGENT_OBJECT_COUNT; o++)
		if (scalar[0] == groups[GROUP_AGENT_STATE].arc &&
		    scalar[1] == agent_objects[o].number)
			return (true);
	return (false);
}

enum { HUNDREDTHS = 100 };

uint32_t
cell_interval(const struct cell *cell, uint64_t now)
{
	uint64_t since = now > cell->number ? now - cell->number : 0;

	return (since > INT32_MAX / HUNDREDTHS ?
		INT32_MAX :
		(uint32_t)(since * HUNDREDTHS));
}

uint32_t
cell_stamp(const struct cell *cell, uint64_t began, uint32_t uptime)
{
	uint64_t then = cell->number * HUNDREDTHS;
	uint64_t stamp = then > began ? then - began : 0;

	return (stamp < uptime ? (uint32_t)stamp : uptime);
}

void
cell_protocol(const struct cell *cell, struct oid *oid_r)
{
	static const uint32_t tcp_protocol[] = { 1, 3, 6, 1, 2, 1, 27, 4 };

	oid_r->count = COUNT(tcp_protocol);
	memcpy(oid_r->arc, tcp_protocol, sizeof(tcp_protocol));
	oid_r->arc[oid_r->count++] = (uint32_t)cell->number;
}
