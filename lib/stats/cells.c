/*
 * The sorted array: adding to it and finding in it.  OIDs and texts live in
 * chunks that never move, so cells are small and can be sorted by value.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/stats/cells_array.h"

enum { CHUNK_SIZE = 65536 }; /* far above what one cell needs */

struct chunk {
	struct chunk *next;
	size_t used;
	unsigned char bytes[CHUNK_SIZE];
};

struct cells *
cells_new(const struct oid *base)
{
	struct cells *cells = calloc(1, sizeof(*cells));

	if (cells != NULL)
		cells->base = *base;
	return (cells);
}

void
cells_free(struct cells *cells)
{
	if (cells == NULL)
		return;
	while (cells->chunks != NULL) {
		struct chunk *next = cells->chunks->next;

		free(cells->chunks);
		cells->chunks = next;
	}
	free(cells->cell);
	free(cells);
}

/* `size` bytes that stay where they are, aligned for arcs. */
static void *
keep(struct cells *cells, size_t size)
{
	struct chunk *chunk = cells->chunks;
	void *kept;

	size = (size + sizeof(uint32_t) - 1) & ~(sizeof(uint32_t) - 1);
	if (chunk == NULL || CHUNK_SIZE - chunk->used < size) {
		chunk = malloc(sizeof(*chunk));
		if (chunk == NULL)
			return (NULL);
		chunk->next = cells->chunks;
		chunk->used = 0;
		cells->chunks = chunk;
	}
	kept = chunk->bytes + chunk->used;
	chunk->used += size;
	return (kept);
}

static bool
make_room(struct cells *cells)
{
	size_t more = cells->room ? cells->room * 2 : 256;
	struct cell *grown;

	if (cells->count < cells->room)
		return (true);
	grown = reallocarray(cells->cell, more, sizeof(*grown));
	if (grown == NULL)
		return (false);
	cells->cell = grown;
	cells->room = more;
	return (true);
}

bool
cells_append_oid(struct cells *cells, const struct oid *oid,
    enum cell_type type, uint64_t number, struct slice text)
{
	size_t size = oid->count * sizeof(oid->arc[0]);
	unsigned char *kept;

	if (!make_room(cells) || (kept = keep(cells, size + text.len)) == NULL)
		return (false);
	memcpy(kept, oid->arc, size);
	if (text.len > 0)
		memcpy(kept + size, text.at, text.len);
	cells->cell[cells->count++] = (struct cell){
		.arc = (const uint32_t *)(const void *)kept,
		.arc_count = oid->count,
		.type = type,
		.number = cell_number(type, number),
		.text = { (const char *)kept + size, text.len }
	};
	return (true);
}

bool
cells_append(struct cells *cells, const struct place *place,
    enum cell_type type, uint64_t number, struct slice text)
{
	struct oid oid;

	oid.count = cells->base.count + place->count;
	memcpy(
	    oid.arc, cells->base.arc, cells->base.count * sizeof(oid.arc[0]));
	memcpy(oid.arc + cells->base.count, place->arc,
	    place->count * sizeof(oid.arc[0]));
	return (cells_append_oid(cells, &oid, type, number, text));
}

static int
cell_order(const void *a, const void *b)
{
	const struct cell *left = a, *right = b;

	return (oid_compare(
	    left->arc, left->arc_count, right->arc, right->arc_count));
}

void
cells_sort(struct cells *cells)
{
	if (cells->count > 1)
		qsort(cells->cell, cells->count, sizeof(*cells->cell),
		    cell_order);
}

size_t
cells_count(const struct cells *cells)
{
	return (cells->count);
}

const struct cell *
cells_at(const struct cells *cells, size_t i)
{
	return (&cells->cell[i]);
}

/* How many cells stand before this OID. */
static size_t
lower_bound(const struct cells *cells, const uint32_t *arc, size_t count)
{
	size_t low = 0, high = cells->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct cell *cell = &cells->cell[middle];

		if (oid_compare(cell->arc, cell->arc_count, arc, count) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (low);
}

void
cells_place(struct cells *cells)
{
	struct cell last = cells->cell[--cells->count];
	size_t at = lower_bound(cells, last.arc, last.arc_count);

	memmove(cells->cell + at + 1, cells->cell + at,
	    (cells->count - at) * sizeof(last));
	cells->cell[at] = last;
	cells->count++;
}

static bool
cell_is(const struct cells *cells, size_t i, const uint32_t *arc, size_t count)
{
	return (i < cells->count &&
	    oid_compare(
		cells->cell[i].arc, cells->cell[i].arc_count, arc, count) == 0);
}

const struct cell *
cells_get(const struct cells *cells, const uint32_t *arc, size_t count)
{
	size_t i = lower_bound(cells, arc, count);

	return (cell_is(cells, i, arc, count) ? &cells->cell[i] : NULL);
}

const struct cell *
cells_next(const struct cells *cells, const uint32_t *arc, size_t count,
    bool inclusive)
{
	size_t i = lower_bound(cells, arc, count);

	if (!inclusive)
		while (cell_is(cells, i, arc, count))
			i++;
	return (i < cells->count ? &cells->cell[i] : NULL);
}
