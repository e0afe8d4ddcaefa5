/*
 * POSTFIX-STATS-MIB from the table.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/stats/cells.h"
#include "lib/util/log.h"
#include "tools/generate.h"

#define REVISION "202611220000Z"

enum { TEXT_WIDTH = 72 };

static const struct retired {
	uint32_t arc, number;
	const char *object;
} retired[] = {
#define RETIRED(arc, number, object) { arc, number, object },
#include "lib/stats/metrics.def"
	{ 0, 0, NULL }
};

/* Print `text` in lines of TEXT_WIDTH.  All but the first begin with `prefix`;
   the first goes on at `column`. */
static void
wrap(const char *text, const char *prefix, int column)
{
	struct slice rest = slice_of(text), word;
	bool first = true;

	while (rest.len > 0) {
		if (!slice_cut(&rest, ' ', &word)) {
			word = rest;
			rest.len = 0;
		}
		if (!first && column + 1 + (int)word.len > TEXT_WIDTH) {
			printf("\n%s", prefix);
			column = (int)strlen(prefix);
		} else if (!first) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)word.len, word.at);
		column += (int)word.len;
		first = false;
	}
}

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
describe(const char *text, const char *key)
{
	char whole[1024];

	(void)snprintf(whole, sizeof(whole),
	    key != NULL ? "\"%s Key: %s.\"" : "\"%s\"", text, key);
	printf("    DESCRIPTION\n        ");
	wrap(whole, "         ", 8);
	putchar('\n');
}

void
object_type(
    const char *name, const char *syntax, const char *units, const char *access)
{
	printf("\n%s OBJECT-TYPE\n    SYNTAX      ", name);
	wrap(syntax, "                ", 16);
	putchar('\n');
	if (units != NULL)
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
	       "    SnmpAdminString\n"
	       "        FROM SNMP-FRAMEWORK-MIB",
	    smi ? ",\n    " : "", smi ? parent->name : "");
	if (parent->module != NULL && !smi)
		printf(
		    "\n    %s\n        FROM %s", parent->name, parent->module);
	printf(";\n");
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
		 "number.",
	    NULL);
	printf("    REVISION     \"" REVISION "\"\n");
	describe("The first version.", NULL);
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
}

static void
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
		describe(metric->help, readable_key(metric));
		printf("    ::= { %s %u }\n", group->object,
		    metric->object.number);
	}
	for (size_t o = 0; id == GROUP_AGENT_STATE && o < AGENT_OBJECT_COUNT;
	     o++) {
		object_type(agent_objects[o].object, agent_objects[o].syntax,
		    NULL, "read-only");
		describe(agent_objects[o].help, NULL);
		printf("    ::= { %s %u }\n", group->object,
		    agent_objects[o].number);
	}
	if (id == GROUP_AGENT_STATE)
		mib_notify_objects();
	mib_retired(group->arc);
}

/* "transport" of "pfsTransport". */
static const char *
table_word(const struct table *table)
{
	static char word[64];

	(void)snprintf(word, sizeof(word), "%s", table->object + 3);
	word[0] = (char)tolower((unsigned char)word[0]);
	return (word);
}

/* The name of a table's index object `i`. */
static const char *
index_name(const struct table *table, unsigned i)
{
	static char name[96];
	const char *label = "Name";

	if (table->index.count == 0)
		label = "";
	else if (table->index.count > 1)
		label = labels[table->index.label[i]].name;
	(void)snprintf(name, sizeof(name), "%sIndex%s", table->object, label);
	name[strlen(table->object) + strlen("Index")] = (char)toupper(
	    (unsigned char)*label);
	return (name);
}

/* Each column of a table: name and type. */
static void
mib_sequence(enum table_id id)
{
	const struct table *table = &tables[id];
	const char *object = table->object;
	bool plain = table->index.count == 0;

	printf("\nP%sEntry ::= SEQUENCE {\n    %s %s,\n    %sName "
	       "SnmpAdminString",
	    object + 1, index_name(table, 0),
	    plain ? "Integer32" : "SnmpAdminString", object);
	for (size_t m = 0; m < METRIC_COUNT; m++)
		if (metrics[m].object.place == OBJECT_COLUMN &&
		    metrics[m].object.home == (int)id)
			printf(",\n    %s %s", metrics[m].object.name,
			    type_name(&metrics[m]));
	for (size_t t = 0; t < TEXT_COLUMN_COUNT; t++)
		if (text_columns[t].table == id)
			printf(",\n    %s SnmpAdminString",
			    text_columns[t].object);
	for (unsigned i = 1; i < table->index.count; i++)
		printf(",\n    %s SnmpAdminString", index_name(table, i));
	printf("\n}\n");
}

static void
mib_index(const struct table *table)
{
	const char *comma = "";

	printf("    INDEX { ");
	if (table->split == SPLIT_PER_INSTANCE) {
		printf("pfsInstanceIndex");
		comma = ", ";
	}
	for (unsigned i = 0; i < table->index.count; i++) {
		printf("%s%s", comma, index_name(table, i));
		comma = ", ";
	}
	printf(" }\n    ::= { %sTable 1 }\n", table->object);
}

#define STAYS " A row appears with the first thing that it counts, and stays."

