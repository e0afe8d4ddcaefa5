/*
 * The stores of the state directory as they are served: each with its last good
 * snapshot and what is wrong with it now.  They are looked at when asked for.
 */
#ifndef EXPORTER_STORES_H
#define EXPORTER_STORES_H

#include <stdio.h>

struct stores;

/* NULL: no memory.  Nothing is read yet. */
struct stores *stores_new(const char *directory);
void stores_free(struct stores *stores);

/* Look at each store, and read it if it is not the file of last time.  A change
   of its state is logged in one line. */
void stores_update(struct stores *stores);

/* All of them in Prometheus' text format, as they were at the last update.
   Returns 0, or -1: no memory. */
int stores_render(struct stores *stores, FILE *out);

#endif
