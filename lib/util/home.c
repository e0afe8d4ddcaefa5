#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/daemon.h"
#include "lib/util/error.h"
#include "lib/util/home.h"

int
home_find(const char *directory, struct home *home_r, const char **error_r)
{
	char *path = realpath(directory, NULL);

	*home_r = (struct home){ .directory = path };
	if (path != NULL && access(path, R_OK | W_OK | X_OK) == 0)
		return (0);
	*error_r = error_text("state directory %s: %s",
	    path != NULL ? path : directory, strerror(errno));
	return (-1);
}

int
home_take(
    struct home *home, const char *program, bool pid_file, const char **error_r)
{
	char path[PATH_MAX];

	*error_r = "the path of the state directory is too long";
	if (snprintf(path, sizeof(path), "%s/%s.lock", home->directory,
		program) >= (int)sizeof(path) ||
	    daemon_lock(path, error_r) == -1)
		return (-1);
	if (!pid_file)
		return (0);
	(void)snprintf(home->pid_path, sizeof(home->pid_path), "%s/%s.pid",
	    home->directory, program);
	return (daemon_pid_file(home->pid_path, error_r));
}

void
home_leave(struct home *home)
{
	if (home->pid_path[0] != '\0')
		(void)unlink(home->pid_path);
	free(home->directory);
}
