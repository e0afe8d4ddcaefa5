/*
 * The state directory as the place of one daemon: its lock, and its pid file.
 */
#ifndef UTIL_HOME_H
#define UTIL_HOME_H

#include <limits.h>
#include <stdbool.h>

struct home {
	char *directory;         /* absolute: a daemon leaves the working one */
	char pid_path[PATH_MAX]; /* empty: there is none */
};

/* Find the directory, which has to be ours to write in.  Returns 0, or -1 and
   *error_r. */
int home_find(const char *directory, struct home *home_r, const char **error_r);

/* Take the lock PROGRAM.lock there, behind daemon_start(), and leave our process
   id in PROGRAM.pid if it is wanted.  Returns 0, or -1 and *error_r. */
int home_take(struct home *home, const char *program, bool pid_file,
    const char **error_r);

/* Remove the pid file.  The lock ends with the process. */
void home_leave(struct home *home);

#endif
