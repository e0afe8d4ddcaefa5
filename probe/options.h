/*
 * Command line of postfix-stats-probe.
 */
#ifndef PROBE_OPTIONS_H
#define PROBE_OPTIONS_H

#include <stdbool.h>

#include "probe/origin.h"

/* NULL: not given. */
struct options {
	bool foreground;
	bool once, json;
	struct origin origin; /* of the configuration */
	const char *state_directory;
	char *const *names; /* of probes, with --once; ends with NULL */
};

/* Does not return if the usage is wrong, or with --help and --version. */
void options_read(int argc, char **argv, struct options *options_r);

#endif
