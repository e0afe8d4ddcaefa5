/*
 * Buffered lines of a file.
 *
 * The buffer holds, from its front: WINDOW bytes or more that were lent
 * already, if there were so many, then, from `start` to `end`, what is not
 * lent yet.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tailer/logfile_parts.h"

static int
check_kind(struct logfile *file)
{
	struct stat st;

	if (fstat(file->fd, &st) == -1)
		return (errno);
	file->device = st.st_dev;
	file->inode = st.st_ino;
	return (S_ISDIR(st.st_mode)  ? EISDIR :
		!S_ISREG(st.st_mode) ? EINVAL :
				       0);
}

struct logfile *
logfile_open(const char *path, enum packing packing)
{
	struct logfile *file;
	int error;

	if (packing == PACKED_OTHERWISE) {
		errno = ENOTSUP;
		return (NULL);
	}
	file = calloc(1, sizeof(*file));
	if (file == NULL)
		return (NULL);
	file->packing = packing;
	do
		file->fd = open(
		    path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	while (file->fd == -1 && errno == EINTR);
	error = file->fd == -1 ? errno : check_kind(file);
	if (error != 0) {
		logfile_close(file);
		errno = error;
		return (NULL);
	}
	return (file);
}

void
logfile_close(struct logfile *file)
{
	if (file == NULL)
		return;
	if (file->fd != -1)
		close(file->fd);
	unpack_free(file->unpack);
	free(file->buffer);
	free(file);
}

/* --- reading ---------------------------------------------------------- */

/* As pread(2), but for signals. */
static ssize_t
read_at(int fd, void *bytes_r, size_t len, off_t offset)
{
	ssize_t got;

	do
		got = pread(fd, bytes_r, len, offset);
	while (got == -1 && errno == EINTR);
	return (got);
}

