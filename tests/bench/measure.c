/*
 * Tasks by name, and what they share.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/measure.h"

enum { BAD_USAGE = 64 };

static const struct task {
	const char *name;
	int (*run)(int argc, char **argv);
	int arguments; /* at least */
	const char *usage;
} tasks[] = {
	{ "cpu", measure_cpu, 2, "cpu FILE COMMAND..." },
	{ "publish", measure_publish, 2, "publish DIR TIMES" },
	{ "counted", measure_counted, 3, "counted PID LOG TIMES" },
	{ "readable", measure_readable, 3, "readable STATE LOG TIMES" },
	{ "found", measure_found, 4, "found STATE MAILDIR PROBE TIMES" },
	{ "scraped", measure_scraped, 4, "scraped PORT MAILDIR NAME TIMES" },
	{ "feed", measure_feed, 5, "feed STATE LOG SOURCE RATE SECONDS" },
};

int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return ((int64_t)now.tv_sec * 1000000000 + now.tv_nsec);
}

void
sleep_ns(int64_t ns)
{
	struct timespec rest = { ns / 1000000000, ns % 1000000000 };

	while (nanosleep(&rest, &rest) == -1 && errno == EINTR)
		continue;
}

static int
ascending(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return ((*left > *right) - (*left < *right));
}

double
percentile(double *values, size_t count, unsigned percent)
{
	if (count == 0)
		errx(1, "nothing was measured");
	qsort(values, count, sizeof(*values), ascending);
	return (values[(count - 1) * percent / 100]);
}

unsigned long
number_argument(const char *text)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (*end != '\0' || errno != 0 || number == 0)
		errx(BAD_USAGE, "not a number: %s", text);
	return (number);
}

static double
seconds(struct timeval time)
{
	return ((double)time.tv_sec + (double)time.tv_usec / 1e6);
}

/*
 * Times come from getrusage(2), which counts them exactly; those of times(2)
 * are in hundredths.  The output is a file, since grep does less work when it
 * is /dev/null.
 */
int
measure_cpu(int argc, char **argv)
{
	struct rusage used;
	int status;
	pid_t pid;

	(void)argc;
	fflush(stdout);
	pid = fork();
	if (pid == -1)
		err(1, "fork");
	if (pid == 0) {
		int out = open(argv[0], O_WRONLY | O_CREAT | O_TRUNC, 0644);

		if (out == -1 || dup2(out, STDOUT_FILENO) == -1)
			err(1, "%s", argv[0]);
		close(out);
		execvp(argv[1], argv + 1);
		err(1, "%s", argv[1]);
	}
	if (wait4(pid, &status, 0, &used) == -1)
		err(1, "wait4");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "%s failed", argv[1]);
	printf("%.4f %ld\n", seconds(used.ru_utime) + seconds(used.ru_stime),
	    used.ru_maxrss);
	return (0);
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(tasks) / sizeof(tasks[0]);
	     i++)
		if (strcmp(argv[1], tasks[i].name) == 0 &&
		    argc - 2 >= tasks[i].arguments)
			return (tasks[i].run(argc - 2, argv + 2));
	fprintf(stderr, "usage:\n");
	for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++)
		fprintf(stderr, "  measure %s\n", tasks[i].usage);
	return (BAD_USAGE);
}
