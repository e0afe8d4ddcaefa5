/*
 * What is special about servers with cPanel in Prometheus: names and labels are
 * those of the exporter that people have for them.
 */
#ifndef STATS_RENDER_WHM_H
#define STATS_RENDER_WHM_H

#include "lib/stats/render_prometheus.h"
#include "lib/stats/series.h"

/* Whether the labels of this metric are a user's. */
bool render_whm_is_user(enum metric_id metric);

/* Its labels: names in full, what is empty as such, and two more.  Which server it
   is is not said while the store has only one.  Returns what stands before the next
   label. */
const char *render_whm_user(
    FILE *out, enum prometheus_format format, const struct series *s);

/* email_logs: a series for each message that is kept. */
void render_whm_logs(FILE *out, enum prometheus_format format,
    const struct snapshot *const *snapshots, size_t count);

#endif
