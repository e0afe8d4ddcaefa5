/*
 * What /metrics answers: how the stores are now, and their series, which are
 * made anew when a store is published, not for each client.
 */
#ifndef EXPORTER_SCRAPE_H
#define EXPORTER_SCRAPE_H

#include <microhttpd.h>

#include "exporter/site.h"
#include "lib/stats/render_prometheus.h"

enum scrape_encoding { SCRAPE_PLAIN, SCRAPE_GZIP, SCRAPE_ENCODINGS };

/* An answer: bytes in a row, which stay as they are until it is freed. */
struct scrape;
enum { SCRAPE_PARTS = 3 };

/* Series made before, all zero: none. */
struct scrape_cache {
	struct scrape_series *series[PROMETHEUS_FORMATS][SCRAPE_ENCODINGS];
	unsigned version; /* of the stores */
};
void scrape_forget(struct scrape_cache *cache);

/* The answer as of the last update of `site`; NULL: no memory. */
struct scrape *scrape_new(struct scrape_cache *cache, const struct site *site,
    enum prometheus_format format, enum scrape_encoding encoding);
unsigned scrape_parts(
    const struct scrape *scrape, struct MHD_IoVec part_r[SCRAPE_PARTS]);
void scrape_free(struct scrape *scrape);

#endif
