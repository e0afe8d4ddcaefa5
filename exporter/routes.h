/*
 * What is served where: one table.
 */
#ifndef EXPORTER_ROUTES_H
#define EXPORTER_ROUTES_H

#include <stdio.h>

#include "exporter/site.h"

struct route {
	const char *path; /* that ends in `/`: and all below it, but for "/" */
	const char *type;
	const char *policy; /* what a browser may do with it */

	/* Write it; `rest` is what the request has behind `path`.  Returns 1, 0
	   if there is no such thing, -1: no memory.  NULL: metrics, of the type
	   that the client wants. */
	int (*render)(struct site *site, const char *rest, FILE *out);
};

/* The route of a request for `url`, which has no query, and in `rest_r` what
   follows the path; NULL: there is none. */
const struct route *route_find(const char *url, const char **rest_r);

#endif
