/*
 * Lines are gathered for an answer, and written and synced together before
 * anything of it is counted: so after a crash some may be there twice, and none is
 * missing.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/stats/whm_rows.h"
#include "lib/util/error.h"
#include "whm/sink.h"

struct sink {
	const char *path; /* NULL: no file */
	bool to_syslog, nowhere;
	int fd; /* -1: the file is not open */
	struct buffer lines;
};

/* --- lines ------------------------------------------------------------------ */

static void
add_number(struct sink *sink, const char *name, uint64_t number)
{
	char text[64];

	(void)snprintf(text, sizeof(text), ",\"%s\":%llu", name,
	    (unsigned long long)number);
	buffer_add(&sink->lines, slice_of(text));
}

static void
add_text(struct sink *sink, const char *name, struct slice text)
{
	buffer_add(&sink->lines, SLICE(",\""));
	buffer_add(&sink->lines, slice_of(name));
	buffer_add(&sink->lines, SLICE("\":"));
	if (text.len == 0)
		buffer_add(&sink->lines, SLICE("null"));
	else
		buffer_add_string(&sink->lines, text);
}

void
sink_add(struct sink *sink, const char *server, const struct message *message)
{
	if (sink->nowhere)
		return;
	buffer_add(&sink->lines, SLICE("{\"server\":"));
	buffer_add_string(&sink->lines, slice_of(server));
	for (unsigned i = 0; i < WHM_LOG_LABELS; i++) {
		const char *name = whm_log_labels[i];

		if (i == TEXT_ACTION_TIME)
			add_number(sink, name, message->sum.action_time);
		else if (i == TEXT_SEND_TIME)
			add_number(sink, name, message->sum.send_time);
		else if (i == TEXT_SIZE)
			add_number(sink, name, message->sum.size);
		else if (i == TEXT_REMOTE)
			add_number(sink, name, message->sum.remote);
		else
			add_text(sink, name, message->text[i]);
	}
	add_text(sink, "spam_score", message->text[TEXT_SPAM_SCORE]);
	add_text(sink, "email", message->text[TEXT_EMAIL]);
	buffer_add(&sink->lines, SLICE("}\n"));
}

/* --- the file --------------------------------------------------------------- */

/* Where the last whole line ends, at `end` or before; -1: it can't be read. */
static off_t
last_end(int fd, off_t end)
{
	char back[4096];

	while (end > 0) {
		off_t from = end > (off_t)sizeof(back) ?
		    end - (off_t)sizeof(back) :
		    0;
		ssize_t got = pread(fd, back, (size_t)(end - from), from);

		if (got != end - from)
			return (-1);
		while (got > 0 && back[got - 1] != '\n')
			got--;
		if (got > 0)
			return (from + got);
		end = from;
	}
	return (0);
}

/* A line that a crash has left without its end is not one. */
static int
cut_torn_line(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);
	off_t whole = end > 0 ? last_end(fd, end) : end;

	if (whole == end)
		return (end < 0 ? -1 : 0);
	return (whole < 0 ? -1 : ftruncate(fd, whole));
}

/* Whether the file that is open still stands under its name. */
static bool
is_in_place(const struct sink *sink)
{
	struct stat open_one, named;

	return (fstat(sink->fd, &open_one) == 0 &&
	    stat(sink->path, &named) == 0 && open_one.st_ino == named.st_ino &&
	    open_one.st_dev == named.st_dev);
}

static int
open_file(struct sink *sink, const char **error_r)
{
	if (sink->fd != -1 && is_in_place(sink))
		return (0);
	if (sink->fd != -1)
		(void)close(sink->fd);
	sink->fd = open(
	    sink->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (sink->fd != -1 && cut_torn_line(sink->fd) == 0)
		return (0);
	*error_r = error_text("%s: %s", sink->path, strerror(errno));
	if (sink->fd != -1)
		(void)close(sink->fd);
	sink->fd = -1;
	return (-1);
}

int
sink_open(const char *where, struct sink **sink_r, const char **error_r)
{
	struct sink *sink = calloc(1, sizeof(*sink));

	*error_r = "no memory";
	if (sink == NULL)
		return (-1);
	sink->fd = -1;
	sink->nowhere = where == NULL;
	if (where != NULL && where[0] == '/')
		sink->path = where;
	else if (where != NULL)
		sink->to_syslog = strcmp(where, "syslog") == 0;
	if (sink->path != NULL && open_file(sink, error_r) == -1) {
		free(sink);
		return (-1);
	}
	*sink_r = sink;
	return (0);
}

void
sink_close(struct sink *sink)
{
	if (sink == NULL)
		return;
	if (sink->fd != -1)
		(void)close(sink->fd);
	buffer_free(&sink->lines);
	free(sink);
}

/* --- writing ---------------------------------------------------------------- */

static int
write_all(int fd, struct slice text)
{
	while (text.len > 0) {
		ssize_t put = write(fd, text.at, text.len);

		if (put == -1 && errno == EINTR)
			continue;
		if (put <= 0)
			return (-1);
		text = slice_from(text, (size_t)put);
	}
	return (0);
}

/* A line that is only there in part is taken back. */
static int
write_file(struct sink *sink, struct slice text, const char **error_r)
{
	if (open_file(sink, error_r) == -1)
		return (-1);
	if (write_all(sink->fd, text) == 0 && fdatasync(sink->fd) == 0)
		return (0);
	*error_r = error_text("%s: %s", sink->path, strerror(errno));
	(void)cut_torn_line(sink->fd);
	return (-1);
}

static int
write_out(struct slice text, const char **error_r)
{
	if (write_all(STDOUT_FILENO, text) == 0)
		return (0);
	*error_r = error_text("standard output: %s", strerror(errno));
	return (-1);
}

static int
write_syslog(struct slice text)
{
	struct slice line;

	while (slice_cut(&text, '\n', &line))
		syslog(LOG_DAEMON | LOG_INFO, "%.*s", (int)line.len, line.at);
	return (0);
}

int
sink_write(struct sink *sink, const char **error_r)
{
	struct slice text = { sink->lines.at, sink->lines.len };
	int failed = 0;

	if (sink->lines.failed) {
		*error_r = "no memory for events";
		failed = -1;
	} else if (text.len > 0 && sink->path != NULL)
		failed = write_file(sink, text, error_r);
	else if (text.len > 0 && sink->to_syslog)
		failed = write_syslog(text);
	else if (text.len > 0)
		failed = write_out(text, error_r);
	sink_drop(sink);
	return (failed);
}

void
sink_drop(struct sink *sink)
{
	sink->lines.len = 0;
	sink->lines.failed = false;
}
