/*
 * All sources of a tailer.
 */
#ifndef TAILER_SOURCES_H
#define TAILER_SOURCES_H

#include <poll.h>

#include "lib/config/config.h"
#include "tailer/options.h"

enum { SOURCES_MAX = OPTION_LOGS_MAX + 2 }; /* the journal, standard input */

struct sources {
	struct source *at[SOURCES_MAX];
	unsigned count;
};

/*
 * Open what is to be followed: what the command line names, else what the
 * configuration does, else the system's own; at the places that `snapshot`
 * (NULL: there is none) has for them.  `options`, `config` and `counters` must
 * outlive the sources.  Returns 0, or -1 and *error_r; sources_close is wanted
 * in either case.
 */
int sources_open(struct sources *sources, const struct options *options,
    const struct config *config, const struct snapshot *snapshot,
    struct counters *counters, const char **error_r);
void sources_close(struct sources *sources);

/* See struct source_ops, for all of them. */
int sources_watch(
    struct sources *sources, int inotify_fd, const char **error_r);
void sources_unwatch(struct sources *sources);

/* When to call this again, 0 for never. */
int64_t sources_settle(struct sources *sources, int64_t now);

/* Returns how many are set. */
unsigned sources_descriptors(
    const struct sources *sources, struct pollfd set_r[SOURCES_MAX]);

/* SOURCE_BUSY if any source is; SOURCE_ENDED if all have. */
enum source_state sources_state(const struct sources *sources);

/* When the newest entry was written that was read; 0: not known. */
time_t sources_newest(const struct sources *sources);

/* When the oldest line was written that waits to be read; 0: not known. */
time_t sources_oldest(const struct sources *sources, time_t now);

/* Add the positions to `snapshot`.  Returns the backlog. */
uint64_t sources_save(const struct sources *sources, struct snapshot *snapshot);

#endif
