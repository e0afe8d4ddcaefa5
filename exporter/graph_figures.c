/*
 * What the graphs show, in numbers: averages and sums from the same file's
 * archives, and the highest minute.
 */
#include <math.h>
#include <stdlib.h>

#include "exporter/graph_parts.h"
#include "exporter/librrd.h"

struct reading {
	double sum, seconds, highest; /* of what is known */
};

/* Read a series' archive of a kind over a period. */
static struct reading
read_series(const struct graphs *graphs, const struct series *series,
    const char *kind, long seconds)
{
	struct reading reading = { 0, 0, NAN };
	const struct librrd *rrd = graphs->rrd;
	time_t start = graphs->noted - seconds, end = graphs->noted;
	unsigned long step, sources, at = 0;
	rrd_value_t *data;
	char path[SERIES_PATH], **names;

	series_path(graphs, series, path);
	if (rrd == NULL)
		return (reading);
	if (rrd->fetch(path, kind, &start, &end, &step, &sources, &names,
		&data) == -1) {
		rrd->clear_error();
		return (reading);
	}
	for (time_t t = start; t < end; t += (time_t)step, at += sources) {
		double value = data[at];

		if (isnan(value))
			continue;
		reading.sum += value * (double)step;
		reading.seconds += (double)step;
		reading.highest = fmax(reading.highest, value);
	}
	for (unsigned long i = 0; i < sources; i++)
		rrd->freemem(names[i]);
	rrd->freemem(names);
	rrd->freemem(data);
	return (reading);
}

static void
find(const struct graphs *graphs, enum graph_id graph, enum period_id period,
    struct graph_figures *figures)
{
	const struct series *series;
	long seconds = period_table[period].seconds;

	for (unsigned i = 0; (series = graph_series(graph, i)) != NULL; i++) {
		double unit = series->rate ? 60 : 1;
		struct reading mean = read_series(
		    graphs, series, "AVERAGE", seconds);
		struct reading most = period == PERIOD_DAY ?
		    mean :
		    read_series(graphs, series, "MAX", seconds);

		figures[i] = (struct graph_figures){ .title = series->title,
			.average = mean.seconds > 0 ?
			    mean.sum / mean.seconds * unit :
			    NAN,
			.highest = fmax(most.highest, mean.highest) * unit,
			.sum = mean.seconds > 0 ? mean.sum : NAN,
			.has_sum = series->rate };
	}
}

unsigned
graphs_figures(struct graphs *graphs, enum graph_id graph,
    enum period_id period, struct graph_figures figures_r[GRAPH_SERIES])
{
	struct figures_kept *kept = &graphs->figures[graph][period];
	unsigned count = 0;

	if (!kept->known)
		find(graphs, graph, period, kept->of);
	kept->known = true;
	for (; graph_series(graph, count) != NULL; count++)
		figures_r[count] = kept->of[count];
	return (count);
}
