/*
 * A notification on its way to snmpd, which passes it on to every sink that
 * it is configured with, as a trap or an inform.
 */
#ifndef AGENTX_TRAP_H
#define AGENTX_TRAP_H

#include "lib/stats/cells.h"

/* Send it with `objects`; none of them a counter.  False if there is no
   connection to snmpd. */
bool trap_send(const struct oid *notification, const struct cell *objects,
    size_t object_count);

#endif
