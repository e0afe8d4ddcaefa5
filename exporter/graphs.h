/*
 * Graphs of the last day, week, month and year, by librrd: a file of constant
 * size for each series, in a directory of the configuration, filled once a
 * minute.  What can't be read or written is said and holds up nothing else.
 */
#ifndef EXPORTER_GRAPHS_H
#define EXPORTER_GRAPHS_H

#include <stdio.h>

#include "lib/stats/render_prometheus.h"
#include "lib/stats/snapshot.h"

enum { GRAPH_SERIES = 5 }; /* of one graph, at most */

enum graph_id { GRAPH_MAIL, GRAPH_TROUBLE, GRAPH_QUEUE, GRAPH_CLIENTS, GRAPHS };
enum period_id { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH, PERIOD_YEAR, PERIODS };

/* What is drawn in one. */
struct graph {
	const char *name, *title;
	const char *unit; /* of its axis */
	const char *series[GRAPH_SERIES];
};

struct period {
	const char *name, *title;
	long seconds;
	const char *grid; /* along time, as rrdgraph(1) wants it */
};

extern const struct graph graph_table[GRAPHS];
extern const struct period period_table[PERIODS];

/* Of a series within a period, in its graph's unit; NAN: not known. */
struct graph_figures {
	const char *title;
	double average, highest, sum;
	bool has_sum; /* else it is no sum of anything */
};

struct graphs;

struct graphs *graphs_new(void); /* NULL: no memory */
void graphs_free(struct graphs *graphs);

/* Have the files in `directory` from now on; NULL: no graphs. */
void graphs_open(struct graphs *graphs, const char *directory);

/* Take a snapshot's numbers in.  Those of one that is not `up` are not known:
   what is drawn has a gap. */
void graphs_note(
    struct graphs *graphs, const struct snapshot *snapshot, bool up);

/* Whether there are any, and what is wrong with them in one line; NULL: nothing
   is. */
bool graphs_wanted(const struct graphs *graphs);
const char *graphs_error(const struct graphs *graphs);

/* Draw the one that `name` stands for: GRAPH-PERIOD[-small][-dark].svg.  Returns
   1, 0 if there is none, -1: no memory. */
int graphs_draw(struct graphs *graphs, const char *name, FILE *out);

/* The same in numbers, in the order of the series.  Returns how many. */
unsigned graphs_figures(struct graphs *graphs, enum graph_id graph,
    enum period_id period, struct graph_figures figures_r[GRAPH_SERIES]);

/* How they are, for Prometheus. */
void graphs_render_state(
    FILE *out, enum prometheus_format format, const struct graphs *graphs);

#endif
