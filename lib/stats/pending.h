/*
 * Queue ids that cleanup(8) has named and qmgr(8) not yet taken up: what
 * tells a message's first activation from a retry; and those of mail that
 * passes a content filter (filter.h).  Memory is fixed; of too
 * many ids the oldest are forgotten, which mostly are those of messages that
 * came to nothing.
 */
#ifndef STATS_PENDING_H
#define STATS_PENDING_H

#include "lib/stats/snapshot.h"

enum {
	PENDING_SETS_BITS = 6,
	PENDING_SETS = 1 << PENDING_SETS_BITS,
	PENDING_WAYS = 8, /* as many as a word has bytes */
	PENDING_IDS = PENDING_SETS * PENDING_WAYS,
	PENDING_ID_MAX = 24,
	/* Records of a snapshot that all ids fill, at most. */
	PENDING_TEXTS = PENDING_IDS / (TEXT_MAX / (PENDING_ID_MAX + 5)) + 1
};

/* What an id waits for; a bit each. */
enum pending_state {
	PENDING_NAMED = 1, /* by cleanup(8), for qmgr(8) to take it up */
	PENDING_BACK = 2,  /* the same, of a message that a filter gave back */
	PENDING_HANDED = 4 /* given to a filter, for qmgr(8) to remove it */
};

/* An id by its words, which overlap unless it has 16 or 24 bytes. */
struct pending_id {
	uint64_t first, middle, last;
	uint32_t serial; /* the higher the younger */
	uint8_t instance;
	uint8_t len; /* 0: none */
	uint8_t state;
};

struct pending_set {
	uint64_t marks; /* a byte of each id's hash; 0: none */
	struct pending_id id[PENDING_WAYS];
};

struct pending {
	uint32_t serial; /* of the last id */
	uint32_t named;  /* ids that came to be PENDING_NAMED, counts on */
	struct pending_set set[PENDING_SETS];
};

/* Take note of an id.  One that is back stays so when it is named.  Returns
   false if another one was forgotten for it that may yet be asked for: one of
   the last PENDING_IDS. */
bool pending_add(struct pending *pending, unsigned instance, struct slice id,
    enum pending_state state);

/* Forget an id if it is in one of `states`.  Returns the one that it was in, 0
   if it was not there. */
unsigned pending_take(struct pending *pending, unsigned instance,
    struct slice id, unsigned states);

/* Add all ids to `snapshot` as `=pending:NN`; take them over from one. */
void pending_save(const struct pending *pending, struct snapshot *snapshot);
void pending_load(struct pending *pending, const struct snapshot *snapshot);

#endif
