/*
 * The daemon: probes when they are due, results in the store.
 */
#ifndef PROBE_RUN_H
#define PROBE_RUN_H

#include "probe/options.h"

/* Run until it is told to end.  Returns an exit code; does not return if it
   can't begin. */
int run_daemon(const struct options *options);

#endif
