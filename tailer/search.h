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

/* What a search gives if not a place in the list. */
enum {
	SEARCH_ORIGIN = -1,  /* before all files */
	SEARCH_NOWHERE = -2, /* in none */
	SEARCH_FAILED = -3   /* perhaps in one that can't be read now */
};

/* Whether to search once more: the result *at is SEARCH_NOWHERE, but of a list
   that was out of date and is made anew.  If it can't be, *at becomes
   SEARCH_FAILED. */
bool search_again(struct chain *chain, struct siblings *siblings, int *at);

/* The place in the list before that of the log itself. */
int search_before_log(const struct siblings *siblings);

/*
 * Which file is that of `place`, opened there.  Its own inode goes before a
 * copy, a name that tells of rotation before any other, and the newer before
 * the older.  What can't be read now may be it: then nothing that comes after
 * will do, and the fault is noted.
 */
int search_place(struct chain *chain, const struct siblings *siblings,
    const struct position *place, struct logfile **file_r);

/* The same, without going on to read it. */
int search_copy(struct chain *chain, const struct siblings *siblings,
    const struct position *place);

/* Where the file of `link`, which is open, or a copy of it is. */
int search_open(struct chain *chain, const struct siblings *siblings,
    const struct link *link);

#endif
