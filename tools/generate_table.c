/*
 * Tables of POSTFIX-STATS-MIB.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/stats/key.h"
#include "tools/generate.h"

/* "transport" of "pfsTransport". */
static const char *
table_word(const struct table *table)
{
	static char word[64];

	(void)snprintf(word, sizeof(word), "%s", table->object + 3);
	word[0] = (char)tolower((unsigned char)word[0]);
	return (word);
}

static void
append(char *text, size_t size, const char *more)
{
	size_t len = strlen(text);

	(void)snprintf(text + len, size - len, "%s", more);
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

/* The columns of a table are wanted in the order of their numbers, which is not
   that of metrics.def.  What column `number` is; NULL: not such a one. */
static const struct metric *
metric_at(enum table_id id, uint32_t number)
{
	for (size_t m = 0; m < METRIC_COUNT; m++)
		if (metrics[m].object.place == OBJECT_COLUMN &&
		    metrics[m].object.home == (int)id &&
		    metrics[m].object.number == number)
			return (&metrics[m]);
	return (NULL);
}

static const struct text_column *
text_at(enum table_id id, uint32_t number)
{
	for (size_t t = 0; t < TEXT_COLUMN_COUNT; t++)
		if (text_columns[t].table == id &&
		    text_columns[t].number == number)
			return (&text_columns[t]);
	return (NULL);
}

const char *
text_syntax(const struct text_column *text)
{
	return (text->shape == TEXT_WHOLE ? "PfsLongText" : "SnmpAdminString");
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
	for (uint32_t n = COLUMN_NAME + 1; n < COLUMN_INDEX; n++) {
		const struct metric *metric = metric_at(id, n);
		const struct text_column *text = text_at(id, n);

		if (metric != NULL)
			printf(",\n    %s %s", metric->object.name,
			    type_name(metric));
		if (text != NULL)
			printf(",\n    %s %s", text->object, text_syntax(text));
	}
	for (unsigned i = 1; i < table->index.count; i++)
		printf(",\n    %s SnmpAdminString", index_name(table, i));
	printf("\n}\n");
}

static void
mib_index(const struct table *table)
{
	char text[256] = "";
	const char *comma = "";

	if (table->split == SPLIT_PER_INSTANCE) {
		append(text, sizeof(text), "pfsInstanceIndex");
		comma = ", ";
	}
	for (unsigned i = 0; i < table->index.count; i++) {
		append(text, sizeof(text), comma);
		append(text, sizeof(text), index_name(table, i));
		comma = ", ";
	}
	printf("    INDEX { ");
	wrap(text, "            ", 12);
	printf(" }\n    ::= { %sTable 1 }\n", table->object);
}

/* Whether any column of the table is counted by instance. */
static bool
is_split(enum table_id id)
{
	for (size_t m = 0; m < METRIC_COUNT; m++)
		if (metrics[m].object.place == OBJECT_COLUMN &&
		    metrics[m].object.home == (int)id &&
		    metrics[m].split == SPLIT_PER_INSTANCE)
			return (true);
	return (false);
}

/* What is to be said of all tables with names in their index. */
static const char *
reading(enum table_id id)
{
	static char text[512];

	text[0] = '\0';
	if (tables[id].index.count == 0)
		return (text);
	if (tables[id].split == SPLIT_PER_INSTANCE)
		append(text, sizeof(text),
		    is_split(id) ?
			" Rows of pfsInstanceIndex 1 are of all instances "
			"together; others come once there is a second one." :
			" So far all rows are of pfsInstanceIndex 1, that is, "
			"of all instances together.");
	append(text, sizeof(text),
	    " In an OID a name is its length and then its bytes: smtp is "
	    "4.115.109.116.112.");
	return (text);
}

/* How long rows are there. */
static const char *
staying(const struct table *table)
{
	if (table->index.label[0] == LABEL_PROBE)
		return (" Rows are of the last attempt, and go when the "
			"configuration has no such probe any more.");
	return (" A row comes with the first thing that is counted in it, and "
		"stays as long as the store does.");
}

static void
mib_table_head(enum table_id id)
{
	const struct table *table = &tables[id];
	char text[256], name[64];

	(void)snprintf(name, sizeof(name), "%sTable", table->object);
	(void)snprintf(
	    text, sizeof(text), "SEQUENCE OF P%sEntry", table->object + 1);
	object_type(name, text, NULL, "not-accessible");
	describe_object(name, table->help, "");
	printf("    ::= { pfsObjects %u }\n", table->arc);

	(void)snprintf(name, sizeof(name), "%sEntry", table->object);
	object_type(
	    name, text + strlen("SEQUENCE OF "), NULL, "not-accessible");
	(void)snprintf(text, sizeof(text), "A row is one %s%s.%s",
	    table_word(table),
	    table->split == SPLIT_PER_INSTANCE ? " of an instance of Postfix" :
						 "",
	    staying(table));
	describe_object(name, text, reading(id));
	mib_index(table);
	mib_sequence(id);
}

/* Which values a label can have. */
static const char *
label_range(const struct label *label)
{
	static char text[512];
	struct slice rest = slice_of(label->values), value;
	const char *before = " One of ";

	if (label == &labels[LABEL_PROBE] || label == &labels[LABEL_WHM_SERVER])
		return ("");
	if (label == &labels[LABEL_WHM_USER] ||
	    label == &labels[LABEL_WHM_DOMAIN])
		return (" A longer one is cut, and a hash of it put behind.");
	if (label->limit > 0) {
		(void)snprintf(text, sizeof(text),
		    " Later ones than the first %u, those that take more "
		    "than %d bytes in a key, and what the store has no room "
		    "for are counted together under the name other.",
		    label->limit - 1, LABEL_MAX);
		return (text);
	}
	text[0] = '\0';
	for (; label_value_next(&rest, &value); before = ", ") {
		size_t len = strlen(text);

		(void)snprintf(text + len, sizeof(text) - len, "%s%.*s", before,
		    (int)value.len, value.at);
	}
	append(text, sizeof(text), ".");
	return (text);
}

/* One of the columns that a row is found by, and nobody can read. */
static void
mib_index_column(const struct table *table, unsigned i)
{
	bool plain = table->index.count == 0;
	const char *name = index_name(table, i);
	char text[256];

	object_type(name,
	    plain ? "Integer32 (1..2147483647)" :
		    "SnmpAdminString (SIZE (1..32))",
	    NULL, "not-accessible");
	if (plain) {
		describe_object(name, "Number of the row.", "");
	} else {
		const struct label *label = &labels[table->index.label[i]];

		(void)snprintf(text, sizeof(text), "The %s, as %s names it.",
		    label->name,
		    is_configured(table->index.label[i]) ? "the configuration" :
							   "Postfix");
		describe_object(name, text, label_range(label));
	}
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
	    "What the row is called, as keys have it%s.",
	    table->index.count > 1 ?
		": the parts of its index with colons between them" :
		"");
	describe_object(name, text,
	    " Colons, blanks and whatever is not plain ASCII are written %XX "
	    "in a name.");
	printf("    ::= { %sEntry 2 }\n", table->object);
}

static void
mib_column(const struct table *table, const struct metric *metric)
{
	object_type(
	    metric->object.name, type_name(metric), metric->unit, "read-only");
	describe_object(metric->object.name, metric->help, key_text(metric));
	printf(
	    "    ::= { %sEntry %u }\n", table->object, metric->object.number);
}

static void
mib_text_column(const struct table *table, const struct text_column *text)
{
	object_type(text->object, text_syntax(text), NULL, "read-only");
	describe_object(text->object, text->help, "");
	printf("    ::= { %sEntry %u }\n", table->object, text->number);
}

void
mib_table(enum table_id id)
{
	const struct table *table = &tables[id];

	mib_table_head(id);
	mib_table_names(table);
	for (uint32_t n = COLUMN_NAME + 1; n < COLUMN_INDEX; n++) {
		const struct metric *metric = metric_at(id, n);
		const struct text_column *text = text_at(id, n);

		if (metric != NULL)
			mib_column(table, metric);
		if (text != NULL)
			mib_text_column(table, text);
	}
	mib_retired(table->arc);
}
