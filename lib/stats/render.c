/*
 * Keys, the walk, the most frequent names, and the samples.
 */
#include <inttypes.h>
#include <time.h>

#include "lib/stats/key.h"
#include "lib/stats/render.h"
#include "lib/stats/top_walk.h"

const char *
render_number(struct slice key, uint64_t value, char text_r[NUMBER_TEXT_MAX])
{
	if (key_is_duration(key))
		(void)snprintf(text_r, NUMBER_TEXT_MAX,
		    "%" PRIu64 ".%06" PRIu64, value / MICROSECONDS,
		    value % MICROSECONDS);
	else
		(void)snprintf(text_r, NUMBER_TEXT_MAX, "%" PRIu64, value);
	return (text_r);
}

static const char *
number_text(const struct number *number, char text_r[NUMBER_TEXT_MAX])
{
	return (render_number((struct slice){ number->key, number->key_len },
	    number->value, text_r));
}

void
render_keys(FILE *out, const struct snapshot *snapshot)
{
	char text[NUMBER_TEXT_MAX];

	for (size_t i = 0; i < snapshot->number_count; i++)
		fprintf(out, "%s %s\n", snapshot->numbers[i].key,
		    number_text(&snapshot->numbers[i], text));
}

/* As snmpwalk quotes it.  The texts of cells are printable. */
static void
quoted_string(FILE *out, struct slice text)
{
	putc('"', out);
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"' || text.at[i] == '\\')
			putc('\\', out);
		putc(text.at[i], out);
	}
	putc('"', out);
}

static void
print_cell(FILE *out, const struct cell *cell, uint64_t now)
{
	static const char *const types[] = {
		[CELL_INTEGER] = "INTEGER",
		[CELL_COUNTER32] = "Counter32",
		[CELL_COUNTER64] = "Counter64",
		[CELL_GAUGE32] = "Gauge32",
		[CELL_UNSIGNED32] = "Gauge32", /* one type on the wire */
		[CELL_STRING] = "STRING",
		[CELL_PROTOCOL] = "OID",
		[CELL_INTERVAL] = "INTEGER",
		[CELL_STAMP] = "Timeticks", /* never: no sysUpTime here */
	};
	char text[OID_TEXT_MAX];
	struct oid oid;

	fprintf(out, "%s = %s: ", oid_format(cell->arc, cell->arc_count, text),
	    types[cell->type]);
	switch (cell->type) {
	case CELL_STRING:
		quoted_string(out, cell->text);
		break;
	case CELL_INTEGER:
		fprintf(out, "%" PRId64, (int64_t)cell->number);
		break;
	case CELL_PROTOCOL:
		cell_protocol(cell, &oid);
		fputs(oid_format(oid.arc, oid.count, text), out);
		break;
	case CELL_INTERVAL:
		fprintf(out, "%" PRIu32, cell_interval(cell, now));
		break;
	default:
		fprintf(out, "%" PRIu64, cell->number);
	}
	putc('\n', out);
}

void
render_walk(FILE *out, const struct cells *cells)
{
	uint64_t now = (uint64_t)time(NULL);

	for (size_t i = 0; i < cells_count(cells); i++)
		print_cell(out, cells_at(cells, i), now);
}

static void
print_top(FILE *out, const struct top_walk *walk)
{
	const struct top_item *item = &walk->item;

	fprintf(out, "%.*s %u %.*s %" PRIu64 " %" PRIu64,
	    (int)walk->dimension.len, walk->dimension.at, walk->rank,
	    (int)item->len, item->name, item->count, item->error);
	if (top_has_parts(walk->dimension))
		fprintf(out, " %" PRIu64 " %" PRIu64 " %" PRIu64,
		    top_sent(item), item->deferred, item->bounced);
	putc('\n', out);
}

void
render_top(FILE *out, const struct snapshot *snapshot)
{
	struct top_walk walk = { .snapshot = snapshot };

	while (top_walk_next(&walk))
		print_top(out, &walk);
}

void
render_samples(FILE *out, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];

		if (!slice_starts(
			(struct slice){ text->key, text->key_len }, "=sample:"))
			continue;
		for (const char *at = text->text;
		     at < text->text + TEXT_MAX && *at != '\0'; at++)
			putc(*at != '\t' &&
				    ((unsigned char)*at < ' ' || *at == 0x7f) ?
				'?' :
				*at,
			    out);
		putc('\n', out);
	}
}
