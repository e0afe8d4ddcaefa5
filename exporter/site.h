/*
 * All that is served: the stores, what their numbers were before, and graphs.
 * Once a minute it looks at the stores itself, asked or not.
 */
#ifndef EXPORTER_SITE_H
#define EXPORTER_SITE_H

#include "exporter/graphs.h"
#include "exporter/stores.h"
#include "lib/config/config.h"
#include "lib/stats/past.h"

struct site {
	char *directory; /* of the stores */
	struct stores *stores;
	struct past *past; /* of the first store */
	struct graphs *graphs;
	int64_t next; /* look, in clock_milliseconds() */
};

/* As the configuration has it, but for the state directory if `directory` is
   not NULL.  The second may be called again with other ones: what was found out
   about the same directory is kept.  -1 (or NULL) and *error_r: nothing has
   changed. */
struct site *site_new(
    const struct config *config, const char *directory, const char **error_r);
int site_change(struct site *site, const struct config *config,
    const char *directory, const char **error_r);
void site_free(struct site *site);

/* Look at the stores now. */
void site_update(struct site *site);

/* For Prometheus, as of the last update: how the stores and the graphs are, then
   all series, with what ends the text.  Return 0, or -1: no memory. */
int site_render_states(
    FILE *out, enum prometheus_format format, const struct site *site);
int site_render_series(
    FILE *out, enum prometheus_format format, const struct site *site);

/* Do what is due, and say in how many milliseconds the next is. */
int site_tick(struct site *site);

/* The clock that `past` goes by, in seconds. */
int64_t site_clock(void);

#endif
