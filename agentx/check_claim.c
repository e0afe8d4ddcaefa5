/*
 * A registration that serves nothing.
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>

#include "agentx/check_claim.h"
#include "agentx/master.h"

/* Requests left alone come to "no such object". */
static int
serve_nothing(netsnmp_mib_handler *handler, netsnmp_handler_registration *reg,
    netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	(void)handler;
	(void)reg;
	(void)info;
	(void)requests;
	return (SNMP_ERR_NOERROR);
}

enum claim
check_claim(const struct oid *base)
{
	netsnmp_handler_registration *registration;
	oid root[OID_MAX];

	for (size_t i = 0; i < base->count; i++)
		root[i] = base->arc[i];
	registration = netsnmp_create_handler_registration("postfixStatsCheck",
	    serve_nothing, root, base->count, HANDLER_CAN_RONLY);
	if (registration == NULL ||
	    netsnmp_register_handler(registration) != MIB_REGISTERED_OK)
		return (CLAIM_NOT_TRIED);
	init_snmp("postfix-stats-agentx");
	if (master_refused())
		return (CLAIM_TAKEN);
	return (master_connected() ? CLAIM_FREE : CLAIM_NOT_TRIED);
}
