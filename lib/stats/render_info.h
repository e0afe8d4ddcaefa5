/*
 * Texts as Prometheus reads them.
 */
#ifndef STATS_RENDER_INFO_H
#define STATS_RENDER_INFO_H

#include "lib/stats/render_prometheus.h"

/* The families of the table's rows INFO.  `snapshots` may be NULL; of those that
   have texts of a family it is the first. */
void render_infos(FILE *out, enum prometheus_format format,
    const struct snapshot *const *snapshots, size_t count);

#endif
