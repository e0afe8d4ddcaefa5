/*
 * Command line of postfix-stats-exporter.
 */
#ifndef EXPORTER_OPTIONS_H
#define EXPORTER_OPTIONS_H

#include <stdbool.h>

#include "exporter/listen.h"

#define LISTEN_DEFAULT "127.0.0.1:9154"

/* NULL: not given. */
struct options {
	bool foreground;
	const char *config;
	const char *state_directory;
	const char *listen[LISTEN_MAX];
	unsigned listen_count;
};

/* Does not return if the usage is wrong, or with --help and --version. */
void options_read(int argc, char **argv, struct options *options_r);

#endif
