/*
 * A log that is followed by name: the file of that name now, the one it was
 * before a rotation until its writer has let go of it, and whatever was
 * rotated away while nobody looked.  Every line is lent once.
 */
#ifndef TAILER_SOURCE_H
#define TAILER_SOURCE_H

#include "lib/stats/counters.h"
#include "tailer/logfile.h"

enum { SOURCE_PATH_MAX = 240 };

enum source_from { FROM_START, FROM_END };

struct source;

/*
 * `instance` is empty, or the name that stands for the one in the tags; it
 * and `path` must stay valid.  Rotations and gaps are counted in `counters`.
 * Returns NULL if there is no memory.
 */
struct source *source_new(
    const char *path, struct slice instance, struct counters *counters);
void source_free(struct source *source);

/*
 * Find the place to begin at: where `saved` (from source_save(); empty if
 * there is none) says, else at `from`.  With `wait` a file that is not there
 * yet is no fault.  Returns 0, or -1 and *error_r if the file can't be read.
 */
int source_start(struct source *source, struct slice saved,
    enum source_from from, bool wait, const char **error_r);

/* Have `inotify_fd` become readable when there is something to do. */
int source_watch(struct source *source, int inotify_fd, const char **error_r);

/* Have nothing to do with that descriptor any more. */
void source_unwatch(struct source *source);

/* Look for a rotation or truncation; to be called when woken. */
void source_check(struct source *source);

/* The next line of any of the files; LOGFILE_END when all are read. */
enum logfile_result source_next(struct source *source, struct slice *line_r);

/* Let go of a rotated file that has been quiet for long enough at `now`
   (monotonic, milliseconds).  Returns the time to call again at, 0 if there
   is no need. */
int64_t source_settle(struct source *source, int64_t now);

/* Bytes not read yet. */
uint64_t source_backlog(const struct source *source);

struct slice source_instance(const struct source *source);

/* The position, as text for the store; returns its length. */
size_t source_save(const struct source *source, char text_r[TEXT_MAX]);

/* Whether `saved` is of this source's path. */
bool source_owns(const struct source *source, struct slice saved);

#endif
