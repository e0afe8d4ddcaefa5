/*
 * How long it takes from a mail in a Maildir to its count, seen from outside: of
 * the probe in its store, of mailexporter over HTTP.
 */
#include <sys/socket.h>

#include <netinet/in.h>

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/stats/probe_token.h"
#include "lib/stats/store.h"
#include "tests/bench/measure.h"

enum { TIMES_MAX = 10000, ANSWER_MAX = 1 << 20 };

/* Longer than the interval between publications. */
#define GAP 150000000

static uint64_t
microseconds_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return ((uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}

static unsigned long
times_argument(const char *text)
{
	unsigned long times = number_argument(text);

	return (times > TIMES_MAX ? TIMES_MAX : times);
}

/* Write a mail in tmp, and move it to new; when it was moved. */
static int64_t
deliver(const char *maildir, const char *mail)
{
	char from[PATH_MAX], to[PATH_MAX];
	uint64_t name = microseconds_now(); /* never the same again */
	int64_t start;
	FILE *file;

	(void)snprintf(from, sizeof(from), "%s/tmp/%" PRIu64, maildir, name);
	(void)snprintf(to, sizeof(to), "%s/new/%" PRIu64, maildir, name);
	file = fopen(from, "w");
	if (file == NULL || fputs(mail, file) == EOF || fclose(file) == EOF)
		err(1, "%s", from);
	start = now_ns();
	if (rename(from, to) == -1)
		err(1, "%s", to);
	return (start);
}

/* --- the probe's ------------------------------------------------------ */

static uint64_t
arrived(const struct watched_store *store, const char *probe)
{
	struct snapshot *snapshot;
	const char *error;
	char key[128];
	uint64_t count = 0;

	(void)snprintf(key, sizeof(key), "mail:%s:arrived", probe);
	if (store_read(store->path, &snapshot, &error) != STORE_OK)
		errx(1, "%s", error);
	(void)snapshot_number(snapshot, slice_of(key), &count);
	snapshot_free(snapshot);
	return (count);
}

static void
write_mail(const struct secret_key *key, const char *probe, uint64_t serial,
    char *mail, size_t size)
{
	struct probe_token token = { slice_of(probe), serial,
		microseconds_now() };
	char text[PROBE_TOKEN_MAX + 1];

	probe_token_write(key, &token, text);
	(void)snprintf(mail, size,
	    "Subject: probe\nX-Postfix-Stats-Probe: %s\n\n%s\n", text, text);
}

int
measure_found(int argc, char **argv)
{
	static double ms[TIMES_MAX];
	struct watched_store store = watch_store(argv[0], "probe.db");
	unsigned long times = times_argument(argv[3]);
	uint64_t serial = microseconds_now() / 1000 + 1000000;
	uint64_t count = arrived(&store, argv[2]);
	struct secret_key key;
	const char *error;

	(void)argc;
	if (secret_key_load(argv[0], PROBE_KEY_NAME, &key, &error) != 1)
		errx(1, "%s/" PROBE_KEY_NAME ": no key", argv[0]);
	/* The first one may meet a publication that comes with the start. */
	for (unsigned long i = 0; i <= times; i++) {
		char mail[1024];
		int64_t start;

		write_mail(&key, argv[2], serial + i, mail, sizeof(mail));
		sleep_ns(GAP);
		start = deliver(argv[1], mail);
		count++;
		while (arrived(&store, argv[2]) < count)
			if (!published(&store, PATIENCE))
				errx(1, "the mail is not counted");
		if (i > 0)
			ms[i - 1] = (double)(now_ns() - start) / 1e6;
	}
	printf("%.1f %.1f\n", percentile(ms, times, 50),
	    percentile(ms, times, 100));
	return (0);
}

/* --- mailexporter's ----------------------------------------------------- */

static int
connect_to(unsigned long port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 ||
	    connect(fd, (const void *)&address, sizeof(address)) == -1)
		err(1, "port %lu", port);
	return (fd);
}

/* Ask for the metrics; what is answered until the other side closes. */
static const char *
scrape(unsigned long port)
{
	static const char request[] = "GET /metrics HTTP/1.0\r\n\r\n";
	static char answer[ANSWER_MAX];
	int fd = connect_to(port);
	size_t len = 0;
	ssize_t got;

	if (write(fd, request, strlen(request)) == -1)
		err(1, "port %lu", port);
	while ((got = read(fd, answer + len, sizeof(answer) - 1 - len)) > 0)
		len += (size_t)got;
	(void)close(fd);
	answer[len] = '\0';
	return (answer);
}

static uint64_t
late(unsigned long port, const char *name)
{
	char series[128];
	const char *found;

	(void)snprintf(series, sizeof(series),
	    "\nmail_late_mails_total{configname=\"%s\"} ", name);
	found = strstr(scrape(port), series);
	return (found != NULL ? strtoull(found + strlen(series), NULL, 10) : 0);
}

int
measure_scraped(int argc, char **argv)
{
	static double ms[TIMES_MAX];
	unsigned long port = number_argument(argv[0]);
	unsigned long times = times_argument(argv[3]);
	uint64_t count = late(port, argv[2]);

	(void)argc;
	for (unsigned long i = 0; i <= times; i++) {
		char mail[1024];
		int64_t start;

		(void)snprintf(mail, sizeof(mail),
		    "Subject: mailexporter-probe\n\nbench-%" PRIu64 "000-%s",
		    microseconds_now(), argv[2]);
		sleep_ns(GAP);
		start = deliver(argv[1], mail);
		count++;
		while (late(port, argv[2]) < count)
			if (now_ns() - start > PATIENCE)
				errx(1, "the mail is not counted");
		if (i > 0)
			ms[i - 1] = (double)(now_ns() - start) / 1e6;
	}
	printf("%.1f %.1f\n", percentile(ms, times, 50),
	    percentile(ms, times, 100));
	return (0);
}
