/*
 * Snapshots as Prometheus reads them: its text format 0.0.4, or OpenMetrics 1.0.
 */
#ifndef STATS_RENDER_PROMETHEUS_H
#define STATS_RENDER_PROMETHEUS_H

#include <stdio.h>

#include "lib/stats/families.h"
#include "lib/stats/snapshot.h"

#define PROMETHEUS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* What a counter's name ends in, and in OpenMetrics its family's does not. */
#define PROMETHEUS_COUNTER_END "_total"

enum prometheus_format {
	PROMETHEUS_TEXT,
	PROMETHEUS_OPENMETRICS,
	PROMETHEUS_FORMATS
};

/* What HTTP calls them. */
extern const char *const prometheus_media_types[PROMETHEUS_FORMATS];

/*
 * Every series of `snapshots`, of which some may be NULL, each family once with
 * its HELP and TYPE.  A key that two of them have is taken from the first.
 * Where a metric has keys of several instances, those are the series, with a
 * label postfix_instance, and the total is left out.  In OpenMetrics counters
 * and histograms say since when they count, and the last line is its mark of
 * the end: what else is to be said stands before.  Returns 0, or -1 if there is
 * no memory; errors of writing are `out`'s.
 */
int render_prometheus(FILE *out, enum prometheus_format format,
    const struct snapshot *const *snapshots, size_t count);

/* The lines that a family begins with. */
void render_family(FILE *out, enum prometheus_format format, const char *name,
    enum family_type type, const char *help);

/*
 * A label behind `before`, which is "{" for the first; returns what stands
 * before the next.  The value, escaped as in keys, is shown as the log had it.
 * A byte of a control character or of what is no UTF-8 becomes U+FFFD and two
 * hex digits, and so do those of U+FFFD: no two values become the same.
 */
const char *render_label(FILE *out, enum prometheus_format format,
    const char *before, struct slice name, struct slice value);

/* The same with a value that is not escaped. */
void render_text_label(
    FILE *out, const char *before, const char *name, struct slice text);

/*
 * postfix_up as other exporters have it: for each log and each socket of
 * showq(8) that the tailer of `snapshot` reads, whether it can.  If the tailer
 * is not `alive` it can't.
 */
void render_sources(FILE *out, enum prometheus_format format,
    const struct snapshot *snapshot, bool alive);

#endif
