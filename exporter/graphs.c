/*
 * The files: made, filled, and whether that works.
 */
#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/graph_parts.h"
#include "exporter/librrd.h"
#include "lib/stats/render_prometheus.h"
#include "lib/util/log.h"
#include "lib/util/slice.h"

/* STEP: seconds.  A value that is followed by none for HEARTBEAT seconds makes a
   gap. */
#define STEP      60
#define HEARTBEAT "180"

/* Two days of minutes, ten days of ten minutes, 40 days of hours, 400 of twelve
   hours: averages, and the highest minute in each. */
static const char *const archives[] = {
	"RRA:AVERAGE:0.5:1:2880",
	"RRA:AVERAGE:0.5:10:1440",
	"RRA:AVERAGE:0.5:60:960",
	"RRA:AVERAGE:0.5:720:800",
	"RRA:MAX:0.5:10:1440",
	"RRA:MAX:0.5:60:960",
	"RRA:MAX:0.5:720:800",
};

struct graphs *
graphs_new(void)
{
	return (calloc(1, sizeof(struct graphs)));
}

/* What was drawn and found out is of the minute before. */
static void
forget(struct graphs *graphs)
{
	struct drawing *drawing = &graphs->drawings[0][0][0][0];
	size_t count = sizeof(graphs->drawings) / sizeof(*drawing);

	for (size_t i = 0; i < count; i++)
		free(drawing[i].svg);
	memset(graphs->drawings, 0, sizeof(graphs->drawings));
	memset(graphs->figures, 0, sizeof(graphs->figures));
}

void
graphs_free(struct graphs *graphs)
{
	if (graphs == NULL)
		return;
	forget(graphs);
	free(graphs);
}

void
series_path(const struct graphs *graphs, const struct series *series,
    char path_r[SERIES_PATH])
{
	(void)snprintf(
	    path_r, SERIES_PATH, "%s/%s.rrd", graphs->directory, series->name);
}

/* That it begins and that it is over is logged, in one line. */
static void
set_error(struct graphs *graphs, const char *error)
{
	bool was = graphs->error[0] != '\0', is = error[0] != '\0';

	(void)snprintf(graphs->error, sizeof(graphs->error), "%s", error);
	if (is && (!was || !graphs->said))
		log_warnx("no graphs: %s", graphs->error);
	else if (!is && (was || !graphs->said))
		log_info("filling the graphs in %s", graphs->directory);
	graphs->said = true;
}

void
graphs_open(struct graphs *graphs, const char *directory)
{
	const char *name = directory != NULL ? directory : "";

	if (strcmp(graphs->directory, name) == 0)
		return;
	forget(graphs);
	graphs->noted = 0;
	(void)snprintf(
	    graphs->directory, sizeof(graphs->directory), "%s", name);
	graphs->error[0] = '\0';
	graphs->said = false;
}

bool
graphs_wanted(const struct graphs *graphs)
{
	return (graphs->directory[0] != '\0');
}

const char *
graphs_error(const struct graphs *graphs)
{
	return (graphs_wanted(graphs) && graphs->error[0] != '\0' ?
		graphs->error :
		NULL);
}

static int
create(const struct librrd *rrd, const char *path, const struct series *series,
    time_t now)
{
	const char *arguments[1 + COUNT(archives)];
	char source[64];

	(void)snprintf(source, sizeof(source), "DS:value:%s:" HEARTBEAT ":0:U",
	    series->rate ? "DERIVE" : "GAUGE");
	arguments[0] = source;
	memcpy(&arguments[1], archives, sizeof(archives));
	return (
	    rrd->create(path, STEP, now - 1, (int)COUNT(arguments), arguments));
}

/* Returns 0, or -1: the library says why. */
static int
note_series(const struct graphs *graphs, const struct series *series,
    const struct snapshot *snapshot, time_t now)
{
	const struct librrd *rrd = graphs->rrd;
	const char *arguments[1];
	char path[SERIES_PATH], text[64];
	int len;

	rrd->clear_error();
	series_path(graphs, series, path);
	if (access(path, F_OK) == -1 && create(rrd, path, series, now) == -1)
		return (-1);
	/* Started again within a second, there is nothing to add. */
	if (rrd->last(path) == now)
		return (0);
	len = snprintf(text, sizeof(text), "%" PRId64 ":", (int64_t)now);
	if (snapshot == NULL)
		(void)snprintf(text + len, sizeof(text) - (size_t)len, "U");
	else
		(void)snprintf(text + len, sizeof(text) - (size_t)len,
		    "%" PRIu64, series->value(snapshot));
	arguments[0] = text;
	return (rrd->update(path, NULL, 1, arguments));
}

/* Why a series could not be filled.  Where the disk is full the library fails
   without a word. */
static void
explain(const struct graphs *graphs, const struct series *series, char *error_r,
    size_t size)
{
	const char *said = graphs->rrd->get_error();

	if (access(graphs->directory, W_OK | X_OK) == -1)
		(void)snprintf(error_r, size, "%s: %s", graphs->directory,
		    strerror(errno));
	else if (said[0] != '\0')
		(void)snprintf(error_r, size, "%s.rrd: %s", series->name, said);
	else
		(void)snprintf(error_r, size,
		    "%s/%s.rrd can't be written; is the disk full?",
		    graphs->directory, series->name);
}

/* Take in all series; `error_r` is why the first failed that did. */
static void
note_all(struct graphs *graphs, const struct snapshot *snapshot, time_t now,
    char *error_r, size_t size)
{
	for (unsigned s = 0; s < SERIES_COUNT; s++)
		if (note_series(graphs, &series_table[s], snapshot, now) ==
			-1 &&
		    error_r[0] == '\0')
			explain(graphs, &series_table[s], error_r, size);
	graphs->rrd->clear_error();
}

void
graphs_note(struct graphs *graphs, const struct snapshot *snapshot, bool up)
{
	char text[sizeof(graphs->error)] = "";
	time_t now = time(NULL);
	const char *error = text;

	if (!graphs_wanted(graphs) || now / STEP == graphs->noted / STEP)
		return;
	graphs->noted = now;
	if (graphs->rrd == NULL)
		graphs->rrd = librrd_load(&error);
	if (graphs->rrd != NULL)
		note_all(graphs, up ? snapshot : NULL, now, text, sizeof(text));
	set_error(graphs, error);
	forget(graphs);
}

void
graphs_render_state(
    FILE *out, enum prometheus_format format, const struct graphs *graphs)
{
	if (!graphs_wanted(graphs))
		return;
	render_family(out, format, "postfix_stats_graphs_up", FAMILY_GAUGE,
	    "Whether all files of the status page's graphs could be written "
	    "at the last minute. There is no such series without graphs.");
	fprintf(
	    out, "postfix_stats_graphs_up %d\n", graphs_error(graphs) == NULL);
}
