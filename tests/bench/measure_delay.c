/*
 * How long a line takes from the log to where it counts and to where it can
 * be read, seen from outside.
 */
#include <sys/inotify.h>

#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/stats/store.h"
#include "tests/bench/measure.h"

enum { TIMES_MAX = 10000, FEED_MAX = 4000000 };

static const char line[] =
    "Nov 30 23:59:30 mx1 postfix/smtp[4711]: 4Cx00001KqDz2xYT: "
    "to=<user@example.com>, relay=mail.example.com[192.0.2.1]:25, delay=0.5, "
    "delays=0.1/0.01/0.2/0.19, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n";

static int
open_log(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd == -1)
		err(1, "%s", path);
	return (fd);
}

static void
append(int fd, const char *text, size_t len)
{
	if (write(fd, text, len) != (ssize_t)len)
		err(1, "log");
}

static unsigned long
times_argument(const char *text)
{
	unsigned long times = number_argument(text);

	return (times > TIMES_MAX ? TIMES_MAX : times);
}

/* --- counted ---------------------------------------------------------- */

/* How often the process that `fd` shows went to sleep. */
static unsigned long
sleeps(int fd)
{
	static const char name[] = "\nvoluntary_ctxt_switches:";
	char status[8192], *found;
	ssize_t got = pread(fd, status, sizeof(status) - 1, 0);

	if (got <= 0)
		err(1, "/proc/PID/status");
	status[got] = '\0';
	found = strstr(status, name);
	if (found == NULL)
		errx(1, "/proc/PID/status has no voluntary_ctxt_switches");
	return (strtoul(found + strlen(name), NULL, 10));
}

/*
 * The tailer sleeps but for when there is something to count, so a line is
 * counted at the latest when it sleeps again.
 */
int
measure_counted(int argc, char **argv)
{
	static double us[TIMES_MAX];
	unsigned long times = times_argument(argv[2]);
	char path[64];
	int log = open_log(argv[1]), status;

	(void)argc;
	(void)snprintf(path, sizeof(path), "/proc/%s/status", argv[0]);
	status = open(path, O_RDONLY | O_CLOEXEC);
	if (status == -1)
		err(1, "%s", path);
	for (unsigned long i = 0; i < times; i++) {
		unsigned long before;
		int64_t start;

		sleep_ns(10000000);
		before = sleeps(status);
		start = now_ns();
		append(log, line, strlen(line));
		while (sleeps(status) == before)
			if (now_ns() - start > PATIENCE)
				errx(1, "the line is not counted");
		us[i] = (double)(now_ns() - start) / 1e3;
	}
	printf("%.0f %.0f\n", percentile(us, times, 50),
	    percentile(us, times, 99));
	return (0);
}

/* --- readable --------------------------------------------------------- */

struct watched_store
watch_store(const char *state, const char *name)
{
	struct watched_store store;

	(void)snprintf(store.path, sizeof(store.path), "%s/%s", state, name);
	store.inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (store.inotify == -1 ||
	    inotify_add_watch(store.inotify, state, IN_MOVED_TO) == -1)
		err(1, "%s", state);
	return (store);
}

bool
published(const struct watched_store *store, int64_t ns)
{
	struct pollfd set = { .fd = store->inotify, .events = POLLIN };
	struct timespec time = { ns / 1000000000, ns % 1000000000 };
	char events[4096];

	if (ppoll(&set, 1, &time, NULL) <= 0)
		return (false);
	while (read(store->inotify, events, sizeof(events)) > 0)
		continue;
	return (true);
}

static uint64_t
lines_read(const struct watched_store *store)
{
	struct snapshot *snapshot;
	const char *error;
	uint64_t lines;

	if (store_read(store->path, &snapshot, &error) != STORE_OK)
		errx(1, "%s", error);
	if (!snapshot_number(snapshot, SLICE("lines:read"), &lines))
		errx(1, "%s has no lines:read", store->path);
	snapshot_free(snapshot);
	return (lines);
}

