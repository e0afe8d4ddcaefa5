/*
 * A store as one follows it who serves it for long: its last good snapshot, and
 * how the file is now.
 */
#ifndef STATS_FOLLOW_H
#define STATS_FOLLOW_H

#include <sys/stat.h>

#include <limits.h>

#include "lib/stats/join.h"

/* Values of pfsAgentStoreState, as metrics.def has them. */
enum store_state {
	STATE_OK = 1,
	STATE_STALE = 2, /* good, but its writer does not live */
	STATE_DAMAGED = 3,
	STATE_MISSING = 4,
	STATE_UNREADABLE = 5
};

struct follow {
	char path[PATH_MAX], lock[PATH_MAX];
	struct snapshot *snapshot; /* NULL: none yet */
	struct stat served;        /* the file that it is of */
	struct stat refused;       /* one found damaged */
	uint64_t expires;          /* when something in it is too old */
};

/* Follow `file` in `directory`.  Nothing is read yet. */
void follow_begin(struct follow *follow, const char *directory,
    const struct store_file *file);
void follow_end(struct follow *follow);

/* Look at the store, and read it if it is not the file of last time, or drop what
   is too old in it; *fresh_r becomes true then, and else stays.  If the state is neither ok nor stale
   *error_r says why, and the snapshot is the last good one. */
enum store_state follow_look(
    struct follow *follow, bool *fresh_r, const char **error_r);

#endif
