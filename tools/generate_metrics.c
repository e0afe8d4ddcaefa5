/*
 * docs/metrics.md from the table.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/stats/ietf.h"
#include "lib/stats/key.h"
#include "tools/generate.h"

static const char introduction[] =
    "# What is counted\n"
    "\n"
    "Every number has a key. `postfix-stats-get KEY` prints it, `--all` prints\n"
    "every key with its number. Most have an SNMP object, and all a Prometheus\n"
    "name, too.\n"
    "\n"
    "## Keys\n"
    "\n"
    "    family[:label]...[@instance]\n"
    "\n"
    "`sent:smtp` is the family `sent` with the label `smtp`. A word in angle\n"
    "brackets below stands for a label's value: `delivery:<transport>:sent` is\n"
    "`delivery:smtp:sent`, `delivery:relay:sent` and so on. In a value the bytes\n"
    "`:` `@` `%`, blanks, controls and all that is not ASCII are written `%XX`.\n"
    "\n"
    "A key whose labels are all fixed is 0 until something was counted. A key\n"
    "with a value from the log is there from the first line on that names the\n"
    "value, and with it all keys of the same values: the first delivery by\n"
    "`relay`, whatever became of it, brings every `delivery:relay:` and\n"
    "`reply:relay:`.\n"
    "\n"
    "**`@`**: a key without `@` is the total over all instances of Postfix. Where\n"
    "the log shows more than one (`syslog_name`, or the name given with `--log`),\n"
    "keys marked `[@]` below also exist for each of them:\n"
    "`sent:smtp@postfix-out`.\n"
    "\n"
    "**transport** is the service in the tag (`postfix/relay/smtp` is `relay`),\n"
    "else the daemon (`postfix/smtp` is `smtp`); for pipe(8) the transport's name\n"
    "in master.cf. **service** is the same for what receives:\n"
    "`postfix/submission/smtpd` is `submission`.\n"
    "\n"
    "## Units\n"
    "\n"
    "A *counter* only grows, also over restarts; `tailer:discontinuity` tells\n"
    "when one last could not. A *gauge* is what it is now. Over SNMP counters are\n"
    "Counter64 and gauges Gauge32, which ends at 4294967295, or where that is too\n"
    "little PfsGauge64, a Counter64 that may fall. Times are\n"
    "seconds, sums of delays with six digits behind a point, all others whole;\n"
    "points in time are seconds since 1970 (UTC). *Recipients* are counted\n"
    "once for each recipient's result, *attempts* once for each try, *replies*\n"
    "once for each SMTP reply.\n"
    "\n"
    "SNMP objects stand below the base OID, which is\n"
    "`" BASE_DEFAULT "` unless configured otherwise: `.1.1.1.0` is\n"
    "the base with that after it. A column is followed by the row: the number of\n"
    "the instance (1: all together), then the length of the name and its bytes.\n";

bool
is_configured(size_t label)
{
	return (label == LABEL_RULE || label == LABEL_VALUE_RULE ||
	    label == LABEL_TOP_DIMENSION || label == LABEL_PROBE ||
	    label == LABEL_WHM_SERVER);
}

/* Where the values of an open label come from. */
static const char *
source_of(size_t label)
{
	if (label == LABEL_WHM_USER || label == LABEL_WHM_DOMAIN)
		return ("WHM");
	return (is_configured(label) ? "the configuration" : "the log");
}

static void
metrics_labels(void)
{
	printf("\n## Labels\n\n| label | values |\n|---|---|\n");
	for (size_t i = 0; i < LABEL_COUNT; i++) {
		struct slice rest = slice_of(labels[i].values), value;
		const char *comma = "";

		printf("| `");
		for (const char *at = labels[i].id; *at != '\0'; at++)
			putchar(tolower((unsigned char)*at));
		printf("` | ");
		if (!label_is_closed((enum label_id)i))
			printf("from %s, the first %u; others count as "
			       "`other`",
			    source_of(i), labels[i].limit - 1);
		else
			for (; label_value_next(&rest, &value); comma = ", ")
				printf("%s`%.*s`", comma, (int)value.len,
				    value.at);
		printf(" |\n");
	}
}

static struct slice
family(const struct metric *metric)
{
	return (slice_until(slice_of(metric->key), ':'));
}

static void
metrics_row(const struct metric *metric)
{
	const struct object *object = &metric->object;

	printf("| `%s`%s | %s | %s | ", readable_key(metric),
	    metric->split == SPLIT_PER_INSTANCE ? " [@]" : "",
	    metric_is_counter(metric) ? "counter" : "gauge", metric->unit);
	if (object->place == OBJECT_SCALAR)
		printf("`%s` `.1.%u.%u.0`", object->name,
		    groups[object->home].arc, object->number);
	else if (object->place == OBJECT_COLUMN)
		printf("`%s` `.1.%u.1.%u`", object->name,
		    tables[object->home].arc, object->number);
	printf(" | `%s` | %s |\n", metric->prometheus, metric->help);
}

static void
metrics_family(size_t first)
{
	struct slice name = family(&metrics[first]);

	for (size_t m = 0; m < first; m++)
		if (slice_same(family(&metrics[m]), name))
			return;
	printf(
	    "\n## %.*s\n\n"
	    "| key | kind | unit | SNMP object | Prometheus name | meaning |\n"
	    "|---|---|---|---|---|---|\n",
	    (int)name.len, name.at);
	for (size_t m = first; m < METRIC_COUNT; m++)
		if (slice_same(family(&metrics[m]), name))
			metrics_row(&metrics[m]);
}

