/*
 * Buffered lines of a file.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tailer/logfile.h"

struct logfile {
	int fd;
	off_t offset;      /* of buffer[start] in the file */
	size_t start, end; /* what is buffered and not yet lent */
	size_t searched;   /* bytes behind start without newline */
	off_t skipped;     /* bytes of an overlong line dropped */
	char buffer[LOGFILE_BUFFER];
};

struct logfile *
logfile_open(const char *path, off_t offset)
{
	struct logfile *file;
	struct stat st;
	int fd, error;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1)
		return (NULL);
	file = malloc(sizeof(*file));
	error = file == NULL     ? ENOMEM :
	    fstat(fd, &st) == -1 ? errno :
	    S_ISDIR(st.st_mode)  ? EISDIR :
	    !S_ISREG(st.st_mode) ? EINVAL :
				   0;
	if (error != 0) {
		free(file);
		close(fd);
		errno = error;
		return (NULL);
	}
	file->fd = fd;
	logfile_seek(file, offset);
	return (file);
}

void
logfile_close(struct logfile *file)
{
	if (file == NULL)
		return;
	close(file->fd);
	free(file);
}

/* More bytes behind those that are there.  Returns as read(2). */
static ssize_t
fill(struct logfile *file)
{
	ssize_t got;

	if (file->start > 0) {
		memmove(file->buffer, file->buffer + file->start,
		    file->end - file->start);
		file->end -= file->start;
		file->start = 0;
	}
	do
		got = pread(file->fd, file->buffer + file->end,
		    sizeof(file->buffer) - file->end,
		    file->offset + file->skipped + (off_t)file->end);
	while (got == -1 && errno == EINTR);
	if (got > 0)
		file->end += (size_t)got;
	return (got);
}

/* Take `len` bytes, and the newline behind them, off the front. */
static void
advance(struct logfile *file, size_t len)
{
	file->start += len + 1;
	file->offset += file->skipped + (off_t)len + 1;
	file->searched = 0;
	file->skipped = 0;
}

enum logfile_result
logfile_next(struct logfile *file, struct slice *line_r)
{
	for (;;) {
		char *at = file->buffer + file->start;
		size_t have = file->end - file->start, len;
		char *newline = memchr(
		    at + file->searched, '\n', have - file->searched);
		ssize_t got;

		if (newline != NULL) {
			bool whole = file->skipped == 0;

			len = (size_t)(newline - at);
			*line_r = (struct slice){ at, len };
			advance(file, len);
			return (whole && len <= LOGFILE_LINE_MAX ?
				LOGFILE_LINE :
				LOGFILE_OVERLONG);
		}
		if (have > LOGFILE_LINE_MAX) {
			file->skipped += (off_t)have;
			file->start = file->end = have = 0;
		}
		file->searched = have;
		got = fill(file);
		if (got <= 0)
			return (got == 0 ? LOGFILE_END : LOGFILE_ERROR);
	}
}

int
logfile_fd(const struct logfile *file)
{
	return (file->fd);
}

off_t
logfile_offset(const struct logfile *file)
{
	return (file->offset);
}

void
logfile_seek(struct logfile *file, off_t offset)
{
	file->offset = offset;
	file->start = file->end = file->searched = 0;
	file->skipped = 0;
}

off_t
logfile_size(const struct logfile *file)
{
	struct stat st;

	return (fstat(file->fd, &st) == -1 ? -1 : st.st_size);
}
