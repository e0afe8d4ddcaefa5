/*
 * Whether an OID is taken.  SNMP itself does not tell an object that nobody
 * serves from one that the view hides; snmpd tells a subagent.
 */
#ifndef AGENTX_CHECK_CLAIM_H
#define AGENTX_CHECK_CLAIM_H

#include "agentx/check_judge.h"

/* Try to register `base`, as a subagent would.  It is let go, if it was free,
   when this process ends, which should be soon. */
enum claim check_claim(const struct oid *base);

#endif
