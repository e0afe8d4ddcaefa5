/*
 * One server: what it said, what was counted of it, and where asking it stands.
 */
#ifndef WHM_SERVER_H
#define WHM_SERVER_H

#include "lib/config/config.h"
#include "whm/reason.h"
#include "whm/request.h"
#include "whm/told.h"
#include "whm/users.h"

enum { WHM_DELAYS = 8, WHM_SIZES = 7 /* bounds of the histograms */ };

/* How asking for one thing goes. */
struct endpoint_state {
	bool tried, up;
	uint64_t duration;     /* microseconds, of the last poll's requests */
	uint64_t last_success; /* seconds since 1970; 0: never */
	uint64_t expires;      /* seconds since 1970; 0: there is nothing */
	uint64_t requests, failures, errors[REASON_COUNT];
	char fault[256]; /* empty: the last answer was good */
};

/* What was counted of messages; each observation is in all bounds that it is not
   over. */
struct tallies {
	uint64_t events[MESSAGE_TYPES][2]; /* not remote, remote */
	uint64_t delay[WHM_DELAYS], delay_sum, delay_count; /* microseconds */
	uint64_t size[WHM_SIZES], size_sum, size_count;
	uint64_t duplicates, dropped;
};

/* Where the search stands: the next page. */
struct page {
	uint64_t since;        /* by the server's clock */
	uint64_t first;        /* of the rows since then, from 1 */
	struct told_item head; /* what the page before began with */
};

struct server {
	const struct config_whm_server *config;
	unsigned number; /* in the configuration */
	char *token;
	struct endpoint_state endpoint[ENDPOINT_COUNT];
	struct users users[2]; /* since midnight, within the window */
	uint64_t total[TOTAL_STATS];
	struct tallies tallies;
	uint64_t cursor; /* messages up to then were told; 0: none yet */
	struct told *told;
	int64_t skew;   /* seconds that its clock is ahead of ours */
	uint64_t alive; /* until then it is known whether it is up */

	/* asking it */
	bool under_way;       /* a request is */
	enum endpoint asking; /* ENDPOINT_COUNT: nothing */
	struct page page;
	uint64_t newest;  /* of the messages of this poll */
	int64_t began;    /* when this poll did (clock.h) */
	int64_t due;      /* when the next is */
	unsigned refused; /* polls in turn that it said 403 or 429 to */
};

/* Returns 0, or -1 and *error_r: the token can't be read, or no memory. */
int server_init(struct server *server, const struct config_whm_server *config,
    unsigned number, const char **error_r);
void server_end(struct server *server);

/* Publish all of it, at `now`: what an endpoint said only as long as it has not
   expired. */
void server_save(
    const struct server *server, uint64_t now, struct snapshot *snapshot);

/* Take what a store has of it. */
void server_load(struct server *server, const struct snapshot *snapshot);

/* Count a message that was not counted before. */
void tallies_add(struct tallies *tallies, const struct message_sum *message);

#endif
