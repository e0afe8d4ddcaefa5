/*
 * Series, brought into the order of their families.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/stats/families.h"
#include "lib/stats/key.h"
#include "lib/stats/render.h"
#include "lib/stats/render_prometheus.h"
#include "lib/util/utf8.h"

struct series {
	const struct number *number;
	enum metric_id metric;
	unsigned store;
	unsigned step; /* of a histogram: which bound; its sum; its count */
	struct slice value[METRIC_LABELS];
	unsigned values; /* without the bound */
	struct slice instance;
};

enum { STEP_COUNT = 1000, STEP_SUM };

static const char *const type_names[] = {
	[FAMILY_COUNTER] = "counter",
	[FAMILY_GAUGE] = "gauge",
	[FAMILY_HISTOGRAM] = "histogram",
};

void
render_family(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP %s ", name);
	for (; *help != '\0'; help++) {
		if (*help == '\\' || *help == '\n')
			putc('\\', out);
		putc(*help == '\n' ? 'n' : *help, out);
	}
	fprintf(out, "\n# TYPE %s %s\n", name, type);
}

/* The length of the character at the front that can be shown as it is, or 0: a
   control character, no UTF-8, or what stands for such bytes. */
static size_t
shown_len(struct slice text)
{
	uint32_t code = 0;
	size_t len = utf8_decode(text, &code);

	return (code < ' ' || (code >= 0x7f && code < 0xa0) ||
		    code == UTF8_REPLACEMENT ?
		0 :
		len);
}

void
render_label_value(FILE *out, struct slice escaped)
{
	char raw[KEY_MAX];
	struct slice rest = { raw, label_unescape(escaped, raw) };

	putc('"', out);
	while (rest.len > 0) {
		size_t len = shown_len(rest);

		if (len == 0) {
			fprintf(
			    out, "\xEF\xBF\xBD%02X", (unsigned char)rest.at[0]);
			len = 1;
		} else {
			if (rest.at[0] == '\\' || rest.at[0] == '"')
				putc('\\', out);
			(void)fwrite(rest.at, 1, len, out);
		}
		rest = slice_from(rest, len);
	}
	putc('"', out);
}

/* Which of the values that `label` lists `value` is. */
static unsigned
bound_step(enum label_id label, struct slice value)
{
	struct slice rest = slice_of(labels[label].values), known;
	unsigned step = 0;

	while (label_value_next(&rest, &known) && !slice_same(known, value))
		step++;
	return (step);
}

/* False: nothing that is shown.  Names of the most frequent are in texts; what
   only has their rank would be another thing at each publication. */
static bool
series_read(const struct number *number, unsigned store, struct series *s)
{
	const struct key_labels *open;

	*s = (struct series){ .number = number, .store = store };
	s->metric = key_find((struct slice){ number->key, number->key_len },
	    s->value, &s->instance);
	if (s->metric == METRIC_COUNT)
		return (false);
	open = key_labels(s->metric);
	s->values = open->count;
	for (unsigned i = 0; i < open->count; i++)
		if (open->id[i] == LABEL_TOP_RANK)
			return (false);
	switch (family_role(s->metric)) {
	case ROLE_BUCKET:
		s->values--;
		s->step = bound_step(open->id[s->values], s->value[s->values]);
		break;
	case ROLE_SUM:
		s->step = STEP_SUM;
		break;
	case ROLE_COUNT:
		s->step = STEP_COUNT;
		break;
	default:
		break;
	}
	return (true);
}

static int
compare_slices(struct slice a, struct slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.at, b.at, len) : 0;

	if (order != 0)
		return (order);
	return ((a.len > b.len) - (a.len < b.len));
}

/* 0: the same series. */
static int
compare_series(const struct series *a, const struct series *b)
{
	unsigned a_family = family_of(a->metric),
		 b_family = family_of(b->metric);
	int order = 0;

	if (a_family != b_family)
		return (a_family < b_family ? -1 : 1);
	if (family_role(a->metric) == ROLE_PLAIN && a->metric != b->metric)
		return (a->metric < b->metric ? -1 : 1);
	for (unsigned i = 0; order == 0 && i < a->values; i++)
		order = compare_slices(a->value[i], b->value[i]);
	if (order == 0)
		order = compare_slices(a->instance, b->instance);
	if (order == 0)
		order = (a->step > b->step) - (a->step < b->step);
	return (order);
}

