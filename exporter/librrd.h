/*
 * librrd, loaded when it is first wanted: it brings what draws letters and
 * curves, 8 MB of it, which a server without graphs need not even have.
 */
#ifndef EXPORTER_LIBRRD_H
#define EXPORTER_LIBRRD_H

#include <rrd.h>

struct librrd {
	__typeof__(rrd_create_r) *create;
	__typeof__(rrd_update_r) *update;
	__typeof__(rrd_last_r) *last;
	__typeof__(rrd_fetch_r) *fetch;
	__typeof__(rrd_graph_v) *graph;
	__typeof__(rrd_info_free) *info_free;
	__typeof__(rrd_freemem) *freemem;
	__typeof__(rrd_get_error) *get_error;
	__typeof__(rrd_clear_error) *clear_error;
};

/* NULL and *error_r: it is not there, or is another one than it should be. */
const struct librrd *librrd_load(const char **error_r);

#endif
