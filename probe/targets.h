/*
 * All probes of a configuration, ready to run.
 */
#ifndef PROBE_TARGETS_H
#define PROBE_TARGETS_H

#include "lib/config/config.h"
#include "probe/target.h"

struct targets {
	unsigned count; /* as the configuration's probes_count, in that order */
	struct target *at[];
};

/* `config` must outlive it.  Returns 0, or -1 and *error_r, with file and
   line. */
int targets_new(const struct config *config, struct targets **targets_r,
    const char **error_r);
void targets_free(struct targets *targets);

/* Log what is not wrong, and yet should be known. */
void targets_warn(const struct config *config, const struct targets *targets);

#endif
