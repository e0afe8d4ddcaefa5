/*
 * The list of a log's rotated files, and where in it a place is.
 */
#ifndef TAILER_SEARCH_H
#define TAILER_SEARCH_H

#include "tailer/chain.h"
#include "tailer/siblings.h"

/* What is before the first file that a log ever had. */
extern const struct position search_first;
bool search_origin(const struct position *place);

/* List the files of a log.  False if that can't be done now. */
bool search_list(struct chain *chain, struct siblings *siblings_r);

/* Whether the list is out of date; then it is made anew. */
bool search_again(struct chain *chain, struct siblings *siblings);

/* The place in the list before that of the log itself. */
int search_before_log(const struct siblings *siblings);

/* Which file is that of `place`, opened there; -1 if none is.  Its own inode
   goes before a copy, a name that tells of rotation before any other, and
   the newer before the older. */
int search_place(const struct siblings *siblings, const struct position *place,
    struct logfile **file_r);

/* The same, without going on to read it: `none` if there is none, -1 for what
   is before all files. */
int search_copy(
    const struct siblings *siblings, const struct position *place, int none);

/* Where the file of `link`, which is open, or a copy of it is; `none` if it
   is not there. */
int search_open(
    const struct siblings *siblings, const struct link *link, int none);

#endif
