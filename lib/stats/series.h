/*
 * All that Prometheus is told of snapshots, series by series: those of the
 * table's own names, and those of other exporters' names, which are sums of
 * them.
 */
#ifndef STATS_SERIES_H
#define STATS_SERIES_H

#include "lib/stats/peers.h"

struct series {
	unsigned family;
	enum metric_id metric;   /* that it is, or is a sum of */
	const struct peer *peer; /* whose labels it has; NULL: its metric's */
	uint64_t value;
	uint64_t since; /* when its store began, seconds since 1970 */
	unsigned store;
	const struct snapshot *from; /* that it is read from; NULL: a zero */
	bool several;                /* servers with cPanel are in that */
	unsigned step; /* of a histogram: which bound; its sum; its count */
	unsigned labels;
	struct slice label[PEER_LABELS]; /* and the bound behind them, if it has
					    one */
	struct slice instance;           /* empty: none */
};

/*
 * The series of `snapshots`, of which some may be NULL, by family and, in a
 * histogram, by bound.  The caller frees them; they borrow from the snapshots.
 *
 * A key that two snapshots have is taken from the first.  Where a metric has
 * keys of several instances the total is left out.  What the table lists all
 * values for is there with 0 before it was seen, if one of the snapshots is a
 * tailer's; but of gauges that are by instance, nothing or all was seen.  Of a
 * probe that was tried all results are there.
 * Returns 0, or -1: no memory.
 */
int series_make(const struct snapshot *const *snapshots, size_t count,
    struct series **series_r, size_t *count_r);

#endif
