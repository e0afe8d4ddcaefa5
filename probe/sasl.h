/*
 * Logging in: what is said behind AUTH (RFC 4954), by libgsasl.  Knows no
 * connection.
 */
#ifndef PROBE_SASL_H
#define PROBE_SASL_H

#include "lib/config/config_probe.h"
#include "lib/util/slice.h"

struct sasl;

/* "SCRAM-SHA-256": as EHLO offers it.  NULL: off. */
const char *sasl_name(enum config_sasl mechanism);

/* Whether the client begins: its first response, to an empty challenge, stands
   in the line with AUTH.  Otherwise the server's challenge comes first. */
bool sasl_speaks_first(enum config_sasl mechanism);

/* `auth_id` may be NULL: act as `user`.  `host` is the server's name.  Returns
   0, or -1 and *error_r. */
int sasl_begin(enum config_sasl mechanism, const char *user,
    const char *password, const char *auth_id, const char *host,
    struct sasl **sasl_r, const char **error_r);
void sasl_end(struct sasl *sasl);

/*
 * Answer a challenge, which is in base64 as the server sent it.  The response is
 * in base64, too, and stands until the next step; it may be empty.  Returns 1 if
 * more has to come, 0 if it was the last: only then has the server proved what
 * the mechanism wants of it (SCRAM: that it knows the password), so a 235 that
 * comes before is no login.  -1: *error_r; there is nothing of a password in it.
 */
int sasl_step(struct sasl *sasl, struct slice challenge,
    const char **response_r, const char **error_r);

#endif
