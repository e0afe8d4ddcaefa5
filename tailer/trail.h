/*
 * Finding, among a log and the files that it was rotated to, what has to be
 * read next.
 */
#ifndef TAILER_TRAIL_H
#define TAILER_TRAIL_H

#include "tailer/chain.h"

/* Begin an empty chain at `from`.  False if that can't be done now, for the
   reason in the chain's fault. */
bool trail_begin(struct chain *chain, enum source_from from);

/* Fill an empty chain from the places known, and all that was written after
   them.  What can't be found is counted as a gap; what can't be read now is
   waited for. */
void trail_resume(struct chain *chain);

/* Open what came after the newest file of the chain, or after the last one
   if it is empty. */
void trail_follow(struct chain *chain);

/* The file of link `at` is not what it was: go on in a copy.  False if that
   must be tried again. */
bool trail_recover(struct chain *chain, int at);

/* Open what stands between the file of link `at`, of which nothing has been
   lent yet, and the one before it; that link moves back by as many.  False if
   it must be tried again before anything is lent. */
bool trail_verify(struct chain *chain, int at);

#endif
