/*
 * Signals, through a pipe of our own.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/error.h"
#include "lib/util/log.h"
#include "lib/util/signals.h"

static int ends[2];
static unsigned patience;

static void
note_signal(int number)
{
	unsigned char byte = (unsigned char)number;
	int error = errno;

	if (number != SIGHUP)
		(void)alarm(patience);
	if (write(ends[1], &byte, 1) == -1)
		errno = error; /* full: one is being read */
}

static void
leave(int number)
{
	(void)number;
	_exit(0);
}

void
signals_catch(unsigned end_seconds)
{
	struct sigaction note = { .sa_handler = note_signal,
		.sa_flags = SA_RESTART };
	struct sigaction last = { .sa_handler = leave };

	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) == -1)
		log_fatal(
		    EXIT_FAULT, "cannot wait for signals: %s", strerror(errno));
	patience = end_seconds;
	(void)sigaction(SIGTERM, &note, NULL);
	(void)sigaction(SIGINT, &note, NULL);
	(void)sigaction(SIGHUP, &note, NULL);
	(void)sigaction(SIGALRM, &last, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

int
signals_fd(void)
{
	return (ends[0]);
}

int
signals_read(void)
{
	unsigned char number;

	return (read(ends[0], &number, 1) == 1 ? number : 0);
}
