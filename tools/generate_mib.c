/*
 * POSTFIX-STATS-MIB from the table.
 */
#include <stdio.h>
#include <string.h>

#include "lib/stats/cells.h"
#include "lib/util/log.h"
#include "tools/generate.h"

#define REVISION "202611220000Z"

static const struct retired {
	uint32_t arc, number;
	const char *object;
} retired[] = {
#define RETIRED(arc, number, object) { arc, number, object },
#include "lib/stats/metrics.def"
	{ 0, 0, NULL }
};

/* Where an OID can hang in a MIB: nodes that other modules define. */
static const struct parent {
	const char *oid, *name, *module;
} parents[] = {
	{ "1.3.6.1.4.1.8072.9999.9999", "netSnmpPlaypen", "NET-SNMP-MIB" },
	{ "1.3.6.1.4.1", "enterprises", "SNMPv2-SMI" },
	{ "1.3.6.1.3", "experimental", "SNMPv2-SMI" },
	{ "1", "iso", NULL }, /* SMI knows it by itself */
};

/* The nearest parent above `base`, and how many arcs it has. */
static const struct parent *
find_parent(const struct oid *base, size_t *depth_r)
{
	for (size_t i = 0; i < COUNT(parents); i++) {
		struct oid oid = { .count = 1, .arc = { 1 } };
		const char *error;

		/* A single number is no OID of its own: that of iso stays. */
		if (strchr(parents[i].oid, '.') != NULL &&
		    oid_parse(parents[i].oid, &oid, &error) == -1)
			continue;
		if (base->count > oid.count &&
		    oid_compare(base->arc, oid.count, oid.arc, oid.count) ==
			0) {
			*depth_r = oid.count;
			return (&parents[i]);
		}
	}
	log_fatal(EXIT_BAD_USAGE,
	    "no MIB can be made for a base that does "
	    "not begin with 1");
}

void
object_type(
    const char *name, const char *syntax, const char *units, const char *access)
{
	printf("\n%s OBJECT-TYPE\n    SYNTAX      ", name);
	wrap(syntax, "                ", 16);
	putchar('\n');
	if (units != NULL && units[0] != '\0')
		printf("    UNITS       \"%s\"\n", units);
	printf("    MAX-ACCESS  %s\n    STATUS      current\n", access);
}

static void
mib_imports(const struct parent *parent)
{
	bool smi = parent->module != NULL &&
	    strcmp(parent->module, "SNMPv2-SMI") == 0;

	printf("POSTFIX-STATS-MIB DEFINITIONS ::= BEGIN\n\n"
	       "-- " MADE_BY ":\n-- do not edit.\n\n"
	       "IMPORTS\n"
	       "    MODULE-IDENTITY, OBJECT-TYPE, NOTIFICATION-TYPE, "
	       "Counter64, Gauge32,\n    Integer32, Unsigned32%s%s\n"
	       "        FROM SNMPv2-SMI\n"
	       "    MODULE-COMPLIANCE, OBJECT-GROUP, NOTIFICATION-GROUP\n"
	       "        FROM SNMPv2-CONF\n"
	       "    TEXTUAL-CONVENTION\n"
	       "        FROM SNMPv2-TC\n"
	       "    SnmpAdminString\n"
	       "        FROM SNMP-FRAMEWORK-MIB",
	    smi ? ",\n    " : "", smi ? parent->name : "");
	if (parent->module != NULL && !smi)
		printf(
		    "\n    %s\n        FROM %s", parent->name, parent->module);
	printf(";\n");
}

/* A record of the store has room for more than an SnmpAdminString. */
static void
mib_long_text(void)
{
	printf("\nPfsLongText ::= TEXTUAL-CONVENTION\n"
	       "    DISPLAY-HINT \"%ut\"\n"
	       "    STATUS       current\n",
	    TEXT_MAX);
	describe("Text in UTF-8, such as SnmpAdminString has, that may be "
		 "longer.");
	printf("    SYNTAX       OCTET STRING (SIZE (0..%u))\n", TEXT_MAX);
}