int
measure_readable(int argc, char **argv)
{
	static double ms[TIMES_MAX];
	struct watched_store store = watch_store(argv[0], STORE_NAME);
	unsigned long times = times_argument(argv[2]);
	uint64_t lines = lines_read(&store);
	int log = open_log(argv[1]);

	(void)argc;
	/* The first one may meet a publication that comes with the start. */
	for (unsigned long i = 0; i <= times; i++) {
		int64_t start;

		/* longer than the interval between publications */
		sleep_ns(1200000000);
		start = now_ns();
		append(log, line, strlen(line));
		lines++;
		while (lines_read(&store) < lines)
			if (!published(&store, PATIENCE))
				errx(1, "the line is not published");
		if (i > 0)
			ms[i - 1] = (double)(now_ns() - start) / 1e6;
	}
	printf("%.1f %.1f\n", percentile(ms, times, 50),
	    percentile(ms, times, 100));
	return (0);
}

/* --- under load ------------------------------------------------------- */

struct feed {
	struct watched_store store;
	FILE *source;
	char *text; /* a line of it */
	size_t room;
	int log;
	uint64_t base, written, readable; /* lines */
	int64_t *at;                      /* when each was written */
	double *ms;                       /* until it could be read */
};

/* Append `count` lines in one go, as syslogd does with a burst. */
static void
append_lines(struct feed *feed, uint64_t count)
{
	static char burst[1 << 20];
	uint64_t first = feed->written;
	size_t len = 0;
	int64_t now;

	while (count-- > 0 && feed->written < FEED_MAX) {
		ssize_t got = getline(&feed->text, &feed->room, feed->source);

		if (got == -1)
			errx(1, "the source is too short");
		if (len + (size_t)got > sizeof(burst)) {
			append(feed->log, burst, len);
			len = 0;
		}
		memcpy(burst + len, feed->text, (size_t)got);
		len += (size_t)got;
		feed->written++;
	}
	append(feed->log, burst, len);
	now = now_ns();
	for (uint64_t i = first; i < feed->written; i++)
		feed->at[i] = now;
}

static void
note_readable(struct feed *feed)
{
	uint64_t lines = lines_read(&feed->store) - feed->base;
	int64_t now = now_ns();

	for (; feed->readable < lines; feed->readable++)
		feed->ms[feed->readable] = (double)(now -
					       feed->at[feed->readable]) /
		    1e6;
}

int
measure_feed(int argc, char **argv)
{
	struct feed feed = { .store = watch_store(argv[0], STORE_NAME) };
	unsigned long rate = number_argument(argv[3]);
	int64_t last = (int64_t)number_argument(argv[4]) * 1000000000;
	int64_t start = now_ns(), now;

	(void)argc;
	feed.log = open_log(argv[1]);
	feed.source = fopen(argv[2], "re");
	feed.at = calloc(FEED_MAX, sizeof(*feed.at));
	feed.ms = calloc(FEED_MAX, sizeof(*feed.ms));
	if (feed.source == NULL || feed.at == NULL || feed.ms == NULL)
		err(1, "%s", argv[2]);
	feed.base = lines_read(&feed.store);
	while ((now = now_ns() - start) < last) {
		uint64_t due = (uint64_t)now * rate / 1000000000;

		if (due > feed.written)
			append_lines(&feed, due - feed.written);
		if (published(&feed.store, 1000000))
			note_readable(&feed);
	}
	while (feed.readable < feed.written) {
		if (!published(&feed.store, PATIENCE))
			errx(1, "lines are not published");
		note_readable(&feed);
	}
	printf("%.0f %.0f\n", percentile(feed.ms, feed.readable, 50),
	    percentile(feed.ms, feed.readable, 100));
	free(feed.text);
	free(feed.at);
	free(feed.ms);
	return (0);
}
