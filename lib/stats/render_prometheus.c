/*
 * Series, brought into the order of their families.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/stats/render_info.h"
#include "lib/stats/render_whm.h"
#include "lib/stats/series.h"

/* In seconds, what is kept in their parts. */
static void
print_value(FILE *out, const struct series *s)
{
	const struct metric *metric = &metrics[s->metric];

	if (metric_is_time(metric))
		fprintf(out, " %" PRIu64 ".%06" PRIu64 "\n",
		    s->value / MICROSECONDS, s->value % MICROSECONDS);
	else if (strcmp(metric->unit, "milliseconds") == 0)
		fprintf(out, " %" PRIu64 ".%03" PRIu64 "\n", s->value / 1000,
		    s->value % 1000);
	else
		fprintf(out, " %" PRIu64 "\n", s->value);
}

/* Labels of the table's own names: those of the key. */
static const char *
print_own(FILE *out, enum prometheus_format format, const struct series *s)
{
	struct slice rest = slice_of(metrics[s->metric].key), name, value;
	const struct slice *open = s->label;
	const char *before = "{";

	if (render_whm_is_user(s->metric))
		return (render_whm_user(out, format, s));
	while (family_label_next(s->metric, &rest, &name, &value))
		before = render_label(
		    out, format, before, name, value.len > 0 ? value : *open++);
	return (before);
}

/* Labels as others have them; an empty one is none. */
static const char *
print_peer(FILE *out, enum prometheus_format format, const struct series *s)
{
	const char *before = "{";

	for (unsigned i = 0; i < s->labels; i++)
		if (s->label[i].len > 0)
			before = render_label(out, format, before,
			    s->peer->label[i].name, s->label[i]);
	if (family_role(s->metric) == ROLE_BUCKET)
		before = render_label(
		    out, format, before, SLICE("le"), s->label[s->labels]);
	return (before);
}

/* `bound`: of a histogram's count, to show it as that of the last bucket. */
static void
print_labels(FILE *out, enum prometheus_format format, const struct series *s,
    const char *bound)
{
	const char *before = s->peer == NULL ? print_own(out, format, s) :
					       print_peer(out, format, s);

	if (bound != NULL)
		before = render_label(
		    out, format, before, SLICE("le"), slice_of(bound));
	if (s->instance.len > 0)
		before = render_label(out, format, before,
		    SLICE("postfix_instance"), s->instance);
	if (*before == ',')
		putc('}', out);
}

/* Since when it counts, behind the last line of a counter or a histogram.  A
   histogram that is sampled does not count. */
static void
print_created(FILE *out, const struct series *s, const struct family *family)
{
	enum family_role role = family_role(s->metric);
	struct slice name = family->name;

	if (s->since == 0 || !metric_is_counter(&metrics[s->metric]) ||
	    family->type == FAMILY_UNTYPED ||
	    (role != ROLE_PLAIN && role != ROLE_SUM))
		return;
	if (role == ROLE_PLAIN)
		name.len -= strlen(PROMETHEUS_COUNTER_END);
	fprintf(out, "%.*s_created", (int)name.len, name.at);
	print_labels(out, PROMETHEUS_OPENMETRICS, s, NULL);
	fprintf(out, " %" PRIu64 "\n", s->since);
}

static void
print_series(FILE *out, enum prometheus_format format, const struct series *s)
{
	static const char *const ends[] = {
		[ROLE_PLAIN] = "",
		[ROLE_BUCKET] = "_bucket",
		[ROLE_SUM] = "_sum",
		[ROLE_COUNT] = "_count",
	};
	const struct family *family = family_at(s->family);
	enum family_role role = family_role(s->metric);

	if (role == ROLE_COUNT) {
		fprintf(
		    out, "%.*s_bucket", (int)family->name.len, family->name.at);
		print_labels(out, format, s, "+Inf");
		print_value(out, s);
	}
	fprintf(
	    out, "%.*s%s", (int)family->name.len, family->name.at, ends[role]);
	print_labels(out, format, s, NULL);
	print_value(out, s);
	if (format == PROMETHEUS_OPENMETRICS)
		print_created(out, s, family);
}

static void
print_all(FILE *out, enum prometheus_format format, const struct series *all,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct family *family = family_at(all[i].family);
		char name[128];

		if (i == 0 || all[i - 1].family != all[i].family) {
			(void)snprintf(name, sizeof(name), "%.*s",
			    (int)family->name.len, family->name.at);
			render_family(
			    out, format, name, family->type, family->help);
		}
		print_series(out, format, &all[i]);
	}
}

int
render_prometheus(FILE *out, enum prometheus_format format,
    const struct snapshot *const *snapshots, size_t count)
{
	struct series *all;
	size_t total;

	if (series_make(snapshots, count, &all, &total) == -1)
		return (-1);
	print_all(out, format, all, total);
	render_infos(out, format, snapshots, count);
	render_whm_logs(out, format, snapshots, count);
	if (format == PROMETHEUS_OPENMETRICS)
		fputs("# EOF\n", out);
	free(all);
	return (0);
}
