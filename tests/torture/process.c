/*
 * Random numbers, time, processes, directories.
 */
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/torture/torture.h"

/* splitmix64: every seed is a good one. */
uint64_t
random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (z ^ z >> 31);
}

uint64_t
random_below(struct random *random, uint64_t limit)
{
	return (random_next(random) % limit);
}

int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

void
sleep_us(uint64_t us)
{
	struct timespec rest = { (time_t)(us / 1000000),
		(long)(us % 1000000) * 1000 };

	while (nanosleep(&rest, &rest) == -1 && errno == EINTR)
		continue;
}

static void
redirect(const char *output)
{
	int null = open("/dev/null", O_RDONLY);
	int out = open(output, O_WRONLY | O_CREAT | O_APPEND, 0644);

	if (null == -1 || out == -1 || dup2(null, STDIN_FILENO) == -1 ||
	    dup2(out, STDOUT_FILENO) == -1 || dup2(out, STDERR_FILENO) == -1)
		_exit(127);
	if (null > STDERR_FILENO)
		close(null);
	if (out > STDERR_FILENO)
		close(out);
}

pid_t
process_fork(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == -1)
		err(1, "fork");
	if (pid > 0)
		return (pid);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	return (0);
}

pid_t
process_start(
    const char *const argv[], const char *output, char *const environment[])
{
	pid_t pid = process_fork();

	if (pid > 0)
		return (pid);
	redirect(output);
	for (; environment != NULL && *environment != NULL; environment++)
		(void)putenv(*environment);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

int
process_wait(pid_t pid, int64_t ms)
{
	int64_t until = now_ms() + ms;
	uint64_t pause = 200;
	int status;

	for (;;) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid)
			return (status);
		if (got == -1 || now_ms() >= until)
			break;
		sleep_us(pause);
		if (pause < 5000)
			pause += pause / 2;
	}
	process_kill(pid);
	return (-1);
}

void
process_kill(pid_t pid)
{
	int status;

	(void)kill(pid, SIGKILL);
	(void)kill(pid, SIGCONT);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
}

void
directory_make(char dir_r[NAME_SIZE], const char *purpose)
{
	const char *parent = getenv("TMPDIR");

	if (parent == NULL || *parent == '\0')
		parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	(void)snprintf(dir_r, NAME_SIZE, "%s/postfix-stats-torture-%s.XXXXXX",
	    parent, purpose);
	if (mkdtemp(dir_r) == NULL)
		err(1, "%s", dir_r);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	(void)remove(path);
	return (0);
}

void
directory_remove(const char *dir)
{
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
