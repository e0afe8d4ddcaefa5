/*
 * Numbers of a snapshot added up for people: by one label, over all others, and
 * how much of each came lately.
 */
#ifndef STATS_TALLY_H
#define STATS_TALLY_H

#include "lib/stats/past.h"

struct tally_source {
	const struct snapshot *snapshot;
	const struct past *past; /* NULL: nothing came lately */
	int64_t now;             /* as past_note() has it */
};

/* In all, and what came within each span of the past. */
struct tally_sum {
	uint64_t all;
	uint64_t lately[PAST_SPANS];
};

enum { TALLY_COLUMNS = 4, TALLY_ROWS = 72 };

struct tally_row {
	struct slice name; /* a label's value, as the key has it */
	struct tally_sum column[TALLY_COLUMNS];
};

/* Borrows from the snapshot. */
struct tally_rows {
	unsigned count;
	struct tally_row at[TALLY_ROWS];
};

/* The sum over all keys of a metric, but for those of instances. */
struct tally_sum tally_of(
    const struct tally_source *source, enum metric_id metric);

/* Add each key of `metric` to the row that is named by its open label number
   `label` (from 0), in `column`.  Rows beyond the last are left out. */
void tally_add(struct tally_rows *rows, const struct tally_source *source,
    enum metric_id metric, unsigned label, unsigned column);

/* The same, to the row `name`, over all keys. */
void tally_add_named(struct tally_rows *rows, const struct tally_source *source,
    enum metric_id metric, struct slice name, unsigned column);

/* Highest first, by what came within the day, all columns together, then in
   all; rows where nothing was ever counted are left out. */
void tally_sort(struct tally_rows *rows);

/* The highest value of a metric's keys. */
uint64_t tally_highest(
    const struct tally_source *source, enum metric_id metric);

/* Messages that wait for delivery, in the incoming, active and deferred queues:
   now, and that long ago. */
uint64_t tally_waiting(const struct snapshot *snapshot);
uint64_t tally_waited(const struct tally_source *source, enum past_span span);

#endif