ssize_t
logfile_read_all(int fd, char *bytes_r, size_t len, off_t offset)
{
	size_t have = 0;

	while (have < len) {
		ssize_t got = read_at(
		    fd, bytes_r + have, len - have, offset + (off_t)have);

		if (got < 0)
			return (-1);
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return ((ssize_t)have);
}

static size_t
window(size_t len)
{
	return (len < WINDOW ? len : WINDOW);
}

/* Where buffer[end] is in the file. */
static off_t
frontier(const struct logfile *file)
{
	return (
	    file->offset + file->skipped + (off_t)(file->end - file->start));
}

int
logfile_make_room(struct logfile *file)
{
	size_t keep = window(file->start);

	if (file->buffer == NULL) {
		file->buffer = malloc(LOGFILE_BUFFER);
		return (file->buffer == NULL ? -1 : 0);
	}
	if (file->start > keep) {
		memmove(file->buffer, file->buffer + file->start - keep,
		    file->end - file->start + keep);
		file->end -= file->start - keep;
		file->start = keep;
	}
	return (0);
}

/*
 * Read behind `end`, and once more the bytes before it.  A short read says
 * nothing about the file: only 0 is its end.
 */
static enum logfile_result
fill_plain(struct logfile *file)
{
	size_t back = window(file->end), have = 0;
	char *at = file->buffer + file->end - back, before[WINDOW];
	off_t offset = frontier(file) - (off_t)back;
	ssize_t got = 1;

	memcpy(before, at, back);
	while (got > 0 && have <= back) {
		got = read_at(file->fd, at + have,
		    LOGFILE_BUFFER - file->end + back - have,
		    offset + (off_t)have);
		if (got > 0)
			have += (size_t)got;
	}
	if (have < back || memcmp(before, at, back) != 0) {
		memcpy(at, before, back);
		return (got < 0 ? LOGFILE_ERROR : LOGFILE_CUT);
	}
	file->end += have - back;
	return (have > back ? LOGFILE_LINES :
		got < 0     ? LOGFILE_ERROR :
			      LOGFILE_END);
}

static enum logfile_result
fill_packed(struct logfile *file)
{
	ssize_t got;

	if (file->unpack == NULL)
		file->unpack = unpack_new(file->fd, file->packing);
	if (file->unpack == NULL)
		return (LOGFILE_ERROR);
	got = unpack_read(
	    file->unpack, file->buffer + file->end, LOGFILE_BUFFER - file->end);
	if (got > 0)
		file->end += (size_t)got;
	return (got > 0          ? LOGFILE_LINES :
		got == 0         ? LOGFILE_END :
		errno == EBADMSG ? LOGFILE_CUT :
				   LOGFILE_ERROR);
}

/* More bytes behind those that are there: LOGFILE_LINES if there are any. */
static enum logfile_result
fill(struct logfile *file)
{
	off_t from = frontier(file);
	enum logfile_result result;

	if (file->frozen)
		return (LOGFILE_END);
	if (logfile_make_room(file) == -1)
		return (LOGFILE_ERROR);
	result = file->packing == PACKED_NOT ? fill_plain(file) :
					       fill_packed(file);
	if (result == LOGFILE_LINES && from == (off_t)file->head_len &&
	    from < POSITION_HEAD) {
		size_t got = (size_t)(frontier(file) - from);
		size_t room = POSITION_HEAD - file->head_len;

		memcpy(file->head + file->head_len,
		    file->buffer + file->end - got, got < room ? got : room);
		file->head_len += got < room ? got : room;
	}
	return (result);
}

enum logfile_result
logfile_peek(struct logfile *file)
{
	return (file->end > file->start ? LOGFILE_LINES : fill(file));
}

/* --- lines ------------------------------------------------------------ */

struct slice
logfile_tail_of(const struct logfile *file)
{
	size_t len = position_tail_len((off_t)file->start);

	if (file->skipped > 0)
		return ((struct slice){ file->tail, file->tail_len });
	if (len == 0)
		return ((struct slice){ "", 0 });
	return ((struct slice){ file->buffer + file->start - len, len });
}

/* Take `len` bytes off the front, which end with a newline. */
static void
advance(struct logfile *file, size_t len)
{
	file->start += len;
	file->offset += file->skipped + (off_t)len;
	file->searched = 0;
	file->skipped = 0;
}

/* Drop the beginning of a line that is too long. */
static void
drop_overlong(struct logfile *file)
{
	struct slice tail = logfile_tail_of(file);

	if (file->skipped == 0) {
		memcpy(file->tail, tail.at, tail.len);
		file->tail_len = tail.len;
	}
	file->skipped += (off_t)(file->end - file->start);
	file->start = file->end;
}

/*
 * Drop the NULs at the front: a hole that a writer has left which did not
 * open the file to append.  One without data on disk is jumped over.
 */
static void
drop_hole(struct logfile *file)
{
	size_t from = file->start;
	off_t data;

	while (file->start < file->end && file->buffer[file->start] == '\0')
		file->start++;
	file->offset += (off_t)(file->start - from);
	if (file->start < file->end || file->packing != PACKED_NOT)
		return;
	data = lseek(file->fd, file->offset, SEEK_DATA);
	if (data < file->offset + LOGFILE_BUFFER)
		return;
	file->offset = data;
	memset(file->buffer, 0, WINDOW);
	file->start = file->end = WINDOW;
}

bool
logfile_ready(struct logfile *file)
{
	struct slice have = { file->buffer + file->start,
		file->end - file->start };

	if (have.len > LINE_LEN_MAX || slice_lines(have, file->searched, 0) > 0)
		return (true);
	file->searched = have.len;
	return (false);
}

enum logfile_result
logfile_prepare(struct logfile *file)
{
	enum logfile_result result = LOGFILE_LINES;

	while (!logfile_ready(file) && result == LOGFILE_LINES)
		result = fill(file);
	return (result);
}

enum logfile_result
logfile_next(struct logfile *file, size_t most, struct slice *lines_r)
{
	for (;;) {
		bool whole = file->skipped == 0;
		enum logfile_result result;
		struct slice have = { file->buffer + file->start,
			file->end - file->start };

		if (have.len > 0 && whole && *have.at == '\0') {
			drop_hole(file);
			file->searched = 0;
			if (file->start < file->end)
				continue;
			have.len = 0;
		}
		*lines_r = have;
		lines_r->len = slice_lines(
		    have, file->searched, whole ? most : 0);
		if (lines_r->len > 0) {
			advance(file, lines_r->len);
			return (whole ? LOGFILE_LINES : LOGFILE_OVERLONG);
		}
		if (have.len > LINE_LEN_MAX)
			drop_overlong(file);
		file->searched = file->end - file->start;
		result = fill(file);
		if (result != LOGFILE_LINES)
			return (result);
	}
}