/* As CounterBasedGauge64 of HCNUM-TC (RFC 2856), a module that few machines
   have. */
static void
mib_gauge64(void)
{
	printf("\nPfsGauge64 ::= TEXTUAL-CONVENTION\n"
	       "    DISPLAY-HINT \"d\"\n"
	       "    STATUS       current\n");
	describe("A gauge that may be above 4294967295. SNMP has no type for "
		 "it, so it comes as a Counter64; but it may fall, and its "
		 "rate says nothing.");
	printf("    SYNTAX       Counter64\n");
}

/* One number for each node: some readers of MIBs know no other form. */
static void
mib_identity(const struct oid *base)
{
	size_t depth;
	const struct parent *parent = find_parent(base, &depth);
	char above[64];

	mib_imports(parent);
	printf("\npostfixStats MODULE-IDENTITY\n"
	       "    LAST-UPDATED \"" REVISION "\"\n"
	       "    ORGANIZATION \"postfix-stats\"\n"
	       "    CONTACT-INFO \"The administrator of the mail server.\"\n");
	describe("What Postfix does, counted from its log by "
		 "postfix-statsd(8) and served by postfix-stats-agentx(8). "
		 "Counters are kept in a file: they go on over restarts of "
		 "the programs, of Postfix and of the machine. "
		 "pfsTailerDiscontinuity says when they last could not. A "
		 "key named below is what postfix-stats-get(1) calls the same "
		 "number; in a row of a single instance of Postfix the key "
		 "has @ and the instance's name behind it. The OID that all "
		 "objects hang below is a setting, snmp.base_oid in "
		 "postfix-stats.yml(5), and this file has to be made for the "
		 "same one.");
	printf("    REVISION     \"" REVISION "\"\n");
	describe("The first version.");
	(void)snprintf(above, sizeof(above), "%s", parent->name);
	if (base->count - depth > 1)
		(void)snprintf(
		    above, sizeof(above), "pfsParent%zu", base->count - 1);
	printf("    ::= { %s %u }\n\n", above, base->arc[base->count - 1]);
	for (size_t i = depth; i + 1 < base->count; i++) {
		if (i == depth)
			printf("pfsParent%zu OBJECT IDENTIFIER ::= "
			       "{ %s %u }\n",
			    i + 1, parent->name, base->arc[i]);
		else
			printf("pfsParent%zu OBJECT IDENTIFIER ::= "
			       "{ pfsParent%zu %u }\n",
			    i + 1, i, base->arc[i]);
	}
	printf("pfsNotifications OBJECT IDENTIFIER ::= { postfixStats 0 }\n"
	       "pfsObjects       OBJECT IDENTIFIER ::= { postfixStats 1 }\n"
	       "pfsConformance   OBJECT IDENTIFIER ::= { postfixStats 2 }\n");
	mib_long_text();
	mib_gauge64();
}

void
mib_retired(uint32_t arc)
{
	for (size_t i = 0; i + 1 < COUNT(retired); i++)
		if (retired[i].arc == arc)
			printf("\n-- %u was %s; it is never used again.\n",
			    retired[i].number, retired[i].object);
}

static void
mib_group(enum group_id id)
{
	const struct group *group = &groups[id];

	printf("\n--\n-- ");
	wrap(group->help, "-- ", 3);
	printf("\n--\n%s OBJECT IDENTIFIER ::= { pfsObjects %u }\n",
	    group->object, group->arc);
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		const struct metric *metric = &metrics[m];

		if (metric->object.place != OBJECT_SCALAR ||
		    metric->object.home != (int)id)
			continue;
		object_type(metric->object.name, type_name(metric),
		    metric->unit, "read-only");
		describe_object(
		    metric->object.name, metric->help, key_text(metric));
		printf("    ::= { %s %u }\n", group->object,
		    metric->object.number);
	}
	for (size_t o = 0; id == GROUP_AGENT_STATE && o < AGENT_OBJECT_COUNT;
	     o++) {
		object_type(agent_objects[o].object, agent_objects[o].syntax,
		    agent_objects[o].unit, "read-only");
		describe_object(
		    agent_objects[o].object, agent_objects[o].help, "");
		printf("    ::= { %s %u }\n", group->object,
		    agent_objects[o].number);
	}
	if (id == GROUP_AGENT_STATE)
		mib_notify_objects();
	mib_retired(group->arc);
}

