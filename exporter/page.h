/*
 * The status page, for people: one HTML document without scripts.
 */
#ifndef EXPORTER_PAGE_H
#define EXPORTER_PAGE_H

#include <stdio.h>

#include "exporter/site.h"

/* As a route wants it. */
int page_render(struct site *site, const char *rest, FILE *out);

#endif
