/*
 * Limits, signals, descriptors.
 */
#include <sys/prctl.h>
#include <sys/resource.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "probe/confine.h"

/* Lower, never higher: what we were given holds, too. */
static bool
limit(int resource, rlim_t most)
{
	struct rlimit now, wanted = { most, most };

	if (getrlimit((__rlimit_resource_t)resource, &now) == -1)
		return (false);
	if (now.rlim_cur < wanted.rlim_cur)
		wanted.rlim_cur = now.rlim_cur;
	if (now.rlim_max < wanted.rlim_max)
		wanted.rlim_max = now.rlim_max;
	if (setrlimit((__rlimit_resource_t)resource, &wanted) == 0)
		return (true);
	/* Who watches us may forbid to lower what is possible at all. */
	wanted.rlim_max = now.rlim_max;
	return (setrlimit((__rlimit_resource_t)resource, &wanted) == 0);
}

/* Address space that we have already, of the daemon; 0: nobody says. */
static rlim_t
memory_now(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	char line[128] = "";

	if (file == NULL)
		return (0);
	if (fgets(line, sizeof(line), file) == NULL)
		line[0] = '\0';
	(void)fclose(file);
	return (
	    (rlim_t)strtoull(line, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE));
}

static bool
limits(const struct confinement *confinement)
{
	rlim_t memory = memory_now();

	(void)prctl(PR_SET_DUMPABLE, 0);
	return (
	    (memory == 0 || limit(RLIMIT_AS, memory + confinement->memory)) &&
	    (confinement->cpu_seconds == 0 ||
		limit(RLIMIT_CPU, confinement->cpu_seconds)) &&
	    limit(RLIMIT_NOFILE, confinement->descriptors) &&
	    limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0));
}

static void
default_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* One that is typed, or that a unit's end sends to all, is the daemon's
   business: it ends us. */
static void
drop_signals(void)
{
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
}

static void
close_others(int keep)
{
	if (keep <= STDERR_FILENO) {
		closefrom(STDERR_FILENO + 1);
		return;
	}
	if (keep > STDERR_FILENO + 1)
		(void)close_range(STDERR_FILENO + 1, (unsigned)keep - 1, 0);
	closefrom(keep + 1);
}

bool
confine(pid_t parent, const struct confinement *confinement)
{
	default_signals();
	drop_signals();
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1); /* it has ended before that */
	(void)prctl(PR_SET_NAME, confinement->name);
	close_others(confinement->keep);
	return (limits(confinement));
}
