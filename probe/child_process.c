/*
 * Limits, and then the conversation.  What a server does to it can take no more
 * than these: memory, time, descriptors; no file, and no trace of a password in
 * a core.
 */
#include <sys/prctl.h>
#include <sys/resource.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe/child_process.h"
#include "probe/conversation.h"

enum { MEMORY = 64 << 20, CPU_SECONDS = 10, DESCRIPTORS = 16 };

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
limits(void)
{
	rlim_t memory = memory_now();

	(void)prctl(PR_SET_DUMPABLE, 0);
	return ((memory == 0 || limit(RLIMIT_AS, memory + MEMORY)) &&
	    limit(RLIMIT_CPU, CPU_SECONDS) &&
	    limit(RLIMIT_NOFILE, DESCRIPTORS) && limit(RLIMIT_FSIZE, 0) &&
	    limit(RLIMIT_CORE, 0));
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

_Noreturn void
child_process(pid_t parent, const struct target *target, struct slice message,
    struct outcome *outcome)
{
	default_signals();
	drop_signals();
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1); /* it has ended before that */
	(void)prctl(PR_SET_NAME, target->config->name); /* as ps(1) shows */
	closefrom(STDERR_FILENO + 1);
	if (limits())
		conversation_run(target, message, outcome);
	else {
		outcome->result = RESULT_ERROR;
		(void)snprintf(outcome->reason, sizeof(outcome->reason),
		    "cannot set limits: %s", strerror(errno));
	}
	_exit(0);
}
