/*
 * One flat handler for all subtrees: GET is an exact look-up, GETNEXT the one
 * after it.  The library makes GETNEXTs of a GETBULK.
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>

#include "agentx/handler.h"
#include "lib/stats/ietf.h"

/* snmpd may have a sendmail module in MTA-MIB's place, which registers columns;
   a subtree as deep as those and of a better priority wins. */
enum { PRIORITY_DEFAULT = 127, PRIORITY_OURS = 100 };

enum { SECOND = 100 }; /* in the units of sysUpTime */

static struct {
	netsnmp_handler_registration *registration[1 + IETF_COLUMN_COUNT];
	size_t count;
} registered;
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
set_oid(netsnmp_variable_list *var, const struct cell *cell)
{
	oid name[OID_MAX];
	struct oid value;

	cell_protocol(cell, &value);
	for (size_t i = 0; i < value.count; i++)
		name[i] = value.arc[i];
	snmp_set_var_typed_value(
	    var, ASN_OBJECT_ID, name, value.count * sizeof(name[0]));
}

/* When sysUpTime was 0, in hundredths of a second since 1970.  It comes out a
   little different each time, so one found before holds as long as it is about
   right: a TimeStamp is of one moment, and has to stay the same. */
static uint64_t
uptime_began(uint32_t uptime)
{
	static uint64_t kept;
	struct timespec now;
	uint64_t began;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	began = (uint64_t)now.tv_sec * SECOND +
	    (uint64_t)now.tv_nsec / (1000000000 / SECOND) - uptime;
	if (began > kept + SECOND || kept > began + SECOND)
		kept = began;
	return (kept);
}

/* The library has sysUpTime from snmpd, whose answers carry it. */
static void
set_stamp(netsnmp_variable_list *var, const struct cell *cell)
{
	uint32_t uptime = (uint32_t)netsnmp_get_agent_uptime();

	snmp_set_var_typed_integer(var, ASN_TIMETICKS,
	    (long)cell_stamp(cell, uptime_began(uptime), uptime));
}

static void
set_value(netsnmp_variable_list *var, const struct cell *cell)
{
	struct counter64 wide = { cell->number >> 32,
		cell->number & UINT32_MAX };
	uint64_t now = (uint64_t)time(NULL);

	switch (cell->type) {
	case CELL_COUNTER32:
		snmp_set_var_typed_integer(
		    var, ASN_COUNTER, (long)cell->number);
		break;
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
	case CELL_PROTOCOL:
		set_oid(var, cell);
		break;
	case CELL_INTERVAL:
		snmp_set_var_typed_integer(
		    var, ASN_INTEGER, (long)cell_interval(cell, now));
		break;
	case CELL_STAMP:
		set_stamp(var, cell);
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

static int
register_one(const struct oid *root, int priority)
{
	oid name[OID_MAX];
	netsnmp_handler_registration *registration;

	for (size_t i = 0; i < root->count; i++)
		name[i] = root->arc[i];
	registration = netsnmp_create_handler_registration(
	    "postfixStats", handle, name, root->count, HANDLER_CAN_RONLY);
	if (registration == NULL)
		return (-1);
	registration->priority = priority;
	if (netsnmp_register_handler(registration) != MIB_REGISTERED_OK)
		return (-1); /* the library has freed it */
	registered.registration[registered.count++] = registration;
	return (0);
}

/* Column by column, those without a value too: what is registered is ours, and
   nothing of the sendmail module shows through. */
static int
register_ietf(void)
{
	for (unsigned c = 0; c < IETF_COLUMN_COUNT; c++) {
		struct oid root;

		ietf_column_oid((enum ietf_column_id)c, &root);
		if (register_one(&root, PRIORITY_OURS) == -1)
			return (-1);
	}
	return (0);
}

int
handler_register(const struct oid *base, bool ietf, struct view *view)
{
	served = view;
	if (register_one(base, PRIORITY_DEFAULT) == -1)
		return (-1);
	return (ietf ? register_ietf() : 0);
}

void
handler_unregister(void)
{
	while (registered.count > 0)
		(void)netsnmp_unregister_handler(
		    registered.registration[--registered.count]);
}
