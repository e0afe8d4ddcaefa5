/*
 * One conversation with a server, from looking up its name to QUIT.  Blocks, but
 * never longer than the probe's deadlines; runs in a process of its own
 * (child.h), so it may be ended at any instant.
 */
#ifndef PROBE_CONVERSATION_H
#define PROBE_CONVERSATION_H

#include "lib/util/slice.h"
#include "probe/outcome.h"
#include "probe/target.h"

/* Send `message` (lines ended by LF or CRLF; dots are doubled and the last dot
   is added here).  Writes *outcome as it goes along; at its end outcome->result
   is set. */
void conversation_run(
    const struct target *target, struct slice message, struct outcome *outcome);

#endif
