/*
 * The status page, for people: one HTML document without scripts.
 */
#ifndef EXPORTER_PAGE_H
#define EXPORTER_PAGE_H

#include <stdio.h>

#include "exporter/stores.h"

/* As a route wants it. */
int page_render(struct stores *stores, const char *rest, FILE *out);

#endif
