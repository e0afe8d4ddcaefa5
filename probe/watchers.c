/*
 * fork(), sockets, and a pause before the next try.
 */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/util/error.h"
#include "probe/confine.h"
#include "probe/watchers.h"

enum {
	PAUSE_LEAST = 1000, /* milliseconds, doubled each time */
	PAUSE_MOST = 60000,
	MEMORY = 64 << 20,
	DESCRIPTORS = 256
};

struct watcher {
	unsigned first, count; /* its places, in `order` */
	int fd;                /* -1: it does not live */
	pid_t pid;             /* 0: none to wait for */
	int64_t due, pause;    /* the next start */
	unsigned mourned;      /* places that were told of its end */
};

struct watchers {
	const struct places *places;
	struct secret_key key;
	struct place *order; /* all places, those of a watcher together */
	unsigned *of_place;  /* number of its watcher */
	int epoll;
	unsigned count;
	struct watcher watcher[];
};

/* --- begin and end -------------------------------------------------------- */

/* Maildirs come first and share one; each account has one of its own. */
static void
divide(struct watchers *watchers)
{
	const struct places *places = watchers->places;
	unsigned next = 0, maildirs;

	for (unsigned i = 0; i < places->count; i++)
		if (places->place[i].imap == NULL)
			watchers->order[next++] = places->place[i];
	maildirs = next;
	for (unsigned i = 0; i < places->count; i++)
		if (places->place[i].imap != NULL)
			watchers->order[next++] = places->place[i];
	if (maildirs > 0)
		watchers->watcher[watchers->count++] = (struct watcher){
			.count = maildirs
		};
	for (next = maildirs; next < places->count; next++)
		watchers->watcher[watchers->count++] = (struct watcher){
			.first = next, .count = 1
		};
	for (unsigned w = 0; w < watchers->count; w++) {
		struct watcher *watcher = &watchers->watcher[w];

		watcher->fd = -1;
		watcher->pause = PAUSE_LEAST;
		watcher->mourned = watcher->count;
		for (unsigned i = 0; i < watcher->count; i++)
			watchers->of_place[watchers->order[watcher->first + i]
					       .number] = w;
	}
}

int
watchers_new(const struct places *places, const struct secret_key *key,
    struct watchers **watchers_r, const char **error_r)
{
	unsigned most = places->count + 1;
	struct watchers *watchers = calloc(
	    1, sizeof(*watchers) + most * sizeof(watchers->watcher[0]));

	*error_r = strerror(ENOMEM);
	if (watchers == NULL)
		return (-1);
	watchers->places = places;
	watchers->key = *key;
	watchers->order = calloc(most, sizeof(*watchers->order));
	watchers->of_place = calloc(most, sizeof(*watchers->of_place));
	watchers->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (watchers->epoll == -1)
		*error_r = error_text(
		    "cannot wait for watchers: %s", strerror(errno));
	if (watchers->epoll == -1 || watchers->order == NULL ||
	    watchers->of_place == NULL) {
		watchers_free(watchers);
		return (-1);
	}
	divide(watchers);
	*watchers_r = watchers;
	return (0);
}

/* A process that was just started may have the descriptor yet, so that closing it
   alone would not do. */
static void
hang_up(const struct watchers *watchers, struct watcher *watcher)
{
	if (watcher->fd == -1)
		return;
	(void)epoll_ctl(watchers->epoll, EPOLL_CTL_DEL, watcher->fd, NULL);
	(void)close(watcher->fd);
	watcher->fd = -1;
}

static void
end(const struct watchers *watchers, struct watcher *watcher)
{
	hang_up(watchers, watcher);
	if (watcher->pid != 0)
		(void)kill(watcher->pid, SIGKILL);
}

static bool
is_gone(struct watcher *watcher)
{
	if (watcher->pid != 0 && waitpid(watcher->pid, NULL, WNOHANG) != 0)
		watcher->pid = 0;
	return (watcher->pid == 0);
}

/* One ends by itself when its socket does, after it has removed what it was told
   to; one that hangs in its file system ends when it can. */
static void
wait_for_end(struct watcher *watcher)
{
	const struct timespec pause = { .tv_nsec = 5000000 };

	for (unsigned tries = 0; tries < 200 && !is_gone(watcher); tries++)
		(void)nanosleep(&pause, NULL);
	if (watcher->pid != 0)
		(void)kill(watcher->pid, SIGKILL);
}

void
watchers_free(struct watchers *watchers)
{
	if (watchers == NULL)
		return;
	for (unsigned i = 0; i < watchers->count; i++)
		hang_up(watchers, &watchers->watcher[i]);
	for (unsigned i = 0; i < watchers->count; i++)
		wait_for_end(&watchers->watcher[i]);
	if (watchers->epoll != -1)
		(void)close(watchers->epoll);
	explicit_bzero(&watchers->key, sizeof(watchers->key));
	free(watchers->order);
	free(watchers->of_place);
	free(watchers);
}

/* --- starting ------------------------------------------------------------- */

