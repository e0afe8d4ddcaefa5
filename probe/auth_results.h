/*
 * What a server found of SPF, DKIM and DMARC, as it wrote it into a message's
 * header: the field Authentication-Results (RFC 8601).
 */
#ifndef PROBE_AUTH_RESULTS_H
#define PROBE_AUTH_RESULTS_H

#include "lib/util/slice.h"
#include "probe/arrival.h"

/* Read the value of a field, which may be folded.  If it is of `authserv_id`,
   spf, dkim and dmarc are set to the first result of each, in small letters,
   "none" for what it says nothing of.  If it is another's, or can't be read up
   to there, nothing is set. */
void auth_results_read(
    struct slice value, const char *authserv_id, struct arrival *arrival);

#endif
