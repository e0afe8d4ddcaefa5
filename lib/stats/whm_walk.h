/*
 * What whm.db says of each server and of its users, as people want to see it.
 * Slices are borrowed from the snapshot.
 */
#ifndef STATS_WHM_WALK_H
#define STATS_WHM_WALK_H

#include "lib/stats/snapshot.h"

enum { WHM_POLLS = 4, WHM_TOTALS = 7 };

/* How asking for one thing went, the last time. */
struct whm_poll {
	struct slice endpoint; /* a value of the label WHM_ENDPOINT */
	bool tried, up;
	struct slice fault; /* words of ours and a stranger's; may be empty */
	uint64_t last_success; /* seconds since 1970; 0: never */
};

struct whm_server_row {
	struct slice name; /* as keys write it */
	bool up;           /* all that was tried is */
	struct whm_poll poll[WHM_POLLS];
	bool has_total;
	uint64_t total[WHM_TOTALS]; /* as the table's rows WHM_TOTAL_* */
	bool backing_off;
};

/* Step through the servers, by name; begin with *at = 0.  False at the end. */
bool whm_server_next(
    const struct snapshot *snapshot, size_t *at, struct whm_server_row *row_r);

struct whm_user_row {
	struct slice server, user; /* as keys write them */
	struct slice domain;       /* in full; may be empty */
	uint64_t sent, success, fail, defer, bytes;
	bool limited; /* a limit is reached */
};

/* The same of users since midnight. */
bool whm_user_next(
    const struct snapshot *snapshot, size_t *at, struct whm_user_row *row_r);

#endif