static int
in_order(const void *a, const void *b)
{
	const struct series *one = a, *other = b;
	int order = compare_series(one, other);

	return (order != 0 ? order : (int)one->store - (int)other->store);
}

static void
print_value(FILE *out, const struct series *s)
{
	char text[NUMBER_TEXT_MAX];
	uint64_t value = s->number->value;

	if (strcmp(metrics[s->metric].unit, "milliseconds") == 0)
		fprintf(out, " %" PRIu64 ".%03u\n", value / 1000,
		    (unsigned)(value % 1000));
	else
		fprintf(out, " %s\n",
		    render_number(
			(struct slice){ s->number->key, s->number->key_len },
			value, text));
}

static const char *
print_label(
    FILE *out, const char *before, struct slice name, struct slice value)
{
	fprintf(out, "%s%.*s=", before, (int)name.len, name.at);
	render_label_value(out, value);
	return (",");
}

/* `bound`: of a histogram's count, to show it as that of the last bucket. */
static void
print_labels(FILE *out, const struct series *s, const char *bound)
{
	struct slice rest = slice_of(metrics[s->metric].key), name, value;
	const struct slice *open = s->value;
	const char *before = "{";

	while (family_label_next(s->metric, &rest, &name, &value))
		before = print_label(
		    out, before, name, value.len > 0 ? value : *open++);
	if (bound != NULL)
		before = print_label(out, before, SLICE("le"), slice_of(bound));
	if (s->instance.len > 0)
		before = print_label(
		    out, before, SLICE("postfix_instance"), s->instance);
	if (*before == ',')
		putc('}', out);
}

static void
print_series(FILE *out, const struct series *s)
{
	const struct family *family = family_at(family_of(s->metric));

	if (family_role(s->metric) == ROLE_COUNT) {
		fprintf(
		    out, "%.*s_bucket", (int)family->name.len, family->name.at);
		print_labels(out, s, "+Inf");
		print_value(out, s);
	}
	fputs(metrics[s->metric].prometheus, out);
	print_labels(out, s, NULL);
	print_value(out, s);
}

static void
print_all(FILE *out, const struct series *all, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned f = family_of(all[i].metric);
		const struct family *family = family_at(f);
		char name[128];

		if (i > 0 && compare_series(&all[i - 1], &all[i]) == 0)
			continue;
		if (i == 0 || family_of(all[i - 1].metric) != f) {
			(void)snprintf(name, sizeof(name), "%.*s",
			    (int)family->name.len, family->name.at);
			render_family(
			    out, name, type_names[family->type], family->help);
		}
		print_series(out, &all[i]);
	}
}

/* Leave out the totals of metrics that are there by instance. */
static size_t
drop_totals(struct series *all, size_t count)
{
	bool split[METRIC_COUNT] = { false };
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		split[all[i].metric] |= all[i].instance.len > 0;
	for (size_t i = 0; i < count; i++)
		if (all[i].instance.len > 0 || !split[all[i].metric])
			all[kept++] = all[i];
	return (kept);
}

int
render_prometheus(
    FILE *out, const struct snapshot *const *snapshots, size_t count)
{
	struct series *all;
	size_t room = 1, total = 0;

	for (size_t i = 0; i < count; i++)
		room += snapshots[i] != NULL ? snapshots[i]->number_count : 0;
	all = calloc(room, sizeof(*all));
	if (all == NULL)
		return (-1);
	for (size_t i = 0; i < count; i++)
		for (size_t n = 0;
		     snapshots[i] != NULL && n < snapshots[i]->number_count;
		     n++)
			if (series_read(&snapshots[i]->numbers[n], (unsigned)i,
				&all[total]))
				total++;
	total = drop_totals(all, total);
	qsort(all, total, sizeof(*all), in_order);
	print_all(out, all, total);
	free(all);
	return (0);
}
