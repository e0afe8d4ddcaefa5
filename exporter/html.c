/*
 * Escaping and numbers.
 */
#include <inttypes.h>
#include <math.h>

#include "exporter/html.h"
#include "lib/stats/key.h"
#include "lib/util/utf8.h"

static const char *
entity_of(char byte)
{
	switch (byte) {
	case '&':
		return ("&amp;");
	case '<':
		return ("&lt;");
	case '>':
		return ("&gt;");
	case '"':
		return ("&quot;");
	case '\'':
		return ("&#39;");
	default:
		return (NULL);
	}
}

void
html_text(FILE *out, struct slice text)
{
	while (text.len > 0) {
		size_t len = utf8_shown(text);
		const char *entity = entity_of(text.at[0]);

		if (len == 0) {
			fprintf(
			    out, "\xef\xbf\xbd%02X", (unsigned char)text.at[0]);
			len = 1;
		} else if (entity != NULL)
			fputs(entity, out);
		else
			(void)fwrite(text.at, 1, len, out);
		text = slice_from(text, len);
	}
}

void
html_label(FILE *out, struct slice escaped)
{
	char raw[KEY_MAX];

	html_text(out, (struct slice){ raw, label_unescape(escaped, raw) });
}

void
html_count(FILE *out, uint64_t count)
{
	if (count >= 1000) {
		html_count(out, count / 1000);
		fprintf(out, ",%03" PRIu64, count % 1000);
	} else
		fprintf(out, "%" PRIu64, count);
}

void
html_decimal(FILE *out, double number)
{
	if (isnan(number) || number < 0 || number >= 1e18)
		fputs("\xe2\x80\x93", out);
	else if (number < 9.95 && number > 0)
		fprintf(out, number < 0.095 ? "%.2f" : "%.1f", number);
	else
		html_count(out, (uint64_t)(number + 0.5));
}

void
html_bytes(FILE *out, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB",
		"PB" };
	double number = (double)bytes;
	size_t unit = 0;

	while (number >= 999.5 && unit + 1 < COUNT(units)) {
		number /= 1000;
		unit++;
	}
	if (unit == 0)
		fprintf(out, "%" PRIu64, bytes);
	else
		html_decimal(out, number);
	fprintf(out, " %s", units[unit]);
}

void
html_span(FILE *out, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" },
		{ 1, "s" } };
	size_t i = 0;
	int64_t rest;

	if (seconds < 0)
		seconds = 0;
	while (i + 1 < COUNT(units) && seconds < units[i].seconds)
		i++;
	fprintf(
	    out, "%" PRId64 " %s", seconds / units[i].seconds, units[i].name);
	if (i + 2 >= COUNT(units))
		return; /* seconds beside minutes say little */
	rest = seconds % units[i].seconds / units[i + 1].seconds;
	if (rest > 0)
		fprintf(out, " %" PRId64 " %s", rest, units[i + 1].name);
}

void
html_time(FILE *out, time_t at)
{
	char text[64] = "", stamp[64] = "";
	struct tm tm;

	if (localtime_r(&at, &tm) != NULL) {
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %Z", &tm);
		(void)strftime(
		    stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S%z", &tm);
	}
	fprintf(out, "<time datetime=\"%s\">%s</time>", stamp, text);
}

void
html_bar(FILE *out, double part, double whole)
{
	double percent = whole > 0 ? part / whole * 100 : 0;

	fprintf(out,
	    "<svg class=\"bar\" viewBox=\"0 0 100 1\" aria-hidden=\"true\" "
	    "focusable=\"false\" preserveAspectRatio=\"none\">"
	    "<rect width=\"%.1f\" height=\"1\"/></svg>",
	    fmin(fmax(percent, 0), 100));
}
