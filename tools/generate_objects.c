/*
 * The list of all SNMP objects, a line each in the order of their OIDs, for
 * what makes templates of it (tools/Kit.pm).  Fields are separated by tabs:
 *
 *	suffix	below the base OID; a scalar's without its .0
 *	object	its name
 *	place	scalar, column, name (what a row is called), text,
 *		notify (only in notifications) or notification
 *	home	the group or table
 *	index	what a row's index is made of, separated by commas; or -
 *	key	postfix-stats-get(1)'s name of the same number; or -
 *	type	its syntax
 *	unit	or -
 *	counts	the event and the traits of it that count; or -
 *	help
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/generate.h"

/* As they stand in the table: a name is a meaning, its value is not. */
static const struct {
	const char *event, *when;
} counted[METRIC_COUNT] = {
#define METRIC(id, key, event, when, split, kind, unit, object, prom, help) \
	[METRIC_##id] = { #event, #when },
#include "lib/stats/metrics.def"
};

struct line {
	uint32_t arc, number;
	const char *suffix_between; /* "" or "1.": a table's entry */
	const char *object, *place, *home, *key, *type, *unit, *help;
	const char *event, *when;
	const struct table *table; /* NULL: none */
};

static struct line lines[METRIC_COUNT + TABLE_COUNT + TEXT_COLUMN_COUNT +
    AGENT_OBJECT_COUNT + NOTIFY_OBJECT_COUNT];
static size_t line_count;

static struct line *
add(uint32_t arc, uint32_t number, const char *object, const char *place,
    const char *home)
{
	struct line *line = &lines[line_count++];

	*line = (struct line){ .arc = arc,
		.number = number,
		.object = object,
		.place = place,
		.home = home,
		.suffix_between = "" };
	return (line);
}

static struct line *
add_column(
    enum table_id id, uint32_t number, const char *object, const char *place)
{
	const struct table *table = &tables[id];
	struct line *line = add(
	    table->arc, number, object, place, table->object);

	line->table = table;
	line->suffix_between = "1.";
	return (line);
}

static void
add_metrics(void)
{
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		const struct metric *metric = &metrics[m];
		const struct object *object = &metric->object;
		struct line *line;

		if (object->place == OBJECT_NONE)
			continue;
		if (object->place == OBJECT_SCALAR)
			line = add(groups[object->home].arc, object->number,
			    object->name, "scalar",
			    groups[object->home].object);
		else
			line = add_column((enum table_id)object->home,
			    object->number, object->name, "column");
		/* both live in static memory that is written again */
		line->key = strdup(readable_key(metric));
		line->type = type_name(metric);
		line->unit = metric->unit;
		line->help = metric->help;
		line->event = counted[m].event;
		line->when = counted[m].when;
	}
}

static void
add_texts(void)
{
	for (unsigned t = 0; t < TABLE_COUNT; t++) {
		char name[64];
		struct line *line;

		(void)snprintf(name, sizeof(name), "%sName", tables[t].object);
		line = add_column(t, COLUMN_NAME, strdup(name), "name");
		line->type = "SnmpAdminString";
		line->help = "Name of the row.";
	}
	for (size_t t = 0; t < TEXT_COLUMN_COUNT; t++) {
		const struct text_column *text = &text_columns[t];
		struct line *line = add_column(
		    text->table, text->number, text->object, "text");

		line->type = text_syntax(text);
		line->help = text->help;
	}
}

static void
add_agent_objects(
    const struct agent_object *objects, size_t count, const char *place)
{
	const struct group *group = &groups[GROUP_AGENT_STATE];

	for (size_t o = 0; o < count; o++) {
		struct line *line = add(group->arc, objects[o].number,
		    objects[o].object, place, group->object);

		line->type = objects[o].syntax;
		line->unit = objects[o].unit;
		line->help = objects[o].help;
	}
}

static int
by_oid(const void *a, const void *b)
{
	const struct line *left = a, *right = b;

	if (left->arc != right->arc)
		return (left->arc < right->arc ? -1 : 1);
	return (
	    left->number < right->number ? -1 : left->number > right->number);
}

/* "instance,transport" */
static const char *
index_text(const struct table *table)
{
	static char text[128];
	size_t len = 0;

	if (table == NULL)
		return ("-");
	text[0] = '\0';
	if (table->split == SPLIT_PER_INSTANCE)
		len = (size_t)snprintf(text, sizeof(text), "instance");
	for (unsigned i = 0; i < table->index.count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
		    len > 0 ? "," : "", labels[table->index.label[i]].name);
	return (text);
}

static const char *
or_none(const char *text)
{
	return (text != NULL && text[0] != '\0' ? text : "-");
}

static void
print_line(const struct line *line)
{
	printf("1.%u.%s%u\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t", line->arc,
	    line->suffix_between, line->number, line->object, line->place,
	    line->home, index_text(line->table), or_none(line->key),
	    or_none(line->type), or_none(line->unit));
	if (line->event != NULL)
		printf("%s %s", line->event, line->when);
	else
		putchar('-');
	printf("\t%s\n", line->help);
}

void
generate_objects(void)
{
	add_metrics();
	add_texts();
	add_agent_objects(agent_objects, AGENT_OBJECT_COUNT, "scalar");
	add_agent_objects(notify_objects, NOTIFY_OBJECT_COUNT, "notify");
	qsort(lines, line_count, sizeof(lines[0]), by_oid);
	for (size_t n = 0; n < NOTIFICATION_COUNT; n++)
		printf("0.%u\t%s\tnotification\tpfsNotifications\t-\t-\t"
		       "NOTIFICATION-TYPE\t-\t%s\t%s\n",
		    notifications[n].number, notifications[n].object,
		    or_none(notifications[n].objects), notifications[n].help);
	for (size_t i = 0; i < line_count; i++)
		print_line(&lines[i]);
}
