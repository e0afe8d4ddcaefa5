/*
 * The library's part of notifications.
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>

#include "agentx/trap.h"

static const uint32_t snmp_trap_oid[] = { 1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0 };

/* From our arcs to the library's, which are wider. */
static size_t
widen(const uint32_t *arc, size_t count, oid wide_r[OID_MAX])
{
	for (size_t i = 0; i < count; i++)
		wide_r[i] = arc[i];
	return (count);
}

static bool
add_object(netsnmp_variable_list **list, const struct cell *object)
{
	oid name[OID_MAX];
	size_t len = widen(object->arc, object->arc_count, name);
	long number = (long)object->number;
	bool added;

	if (object->type == CELL_STRING)
		added = snmp_varlist_add_variable(list, name, len,
			    ASN_OCTET_STR, object->text.at,
			    object->text.len) != NULL;
	else
		added = snmp_varlist_add_variable(list, name, len,
			    object->type == CELL_INTEGER ? ASN_INTEGER :
							   ASN_GAUGE,
			    &number, sizeof(number)) != NULL;
	return (added);
}

/* The library adds sysUpTime, and says nowhere but in its statistics whether
   there was a session to send to. */
bool
trap_send(const struct oid *notification, const struct cell *objects,
    size_t object_count)
{
	netsnmp_variable_list *list = NULL;
	oid name[OID_MAX], value[OID_MAX];
	size_t name_len = widen(snmp_trap_oid,
	    sizeof(snmp_trap_oid) / sizeof(snmp_trap_oid[0]), name);
	size_t value_len = widen(notification->arc, notification->count, value);
	u_int sent = snmp_get_statistic(STAT_SNMPOUTTRAPS);
	bool whole = snmp_varlist_add_variable(&list, name, name_len,
			 ASN_OBJECT_ID, value,
			 value_len * sizeof(value[0])) != NULL;

	for (size_t i = 0; whole && i < object_count; i++)
		whole = add_object(&list, &objects[i]);
	if (whole)
		send_v2trap(list);
	snmp_free_varbind(list);
	return (snmp_get_statistic(STAT_SNMPOUTTRAPS) != sent);
}
