/*
 * Background, lock file and pid file.
 */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon.h"
#include "error.h"

static int ready_fd = -1;

/* The parent's end: wait for the child's word, or for its end. */
static _Noreturn void
await_child(pid_t child, int fd)
{
	char word;
	int status;
	ssize_t got;

	do
		got = read(fd, &word, 1);
	while (got == -1 && errno == EINTR);
	if (got == 1)
		_exit(0);
	if (waitpid(child, &status, 0) == child && WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	_exit(1);
}

int
daemon_start(const char **error_r)
{
	int fds[2], null;
	pid_t child;

	if (pipe2(fds, O_CLOEXEC) == -1 || (child = fork()) == -1) {
		*error_r = error_text(
		    "cannot go into the background: %s", strerror(errno));
		return (-1);
	}
	if (child > 0) {
		close(fds[1]);
		await_child(child, fds[0]);
	}
	close(fds[0]);
	ready_fd = fds[1];
	(void)setsid();
	null = open("/dev/null", O_RDONLY);
	if (null > 0) {
		(void)dup2(null, STDIN_FILENO);
		close(null);
	}
	return (0);
}

/* Standard error stays open until here, so that a failed start is seen by
   the one who typed the command. */
void
daemon_ready(void)
{
	int null;

	if (ready_fd == -1)
		return;
	if (chdir("/") == -1)
		return;
	null = open("/dev/null", O_RDWR);
	if (null != -1) {
		(void)dup2(null, STDOUT_FILENO);
		(void)dup2(null, STDERR_FILENO);
		if (null > STDERR_FILENO)
			close(null);
	}
	if (write(ready_fd, "r", 1) != 1)
		_exit(1);
	close(ready_fd);
	ready_fd = -1;
}

int
daemon_lock(const char *path, const char **error_r)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd == -1) {
		*error_r = error_text(
		    "cannot open lock file %s: %s", path, strerror(errno));
		return (-1);
	}
	if (fcntl(fd, F_SETLK, &whole) == -1) {
		*error_r = errno == EACCES || errno == EAGAIN ?
		    error_text("%s is held by another process", path) :
		    error_text("cannot lock %s: %s", path, strerror(errno));
		close(fd);
		return (-1);
	}
	return (fd);
}

int
daemon_lock_held(const char *path)
{
	struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	int fd, held;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1)
		return (0);
	held = fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
	close(fd);
	return (held);
}

int
daemon_pid_file(const char *path, const char **error_r)
{
	FILE *file = fopen(path, "we");
	int failed;

	if (file == NULL) {
		*error_r = error_text(
		    "cannot write pid file %s: %s", path, strerror(errno));
		return (-1);
	}
	fprintf(file, "%ld\n", (long)getpid());
	failed = ferror(file);
	if (fclose(file) != 0 || failed) {
		*error_r = error_text("cannot write pid file %s", path);
		return (-1);
	}
	return (0);
}
