/*
 * One drawing.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/graph_parts.h"
#include "exporter/librrd.h"
#include "lib/util/slice.h"

/* The library takes a command line. */
enum { WORDS = 64 };

struct command {
	int count;
	char *word[WORDS + 1];
	bool failed;
};

static const struct {
	const char *width, *height;
} sizes[SIZES] = { { "600", "200" }, { "320", "180" } };

/* What is behind the graph is the page. */
static const char *const schemes[SCHEMES][10] = {
	{ "BACK#00000000", "CANVAS#00000000", "SHADEA#00000000",
	    "SHADEB#00000000", "FRAME#00000000", "GRID#00000014",
	    "MGRID#00000028", "FONT#414b46", "AXIS#8a938e", "ARROW#00000000" },
	{ "BACK#00000000", "CANVAS#00000000", "SHADEA#00000000",
	    "SHADEB#00000000", "FRAME#00000000", "GRID#ffffff14",
	    "MGRID#ffffff28", "FONT#c3ccc7", "AXIS#7b8580", "ARROW#00000000" },
};

/* Lines differ not by colour alone: whole, broken, dotted. */
static const char *const dashes[GRAPH_SERIES] = { "", ":dashes=7,3",
	":dashes=2,3", ":dashes=9,3,2,3", ":dashes=1,4" };

static void add(struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
add(struct command *command, const char *format, ...)
{
	va_list arguments;
	char *word;

	va_start(arguments, format);
	if (command->count == WORDS || vasprintf(&word, format, arguments) < 0)
		command->failed = true;
	else
		command->word[command->count++] = word;
	va_end(arguments);
}

/* In a DEF a colon in a name stands behind a backslash. */
static void
add_data(struct command *command, unsigned i, const char *path)
{
	char escaped[2 * SERIES_PATH];
	size_t len = 0;

	for (; *path != '\0'; path++) {
		if (*path == ':' || *path == '\\')
			escaped[len++] = '\\';
		escaped[len++] = *path;
	}
	escaped[len] = '\0';
	add(command, "DEF:raw%u=%s:value:AVERAGE", i, escaped);
}

static void
add_series(struct command *command, const struct graphs *graphs,
    const struct graph_wanted *wanted, unsigned i)
{
	const struct series *series = graph_series(wanted->graph, i);
	const char *colour = series->colour[wanted->dark];
	char path[SERIES_PATH];

	series_path(graphs, series, path);
	add_data(command, i, path);
	add(command, "CDEF:value%u=raw%u,%d,*", i, i, series->rate ? 60 : 1);
	if (i == 0)
		add(command, "AREA:value0#%s38", colour);
	add(command, "LINE1.5:value%u#%s%s", i, colour, dashes[i]);
}

static void
add_frame(struct command *command, const struct graphs *graphs,
    const struct graph_wanted *wanted)
{
	long seconds = period_table[wanted->period].seconds;

	add(command, "graph");
	add(command, "-");
	add(command, "--imgformat=SVG");
	add(command, "--end=%lld", (long long)graphs->noted);
	add(command, "--start=%lld", (long long)graphs->noted - seconds);
	add(command, "--x-grid=%s", period_table[wanted->period].grid);
	add(command, "--full-size-mode");
	add(command, "--width=%s", sizes[wanted->small].width);
	add(command, "--height=%s", sizes[wanted->small].height);
	add(command, "--border=0");
	add(command, "--lower-limit=0");
	add(command, "--units-exponent=0");
	add(command, "--no-legend");
	add(command, "--disable-rrdtool-tag");
	add(command, "--slope-mode");
	add(command, "--use-nan-for-all-missing-data");
	add(command, "--vertical-label=%s", graph_table[wanted->graph].unit);
	add(command, "--font=DEFAULT:9:DejaVu Sans");
	for (size_t i = 0; i < COUNT(schemes[0]); i++)
		add(command, "--color=%s", schemes[wanted->dark][i]);
}

/* Write the picture among what the library tells of it. */
static void
write_picture(FILE *out, const rrd_info_t *info)
{
	while (info != NULL && info->type != RD_I_BLO)
		info = info->next;
	if (info != NULL)
		(void)fwrite(
		    info->value.u_blo.ptr, 1, info->value.u_blo.size, out);
}

void
graph_draw(
    const struct graphs *graphs, const struct graph_wanted *wanted, FILE *out)
{
	struct command command = { .count = 0 };

	add_frame(&command, graphs, wanted);
	for (unsigned i = 0; graph_series(wanted->graph, i) != NULL; i++)
		add_series(&command, graphs, wanted, i);
	if (!command.failed) {
		rrd_info_t *info = graphs->rrd->graph(
		    command.count, command.word);

		write_picture(out, info);
		graphs->rrd->info_free(info);
	}
	while (command.count > 0)
		free(command.word[--command.count]);
}
