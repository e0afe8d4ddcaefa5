/*
 * GET over HTTPS, several at a time (libcurl).  Redirects are not followed, and
 * no more is kept of an answer than was allowed.
 */
#ifndef WHM_FETCH_H
#define WHM_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/config/config_whm.h"
#include "whm/reason.h"

struct fetches;

/* What came of a request. */
struct fetched {
	void *owner;
	struct fault fault; /* reason none: there is a body, of status 200 */
	char *bytes;        /* until fetch_end() */
	size_t len;
	uint64_t microseconds;
	bool has_date;       /* it has said what its clock is: */
	int64_t skew;        /* so many seconds ahead of ours, then */
	int64_t retry_after; /* seconds; -1: it said nothing of that */
	void *request;       /* fetch.c's own */
};

/* Returns 0, or -1 and *error_r. */
int fetches_new(struct fetches **fetches_r, const char **error_r);
void fetches_free(struct fetches *fetches);

/* Begin.  `token` goes into the header and nowhere else.  Returns 0, or -1: no
   memory, or *error_r. */
int fetch_start(struct fetches *fetches, const struct config_whm_server *server,
    const char *token, const char *url, void *owner, const char **error_r);

/* Wait for something to happen, `milliseconds` at most, or for `fd` to be
   readable. */
void fetches_wait(struct fetches *fetches, int fd, int milliseconds);

/* Take one that has come to its end; to be ended by fetch_end(). */
bool fetches_take(struct fetches *fetches, struct fetched *fetched_r);
void fetch_end(struct fetches *fetches, struct fetched *fetched);

#endif
