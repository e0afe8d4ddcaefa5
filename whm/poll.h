/*
 * Polling: each server at its own interval, one request of it under way at a time.
 */
#ifndef WHM_POLL_H
#define WHM_POLL_H

#include <stdbool.h>

#include "lib/util/secret_key.h"
#include "whm/fetch.h"
#include "whm/logs.h"
#include "whm/server.h"
#include "whm/sink.h"

struct poll_parts {
	struct fetches *fetches;
	struct sink *sink;
	struct logs *logs;
	struct server *servers;       /* so that logs can be charged to one */
	unsigned intervals;           /* after so many what is old is dropped */
	const struct secret_key *key; /* of addresses; NULL: they are shown */
	struct buffer scratch;
};

/* Begin polling a server whose time has come, or go on with it.  Returns in how
   many milliseconds there is something to do of itself; -1: it waits for an
   answer. */
int64_t poll_server(
    struct poll_parts *parts, struct server *server, int64_t now);

/* An answer has come.  The server has something new to publish. */
void poll_take(struct poll_parts *parts, struct server *server,
    const struct fetched *fetched);

/* When it was set up, or its configuration was read again: soon, and not all
   servers at once. */
void poll_soon(struct server *server, int64_t now);

#endif
