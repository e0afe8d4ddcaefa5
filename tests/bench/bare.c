/*
 * bare SOCKET: a subagent that serves constants, and nothing else: what
 * any would cost that answers from a sorted array.  Standard input has a line
 * for each object, in order: its OID without a leading dot, c, u, i or s for
 * its type, its value.  The first line is the OID to register.
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OBJECTS_MAX = 16384 };

struct object {
	size_t len;
	oid name[MAX_OID_LEN];
	unsigned char type;
	size_t size;
	union {
		struct counter64 wide;
		long narrow;
		char text[64];
	} value;
};

static struct object *objects;
static size_t object_count;

static size_t
read_oid(char *text, oid name_r[MAX_OID_LEN])
{
	size_t len = 0;
	char *rest = NULL;

	for (char *arc = strtok_r(text, ".", &rest);
	     arc != NULL && len < MAX_OID_LEN; arc = strtok_r(NULL, ".", &rest))
		name_r[len++] = strtoul(arc, NULL, 10);
	return (len);
}

static void
read_value(struct object *object, char type, const char *text)
{
	unsigned long long number = strtoull(text, NULL, 10);

	object->size = sizeof(object->value.narrow);
	object->value.narrow = (long)number;
	switch (type) {
	case 'c':
		object->type = ASN_COUNTER64;
		object->value.wide = (struct counter64){ number >> 32,
			number & UINT32_MAX };
		object->size = sizeof(object->value.wide);
		break;
	case 's':
		object->type = ASN_OCTET_STR;
		object->size = strnlen(text, sizeof(object->value.text));
		memcpy(object->value.text, text, object->size);
		break;
	default:
		object->type = type == 'i' ? ASN_INTEGER : ASN_GAUGE;
	}
}

static void
read_objects(void)
{
	char line[1024], name[1024], type, value[1024];

	objects = calloc(OBJECTS_MAX, sizeof(*objects));
	if (objects == NULL)
		err(1, "objects");
	while (object_count < OBJECTS_MAX &&
	    fgets(line, sizeof(line), stdin) != NULL) {
		struct object *object = &objects[object_count++];

		value[0] = '\0';
		if (sscanf(line, "%1023s %c %1023s", name, &type, value) < 2)
			errx(1, "no object: %s", line);
		object->len = read_oid(name, object->name);
		read_value(object, type, value);
	}
}

/* The first object after `name`, or at it. */
static size_t
lower_bound(const oid *name, size_t len)
{
	size_t low = 0, high = object_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (snmp_oid_compare(objects[middle].name, objects[middle].len,
			name, len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (low);
}

static int
handle(netsnmp_mib_handler *handler, netsnmp_handler_registration *reg,
    netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	(void)handler;
	(void)reg;
	for (; requests != NULL; requests = requests->next) {
		netsnmp_variable_list *var = requests->requestvb;
		size_t i = lower_bound(var->name, var->name_length);
		bool found = i < object_count &&
		    snmp_oid_compare(objects[i].name, objects[i].len, var->name,
			var->name_length) == 0;

		if (info->mode == MODE_GET && !found)
			netsnmp_set_request_error(
			    info, requests, SNMP_NOSUCHINSTANCE);
		else if (info->mode == MODE_GETNEXT && found &&
		    !requests->inclusive)
			i++;
		if (i == object_count || (info->mode == MODE_GET && !found))
			continue;
		snmp_set_var_objid(var, objects[i].name, objects[i].len);
		snmp_set_var_typed_value(
		    var, objects[i].type, &objects[i].value, objects[i].size);
	}
	return (SNMP_ERR_NOERROR);
}

int
main(int argc, char **argv)
{
	static const int no[] = { NETSNMP_DS_LIB_DONT_READ_CONFIGS,
		NETSNMP_DS_LIB_DONT_PERSIST_STATE,
		NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD,
		NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE };

	if (argc != 2)
		errx(64, "usage: bare SOCKET <OBJECTS");
	(void)setenv("MIBS", "", 1);
	(void)setenv("SNMP_PERSISTENT_DIR", "/dev/null/none", 1);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, no[i], 1);
	netsnmp_ds_set_boolean(
	    NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_ROLE, 1);
	netsnmp_ds_set_string(
	    NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, argv[1]);
	read_objects();
	if (object_count < 2)
		errx(1, "no objects");
	(void)init_agent("bare");
	/* The first is the root only. */
	objects++;
	object_count--;
	if (netsnmp_register_handler(netsnmp_create_handler_registration("bare",
		handle, objects[-1].name, objects[-1].len,
		HANDLER_CAN_RONLY)) != MIB_REGISTERED_OK)
		errx(1, "cannot register");
	init_snmp("bare");
	for (;;)
		(void)agent_check_and_process(1);
}
