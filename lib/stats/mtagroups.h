/*
 * Groups of MTA-MIB: the transports, receiving services and queues of Postfix,
 * each with a number that it keeps for as long as the store lives.  The numbers are
 * in the store as texts =group:NN of lines
 *
 *	NUMBER DAEMON CREATED NAME
 *
 * with the daemon that first logged the name (of queues, that lists it) and
 * when, in seconds since 1970.  The same name can be a transport's, a service's
 * and a queue's.
 */
#ifndef STATS_MTAGROUPS_H
#define STATS_MTAGROUPS_H

#include "lib/stats/ietf.h"

enum {
	MTAGROUPS_MAX = 101,     /* as many transports, services and queues as
	                            are told apart */
	MTAGROUPS_TEXTS_MAX = 17 /* that they need in a store */
};

struct mtagroup {
	uint32_t number;
	enum ietf_daemon_id daemon;
	uint64_t created;
	uint8_t name_len;
	char name[LABEL_MAX]; /* as keys write it */
};

struct mtagroups {
	unsigned count;
	struct mtagroup at[MTAGROUPS_MAX];
};

/* Read them from a snapshot.  A line that can't be read is left out. */
void mtagroups_load(const struct snapshot *snapshot, struct mtagroups *set_r);

/* Add their texts to a snapshot. */
void mtagroups_save(const struct mtagroups *set, struct snapshot *snapshot);

/* The group of that name and kind, which is ROWS_TRANSPORT, ROWS_SERVICE or
   ROWS_QUEUE; NULL if there is none. */
const struct mtagroup *mtagroups_find(
    const struct mtagroups *set, enum ietf_rows kind, struct slice name);

/* Give `name` the next number, unless it has one or there is no room. */
void mtagroups_add(struct mtagroups *set, enum ietf_daemon_id daemon,
    struct slice name, uint64_t created);

/* The daemon of that name, one with groups of that kind; IETF_DAEMON_COUNT:
   none of the table's. */
enum ietf_daemon_id mtagroups_daemon(enum ietf_rows kind, struct slice word);

static inline struct slice
mtagroup_name(const struct mtagroup *group)
{
	return ((struct slice){ group->name, group->name_len });
}

static inline enum ietf_rows
mtagroup_kind(const struct mtagroup *group)
{
	return (ietf_kind(group->daemon));
}

#endif
