/*
 * Command line of postfix-stats-whm.
 */
#ifndef WHM_OPTIONS_H
#define WHM_OPTIONS_H

#include <stdbool.h>

/* NULL: not given. */
struct options {
	bool foreground, once;
	const char *config, *state_directory;
};

/* Does not return if the usage is wrong, or with --help and --version. */
void options_read(int argc, char **argv, struct options *options_r);

#endif
