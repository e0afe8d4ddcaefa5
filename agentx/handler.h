/*
 * The SNMP requests that snmpd passes on.  Answers come from memory only: a
 * subagent that blocks is thrown out.
 */
#ifndef AGENTX_HANDLER_H
#define AGENTX_HANDLER_H

#include "agentx/view.h"

/* Register everything below `base` and, if `ietf`, the IETF's tables, to be
   answered from `view`.  Returns 0, or -1. */
int handler_register(const struct oid *base, bool ietf, struct view *view);
void handler_unregister(void);

#endif
