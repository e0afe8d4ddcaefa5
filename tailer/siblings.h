/*
 * The files that a log has been rotated to.
 */
#ifndef TAILER_SIBLINGS_H
#define TAILER_SIBLINGS_H

#include <stddef.h>

/*
 * List the plain files beside `path` whose names begin with its own followed
 * by `.` or `-`, oldest first, then `path` itself.  Returns how many, or -1
 * with errno; the caller frees the list with siblings_free().
 */
int siblings_list(const char *path, char ***paths_r);
void siblings_free(char **paths, int count);

#endif
