/*
 * Lines from standard input.  What was read cannot be asked for again, so
 * what was not published when the tailer was killed is lost: at most once.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/stats/line.h"
#include "lib/util/log.h"
#include "tailer/source.h"

/* There is one standard input; what is buffered must outlive a reload. */
static struct input {
	struct source source; /* first */
	size_t start, end;    /* what is buffered and not yet lent */
	size_t searched;      /* bytes behind start without newline */
	bool skipping;        /* an overlong line */
	bool ended;           /* there will be no more */
	char buffer[2 * LINE_LEN_MAX];
} input;

static int
stdin_start(struct source *source, struct slice saved, enum source_from from,
    bool wait, const char **error_r)
{
	(void)source, (void)saved, (void)from, (void)wait, (void)error_r;
	return (0);
}

/* More bytes behind those that are there.  False if there are none now. */
static bool
fill(void)
{
	struct pollfd ready = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t got;

	memmove(
	    input.buffer, input.buffer + input.start, input.end - input.start);
	input.end -= input.start;
	input.start = 0;
	if (poll(&ready, 1, 0) <= 0)
		return (false);
	got = read(STDIN_FILENO, input.buffer + input.end,
	    sizeof(input.buffer) - input.end);
	if (got == -1 && (errno == EINTR || errno == EAGAIN))
		return (false);
	if (got == -1)
		log_warn("cannot read standard input");
	input.ended = got <= 0;
	input.end += got > 0 ? (size_t)got : 0;
	return (true);
}

/* The input has ended within a line: what is there of it may say anything. */
static enum source_result
drop_rest(void)
{
	bool overlong = input.skipping;

	if (input.end == input.start && !overlong)
		return (SOURCE_END);
	input.start = input.end = 0;
	input.skipping = false;
	if (overlong)
		return (SOURCE_OVERLONG);
	log_warnx("standard input ended within a line, which is not counted");
	return (SOURCE_INCOMPLETE);
}

static enum source_result
stdin_next(struct source *source, struct slice *lines_r)
{
	(void)source;
	for (;;) {
		struct slice have = { input.buffer + input.start,
			input.end - input.start };
		bool whole = !input.skipping;

		*lines_r = have;
		lines_r->len = slice_lines(
		    have, input.searched, whole ? SIZE_MAX : 0);
		if (lines_r->len > 0) {
			input.start += lines_r->len;
			input.searched = 0;
			input.skipping = false;
			return (whole ? SOURCE_LINES : SOURCE_OVERLONG);
		}
		input.searched = have.len;
		if (have.len > LINE_LEN_MAX) {
			input.skipping = true;
			input.start = input.end = input.searched = 0;
		}
		if (input.ended) {
			input.searched = 0;
			return (drop_rest());
		}
		if (!fill())
			return (SOURCE_END);
	}
}

static size_t
stdin_save(const struct source *source, char text_r[TEXT_MAX])
{
	(void)source, (void)text_r;
	return (0);
}

static void
stdin_free(struct source *source)
{
	(void)source;
}

static int
stdin_descriptor(const struct source *source)
{
	(void)source;
	return (input.ended ? -1 : STDIN_FILENO);
}

static enum source_state
stdin_state(const struct source *source)
{
	(void)source;
	return (!input.ended || input.start < input.end ? SOURCE_BUSY :
							  SOURCE_ENDED);
}

static const struct source_ops stdin_ops = {
	.start = stdin_start,
	.next = stdin_next,
	.save = stdin_save,
	.free = stdin_free,
	.descriptor = stdin_descriptor,
	.state = stdin_state,
};

struct source *
source_stdin_new(void)
{
	input.source.ops = &stdin_ops;
	input.source.name = "stdin";
	return (&input.source);
}
