/*
 * Where the configuration comes from: our own file, or mailexporter's.
 */
#ifndef PROBE_ORIGIN_H
#define PROBE_ORIGIN_H

#include "lib/config/config.h"

struct origin {
	const char *path;  /* NULL: the usual one of ours */
	bool mailexporter; /* the file is of that program */
};

/* As config_load().  What mailexporter's file has that is not known is logged. */
int origin_load(const struct origin *origin, struct config **config_r,
    const char **error_r);

#endif
