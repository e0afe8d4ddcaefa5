/*
 * What the command line of postfix-statsd says.
 */
#ifndef TAILER_OPTIONS_H
#define TAILER_OPTIONS_H

#include <stdbool.h>

#include "lib/util/slice.h"
#include "tailer/source.h"

enum { OPTION_LOGS_MAX = 16 };

struct option_log {
	struct slice instance; /* empty: what the tags say */
	const char *path;
};

struct options {
	bool foreground;
	bool once;
	const char *config;          /* NULL: the default file */
	const char *state_directory; /* NULL: as configured */
	enum source_from from;
	struct option_log logs[OPTION_LOGS_MAX];
	unsigned log_count;
	bool journal;
	const char *journal_directory; /* NULL: the system's journal */
	bool read_stdin;
	char *owned[OPTION_LOGS_MAX + 2]; /* paths made absolute */
	unsigned owned_count;
};

void options_free(struct options *options);

/* Read the command line.  Prints and exits on --help, --version and on bad
   usage. */
void options_read(int argc, char **argv, struct options *options_r);

#endif
