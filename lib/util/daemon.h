/*
 * Becoming a daemon, and being the only one.
 */
#ifndef UTIL_DAEMON_H
#define UTIL_DAEMON_H

/* Fork into the background: a session of its own, standard descriptors on
   /dev/null.  Returns in the child only.  The parent waits and exits with 0
   once the child calls daemon_ready(), or with the child's exit code if it
   ends before that.  Returns -1 and *error_r if there is no child. */
int daemon_start(const char **error_r);
void daemon_ready(void);

/* Take the lock file at `path`, to be held until this process ends (a fork
   does not inherit it: daemon_start first).  Returns
   its descriptor, or -1 and *error_r; that another process holds it is said
   as such. */
int daemon_lock(const char *path, const char **error_r);

/* Whether another live process holds the lock file at `path`.  Asking does
   not take it. */
int daemon_lock_held(const char *path);

/* Write our process id to `path`. */
int daemon_pid_file(const char *path, const char **error_r);

#endif
