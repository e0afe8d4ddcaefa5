/*
 * One open log file, read line by line through one buffer.  Lines are lent as
 * pointer and length; a last line without newline waits for its rest.
 */
#ifndef TAILER_LOGFILE_H
#define TAILER_LOGFILE_H

#include <sys/types.h>

#include "lib/util/slice.h"

enum {
	LOGFILE_BUFFER = 256 << 10,
	LOGFILE_LINE_MAX = 64 << 10 /* longer ones are skipped */
};

struct logfile;

enum logfile_result {
	LOGFILE_LINE = 1,
	LOGFILE_END = 0,     /* no full line for now */
	LOGFILE_ERROR = -1,  /* errno says which */
	LOGFILE_OVERLONG = 2 /* a line was skipped */
};

/* Open `path` to read from `offset`.  Returns NULL with errno. */
struct logfile *logfile_open(const char *path, off_t offset);
void logfile_close(struct logfile *file);

/* The next line, without its newline, valid until the next call. */
enum logfile_result logfile_next(struct logfile *file, struct slice *line_r);

int logfile_fd(const struct logfile *file);

/* Where the first line begins that was not lent yet. */
off_t logfile_offset(const struct logfile *file);

/* Go to `offset`, dropping what is buffered. */
void logfile_seek(struct logfile *file, off_t offset);

/* The size now, or -1. */
off_t logfile_size(const struct logfile *file);

#endif
