/*
 * fork(), limits, and what is left when a child dies.
 *
 * What children write is in memory that they share with us: a slot of whole
 * pages for each, and a child has no other's.
 */
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "lib/util/error.h"
#include "probe/child.h"
#include "probe/child_process.h"

enum { GRACE = 3000 }; /* milliseconds that a child has to end by itself */

struct child {
	pid_t pid;          /* 0: the slot is free */
	bool late;          /* ended by us */
	int64_t began, end; /* as clock_milliseconds() */
	void *owner;
};

struct children {
	char *slots;
	size_t slot_size;
	int fd;
	unsigned most, count;
	bool ending; /* children_end() */
	struct child child[];
};

static struct outcome *
slot_of(const struct children *children, const struct child *child)
{
	size_t number = (size_t)(child - children->child);

	/* slots are pages */
	return ((struct outcome *)(void *)(children->slots +
	    number * children->slot_size));
}

/* SIGCHLD, as something to poll for.  Ignored, children would leave nothing to
   wait for. */
static int
child_signals(void)
{
	sigset_t ended;

	(void)signal(SIGCHLD, SIG_DFL);
	(void)sigemptyset(&ended);
	(void)sigaddset(&ended, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &ended, NULL) == -1)
		return (-1);
	return (signalfd(-1, &ended, SFD_NONBLOCK | SFD_CLOEXEC));
}

int
children_new(unsigned most, struct children **children_r, const char **error_r)
{
	struct children *children = calloc(
	    1, sizeof(*children) + most * sizeof(children->child[0]));
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (children == NULL) {
		*error_r = "no memory for children";
		return (-1);
	}
	children->most = most;
	children->slot_size = (sizeof(struct outcome) + page - 1) / page * page;
	children->fd = child_signals();
	children->slots = mmap(NULL, most * children->slot_size,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (children->fd == -1 || children->slots == MAP_FAILED) {
		*error_r = error_text(
		    "cannot wait for children: %s", strerror(errno));
		children_free(children);
		return (-1);
	}
	*children_r = children;
	return (0);
}

void
children_end(struct children *children)
{
	children->ending = true;
	for (unsigned i = 0; i < children->most; i++)
		if (children->child[i].pid != 0)
			(void)kill(children->child[i].pid, SIGKILL);
}

void
children_free(struct children *children)
{
	if (children == NULL)
		return;
	children_end(children);
	for (unsigned i = 0; i < children->most; i++)
		if (children->child[i].pid != 0)
			(void)waitpid(children->child[i].pid, NULL, 0);
	if (children->slots != MAP_FAILED)
		(void)munmap(
		    children->slots, children->most * children->slot_size);
	if (children->fd != -1)
		(void)close(children->fd);
	free(children);
}

static struct child *
free_slot(struct children *children)
{
	for (unsigned i = 0; i < children->most; i++)
		if (children->child[i].pid == 0)
			return (&children->child[i]);
	return (NULL);
}

/* In the child: all but its own slot is nothing of its. */
static void
drop_slots(const struct children *children, const struct child *child)
{
	char *own = (char *)slot_of(children, child);
	char *behind = own + children->slot_size;
	char *end = children->slots + children->most * children->slot_size;

	if (own > children->slots)
		(void)munmap(children->slots, (size_t)(own - children->slots));
	if (end > behind)
		(void)munmap(behind, (size_t)(end - behind));
}

int
children_start(struct children *children, const struct target *target,
    struct slice message, void *owner, const char **error_r)
{
	struct child *child = free_slot(children);
	struct outcome *outcome;
	pid_t parent = getpid(), pid;

	if (child == NULL) {
		*error_r = "too many probes are under way";
		return (-1);
	}
	outcome = slot_of(children, child);
	*outcome = (struct outcome){ .began = (uint64_t)time(NULL) };
	pid = fork();
	if (pid == -1) {
		*error_r = error_text(
		    "cannot start a process: %s", strerror(errno));
		return (-1);
	}
	if (pid == 0) {
		drop_slots(children, child);
		child_process(parent, target, message, outcome);
	}
	child->pid = pid;
	child->late = false;
	child->owner = owner;
	child->began = clock_milliseconds();
	child->end = child->began + (int64_t)(target->config->deadline * 1000) +
	    GRACE;
	children->count++;
	return (0);
}

unsigned
children_count(const struct children *children)
{
	return (children->count);
}

int
children_fd(const struct children *children)
{
	return (children->fd);
}

int
children_patience(const struct children *children)
{
	int64_t now = clock_milliseconds(), first = -1;

	for (unsigned i = 0; i < children->most; i++) {
		const struct child *child = &children->child[i];
		int64_t left = child->end > now ? child->end - now : 0;

		if (child->pid != 0 && !child->late &&
		    (first == -1 || left < first))
			first = left;
	}
	return ((int)first);
}

/* What the child can't say of itself. */
static void
judge(const struct child *child, int status, struct outcome *outcome)
{
	char reason[REPLY_TEXT];
	const char *phase = phase_name(outcome->ended);

	if (outcome->microseconds == 0)
		outcome->microseconds = (uint64_t)(clock_milliseconds() -
					    child->began) *
		    1000;
	if (child->late && outcome->result != RESULT_NONE)
		return; /* it only was slow to go */
	if (child->late) {
		outcome->result = RESULT_TIMEOUT;
		(void)snprintf(
		    reason, sizeof(reason), "hung in %s and was ended", phase);
	} else if (WIFSIGNALED(status)) {
		outcome->result = RESULT_ERROR;
		(void)snprintf(reason, sizeof(reason),
		    "the probe's process died in %s: %s", phase,
		    strsignal(WTERMSIG(status)));
	} else if (WEXITSTATUS(status) != 0 || outcome->result == RESULT_NONE) {
		outcome->result = RESULT_ERROR;
		(void)snprintf(reason, sizeof(reason),
		    "the probe's process ended in %s with status %d", phase,
		    WEXITSTATUS(status));
	} else
		return;
	outcome_text(
	    outcome->reason, sizeof(outcome->reason), reason, strlen(reason));
}

/* Whether the child has ended; one that is late will. */
static bool
has_ended(const struct children *children, struct child *child, int *status_r)
{
	if (children->ending)
		return (waitpid(child->pid, status_r, 0) == child->pid);

	if (!child->late && clock_milliseconds() >= child->end) {
		child->late = true;
		(void)kill(child->pid, SIGKILL);
	}
	return (waitpid(child->pid, status_r, WNOHANG) == child->pid);
}

bool
children_take(
    struct children *children, void **owner_r, struct outcome *outcome_r)
{
	struct signalfd_siginfo info;
	int status;

	while (read(children->fd, &info, sizeof(info)) > 0)
		;
	for (unsigned i = 0; i < children->most; i++) {
		struct child *child = &children->child[i];

		if (child->pid == 0 || !has_ended(children, child, &status))
			continue;
		*outcome_r = *slot_of(children, child);
		*owner_r = child->owner;
		outcome_clean(outcome_r);
		if (!children->ending)
			judge(child, status, outcome_r);
		child->pid = 0;
		children->count--;
		return (true);
	}
	return (false);
}
