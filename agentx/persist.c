/*
 * Reading requests and writing answers.
 */
#include <sys/stat.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "agentx/pass.h"
#include "agentx/persist.h"
#include "agentx/watch.h"
#include "lib/util/log.h"

enum {
	QUIET_MS =
	    20, /* what snmpd still has to ask for one GET comes sooner */
	BUSY_MAX = 1000 /* requests before a look at the store, if they never
	                   stop */
};

void
persist_log(const char *program)
{
	struct stat out, err;

	if (fstat(STDOUT_FILENO, &out) == 0 &&
	    fstat(STDERR_FILENO, &err) == 0 && S_ISFIFO(out.st_mode) &&
	    out.st_dev == err.st_dev && out.st_ino == err.st_ino)
		log_init(program, LOG_TO_SYSLOG);
}

/* Returns false if nobody reads it. */
static bool
write_all(const char *at, size_t len)
{
	while (len > 0) {
		ssize_t done = write(STDOUT_FILENO, at, len);

		if (done == -1 && errno != EINTR)
			return (false);
		if (done > 0) {
			at += done;
			len -= (size_t)done;
		}
	}
	return (true);
}

/* Returns false at the end. */
static bool
answer_input(struct pass *pass)
{
	char bytes[PASS_LINE_MAX], answer[PASS_ANSWER_MAX];
	ssize_t got = read(STDIN_FILENO, bytes, sizeof(bytes));
	struct slice input = { bytes, got > 0 ? (size_t)got : 0 };
	size_t len;

	if (got == -1)
		return (errno == EINTR || errno == EAGAIN);
	while ((len = pass_take(pass, &input, answer)) > 0)
		if (!write_all(answer, len))
			return (false);
	return (got > 0);
}

void
persist_serve(struct view *view, const char *directory)
{
	static struct pass pass;
	struct watch watch;
	bool open = true;
	unsigned busy = 0;

	(void)signal(SIGPIPE, SIG_IGN);
	watch_open(&watch, directory);
	view_update(view);
	pass.view = view;
	while (open) {
		struct pollfd fds[] = { { .fd = STDIN_FILENO,
					    .events = POLLIN },
			{ .fd = watch.fd, .events = POLLIN } };

		(void)poll(fds, 2, (int)watch_seconds(&watch) * 1000);
		if (fds[0].revents != 0) {
			open = answer_input(&pass);
			watch_again(&watch, WATCH_SECONDS);
			if (++busy < BUSY_MAX)
				continue;
		} else if (fds[1].revents != 0 && poll(fds, 1, QUIET_MS) > 0)
			continue;
		busy = 0;
		if (watch_due(&watch, fds[1].revents != 0)) {
			view_update(view);
			watch_again(&watch, view_lasts(view));
		}
	}
	watch_close(&watch);
}
