/*
 * What a child of child.h is between its birth and its end.
 */
#ifndef PROBE_CHILD_PROCESS_H
#define PROBE_CHILD_PROCESS_H

#include <sys/types.h>

#include "lib/util/slice.h"
#include "probe/outcome.h"
#include "probe/target.h"

/* To be called in a fresh process; it ends with `parent`. */
_Noreturn void child_process(pid_t parent, const struct target *target,
    struct slice message, struct outcome *outcome);

#endif
