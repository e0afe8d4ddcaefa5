/*
 * Places in a file: taking note of one, and finding it again.
 */
#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tailer/logfile_parts.h"

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

bool
logfile_is(const struct logfile *file, dev_t device, ino_t inode)
{
	return (file->device == device && file->inode == inode);
}

void
logfile_mark(const struct logfile *file, struct position *position_r)
{
	size_t head_len = position_head_len(file->offset);

	*position_r = (struct position){
		.device = file->device,
		.inode = file->inode,
		.offset = file->offset,
	};
	position_note(position_r,
	    (struct slice){ file->head,
		head_len < file->head_len ? head_len : file->head_len },
	    logfile_tail_of(file));
}

static void
rewind_to(struct logfile *file, off_t offset)
{
	unpack_free(file->unpack);
	file->unpack = NULL;
	file->offset = offset;
	file->start = file->end = file->searched = 0;
	file->skipped = 0;
	file->head_len = 0;
}

static int
seek_plain(struct logfile *file, off_t offset)
{
	size_t head = position_head_len(offset);
	size_t tail = offset < WINDOW ? (size_t)offset : WINDOW;
	ssize_t got;

	rewind_to(file, offset);
	if (offset == 0)
		return (0);
	if (logfile_make_room(file) == -1)
		return (-1);
	got = logfile_read_all(file->fd, file->head, head, 0);
	if (got == (ssize_t)head)
		got = logfile_read_all(
		    file->fd, file->buffer, tail, offset - (off_t)tail);
	if (got != (ssize_t)tail) {
		errno = got < 0 ? errno : 0;
		return (-1);
	}
	file->head_len = head;
	file->start = file->end = tail;
	return (0);
}

static int
seek_packed(struct logfile *file, off_t offset)
{
	rewind_to(file, 0);
	while (file->offset < offset) {
		enum logfile_result result = logfile_peek(file);
		off_t rest = offset - file->offset;
		size_t have = file->end - file->start;

		if (result != LOGFILE_LINES) {
			errno = result == LOGFILE_ERROR ? errno : 0;
			return (-1);
		}
		if (rest < (off_t)have)
			have = (size_t)rest;
		file->start += have;
		file->offset += (off_t)have;
	}
	return (0);
}

int
logfile_seek(struct logfile *file, off_t offset)
{
	return (file->packing == PACKED_NOT ? seek_plain(file, offset) :
					      seek_packed(file, offset));
}

int
logfile_resume(struct logfile *file, const struct position *position)
{
	char head[POSITION_HEAD];
	ssize_t len;

	/* Nothing read yet: there is only the inode to go by. */
	if (position->offset == 0)
		return (logfile_is(file, position->device, position->inode) &&
		    logfile_seek(file, 0) == 0);
	/* A packed file is not unpacked but for a good reason. */
	len = logfile_head(file, head);
	if (len < 0)
		return (errno == EBADMSG ? 0 : -1);
	if (!position_reads_head(position, (struct slice){ head, (size_t)len }))
		return (0);
	if (logfile_seek(file, position->offset) == -1)
		return (errno == 0 ? 0 : -1);
	return (position_reads(position,
	    (struct slice){ file->head, file->head_len },
	    logfile_tail_of(file)));
}

bool
logfile_begins(const struct logfile *file, struct slice head)
{
	size_t len = head.len < file->head_len ? head.len : file->head_len;

	return (len > 0 && memcmp(file->head, head.at, len) == 0);
}

ssize_t
logfile_head(const struct logfile *file, char head_r[POSITION_HEAD])
{
	struct unpack *unpack;
	ssize_t got = 1;
	size_t have = 0;
	int error;

	if (file->packing == PACKED_NOT)
		return (logfile_read_all(file->fd, head_r, POSITION_HEAD, 0));
	unpack = unpack_new(file->fd, file->packing);
	while (unpack != NULL && got > 0 && have < POSITION_HEAD) {
		got = unpack_read(unpack, head_r + have, POSITION_HEAD - have);
		if (got > 0)
			have += (size_t)got;
	}
	if (unpack == NULL)
		got = -1;
	error = errno;
	unpack_free(unpack);
	errno = error;
	/* Of a damaged file, what there is. */
	return (
	    got < 0 && (have == 0 || error != EBADMSG) ? -1 : (ssize_t)have);
}

void
logfile_freeze(struct logfile *file)
{
	file->frozen = true;
}

bool
logfile_fragment(const struct logfile *file)
{
	return (file->end > file->start || file->skipped > 0);
}

bool
logfile_packed(const struct logfile *file)
{
	return (file->packing != PACKED_NOT);
}

off_t
logfile_size(const struct logfile *file)
{
	struct stat st;

	return (fstat(file->fd, &st) == -1 ? -1 : st.st_size);
}

struct slice
logfile_ahead(const struct logfile *file, char room_r[LOGFILE_AHEAD])
{
	size_t have = file->end - file->start;
	ssize_t got = 0;

	if (file->skipped > 0)
		return ((struct slice){ "", 0 });
	if (have > 0)
		return ((struct slice){ file->buffer + file->start,
		    have < LOGFILE_AHEAD ? have : LOGFILE_AHEAD });
	if (file->packing == PACKED_NOT && !file->frozen)
		got = logfile_read_all(
		    file->fd, room_r, LOGFILE_AHEAD, file->offset);
	return ((struct slice){ room_r, got > 0 ? (size_t)got : 0 });
}

off_t
logfile_backlog(const struct logfile *file)
{
	off_t size = logfile_size(file), rest;

	if (file->frozen)
		return (0);
	if (file->packing == PACKED_NOT)
		rest = size - file->offset;
	else
		rest = size - (file->unpack ? unpack_used(file->unpack) : 0);
	return (rest > 0 ? rest : 0);
}
