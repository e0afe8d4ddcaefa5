/*
 * Where reading of a log stopped: enough to find the same bytes again after a
 * restart, a crash or a rotation.  A file is known by what is in it, not by
 * its name or inode number alone, so neither a reused inode number nor a file
 * that was cut off and grew again is mistaken for the old one, and a copy of
 * it, packed or not, is found.
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
	bool done;         /* only what follows that file is of interest */
};

enum { POSITION_HEAD = 256, POSITION_TAIL = 64, POSITION_TEXT_MAX = 104 };

/* Note what stands in the file: its first bytes, POSITION_HEAD or up to the
   offset, and those before the offset, POSITION_TAIL or from the start. */
void position_note(
    struct position *position, struct slice head, struct slice tail);

/* Whether the same stands there; of `head` only what was noted counts. */
bool position_reads(
    const struct position *position, struct slice head, struct slice tail);

bool position_reads_head(const struct position *position, struct slice head);

/* How many bytes there are of each at `offset`. */
size_t position_head_len(off_t offset);
size_t position_tail_len(off_t offset);

/* As text, for the store; returns its length. */
size_t position_format(
    const struct position *position, char text_r[POSITION_TEXT_MAX]);

/* Take a formatted position off the front of `text`.  False if there is
   none. */
bool position_parse(struct slice *text, struct position *position_r);

#endif
