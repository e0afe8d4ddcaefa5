/*
 * Where reading of a log stopped: enough to find the same bytes again after a
 * restart, a crash or a rotation.  A file is known by what is in it, not by
 * its name or inode number alone, so neither a reused inode number nor a file
 * that was cut off and grew again is mistaken for the old one.
 */
#ifndef TAILER_POSITION_H
#define TAILER_POSITION_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "lib/util/slice.h"

struct position {
	dev_t device;
	ino_t inode;
	off_t offset;      /* behind the last newline counted */
	uint32_t head_len; /* bytes that `head` covers */
	uint64_t head;     /* hash of the first bytes */
	uint64_t tail;     /* hash of the bytes before offset */
};

enum { POSITION_TEXT_MAX = 128 };

/* The position at `offset` of an open file.  Returns 0, or -1 with errno. */
int position_take(int fd, off_t offset, struct position *position_r);

/* Whether the open file reads as the one that `position` was taken in did;
   *same_inode_r tells whether it also has its inode number. */
bool position_fits(int fd, const struct position *position, bool *same_inode_r);

/* As text, for the store; returns its length. */
size_t position_format(
    const struct position *position, char text_r[POSITION_TEXT_MAX]);

/* Take a formatted position off the front of `text`.  False if there is
   none. */
bool position_parse(struct slice *text, struct position *position_r);

#endif
