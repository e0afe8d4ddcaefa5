/*
 * What SNMP's tables for mail servers want besides numbers: which transports,
 * services and queues there are, what master(8) said of Postfix's start and end, and
 * why a client was turned away or a connection failed last.  Memory is fixed.
 *
 * In a snapshot it is =group:NN (mtagroups.h), =reasons:NN (reasons.h), and
 * =application:N of
 *
 *	VERSION STARTED STATE CHANGED
 *
 * with N as in pfsInstanceIndex, times in seconds since 1970, the state `up' or
 * `down' and `-' for what is not known.
 */
#ifndef STATS_MTA_H
#define STATS_MTA_H

#include "lib/stats/counters.h"
#include "lib/stats/reasons.h"
#include "lib/stats/tags.h"

enum {
	MTA_VERSION_MAX = 32,
	/* Records of a snapshot, at most. */
	MTA_TEXTS = MTAGROUPS_TEXTS_MAX + REASONS_TEXTS_MAX + INSTANCE_MAX + 1
};

struct mta_application {
	char version[MTA_VERSION_MAX + 1]; /* empty: not known */
	uint64_t started, changed;         /* 0: not known */
	enum { MTA_UNKNOWN, MTA_UP, MTA_DOWN } state;
};

struct mta {
	struct mtagroups groups;
	struct mta_application applications[INSTANCE_MAX];
	struct reasons reasons;
};

/* master(8) of an instance said at `stamp` what `traits` (event.h) say; 0 is
   for a time that mta_mark() will tell.  `version` may be empty. */
void mta_master(struct mta *mta, unsigned instance, unsigned traits,
    struct slice version, uint64_t stamp);

/* Give numbers to transports, services and queues that were counted and have
   none, as of `newest`, the time of the last line. */
void mta_mark(struct mta *mta, const struct counters *counters,
    const struct tags *tags, uint64_t newest);

void mta_save(const struct mta *mta, struct snapshot *snapshot);
void mta_load(struct mta *mta, const struct snapshot *snapshot);

#endif
