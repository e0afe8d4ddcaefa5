/*
 * Command line of postfix-stats-agentx.
 */
#ifndef AGENTX_OPTIONS_H
#define AGENTX_OPTIONS_H

#include <stdbool.h>

/* NULL and 0: not given, so the configuration's. */
struct options {
	bool foreground;
	bool pass_persist;
	const char *config;
	const char *state_directory;
	const char *socket;
	unsigned ping_interval; /* seconds */
	bool check;
	const char *host, *community; /* for check */
};

/* Does not return if the usage is wrong, or with --help and --version. */
void options_read(int argc, char **argv, struct options *options_r);

#endif
