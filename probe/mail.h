/*
 * The mail that a probe sends if it looks for its arrival.
 */
#ifndef PROBE_MAIL_H
#define PROBE_MAIL_H

#include <time.h>

#include "lib/config/config_probe.h"
#include "lib/util/slice.h"

/* A message (RFC 5322) with `token` in three places: a field of its own, the
   Message-ID and the body, since each of them gets lost somewhere.  `host` is
   this host's name; NULL: it has none.  To be freed; NULL: no memory. */
char *mail_compose(const struct config_probe *config, const char *token,
    const char *host, time_t now, size_t *len_r);

#endif
