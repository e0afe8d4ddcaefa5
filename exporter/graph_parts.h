/*
 * What the files of the graphs share, and nobody else wants.
 */
#ifndef EXPORTER_GRAPH_PARTS_H
#define EXPORTER_GRAPH_PARTS_H

#include <time.h>

#include "exporter/graphs.h"

enum series_id {
	SERIES_RECEIVED,
	SERIES_SENT,
	SERIES_DEFERRED,
	SERIES_BOUNCED,
	SERIES_REJECTED,
	SERIES_WAITING,
	SERIES_HELD,
	SERIES_CONNECTS,
	SERIES_TLS,
	SERIES_SASL_FAILED,
	SERIES_COUNT
};

/* A file NAME.rrd. */
struct series {
	const char *name, *title;
	bool rate; /* of a counter, a second; drawn as a minute's */
	uint64_t (*value)(const struct snapshot *snapshot);
	const char *colour[2]; /* light, dark: RRGGBB */
};

enum {
	SERIES_PATH = 320,
	SIZES = 2,
	SCHEMES = 2,
	DRAWING_MAX = 1 << 20 /* bytes */
};

/* Drawn since the last minute. */
struct drawing {
	bool tried;
	char *svg; /* compressed; NULL: not tried, or in vain */
	size_t len, text_len;
};

struct graph_wanted {
	enum graph_id graph;
	enum period_id period;
	unsigned small, dark; /* 0 or 1 */
};

struct figures_kept {
	bool known;
	struct graph_figures of[GRAPH_SERIES];
};

struct graphs {
	char directory[256];      /* empty: no graphs */
	char error[1024];         /* empty: all is well */
	bool said;                /* which of them */
	time_t noted;             /* the last minute taken in */
	const struct librrd *rrd; /* NULL: not loaded yet */
	struct drawing drawings[GRAPHS][PERIODS][SIZES][SCHEMES];
	struct figures_kept figures[GRAPHS][PERIODS];
};

extern const struct series series_table[SERIES_COUNT];

/* The series that is the number `i` of a graph; NULL: there is none. */
const struct series *graph_series(enum graph_id graph, unsigned i);

/* The name of its file. */
void series_path(const struct graphs *graphs, const struct series *series,
    char path_r[SERIES_PATH]);

/* Draw one; nothing is written if that fails. */
void graph_draw(
    const struct graphs *graphs, const struct graph_wanted *wanted, FILE *out);

#endif
