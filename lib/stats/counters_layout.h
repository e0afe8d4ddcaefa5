/*
 * How counters are laid out, for the two files that count and keep them.
 *
 * Rows of the table that leave the same labels open share a space: a number
 * for each tuple of label values and, if the rows are per instance, each
 * instance.  A key exists once its tuple was seen, so all rows of a space
 * come to exist together; rows without labels exist from the start.  Room is
 * set aside for all tuples of closed labels.
 */
#ifndef STATS_COUNTERS_LAYOUT_H
#define STATS_COUNTERS_LAYOUT_H

#include "lib/stats/event.h"
#include "lib/stats/key.h"
#include "lib/stats/names.h"

enum {
	TEXTS_RESERVED = 160, /* keys left to text records */
	OTHER = 0,            /* number of `other` in an open label */
	INSTANCE_OTHER = INSTANCE_MAX - 1,
	INSTANCE_INDEX_FIRST = 2 /* in the MIB: 1 is all together */
};

struct space {
	struct key_labels labels;
	enum metric_split split;
	bool closed;
	unsigned metric_count;
	size_t size;   /* tuples of an instance */
	size_t others; /* of these with `other` for all open labels */
	bool *seen;    /* [instance][tuple] */
	/* Tuples that any instance has or had, in the order that they came. */
	uint32_t *used;
	size_t used_count;
	bool *is_used;
};

struct row {
	unsigned space;
	uint64_t *cell; /* [instance][tuple] */
};

/* The rows that events of one type and one set of traits meet.  There are few
   such sets, so what the table says of each is looked up once. */
enum { MEETINGS = 256, MEETING_ROWS = 24, SUM_BITS = 12, SUM_CELLS = 8 };

struct meeting {
	bool known;
	enum event_type type;
	unsigned traits;
	unsigned row_count, space_count;
	uint16_t row[MEETING_ROWS];
	uint8_t slot[MEETING_ROWS]; /* of the row's space, below */
	uint16_t space[MEETING_ROWS];
};

/*
 * Events of one kind come again and again.  For each kind that has a serial it
 * is known which cells it counts in; its events are summed up here and reach
 * the cells when the sum makes room for another or when cells are read.
 */
struct sum {
	uint64_t key;  /* 0: none */
	uint64_t code; /* of the event */
	uint64_t times;
};

struct sum_cells {
	uint32_t count;
	uint32_t cell[SUM_CELLS]; /* of all */
};

enum mark {
#define MARK(gauge, watched) MARK_##gauge##_##watched,
#include "lib/stats/metrics.def"
	MARK_COUNT
};

struct counters {
	struct names names[LABEL_COUNT];
	struct names instances;
	unsigned instance_last;
	struct space spaces[METRIC_COUNT];
	unsigned space_count;
	struct row rows[METRIC_COUNT];
	uint64_t *cells; /* of all rows */
	struct meeting meetings[MEETINGS];
	struct sum sums[1 << SUM_BITS];
	struct sum_cells sum_cells[1 << SUM_BITS];
	uint64_t *marked[MARK_COUNT]; /* cells as of the last mark */
	bool overflowed;              /* the event that is being counted */
	size_t keys, key_limit;       /* in use, and allowed */
};

static inline unsigned
instances_of(const struct space *space)
{
	return (space->split == SPLIT_PER_INSTANCE ? INSTANCE_MAX : 1);
}

/* Where the tuples of an instance begin. */
static inline size_t
space_base(const struct space *space, unsigned instance)
{
	return (
	    space->split == SPLIT_PER_INSTANCE ? instance * space->size : 0);
}

static inline void
space_use(struct space *space, size_t tuple)
{
	if (space->is_used[tuple])
		return;
	space->is_used[tuple] = true;
	space->used[space->used_count++] = (uint32_t)tuple;
}

/* Take note that a tuple of the instance that begins at `base` was seen. */
static inline void
space_see(struct space *space, size_t base, size_t tuple)
{
	space->seen[base + tuple] = true;
	space_use(space, tuple);
}

/* Keys that a new tuple adds: each row's total and its KEY@INSTANCE. */
static inline size_t
tuple_cost(const struct space *space)
{
	return (
	    space->metric_count * (space->split == SPLIT_PER_INSTANCE ? 2 : 1));
}

/* Keys that a new instance adds whatever it logs: those of closed spaces and
   `other` of the open ones. */
size_t instance_cost(const struct counters *c);

/* Memory for marks; false: none.  What is counted now is marked already. */
bool marks_allocate(struct counters *c);
void marks_begin(struct counters *c);

/* Add all sums to their cells. */
void counters_settle(struct counters *c);

/* The tuple of an event's label values.  Returns false if there was no room for
   one, so that `other` stands in its place. */
bool tuple_find(struct counters *c, const struct space *space,
    const struct event *event, size_t *tuple_r);

/* The tuple of the numbers of label values. */
size_t tuple_at(const struct counters *c, const struct space *space,
    const unsigned *number);

/* The same tuple with `other` for all open labels. */
size_t other_tuple(
    const struct counters *c, const struct space *space, size_t tuple);

/*
 * Have a tuple of the instance that begins at `base` exist, if the capacity
 * allows it.  Returns the tuple, or the one of `other` that stands in for it.
 */
size_t space_admit(
    struct counters *c, struct space *space, size_t base, size_t tuple);

#endif