/* What a watcher is, from here on. */
_Noreturn static void
watch(const struct watchers *watchers, const struct watcher *watcher,
    pid_t parent, int socket)
{
	const struct place *places = &watchers->order[watcher->first];
	const struct confinement confinement = {
		.name = places->imap != NULL ? "probe-imap" : "probe-maildir",
		.memory = MEMORY,
		.descriptors = DESCRIPTORS,
		.keep = socket,
	};

	if (!confine(parent, &confinement))
		_exit(1);
	if (places->imap != NULL)
		imap_watch(socket, &watchers->key, places);
	else
		maildirs_watch(socket, &watchers->key, places, watcher->count);
}

static bool
listen_to(struct watchers *watchers, struct watcher *watcher, int fd)
{
	struct epoll_event event = { .events = EPOLLIN,
		.data.u32 = (uint32_t)(watcher - watchers->watcher) };

	return (epoll_ctl(watchers->epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}

static void
start(struct watchers *watchers, struct watcher *watcher)
{
	int ends[2];
	pid_t parent = getpid();

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
		return;
	watcher->pid = fork();
	if (watcher->pid == 0)
		watch(watchers, watcher, parent, ends[1]);
	(void)close(ends[1]);
	if (watcher->pid == -1)
		watcher->pid = 0;
	watcher->fd = ends[0];
	if (watcher->pid == 0 || !listen_to(watchers, watcher, ends[0]))
		end(watchers, watcher);
}

/* One that has ended, or was told to, and has not gone yet, has no successor:
   two would look into one mailbox. */
void
watchers_start(struct watchers *watchers, int64_t now)
{
	for (unsigned i = 0; i < watchers->count; i++) {
		struct watcher *watcher = &watchers->watcher[i];

		if (watcher->fd != -1 || watcher->due > now)
			continue;
		watcher->due = now + watcher->pause;
		watcher->pause *= 2;
		if (watcher->pause > PAUSE_MOST)
			watcher->pause = PAUSE_MOST;
		if (is_gone(watcher))
			start(watchers, watcher);
	}
}

int64_t
watchers_wait(const struct watchers *watchers, int64_t now)
{
	int64_t first = -1;

	for (unsigned i = 0; i < watchers->count; i++) {
		const struct watcher *watcher = &watchers->watcher[i];
		int64_t left = watcher->due > now ? watcher->due - now : 0;

		if (watcher->mourned < watcher->count)
			return (0);
		if (watcher->fd == -1 && (first == -1 || left < first))
			first = left;
	}
	return (first);
}

/* --- talking -------------------------------------------------------------- */

int
watchers_fd(const struct watchers *watchers)
{
	return (watchers->epoll);
}

/* What one says is no more to be trusted than what it reads. */
static bool
check(const struct watchers *watchers, const struct watcher *watcher,
    struct report *report)
{
	struct arrival *arrival = &report->arrival;

	report->words[sizeof(report->words) - 1] = '\0';
	arrival->probe[sizeof(arrival->probe) - 1] = '\0';
	arrival->spf[sizeof(arrival->spf) - 1] = '\0';
	arrival->dkim[sizeof(arrival->dkim) - 1] = '\0';
	arrival->dmarc[sizeof(arrival->dmarc) - 1] = '\0';
	return (report->kind <= REPORT_FAULT &&
	    report->place < watchers->places->count &&
	    &watchers->watcher[watchers->of_place[report->place]] == watcher);
}

/* Read one; one that has ended says no more. */
static bool
read_report(
    struct watchers *watchers, struct watcher *watcher, struct report *report_r)
{
	ssize_t got = recv(
	    watcher->fd, report_r, sizeof(*report_r), MSG_DONTWAIT);

	if (got == -1 && (errno == EAGAIN || errno == EINTR))
		return (false);
	if (got == (ssize_t)sizeof(*report_r) &&
	    check(watchers, watcher, report_r)) {
		if (report_r->kind == REPORT_LOOKED)
			watcher->pause = PAUSE_LEAST;
		return (true);
	}
	end(watchers, watcher);
	watcher->mourned = 0;
	return (false);
}

/* The end of a watcher, as each of its places is told of it. */
static bool
mourn(struct watchers *watchers, struct report *report_r)
{
	for (unsigned i = 0; i < watchers->count; i++) {
		struct watcher *watcher = &watchers->watcher[i];

		if (watcher->mourned >= watcher->count)
			continue;
		*report_r = (struct report){
			.kind = REPORT_FAULT,
			.place = watchers
				     ->order[watcher->first + watcher->mourned]
				     .number,
			.words = "the process that looked there has ended",
		};
		watcher->mourned++;
		return (true);
	}
	return (false);
}

bool
watchers_take(struct watchers *watchers, struct report *report_r)
{
	struct epoll_event event;

	while (epoll_wait(watchers->epoll, &event, 1, 0) == 1)
		if (read_report(
			watchers, &watchers->watcher[event.data.u32], report_r))
			return (true);
	return (mourn(watchers, report_r));
}

int
watchers_answer(struct watchers *watchers, const struct counted *counted)
{
	struct watcher *watcher =
	    &watchers->watcher[watchers->of_place[counted->place]];
	ssize_t sent;

	if (watcher->fd == -1)
		return (-1);
	sent = send(watcher->fd, counted, sizeof(*counted),
	    MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent == (ssize_t)sizeof(*counted))
		return (0);
	return (sent == -1 && (errno == EAGAIN || errno == EINTR) ? 1 : -1);
}
