/*
 * Where a probe's mail is, by what Postfix logged of it.  The tailer follows
 * it (trails.h) and keeps what it knows in its store; who sent it reads that
 * here.
 */
#ifndef STATS_PROBE_TRAIL_H
#define STATS_PROBE_TRAIL_H

#include "lib/stats/snapshot.h"

enum { TRAIL_DELAYS = 4 };

enum where {
	WHERE_NONE,
	WHERE_UNKNOWN = 1, /* the log says nothing of it */
	WHERE_RECEIVED,    /* cleanup(8) has named it */
	WHERE_ACTIVE,      /* qmgr(8) has taken it up */
	WHERE_DEFERRED,
	WHERE_HELD,
	WHERE_SENT, /* handed on, or delivered */
	WHERE_BOUNCED,
	WHERE_EXPIRED,
	WHERE_DISCARDED,
	WHERE_ARRIVED, /* these two: not by the log, but in the mailbox */
	WHERE_SPAM
};

/*
 * Texts are borrowed from the snapshot, empty if not known, and as a stranger
 * may have written them, but printable ASCII.  If the mail went on under
 * another queue id (a content filter, a next hop that logs here, too) they are
 * of the last that it is not out of yet; else of the last.
 */
struct trail_found {
	enum where where;
	struct slice id;   /* the queue id that this is of */
	struct slice next; /* the next hop's queue id */
	struct slice transport, relay;
	struct slice reason; /* what the last delivery agent said */
	uint64_t since;      /* seconds since 1970; 0: not known */
	/* Microseconds: before the queue manager, in it, connecting, sending. */
	uint64_t delay[TRAIL_DELAYS];
	bool has_delays;
};

/* What the tailer's store says of mail `serial` of the probe `name`.  Returns
   false if it says nothing. */
bool trail_find(const struct snapshot *log, struct slice name, uint64_t serial,
    struct trail_found *found_r);

/* The same for people: "deferred by smtp since 2026-11-23 07:01:02 UTC: 450
   ..", cut if it is longer than `size`, NUL included. */
void trail_words(const struct trail_found *found, char *text_r, size_t size);

/* A word for it; empty for WHERE_NONE. */
const char *where_name(enum where where);

/* The delays by name, as the label of them has it. */
extern const char *const trail_stages[TRAIL_DELAYS];

#endif
