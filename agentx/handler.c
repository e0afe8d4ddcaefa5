/*
 * One flat handler for the whole subtree: GET is an exact look-up, GETNEXT
 * the one after it.  The library makes GETNEXTs of a GETBULK.
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>

#include "agentx/handler.h"

static netsnmp_handler_registration *registration;
static struct view *served;

/* From the library's arcs, wider than SNMP's, to ours.  A name too long for
   SNMP is cut: nothing that long is there. */
static void
oid_from_name(const oid *name, size_t count, struct oid *oid_r)
{
	oid_r->count = count < OID_MAX ? count : OID_MAX;
	for (size_t i = 0; i < oid_r->count; i++)
		oid_r->arc[i] = name[i] > UINT32_MAX ? UINT32_MAX :
						       (uint32_t)name[i];
}

static void
set_name(netsnmp_variable_list *var, const struct cell *cell)
{
	oid name[OID_MAX];

	for (size_t i = 0; i < cell->arc_count; i++)
		name[i] = cell->arc[i];
	snmp_set_var_objid(var, name, cell->arc_count);
}

static void
set_value(netsnmp_variable_list *var, const struct cell *cell)
{
	struct counter64 wide = { cell->number >> 32,
		cell->number & UINT32_MAX };

	switch (cell->type) {
	case CELL_COUNTER64:
		snmp_set_var_typed_value(
		    var, ASN_COUNTER64, &wide, sizeof(wide));
		break;
	case CELL_STRING:
		snmp_set_var_typed_value(
		    var, ASN_OCTET_STR, cell->text.at, cell->text.len);
		break;
	case CELL_INTEGER:
		snmp_set_var_typed_integer(
		    var, ASN_INTEGER, (long)cell->number);
		break;
	case CELL_GAUGE32:
	case CELL_UNSIGNED32:
		snmp_set_var_typed_integer(var, ASN_GAUGE, (long)cell->number);
		break;
	}
}

static void
answer_get(netsnmp_agent_request_info *info, netsnmp_request_info *request)
{
	const struct cells *cells = view_cells(served);
	struct oid asked;
	const struct cell *cell;

	oid_from_name(
	    request->requestvb->name, request->requestvb->name_length, &asked);
	cell = cells_get(cells, asked.arc, asked.count);
	if (cell != NULL)
		set_value(request->requestvb, cell);
	else
		netsnmp_set_request_error(info, request,
		    cells_knows(cells, asked.arc, asked.count) ?
			SNMP_NOSUCHINSTANCE :
			SNMP_NOSUCHOBJECT);
}

/* Past the end the request is left alone, and snmpd goes on elsewhere. */
static void
answer_next(
    const netsnmp_handler_registration *reg, netsnmp_request_info *request)
{
	struct oid asked, root;
	const struct cell *cell;

	oid_from_name(
	    request->requestvb->name, request->requestvb->name_length, &asked);
	oid_from_name(reg->rootoid, reg->rootoid_len, &root);
	cell = view_next(served, &asked, request->inclusive != 0, &root);
	if (cell == NULL)
		return;
	set_name(request->requestvb, cell);
	set_value(request->requestvb, cell);
}

static int
handle(netsnmp_mib_handler *handler, netsnmp_handler_registration *reg,
    netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	(void)handler;
	for (; requests != NULL; requests = requests->next) {
		if (requests->processed)
			continue;
		if (info->mode == MODE_GET)
			answer_get(info, requests);
		else if (info->mode == MODE_GETNEXT)
			answer_next(reg, requests);
		else
			netsnmp_set_request_error(
			    info, requests, SNMP_ERR_NOTWRITABLE);
	}
	return (SNMP_ERR_NOERROR);
}

int
handler_register(const struct oid *base, struct view *view)
{
	oid root[OID_MAX];

	for (size_t i = 0; i < base->count; i++)
		root[i] = base->arc[i];
	served = view;
	registration = netsnmp_create_handler_registration(
	    "postfixStats", handle, root, base->count, HANDLER_CAN_RONLY);
	if (registration == NULL)
		return (-1);
	if (netsnmp_register_handler(registration) != MIB_REGISTERED_OK) {
		registration = NULL; /* the library has freed it */
		return (-1);
	}
	return (0);
}

void
handler_unregister(void)
{
	if (registration != NULL)
		(void)netsnmp_unregister_handler(registration);
	registration = NULL;
}
