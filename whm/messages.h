/*
 * The search: messages, page by page, each told and counted once.
 */
#ifndef WHM_MESSAGES_H
#define WHM_MESSAGES_H

#include "whm/answer.h"
#include "whm/poll.h"

/* The server's clock, as far as it is known: seconds since 1970. */
uint64_t messages_clock(const struct server *server);

/* Since when messages are asked for: those of the overlap once more, but none
   that could not be known again. */
uint64_t messages_from(struct server *server);

/* Take a page: hand over what is new of it, count that, and move on.  *more_r:
   there is another page.  If it is not what was asked for, or can't be handed over,
   nothing of it is counted. */
enum reason messages_take(struct poll_parts *parts, struct server *server,
    const struct answer *answer, bool *more_r, struct fault *fault);

#endif
