/*
 * Asking showq(8), all sockets side by side: one that hangs delays no other.
 *
 * Only this process reads what the sockets say.  It holds no file open, writes
 * nothing but its reports and logs nothing.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "tailer/sampler_process.h"

enum {
	CHANNEL = 3, /* where it is moved to */
	REST = 10,   /* a sample is followed by so many times its length */
	READ_SIZE = 65536, /* bytes at once */
	TURN = 16          /* reads of a socket before the next has its turn */
};

struct visit {
	int fd;        /* -1: none is under way */
	int64_t begun; /* monotonic, milliseconds; so is the next */
	int64_t due;   /* when the next one begins */
	struct showq showq;
};

static struct visit visits[CONFIG_SOCKETS_MAX];

/* A visit is over; `fault` is NULL if its sample is good. */
static void
end_visit(const struct config_queue *config, unsigned number, const char *fault)
{
	static struct sampler_report report;
	struct visit *visit = &visits[number];
	int64_t now = clock_milliseconds(), length = now - visit->begun;
	int64_t interval = (int64_t)(config->interval * 1000);

	if (visit->fd != -1)
		close(visit->fd);
	visit->fd = -1;
	visit->due = visit->begun + interval;
	if (visit->due < now + REST * length)
		visit->due = now + REST * length;
	memset(&report, 0, sizeof(report));
	report.socket = number;
	report.milliseconds = (uint32_t)length;
	if (fault == NULL) {
		report.taken = visit->showq.now;
		report.sample = visit->showq.sample;
	} else
		(void)snprintf(report.fault, sizeof(report.fault), "%s", fault);
	if (send(CHANNEL, &report, sizeof(report), MSG_NOSIGNAL) == -1)
		_exit(0); /* the tailer has ended */
}

static void
begin_visit(const struct config_queue *config, unsigned number)
{
	struct visit *visit = &visits[number];
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s",
	    config->sockets[number].path);
	visit->begun = clock_milliseconds();
	visit->fd = socket(
	    AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (visit->fd == -1 ||
	    connect(visit->fd, (struct sockaddr *)&address, sizeof(address)) ==
		-1) {
		end_visit(config, number, strerror(errno));
		return;
	}
	showq_begin(&visit->showq, (uint64_t)time(NULL));
}

/* Read what there is. */
static void
go_on(const struct config_queue *config, unsigned number)
{
	static char bytes[READ_SIZE];
	struct visit *visit = &visits[number];
	enum showq_result result = SHOWQ_MORE;

	for (int i = 0; i < TURN && result == SHOWQ_MORE; i++) {
		ssize_t got = read(visit->fd, bytes, sizeof(bytes));

		if (got == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (got == -1) {
			end_visit(config, number, strerror(errno));
			return;
		}
		result = got == 0 ? showq_end(&visit->showq) :
				    showq_read(&visit->showq,
					(struct slice){ bytes, (size_t)got });
	}
	if (result == SHOWQ_FAULT)
		(void)showq_end(&visit->showq);
	if (result != SHOWQ_MORE)
		end_visit(config, number, visit->showq.fault);
}

/* Begin what is due and end what is late.  Returns when to do so again. */
static int64_t
keep_time(const struct config_queue *config)
{
	int64_t deadline = (int64_t)(config->deadline * 1000), first = 0;

	for (unsigned i = 0; i < config->sockets_count; i++) {
		struct visit *visit = &visits[i];
		int64_t now = clock_milliseconds(), next;

		if (visit->fd != -1 && now >= visit->begun + deadline)
			end_visit(config, i, "no end within the deadline");
		else if (visit->fd == -1 && now >= visit->due)
			begin_visit(config, i);
		next = visit->fd != -1 ? visit->begun + deadline : visit->due;
		if (first == 0 || next < first)
			first = next;
	}
	return (first);
}

/* Have nothing open but the channel and standard error, which a sanitizer may
   want. */
static void
drop_descriptors(int channel)
{
	int null = open("/dev/null", O_RDWR);

	if (dup2(null, STDIN_FILENO) == -1 || dup2(null, STDOUT_FILENO) == -1 ||
	    dup2(channel, CHANNEL) == -1)
		_exit(1);
	closefrom(CHANNEL + 1);
}

/* It ends when the tailer does, by its channel, and not before: signals to a
   terminal or a unit reach both. */
static void
drop_signals(void)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1,
		SIGPIPE };

	for (size_t i = 0; i < COUNT(numbers); i++)
		(void)signal(numbers[i], SIG_IGN);
}

_Noreturn void
sampler_process(const struct config_queue *config, int channel)
{
	drop_signals();
	drop_descriptors(channel);
	(void)setpriority(PRIO_PROCESS, 0, 10); /* the log comes first */
	for (unsigned i = 0; i < config->sockets_count; i++)
		visits[i].fd = -1;
	for (;;) {
		struct pollfd set[1 + CONFIG_SOCKETS_MAX];
		int64_t wait = keep_time(config) - clock_milliseconds();

		set[0] = (struct pollfd){ CHANNEL, POLLIN, 0 };
		for (unsigned i = 0; i < config->sockets_count; i++)
			set[1 + i] = (struct pollfd){ visits[i].fd, POLLIN, 0 };
		if (poll(set, 1 + config->sockets_count,
			wait > 0 ? (int)wait : 0) <= 0)
			continue;
		if (set[0].revents != 0)
			_exit(0); /* the tailer never sends anything */
		for (unsigned i = 0; i < config->sockets_count; i++)
			if (set[1 + i].revents != 0)
				go_on(config, i);
	}
}