static void
mib_table_head(enum table_id id)
{
	const struct table *table = &tables[id];
	bool plain = table->index.count == 0;
	char text[256], name[64];

	(void)snprintf(name, sizeof(name), "%sTable", table->object);
	(void)snprintf(
	    text, sizeof(text), "SEQUENCE OF P%sEntry", table->object + 1);
	object_type(name, text, NULL, "not-accessible");
	describe(table->help, NULL);
	printf("    ::= { pfsObjects %u }\n", table->arc);

	(void)snprintf(name, sizeof(name), "%sEntry", table->object);
	object_type(
	    name, text + strlen("SEQUENCE OF "), NULL, "not-accessible");
	(void)snprintf(text, sizeof(text), "One %s%s", table_word(table),
	    plain ? "." :
		table->split == SPLIT_PER_INSTANCE ?
		    " of one instance of Postfix." STAYS :
		    "." STAYS);
	describe(text, NULL);
	mib_index(table);
	mib_sequence(id);
}

/* One of the columns that a row is found by, and nobody can read. */
static void
mib_index_column(const struct table *table, unsigned i)
{
	bool plain = table->index.count == 0;
	char text[256];

	object_type(index_name(table, i),
	    plain ? "Integer32 (1..2147483647)" :
		    "SnmpAdminString (SIZE (1..32))",
	    NULL, "not-accessible");
	if (plain)
		(void)snprintf(text, sizeof(text),
		    "Number of the %s, kept as long as the store is. 1 is all "
		    "together.",
		    table_word(table));
	else
		(void)snprintf(text, sizeof(text),
		    "The %s, as Postfix names it.",
		    labels[table->index.label[i]].name);
	describe(text, NULL);
	printf("    ::= { %sEntry %u }\n", table->object,
	    i == 0 ? 1 : COLUMN_INDEX + i);
}

/* Columns 1 and 2, and the further indexes. */
static void
mib_table_names(const struct table *table)
{
	char name[64], text[256];

	for (unsigned i = 0; i == 0 || i < table->index.count; i++)
		mib_index_column(table, i);
	(void)snprintf(name, sizeof(name), "%sName", table->object);
	object_type(name, "SnmpAdminString", NULL, "read-only");
	(void)snprintf(text, sizeof(text),
	    "Name of the %s, as keys have it%s: "
	    "colons, blanks and whatever is not plain ASCII are written "
	    "%%XX.",
	    table_word(table),
	    table->index.count > 1 ? ", a colon between its parts" : "");
	describe(text, NULL);
	printf("    ::= { %sEntry 2 }\n", table->object);
}

static void
mib_table(enum table_id id)
{
	const struct table *table = &tables[id];

	mib_table_head(id);
	mib_table_names(table);
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		const struct metric *metric = &metrics[m];

		if (metric->object.place != OBJECT_COLUMN ||
		    metric->object.home != (int)id)
			continue;
		object_type(metric->object.name, type_name(metric),
		    metric->unit, "read-only");
		describe(metric->help, readable_key(metric));
		printf("    ::= { %sEntry %u }\n", table->object,
		    metric->object.number);
	}
	for (size_t t = 0; t < TEXT_COLUMN_COUNT; t++) {
		if (text_columns[t].table != id)
			continue;
		object_type(text_columns[t].object, "SnmpAdminString", NULL,
		    "read-only");
		describe(text_columns[t].help, NULL);
		printf("    ::= { %sEntry %u }\n", table->object,
		    text_columns[t].number);
	}
	mib_retired(table->arc);
}

/* The group of everything readable that hangs in one place. */
static void
mib_object_group(
    const char *object, uint32_t arc, enum object_place place, int home)
{
	const char *comma = "";

	printf("\n%sGroup OBJECT-GROUP\n    OBJECTS {", object);
	if (place == OBJECT_COLUMN) {
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
	for (size_t t = 0; place == OBJECT_COLUMN && t < TEXT_COLUMN_COUNT; t++)
		if ((int)text_columns[t].table == home)
			printf(",\n        %s", text_columns[t].object);
	for (size_t o = 0; place == OBJECT_SCALAR &&
	     home == GROUP_AGENT_STATE && o < AGENT_OBJECT_COUNT;
	     o++)
		printf(",\n        %s", agent_objects[o].object);
	for (size_t o = 0; place == OBJECT_SCALAR &&
	     home == GROUP_AGENT_STATE && o < NOTIFY_OBJECT_COUNT;
	     o++)
		printf(",\n        %s", notify_objects[o].object);
	printf("\n    }\n    STATUS      current\n");
	describe(place == OBJECT_COLUMN ? "The columns of this table." :
					  "The objects of this group.",
	    NULL);
	printf("    ::= { pfsGroups %u }\n", arc);
}

static void
mib_conformance(void)
{
	printf("\npfsGroups      OBJECT IDENTIFIER ::= { pfsConformance 1 }\n"
	       "pfsCompliances OBJECT IDENTIFIER ::= { pfsConformance 2 }\n");
	for (unsigned i = 0; i < GROUP_COUNT; i++)
		mib_object_group(
		    groups[i].object, groups[i].arc, OBJECT_SCALAR, (int)i);
	for (unsigned i = 0; i < TABLE_COUNT; i++)
		mib_object_group(
		    tables[i].object, tables[i].arc, OBJECT_COLUMN, (int)i);
	mib_notification_group();
	printf("\npfsCompliance MODULE-COMPLIANCE\n"
	       "    STATUS      current\n");
	describe("What an agent of this version serves.", NULL);
	printf("    MODULE\n    MANDATORY-GROUPS {");
	for (unsigned i = 0; i < GROUP_COUNT; i++)
		printf("%s\n        %sGroup", i ? "," : "", groups[i].object);
	for (unsigned i = 0; i < TABLE_COUNT; i++)
		printf(",\n        %sGroup", tables[i].object);
	printf("\n    }\n    GROUP       pfsNotificationGroup\n");
	describe("Sent by an agent that is connected over AgentX: over "
		 "pass_persist there is no way to.",
	    NULL);
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
}
