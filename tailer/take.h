/*
 * Taking files from the list of rotated ones into the chain.
 */
#ifndef TAILER_TAKE_H
#define TAILER_TAKE_H

#include "tailer/search.h"

struct taking {
	const struct siblings *siblings;
	char head[POSITION_HEAD]; /* of the file before */
	size_t head_len;
	bool again; /* these were passed before: no gap is new */
};

enum { TAKE_NONE = -1, TAKE_FAILED = -2 };

/* Which of the places known a file reads as; it stands there then.  What is in
   it goes before its number, which another may have had.  TAKE_NONE, or
   TAKE_FAILED with errno if it can't be read now. */
int take_place(const struct chain *chain, struct logfile *file);

/* Put the files `from` to, but not with, `to` into the chain at `at`.  False
   if not all of them could be. */
bool take_range(
    struct chain *chain, struct taking *taking, int from, int to, int at);

/* Append all that comes behind `at`. */
void take_after(struct chain *chain, const struct siblings *siblings, int at);

/* Count that something could not be found, and say what. */
void take_gap(struct chain *chain, const char *why);

#endif
