/*
 * All stores as one JSON object.
 */
#ifndef EXPORTER_JSON_H
#define EXPORTER_JSON_H

#include <stdio.h>

#include "exporter/site.h"

/* As a route wants it. */
int json_render(struct site *site, const char *rest, FILE *out);

/* The probes of a store as its member "probes"; nothing if it has none. */
void json_probes(FILE *out, const struct snapshot *snapshot);

#endif
