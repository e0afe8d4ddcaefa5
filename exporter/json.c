/*
 * /api/v1/stats.json
 */
#include <inttypes.h>
#include <time.h>

#include "exporter/json.h"
#include "lib/stats/render_json.h"
#include "lib/util/version.h"

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
	json_probes(out, snapshot);
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
