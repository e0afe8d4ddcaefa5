/*
 * What logfile.c and logfile_place.c share, and nobody else sees.
 */
#ifndef TAILER_LOGFILE_PARTS_H
#define TAILER_LOGFILE_PARTS_H

#include "tailer/logfile.h"

/* What is compared each time more is read: some lines, so that not all of it
   can be the same by chance. */
enum { WINDOW = 1024 };

struct logfile {
	int fd;
	enum packing packing;
	struct unpack *unpack;
	dev_t device;
	ino_t inode;
	off_t offset;      /* of buffer[start] less what was skipped */
	size_t start, end; /* what is buffered and not yet lent */
	size_t searched;   /* bytes behind start without newline */
	off_t skipped;     /* bytes of an overlong line dropped */
	bool frozen;
	size_t head_len;
	size_t tail_len; /* of tail, while an overlong line is skipped */
	char head[POSITION_HEAD];
	char tail[POSITION_TAIL];
	char *buffer;
};

/* All of the `len` bytes at `offset`, unless the file ends before.  Returns
   how many, or -1. */
ssize_t logfile_read_all(int fd, char *bytes_r, size_t len, off_t offset);

/* Have room behind `end`, and keep what the next look compares. */
int logfile_make_room(struct logfile *file);

/* The bytes before `offset`, as they were read. */
struct slice logfile_tail_of(const struct logfile *file);

#endif
