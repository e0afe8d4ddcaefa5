/*
 * One open log file, plain or packed, read through one buffer, which lends its
 * lines, many at a time; a last line without newline waits for its rest.
 *
 * Each time more is read, the bytes before it are read again and compared, by
 * the same system call: so a file that was cut off is noticed, also if it has
 * grown past the old place since, and never read from the middle.
 */
#ifndef TAILER_LOGFILE_H
#define TAILER_LOGFILE_H

#include <sys/types.h>

#include "lib/stats/line.h"
#include "tailer/position.h"
#include "tailer/unpack.h"

enum { LOGFILE_BUFFER = 256 << 10, LOGFILE_AHEAD = 48 };

struct logfile;

enum logfile_result {
	LOGFILE_LINES = 1,
	LOGFILE_END = 0,      /* no whole line for now */
	LOGFILE_ERROR = -1,   /* errno says which; to be tried again */
	LOGFILE_CUT = -2,     /* the file is not what it was */
	LOGFILE_OVERLONG = 2, /* a line was skipped */
};

/* Open `path` to read from its start.  Returns NULL with errno; EISDIR or
   EINVAL for what is not a plain file. */
struct logfile *logfile_open(const char *path, enum packing packing);
void logfile_close(struct logfile *file);

/*
 * The next whole lines, with their newlines, valid until the next call: at
 * most `most` bytes of them, but one line at least.  NULs before the first
 * are dropped, and a line that is longer than LINE_LEN_MAX and the buffer.
 */
enum logfile_result logfile_next(
    struct logfile *file, size_t most, struct slice *lines_r);

/* Read something if nothing is buffered.  Returns as logfile_next. */
enum logfile_result logfile_peek(struct logfile *file);

/* Whether logfile_next has something to lend without reading more. */
bool logfile_ready(struct logfile *file);

/* Read until it has.  Returns as logfile_next. */
enum logfile_result logfile_prepare(struct logfile *file);

int logfile_fd(const struct logfile *file);

/* Where the first line begins that was not lent yet. */
off_t logfile_offset(const struct logfile *file);

/* That place, as it was read: the file may have changed since. */
void logfile_mark(const struct logfile *file, struct position *position_r);

/* Whether it is the file, by its number, or a copy of it. */
bool logfile_is(const struct logfile *file, dev_t device, ino_t inode);

/* Go to `position` if the file reads there as it did.  Returns 1, 0 if it does
   not, or -1 with errno if that can't be told now. */
int logfile_resume(struct logfile *file, const struct position *position);

/* Go to `offset`.  Returns 0, or -1 with errno if the file is shorter (0) or
   can't be read. */
int logfile_seek(struct logfile *file, off_t offset);

/* Look at the first bytes, up to POSITION_HEAD.  Returns how many there are,
   or -1 with errno; EBADMSG for a damaged file. */
ssize_t logfile_head(const struct logfile *file, char head_r[POSITION_HEAD]);

/* Whether what was read of the file so far begins as `head` does. */
bool logfile_begins(const struct logfile *file, struct slice head);

/* Lend what is buffered and nothing more. */
void logfile_freeze(struct logfile *file);

/* Whether a line has begun that has no end. */
bool logfile_fragment(const struct logfile *file);

bool logfile_packed(const struct logfile *file);

/* The size on disk now, or -1. */
off_t logfile_size(const struct logfile *file);

/* Look at the beginning of the next line, as far as it is there; empty if it
   can't be seen now.  `room_r` may be used for it. */
struct slice logfile_ahead(
    const struct logfile *file, char room_r[LOGFILE_AHEAD]);

/* Bytes of the file on disk that wait to be read. */
off_t logfile_backlog(const struct logfile *file);

#endif