static const char ietf_introduction[] =
    "\n## NETWORK-SERVICES-MIB and MTA-MIB\n\n"
    "The IETF's tables for mail servers (RFC 2788, RFC 2789), below\n"
    "`1.3.6.1.2.1`. Their counters are the lower 32 bits of ours, their volumes\n"
    "in units of 1,024 bytes. applIndex is pfsInstanceIndex: 1 is all instances\n"
    "together, and the others have what is counted by instance. A group is a\n"
    "delivery transport, a receiving service or a queue. Objects that are *absent* are\n"
    "answered with noSuchInstance.\n\n"
    "| object | type | rows | from |\n|---|---|---|---|\n";

static const char *
ietf_type(enum cell_type type)
{
	static const char *const types[] = {
		[CELL_INTEGER] = "INTEGER",
		[CELL_COUNTER32] = "Counter32",
		[CELL_GAUGE32] = "Gauge32",
		[CELL_STRING] = "string",
		[CELL_PROTOCOL] = "OBJECT IDENTIFIER",
		[CELL_INTERVAL] = "TimeInterval",
		[CELL_STAMP] = "TimeStamp",
	};

	return (types[type]);
}

static const char *
ietf_rows(const struct ietf_column *column)
{
	switch (column->rows) {
	case 0:
		return ("*absent*");
	case ROWS_TRANSPORT:
		return ("transports");
	case ROWS_OUTBOUND:
		return ("smtp(8) and lmtp(8) transports");
	case ROWS_INTERNAL:
		return ("other transports");
	case ROWS_SERVICE:
		return ("services");
	case ROWS_SERVER:
		return ("smtpd(8) services");
	case ROWS_RECEIVER:
		return ("services that take in mail");
	case ROWS_QUEUE:
		return ("queues");
	case ROWS_PROTOCOL:
		return ("services, smtp(8) and lmtp(8) transports");
	default:
		return ("all");
	}
}

static void
ietf_row(enum ietf_column_id id)
{
	const struct ietf_column *column = &ietf_columns[id];
	const struct ietf_table *table = &ietf_tables[column->table];
	const char *before = "";

	printf("| `%s` `%u.%u.1.%u` | %s | %s | ", column->object, table->mib,
	    table->arc, column->number, ietf_type(column->type),
	    ietf_rows(column));
	for (size_t s = 0; s < ietf_source_count; s++) {
		if (ietf_sources[s].column != id)
			continue;
		printf("%s`%s`", before,
		    readable_key(&metrics[ietf_sources[s].metric]));
		before = ", ";
	}
	printf("%s%s |\n",
	    before[0] != '\0' && column->help[0] != '\0' ? "; " : "",
	    column->help);
}

void
metrics_agent_object(const struct agent_object *object)
{
	printf("| `%s` `.1.%u.%u.0` | %s | %s | %s |\n", object->object,
	    groups[GROUP_AGENT_STATE].arc, object->number, object->syntax,
	    object->unit, object->help);
}

/* Names and labels of texts. */
static void
metrics_infos(void)
{
	printf("\n## Texts for Prometheus\n\n"
	       "Series of the value 1; the labels tell.\n\n"
	       "| name | labels | meaning |\n|---|---|---|\n");
	for (size_t i = 0; i < INFO_COUNT; i++) {
		const char *at = infos[i].records;

		printf("| `%s` | `%s", infos[i].prometheus,
		    labels[infos[i].label].name);
		for (; (at = strpbrk(at, "=,")) != NULL; at++)
			printf("`, `%.*s", (int)strcspn(at + 1, ", "), at + 1);
		printf("` | %s |\n", infos[i].help);
	}
}

void
generate_metrics(void)
{
	printf("<!-- " MADE_BY ": do not edit. -->\n\n%s", introduction);
	metrics_labels();
	metrics_scenes();
	for (size_t m = 0; m < METRIC_COUNT; m++)
		metrics_family(m);
	metrics_peers();
	metrics_infos();
	printf("\n## SNMP only\n\n| object | type | unit | meaning |\n"
	       "|---|---|---|---|\n");
	for (size_t o = 0; o < AGENT_OBJECT_COUNT; o++)
		metrics_agent_object(&agent_objects[o]);
	for (size_t t = 0; t < TEXT_COLUMN_COUNT; t++)
		printf("| `%s` `.1.%u.1.%u` | %s | | %s |\n",
		    text_columns[t].object, tables[text_columns[t].table].arc,
		    text_columns[t].number, text_syntax(&text_columns[t]),
		    text_columns[t].help);
	for (size_t t = 0; t < TABLE_COUNT; t++)
		printf("| `%sName` `.1.%u.1.2` | SnmpAdminString | | Name "
		       "of the row in %sTable. |\n",
		    tables[t].object, tables[t].arc, tables[t].object);
	metrics_notifications();
	fputs(ietf_introduction, stdout);
	for (unsigned c = 0; c < IETF_COLUMN_COUNT; c++)
		ietf_row((enum ietf_column_id)c);
}
