/*
 * Keys, JSON, the walk, and the samples.
 */
#include <inttypes.h>

#include "lib/stats/render.h"

void
render_keys(FILE *out, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->number_count; i++)
		fprintf(out, "%s %" PRIu64 "\n", snapshot->numbers[i].key,
		    snapshot->numbers[i].value);
}

/* Keys are ASCII; were one not, each byte would stand for the character of
   that number, and the text still be JSON. */
static void
json_string(FILE *out, struct slice text)
{
	putc('"', out);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.at[i];

		if (byte < ' ' || byte >= 0x7f)
			fprintf(out, "\\u%04x", byte);
		else
			fprintf(out,
			    byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
	}
	putc('"', out);
}

void
render_json(FILE *out, const struct snapshot *snapshot)
{
	putc('{', out);
	for (size_t i = 0; i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];

		fputs(i > 0 ? ",\n" : "\n", out);
		json_string(
		    out, (struct slice){ number->key, number->key_len });
		fprintf(out, ": %" PRIu64, number->value);
	}
	fputs("\n}\n", out);
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

void
render_walk(FILE *out, const struct cells *cells)
{
	static const char *const types[] = {
		[CELL_INTEGER] = "INTEGER",
		[CELL_COUNTER64] = "Counter64",
		[CELL_GAUGE32] = "Gauge32",
		[CELL_UNSIGNED32] = "Gauge32", /* one type on the wire */
		[CELL_STRING] = "STRING",
	};

	for (size_t i = 0; i < cells_count(cells); i++) {
		const struct cell *cell = cells_at(cells, i);
		char oid[OID_TEXT_MAX];

		fprintf(out,
		    "%s = %s: ", oid_format(cell->arc, cell->arc_count, oid),
		    types[cell->type]);
		if (cell->type == CELL_STRING)
			quoted_string(out, cell->text);
		else
			fprintf(out, "%" PRIu64, cell->number);
		putc('\n', out);
	}
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
