/*
 * /api/v1/stats.json
 */
#include <inttypes.h>
#include <time.h>

#include "exporter/json.h"
#include "lib/stats/probe_rows.h"
#include "lib/stats/key.h"
#include "lib/stats/render_json.h"
#include "lib/util/version.h"

static void
render_seconds(FILE *out, uint64_t microseconds)
{
	fprintf(out, "%" PRIu64 ".%06" PRIu64, microseconds / MICROSECONDS,
	    microseconds % MICROSECONDS);
}

static void
render_phases(
    FILE *out, const struct snapshot *snapshot, const struct probe_row *row)
{
	const char *before = "";
	struct probe_phase phase;

	for (unsigned at = 0; probes_phase(snapshot, row, &at, &phase);) {
		fprintf(out, "%s\n  \"%.*s\": { \"seconds\": ", before,
		    (int)phase.name.len, phase.name.at);
		render_seconds(out, phase.duration);
		if (phase.code > 0)
			fprintf(out, ", \"code\": %" PRIu64, phase.code);
		fputs(", \"reply\": ", out);
		render_json_string(out, phase.reply);
		fputs(" }", out);
		before = ",";
	}
}

/* null: it was shown none. */
static void
render_certificate(FILE *out, const struct probe_row *row)
{
	if (!row->has_certificate) {
		fputs("null", out);
		return;
	}
	fprintf(
	    out, "{ \"end\": %" PRIu64 ", \"error\": ", row->certificate_end);
	if (row->certificate_error.len > 0)
		render_json_string(out, row->certificate_error);
	else
		fputs("null", out);
	fputs(" }", out);
}

static void
render_probe(
    FILE *out, const struct snapshot *snapshot, const struct probe_row *row)
{
	char name[LABEL_MAX];

	fputs("{ \"name\": ", out);
	render_json_string(
	    out, (struct slice){ name, label_unescape(row->name, name) });
	fprintf(out,
	    ", \"success\": %s, \"result\": ", row->success ? "true" : "false");
	render_json_string(out, row->result);
	fputs(", \"reason\": ", out);
	render_json_string(out, row->reason);
	fprintf(out, ",\n  \"last_attempt\": %" PRIu64 ", \"seconds\": ",
	    row->attempted);
	render_seconds(out, row->duration);
	fputs(", \"certificate\": ", out);
	render_certificate(out, row);
	fputs(",\n  \"phases\": {", out);
	render_phases(out, snapshot, row);
	fputs(" } }", out);
}

/* What was tried; nothing of a store that has none. */
static void
render_probes(FILE *out, const struct snapshot *snapshot)
{
	const char *before = ",\"probes\": [\n";
	struct probe_row row;

	for (size_t at = 0; probes_next(snapshot, &at, &row);) {
		fputs(before, out);
		render_probe(out, snapshot, &row);
		before = ",\n";
	}
	if (before[1] == '\n')
		fputs("\n]\n", out);
}

static void
render_snapshot(
    FILE *out, const struct snapshot *snapshot, const struct store_view *view)
{
	fprintf(out,
	    ",\n\"age_seconds\": %" PRId64 ",\n\"published\": %" PRIu64
	    ",\n\"epoch\": %" PRIu64 ",\n\"generation\": %" PRIu32
	    ",\n\"numbers\": ",
	    view->age, snapshot->published, snapshot->epoch,
	    snapshot->generation);
	render_json(out, snapshot);
	fputs(",\"top\": ", out);
	render_json_top(out, snapshot);
	fputs(",\"last_reasons\": ", out);
	render_json_reasons(out, snapshot);
	render_probes(out, snapshot);
}

int
json_render(struct site *site, const char *rest, FILE *out)
{
	const char *before = "\n";
	struct store_view view;

	(void)rest;
	fprintf(out,
	    "{\n\"version\": \"" VERSION "\",\n\"time\": %" PRId64
	    ",\n\"stores\": {",
	    (int64_t)time(NULL));
	for (size_t i = 0; stores_view(site->stores, i, &view); i++) {
		if (view.state == NULL)
			continue;
		fprintf(out,
		    "%s\"%s\": {\n\"state\": \"%s\",\n\"up\": %s,\n"
		    "\"reason\": ",
		    before, view.name, view.state, view.up ? "true" : "false");
		render_json_string(out, slice_of(view.reason));
		if (view.snapshot != NULL)
			render_snapshot(out, view.snapshot, &view);
		fputs("}", out);
		before = ",\n";
	}
	fputs("\n}\n}\n", out);
	return (1);
}