static void
list_agent_objects(void)
{
	for (size_t o = 0; o < AGENT_OBJECT_COUNT; o++)
		printf(",\n        %s", agent_objects[o].object);
	for (size_t o = 0; o < NOTIFY_OBJECT_COUNT; o++)
		printf(",\n        %s", notify_objects[o].object);
}

/* The group of everything readable that hangs in one place. */
static void
mib_object_group(enum object_place place, int home)
{
	bool table = place == OBJECT_COLUMN;
	const char *object = table ? tables[home].object : groups[home].object;
	const char *help = table ? tables[home].help : groups[home].help;
	const char *comma = "";
	char text[1024];

	printf("\n%sGroup OBJECT-GROUP\n    OBJECTS {", object);
	if (table) {
		printf("\n        %sName", object);
		comma = ",";
	}
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		if (metrics[m].object.place != place ||
		    metrics[m].object.home != home)
			continue;
		printf("%s\n        %s", comma, metrics[m].object.name);
		comma = ",";
	}
	for (size_t t = 0; table && t < TEXT_COLUMN_COUNT; t++)
		if ((int)text_columns[t].table == home)
			printf(",\n        %s", text_columns[t].object);
	if (!table && home == GROUP_AGENT_STATE)
		list_agent_objects();
	printf("\n    }\n    STATUS      current\n");
	(void)snprintf(text, sizeof(text), "%s %s%s. %s",
	    table ? "All columns of" : "All of", object, table ? "Table" : "",
	    help);
	describe(text);
	printf("    ::= { pfsGroups %u }\n",
	    table ? tables[home].arc : groups[home].arc);
}

static void
mib_conformance(void)
{
	printf("\npfsGroups      OBJECT IDENTIFIER ::= { pfsConformance 1 }\n"
	       "pfsCompliances OBJECT IDENTIFIER ::= { pfsConformance 2 }\n");
	for (unsigned i = 0; i < GROUP_COUNT; i++)
		mib_object_group(OBJECT_SCALAR, (int)i);
	for (unsigned i = 0; i < TABLE_COUNT; i++)
		mib_object_group(OBJECT_COLUMN, (int)i);
	mib_notification_group();
	printf("\npfsCompliance MODULE-COMPLIANCE\n"
	       "    STATUS      current\n");
	describe("What an agent of this version serves. Tables may be empty: "
		 "rows come with what they count.");
	printf("    MODULE\n    MANDATORY-GROUPS {");
	for (unsigned i = 0; i < GROUP_COUNT; i++)
		printf("%s\n        %sGroup", i ? "," : "", groups[i].object);
	for (unsigned i = 0; i < TABLE_COUNT; i++)
		printf(",\n        %sGroup", tables[i].object);
	printf("\n    }\n    GROUP       pfsNotificationGroup\n");
	describe("Sent by an agent that is connected over AgentX: over "
		 "pass_persist there is no way to.");
	printf("    ::= { pfsCompliances 1 }\n\nEND\n");
}

void
generate_mib(const char *base_text)
{
	struct oid base;
	const char *error;

	if (oid_parse(base_text, &base, &error) == -1)
		log_fatal(EXIT_BAD_USAGE, "%s", error);
	mib_identity(&base);
	for (unsigned i = 0; i < GROUP_COUNT; i++)
		mib_group(i);
	for (unsigned i = 0; i < TABLE_COUNT; i++)
		mib_table(i);
	mib_notifications();
	mib_conformance();
	check_texts();
}
