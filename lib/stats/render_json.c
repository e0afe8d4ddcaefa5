/*
 * JSON (RFC 8259).
 */
#include <inttypes.h>

#include "lib/stats/key.h"
#include "lib/stats/reasons.h"
#include "lib/stats/render.h"
#include "lib/stats/render_json.h"
#include "lib/stats/top_walk.h"
#include "lib/util/utf8.h"

void
render_json_string(FILE *out, struct slice text)
{
	putc('"', out);
	while (text.len > 0) {
		unsigned char byte = (unsigned char)text.at[0];
		uint32_t code;
		size_t len = utf8_decode(text, &code);

		if (len == 0) {
			fprintf(out, "\\ufffd%02X", byte);
			len = 1;
		} else if (byte < ' ' || byte == 0x7f)
			fprintf(out, "\\u%04x", byte);
		else {
			if (byte == '"' || byte == '\\')
				putc('\\', out);
			(void)fwrite(text.at, 1, len, out);
		}
		text = slice_from(text, len);
	}
	putc('"', out);
}

void
render_json(FILE *out, const struct snapshot *snapshot)
{
	char text[NUMBER_TEXT_MAX];

	putc('{', out);
	for (size_t i = 0; i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];
		struct slice key = { number->key, number->key_len };

		fputs(i > 0 ? ",\n" : "\n", out);
		render_json_string(out, key);
		fprintf(out, ": %s", render_number(key, number->value, text));
	}
	fputs("\n}\n", out);
}

static void
top_item(FILE *out, const struct top_walk *walk)
{
	const struct top_item *item = &walk->item;

	fputs("{ \"name\": ", out);
	render_json_string(out, (struct slice){ item->name, item->len });
	fprintf(out, ", \"count\": %" PRIu64 ", \"error\": %" PRIu64,
	    item->count, item->error);
	if (top_has_parts(walk->dimension))
		fprintf(out,
		    ", \"sent\": %" PRIu64 ", \"deferred\": %" PRIu64
		    ", \"bounced\": %" PRIu64,
		    top_sent(item), item->deferred, item->bounced);
	fputs(" }", out);
}

void
render_json_top(FILE *out, const struct snapshot *snapshot)
{
	struct top_walk walk = { .snapshot = snapshot };
	bool open = false;

	putc('{', out);
	while (top_walk_next(&walk)) {
		if (walk.rank == 1) {
			fputs(open ? "\n],\n" : "\n", out);
			render_json_string(out, walk.dimension);
			fputs(": [\n", out);
			open = true;
		} else
			fputs(",\n", out);
		top_item(out, &walk);
	}
	fputs(open ? "\n]\n}\n" : "}\n", out);
}

void
render_json_reasons(FILE *out, const struct snapshot *snapshot)
{
	const char *before = "\n";
	struct mtagroups set;

	mtagroups_load(snapshot, &set);
	putc('[', out);
	for (unsigned i = 0; i < set.count; i++) {
		const struct mtagroup *group = &set.at[i];
		struct slice text;

		if (!reasons_find(snapshot, group->number, &text))
			continue;
		fprintf(out, "%s{ \"%s\": ", before,
		    mtagroup_kind(group) == ROWS_SERVICE ? "service" :
							   "transport");
		render_json_string(out, mtagroup_name(group));
		fputs(", \"text\": ", out);
		render_json_string(out, text);
		fputs(" }", out);
		before = ",\n";
	}
	fputs("\n]\n", out);
}
