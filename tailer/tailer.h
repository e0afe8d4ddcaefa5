/*
 * The tailer: sources, counters and the store they are published to.
 */
#ifndef TAILER_TAILER_H
#define TAILER_TAILER_H

#include "tailer/patterns.h"
#include "tailer/sources.h"

struct tailer;

enum { TAILER_DESCRIPTORS = SOURCES_MAX + 1 };

/*
 * Take up what the store in `state_directory` holds and open the logs.
 * `options`, `config` and `patterns` must outlive the tailer.  Returns 0, or -1 and
 * *error_r.
 */
int tailer_open(const struct options *options, const struct config *config,
    struct patterns *patterns, const char *state_directory,
    struct tailer **tailer_r, const char **error_r);
void tailer_close(struct tailer *tailer);

/* Have `inotify_fd` become readable when there is something to do. */
int tailer_watch(struct tailer *tailer, int inotify_fd, const char **error_r);

/* Before that descriptor is closed. */
void tailer_unwatch(struct tailer *tailer);

/* What else to wait for, besides that descriptor; see sources.h
   and sampler.h. */
unsigned tailer_descriptors(
    const struct tailer *tailer, struct pollfd set_r[TAILER_DESCRIPTORS]);

enum source_state tailer_state(const struct tailer *tailer);

/*
 * Read what there is and publish when it is due.  With `check` also look for
 * rotations and for a store that was removed.  Returns the milliseconds until
 * it wants to be called again, 0 for at once, -1 for not before an event.
 */
int tailer_work(struct tailer *tailer, bool check);

/* Publish now, due or not.  Returns 0, or -1 after it has logged why not. */
int tailer_publish(struct tailer *tailer);

#endif
