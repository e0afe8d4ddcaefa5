/*
 * What a family begins with, and labels, by the rules of the format.
 */
#include "lib/stats/key.h"
#include "lib/stats/render_prometheus.h"
#include "lib/util/utf8.h"

const char *const prometheus_media_types[PROMETHEUS_FORMATS] = {
	[PROMETHEUS_TEXT] = PROMETHEUS_TYPE,
	[PROMETHEUS_OPENMETRICS] =
	    "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

static const char *const type_names[PROMETHEUS_FORMATS][FAMILY_TYPES] = {
	{ "counter", "gauge", "histogram", "untyped" },
	{ "counter", "gauge", "histogram", "unknown" },
};

/* A line of what is known about a family. */
static void
print_about(FILE *out, const char *what, struct slice name)
{
	fprintf(out, "# %s %.*s ", what, (int)name.len, name.at);
}

/* Units that OpenMetrics has a line for. */
static void
print_unit(FILE *out, struct slice name)
{
	static const char *const units[] = { "seconds", "bytes" };

	for (size_t i = 0; i < COUNT(units); i++) {
		struct slice rest = name, word;

		while (slice_cut(&rest, '_', &word))
			;
		if (!slice_equal(rest, units[i]))
			continue;
		print_about(out, "UNIT", name);
		fprintf(out, "%s\n", units[i]);
	}
}

static void
print_help(FILE *out, enum prometheus_format format, const char *help)
{
	for (; *help != '\0'; help++) {
		if (*help == '\\' || *help == '\n' ||
		    (*help == '"' && format == PROMETHEUS_OPENMETRICS))
			putc('\\', out);
		putc(*help == '\n' ? 'n' : *help, out);
	}
	putc('\n', out);
}

void
render_family(FILE *out, enum prometheus_format format, const char *name,
    enum family_type type, const char *help)
{
	struct slice family = slice_of(name);

	if (format == PROMETHEUS_OPENMETRICS && type == FAMILY_COUNTER)
		family.len -= strlen(PROMETHEUS_COUNTER_END);
	print_about(out, "HELP", family);
	print_help(out, format, help);
	print_about(out, "TYPE", family);
	fprintf(out, "%s\n", type_names[format][type]);
	if (format == PROMETHEUS_OPENMETRICS)
		print_unit(out, family);
}

/* A byte that can't be shown comes as U+FFFD and its number: so no two texts
   become one. */
static void
print_text(FILE *out, struct slice rest)
{
	putc('"', out);
	while (rest.len > 0) {
		size_t len = utf8_shown(rest);

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

static void
print_label_value(FILE *out, struct slice escaped)
{
	char raw[KEY_MAX];

	print_text(out, (struct slice){ raw, label_unescape(escaped, raw) });
}

/* A bound as a float, which OpenMetrics wants: 0.5, 10.0, 1e+06. */
static void
print_bound(FILE *out, struct slice bound)
{
	size_t zeros = 0;

	while (zeros < bound.len && bound.at[bound.len - 1 - zeros] == '0')
		zeros++;
	if (zeros >= 6 && zeros + 1 == bound.len)
		fprintf(out, "\"%.1se+%02zu\"", bound.at, zeros);
	else
		fprintf(out, "\"%.*s%s\"", (int)bound.len, bound.at,
		    slice_until(bound, '.').len == bound.len &&
			    byte_is_digit(bound.at[0]) ?
			".0" :
			"");
}

void
render_text_label(
    FILE *out, const char *before, const char *name, struct slice text)
{
	fprintf(out, "%s%s=", before, name);
	print_text(out, text);
}

const char *
render_label(FILE *out, enum prometheus_format format, const char *before,
    struct slice name, struct slice value)
{
	fprintf(out, "%s%.*s=", before, (int)name.len, name.at);
	if (format == PROMETHEUS_OPENMETRICS && slice_equal(name, "le"))
		print_bound(out, value);
	else
		print_label_value(out, value);
	return (",");
}
