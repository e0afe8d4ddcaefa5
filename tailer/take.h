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
};

/* Put the files `from` to, but not with, `to` into the chain at `at`.  False
   if not all of them could be. */
bool take_range(
    struct chain *chain, struct taking *taking, int from, int to, int at);

/* Append all that comes behind `at`. */
void take_after(struct chain *chain, const struct siblings *siblings, int at);

/* Count that something could not be found, and say what. */
void take_gap(struct chain *chain, const char *why);

#endif
