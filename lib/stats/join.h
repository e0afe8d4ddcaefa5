/*
 * The stores of a state directory as who reads them sees them: as one.  Each is
 * written by a program of its own, at its own time, and any may not be there.
 */
#ifndef STATS_JOIN_H
#define STATS_JOIN_H

#include "lib/stats/snapshot.h"

enum joined_store { JOINED_LOG, JOINED_PROBES, JOINED_WHM, JOINED_COUNT };

/* What each is called in the state directory, and the lock that its writer
   holds while it lives. */
struct store_file {
	const char *name, *lock;
};
extern const struct store_file joined_files[JOINED_COUNT];

/* The good snapshots, sorted; NULL: there is none.  A key that two have is
   taken from the first. */
struct joined {
	const struct snapshot *of[JOINED_COUNT];
};

bool joined_number(
    const struct joined *joined, struct slice key, uint64_t *value_r);
bool joined_text(
    const struct joined *joined, struct slice key, struct slice *text_r);

/* A sorted copy of all records, which the caller frees; NULL: no memory.
   Generation and times are those of the first that is there. */
struct snapshot *joined_merge(const struct joined *joined);

/* The store that has this metric, or this key; the tailer's if it is none. */
enum joined_store joined_home(enum metric_id metric);
enum joined_store joined_home_of(struct slice key);

#endif
