/*
 * Drawings, made when they are asked for and kept until the next minute, so that
 * who asks a thousand times gets one as often, but has it drawn once.
 *
 * A process of its own draws: librrd loses some bytes with each drawing, and
 * what draws letters keeps megabytes.  It draws all graphs of a period at once,
 * since a page shows them together.  They are kept compressed, as some browsers
 * take sixteen of them and others another sixteen.
 */
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/graph_parts.h"
#include "exporter/squeeze.h"
#include "lib/util/clock.h"
#include "lib/util/slice.h"

enum { PATIENCE = 4000 }; /* milliseconds that the process may take */

static struct drawing *
drawing_of(struct graphs *graphs, const struct graph_wanted *wanted)
{
	return (&graphs->drawings[wanted->graph][wanted->period][wanted->small]
				 [wanted->dark]);
}

/* What a drawing begins with on its way from there. */
struct drawing_head {
	size_t len, text_len; /* compressed; as it is */
};

/* False: there is none, or no memory. */
static bool
send_drawing(FILE *out, const char *svg, size_t len)
{
	struct squeezed squeezed;
	struct drawing_head head;

	if (squeeze_whole(svg, len, &squeezed) == -1)
		return (false);
	head = (struct drawing_head){ squeezed.len, len };
	(void)fwrite(&head, sizeof(head), 1, out);
	(void)fwrite(squeezed.bytes, 1, squeezed.len, out);
	free(squeezed.bytes);
	return (true);
}

/* The process. */
_Noreturn static void
draw_in_child(
    const struct graphs *graphs, struct graph_wanted wanted, int to_parent)
{
	FILE *out = fdopen(to_parent, "w");

	for (unsigned g = 0; out != NULL && g < GRAPHS; g++) {
		char *svg = NULL;
		size_t len = 0;
		FILE *drawing = open_memstream(&svg, &len);

		wanted.graph = (enum graph_id)g;
		if (drawing == NULL)
			break;
		graph_draw(graphs, &wanted, drawing);
		if (fclose(drawing) != 0 || !send_drawing(out, svg, len))
			break;
		free(svg);
	}
	if (out != NULL)
		(void)fclose(out);
	_exit(0);
}

/* Read exactly so much, until `deadline`. */
static bool
read_all(int fd, void *to, size_t size, int64_t deadline)
{
	unsigned char *at = to;

	while (size > 0) {
		struct pollfd readable = { fd, POLLIN, 0 };
		int64_t left = deadline - clock_milliseconds();
		ssize_t got;

		if (left <= 0 || poll(&readable, 1, (int)left) != 1)
			return (false);
		got = read(fd, at, size);
		if (got <= 0)
			return (false);
		at += got;
		size -= (size_t)got;
	}
	return (true);
}

static void
take_drawing(struct drawing *drawing, int fd, int64_t deadline)
{
	struct drawing_head head;

	if (!read_all(fd, &head, sizeof(head), deadline) ||
	    head.text_len == 0 || head.text_len > DRAWING_MAX ||
	    head.len > DRAWING_MAX)
		return;
	drawing->svg = malloc(head.len);
	drawing->len = head.len;
	drawing->text_len = head.text_len;
	if (drawing->svg == NULL ||
	    read_all(fd, drawing->svg, head.len, deadline))
		return;
	free(drawing->svg);
	drawing->svg = NULL;
}

/* All graphs that differ from `wanted` in nothing else.  What can't be drawn is
   not tried again this minute.  Returns 0, or -1: there is no process. */
static int
draw_all(struct graphs *graphs, const struct graph_wanted *wanted)
{
	int64_t deadline = clock_milliseconds() + PATIENCE;
	struct graph_wanted each = *wanted;
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return (-1);
	child = fork();
	if (child == 0)
		draw_in_child(graphs, *wanted, ends[1]);
	close(ends[1]);
	for (unsigned g = 0; child != -1 && g < GRAPHS; g++) {
		each.graph = (enum graph_id)g;
		drawing_of(graphs, &each)->tried = true;
		take_drawing(drawing_of(graphs, &each), ends[0], deadline);
	}
	close(ends[0]);
	if (child == -1)
		return (-1);
	(void)kill(child, SIGKILL); /* it has ended, or hangs */
	(void)waitpid(child, NULL, 0);
	return (0);
}

/* Returns 1, or -1: no memory. */
static int
write_drawing(FILE *out, const struct drawing *drawing)
{
	char *text = malloc(drawing->text_len);
	int done = -1;

	if (text != NULL &&
	    squeeze_undo(drawing->svg, drawing->len, text, drawing->text_len) ==
		0) {
		(void)fwrite(text, 1, drawing->text_len, out);
		done = 1;
	}
	free(text);
	return (done);
}

/* Which of the names stands at the front, and step over it. */
static bool
take_graph(struct slice *name, enum graph_id *graph_r)
{
	for (unsigned g = 0; g < GRAPHS; g++)
		if (slice_skip(name, graph_table[g].name)) {
			*graph_r = (enum graph_id)g;
			return (slice_skip(name, "-"));
		}
	return (false);
}

static bool
take_period(struct slice *name, enum period_id *period_r)
{
	for (unsigned p = 0; p < PERIODS; p++)
		if (slice_skip(name, period_table[p].name)) {
			*period_r = (enum period_id)p;
			return (true);
		}
	return (false);
}

int
graphs_draw(struct graphs *graphs, const char *text, FILE *out)
{
	struct slice name = slice_of(text);
	struct drawing *drawing;
	struct graph_wanted wanted;

	if (!graphs_wanted(graphs) || graphs->rrd == NULL ||
	    !take_graph(&name, &wanted.graph) ||
	    !take_period(&name, &wanted.period))
		return (0);
	wanted.small = slice_skip(&name, "-small");
	wanted.dark = slice_skip(&name, "-dark");
	if (!slice_equal(name, ".svg"))
		return (0);
	drawing = drawing_of(graphs, &wanted);
	if (!drawing->tried && draw_all(graphs, &wanted) == -1)
		return (-1);
	return (drawing->svg != NULL ? write_drawing(out, drawing) : 0);
}
