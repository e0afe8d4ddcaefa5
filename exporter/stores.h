/*
 * The stores of the state directory as they are served: each with its last good
 * snapshot and what is wrong with it now.  They are looked at when asked for.
 */
#ifndef EXPORTER_STORES_H
#define EXPORTER_STORES_H

#include "lib/stats/render_prometheus.h"

#include "lib/stats/snapshot.h"

struct stores;

/* A store as it was at the last update. */
struct store_view {
	const char *name;
	const char *state;               /* ok, or as store_error has it */
	const char *reason;              /* in words; empty if all is well */
	bool up;                         /* the state is ok */
	const struct snapshot *snapshot; /* NULL: none is good */
	int64_t age;                     /* of it, in seconds */
};

/* NULL: no memory.  Nothing is read yet. */
struct stores *stores_new(const char *directory);
void stores_free(struct stores *stores);

/* Look at each store, and read it if it is not the file of last time.  A change
   of its state is logged in one line. */
void stores_update(struct stores *stores);

/* Another number whenever a snapshot was read that differs from the last; one
   that no other stores have or had. */
unsigned stores_version(const struct stores *stores);

/* As they were at the last update: first how each store is, then all series,
   with what ends the text.  Return 0, or -1: no memory. */
int stores_render_states(
    FILE *out, enum prometheus_format format, const struct stores *stores);
int stores_render_series(
    FILE *out, enum prometheus_format format, const struct stores *stores);

/* Store number `i`, from 0, which has a name; false if there are no more.
   Those that were never looked for, or never found, have no state. */
bool stores_view(
    const struct stores *stores, size_t i, struct store_view *view_r);

/* The store of this name; false if there is none, or no good snapshot of it. */
bool stores_find(
    const struct stores *stores, const char *name, struct store_view *view_r);

#endif
