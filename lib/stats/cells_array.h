/*
 * The array behind cells.h, for the files that fill and search it.
 */
#ifndef STATS_CELLS_ARRAY_H
#define STATS_CELLS_ARRAY_H

#include "lib/stats/cells.h"

enum {
	OBJECTS = 1, /* base.1; base.0 and base.2 hold no values */
	ENTRY = 1    /* between a table and its columns */
};

struct chunk;

struct cells {
	struct oid base;
	struct cell *cell;
	size_t count, room;
	struct chunk *chunks; /* what arcs and texts point into */
};

/* A cell's place below the base. */
struct place {
	size_t count;
	uint32_t arc[OID_MAX - OID_BASE_MAX];
};

/* A gauge ends at its highest value, as RFC 2578 has it, and a counter begins
   anew. */
static inline uint64_t
cell_number(enum cell_type type, uint64_t number)
{
	if (type == CELL_COUNTER32)
		return (number & UINT32_MAX);
	return (
	    type == CELL_GAUGE32 && number > UINT32_MAX ? UINT32_MAX : number);
}

struct cells *cells_new(const struct oid *base);

/* Add a cell at the end, wherever its OID belongs.  Returns false if memory
   ran out. */
bool cells_append(struct cells *cells, const struct place *place,
    enum cell_type type, uint64_t number, struct slice text);

/* The same for an OID that is not below the base. */
bool cells_append_oid(struct cells *cells, const struct oid *oid,
    enum cell_type type, uint64_t number, struct slice text);

/* Bring the array into OID order after all was appended. */
void cells_sort(struct cells *cells);

/* Bring the last one to its place in an array that is else in order. */
void cells_place(struct cells *cells);

#endif
