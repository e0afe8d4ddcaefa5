/*
 * Snapshots as Prometheus reads them: text format 0.0.4.
 */
#ifndef STATS_RENDER_PROMETHEUS_H
#define STATS_RENDER_PROMETHEUS_H

#include <stdio.h>

#include "lib/stats/snapshot.h"

#define PROMETHEUS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/*
 * Every series of `snapshots`, of which some may be NULL, each family once with
 * its HELP and TYPE.  A key that two of them have is taken from the first.
 * Where a metric has keys of several instances, those are the series, with a
 * label postfix_instance, and the total is left out.  Returns 0, or -1 if there
 * is no memory; errors of writing are `out`'s.
 */
int render_prometheus(
    FILE *out, const struct snapshot *const *snapshots, size_t count);

/* The two lines that a family begins with. */
void render_family(
    FILE *out, const char *name, const char *type, const char *help);

/* A label's value as the log had it, quoted.  A byte of a control character or
   of what is no UTF-8 is shown as U+FFFD and two hex digits, and so are those of
   U+FFFD: no two values become the same. */
void render_label_value(FILE *out, struct slice escaped);

#endif
