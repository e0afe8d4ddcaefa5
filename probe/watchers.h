/*
 * The processes that watch mailboxes, as the daemon has them: started, listened
 * to, answered, and started again when they die.  Whatever a mailbox does to its
 * watcher, conversations go on.
 */
#ifndef PROBE_WATCHERS_H
#define PROBE_WATCHERS_H

#include "probe/places.h"

struct watchers;

/* For all of `places`, which must outlive it, with mail of this key.  None is
   started yet.  Returns 0, or -1 and *error_r. */
int watchers_new(const struct places *places, const struct secret_key *key,
    struct watchers **watchers_r, const char **error_r);

/* They are ended. */
void watchers_free(struct watchers *watchers);

/* Start those that are due, at a time of clock.h; and in how many milliseconds
   the next is: -1 is never. */
void watchers_start(struct watchers *watchers, int64_t now);
int64_t watchers_wait(const struct watchers *watchers, int64_t now);

/* What gets readable when one has something to say. */
int watchers_fd(const struct watchers *watchers);

/* What one has said: its place is one of its own, and texts are ended.  False:
   nothing, for now. */
bool watchers_take(struct watchers *watchers, struct report *report_r);

/* Tell one that a mail was counted.  Returns 0; 1 if it has to be told later; -1
   if it will find that mail again, since it has ended. */
int watchers_answer(struct watchers *watchers, const struct counted *counted);

#endif
