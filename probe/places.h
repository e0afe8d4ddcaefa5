/*
 * The mailboxes that a configuration names, each once.
 */
#ifndef PROBE_PLACES_H
#define PROBE_PLACES_H

#include "probe/targets.h"
#include "probe/watcher.h"

struct places {
	unsigned count;
	struct place *place;
	/* The place of each probe, by number; PLACE_NONE: no delivery. */
	unsigned *of_probe;
	const struct config_probe **probes; /* those of all places, in order */
};

enum { PLACE_NONE = ~0u };

/* `wanted`, by number of the probe, says which count; NULL: all.  Config and
   targets must outlive it.  NULL: no memory. */
struct places *places_new(const struct config *config,
    const struct targets *targets, const bool *wanted);
void places_free(struct places *places);

#endif
