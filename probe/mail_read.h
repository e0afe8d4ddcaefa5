/*
 * A message from a mailbox: whether it is ours, and what is written on it.
 */
#ifndef PROBE_MAIL_READ_H
#define PROBE_MAIL_READ_H

#include "lib/stats/probe_token.h"
#include "probe/arrival.h"

enum { MAIL_READ_MAX = 65536 }; /* bytes of a message that are looked at */

/* The field of a header that has the token, first of where it is looked for. */
#define MAIL_TOKEN_FIELD "X-Postfix-Stats-Probe"

/* Whether a message has a token of this key: in that field, else in its
   Message-ID, else in its body, if it is neither an answer to a mail nor a
   report of one.  Then probe, serial, sent and the words of the topmost
   Authentication-Results (RFC 8601) are set, and no more; the latter only if
   that is of `authserv_id`, NULL: none is wanted.  `message` may be cut at
   MAIL_READ_MAX bytes. */
bool mail_read(struct slice message, const struct secret_key *key,
    const char *authserv_id, struct arrival *arrival_r);

#endif
