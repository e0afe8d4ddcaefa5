/*
 * Texts of the stores as series, by the rows INFO of the table.
 */
#include "lib/stats/key.h"
#include "lib/stats/render_info.h"

/* The text =RECORD:VALUE of a snapshot. */
static struct slice
text_of(
    const struct snapshot *snapshot, struct slice record, struct slice value)
{
	struct slice text = SLICE("");
	char key[KEY_MAX + 1];
	int len = snprintf(key, sizeof(key), "=%.*s:%.*s", (int)record.len,
	    record.at, (int)value.len, value.at);

	if (len > 0 && len < (int)sizeof(key))
		(void)snapshot_text(snapshot, slice_of(key), &text);
	return (text);
}

/* Take what is before the next `byte`, or all; false if nothing is left. */
static bool
take(struct slice *rest, char byte, struct slice *part_r)
{
	if (rest->len == 0)
		return (false);
	if (!slice_cut(rest, byte, part_r)) {
		*part_r = *rest;
		*rest = slice_from(*rest, rest->len);
	}
	return (true);
}

/* The labels `names` of a text: all of it is the last one's, a word each the
   others'. */
static void
print_labels(FILE *out, struct slice names, struct slice text)
{
	struct slice name, word;
	char label[64];

	while (take(&names, ',', &name)) {
		if (names.len == 0)
			word = text;
		else if (!take(&text, ' ', &word))
			word = SLICE("");
		(void)snprintf(
		    label, sizeof(label), "%.*s", (int)name.len, name.at);
		render_text_label(out, ",", label, word);
	}
}

static void
print_series(FILE *out, enum prometheus_format format, const struct info *info,
    const struct snapshot *snapshot, struct slice value)
{
	struct slice rest = slice_of(info->records), record, name;

	fputs(info->prometheus, out);
	(void)render_label(
	    out, format, "{", slice_of(labels[info->label].name), value);
	while (label_value_next(&rest, &record))
		if (slice_cut(&record, '=', &name))
			print_labels(
			    out, record, text_of(snapshot, name, value));
	fputs("} 1\n", out);
}

/* The label's value, if a text is of the record that decides. */
static bool
is_first(
    const struct info *info, const struct text *text, struct slice *value_r)
{
	struct slice key = { text->key, text->key_len };
	struct slice wanted = slice_until(slice_of(info->records), '='), record;

	*value_r = key;
	if (!slice_skip(value_r, "=") || !slice_cut(value_r, ':', &record))
		return (false);
	return (slice_same(record, wanted) && value_r->len > 0 &&
	    text->text[0] != '\0');
}

/* False: the snapshot has nothing for it. */
static bool
print_family(FILE *out, enum prometheus_format format, const struct info *info,
    const struct snapshot *snapshot)
{
	bool begun = false;
	struct slice value;

	for (size_t t = 0; t < snapshot->text_count; t++) {
		if (!is_first(info, &snapshot->texts[t], &value))
			continue;
		if (!begun)
			render_family(out, format, info->prometheus,
			    FAMILY_GAUGE, info->help);
		begun = true;
		print_series(out, format, info, snapshot, value);
	}
	return (begun);
}

void
render_infos(FILE *out, enum prometheus_format format,
    const struct snapshot *const *snapshots, size_t count)
{
	for (unsigned i = 0; i < INFO_COUNT; i++)
		for (size_t s = 0; s < count; s++)
			if (snapshots[s] != NULL &&
			    print_family(out, format, &infos[i], snapshots[s]))
				break;
}
