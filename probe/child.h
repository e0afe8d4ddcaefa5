/*
 * Conversations, each in a process of its own: whatever a server does to one,
 * the others and the daemon go on.  A child has few descriptors, little memory
 * and no files to write to, and it is ended when its time is over.
 */
#ifndef PROBE_CHILD_H
#define PROBE_CHILD_H

#include <stdbool.h>

#include "lib/util/slice.h"
#include "probe/outcome.h"
#include "probe/target.h"

struct children;

enum { CHILDREN_MAX = 256 };

/* Room for `most` at a time.  Takes SIGCHLD: a process has one of these.
   Returns 0, or -1 and *error_r. */
int children_new(
    unsigned most, struct children **children_r, const char **error_r);

/* Those under way are ended, and what came of them is lost. */
void children_free(struct children *children);

/* End all that are under way, at once.  children_take() then waits for each; a
   result is RESULT_NONE if there was none yet. */
void children_end(struct children *children);

/* Let a child speak to `target`; `owner` comes back with its outcome.  It may be
   gone before the child is, and so may target and message.  Returns 0, or -1 and
   *error_r: no process, or no room. */
int children_start(struct children *children, const struct target *target,
    struct slice message, void *owner, const char **error_r);

unsigned children_count(const struct children *children);

/* What gets readable when a child has ended, and in how many milliseconds
   children_take() is to be called even so, as poll() wants it: -1 is never. */
int children_fd(const struct children *children);
int children_patience(const struct children *children);

/* A child that has ended, and what it found out: checked, and with a result,
   whatever became of the child (but children_end()).  False if there is none; to be called until
   then. */
bool children_take(
    struct children *children, void **owner_r, struct outcome *outcome_r);

#endif
