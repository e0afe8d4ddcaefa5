/*
 * A process that watches Maildirs, and the daemon's side of it: mail is put
 * there, and reports are waited for.
 */
#ifndef TESTS_MAILDIR_UNIT_H
#define TESTS_MAILDIR_UNIT_H

#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>

#include "probe/mail_read.h"
#include "probe/watcher.h"

enum { PATIENCE = 60000 /* milliseconds, until a test has failed */ };

static const struct secret_key key = { "the key" }, other_key = { "another" };

/* Two Maildirs of two probes, below a directory of the test. */
static struct config_delivery deliveries[2];
static struct config_probe probes[2] = { { .name = "a",
					     .delivery = &deliveries[0] },
	{ .name = "b", .delivery = &deliveries[1] } };
static const struct config_probe *const probes_of[2][1] = { { &probes[0] },
	{ &probes[1] } };
static struct place places[2];
static char top[64], paths[2][128], spam_path[160];

static struct {
	pid_t pid;
	int socket;
	bool ordinary; /* it must not do all that root may */
} watcher = { -1, -1, false };

enum { NOBODY = 65534 };

/* --- directories and files ----------------------------------------------- */

/* A path below the test's directory, until the eighth call behind it. */
__attribute__((format(printf, 1, 2))) static inline const char *
at(const char *format, ...)
{
	static char texts[8][PATH_MAX];
	static unsigned turn;
	char *text = texts[turn++ % COUNT(texts)];
	int len = snprintf(text, PATH_MAX, "%s/", top);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text + len, PATH_MAX - (size_t)len, format, args);
	va_end(args);
	return (text);
}

static inline void
maildir_make(const char *name)
{
	static const char *const names[] = { "", "/new", "/cur", "/tmp" };

	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(mkdir(at("%s%s", name, names[i]), 0700), 0);
}

static inline int
remove_one(
    const char *path, const struct stat *stat, int flag, struct FTW *where)
{
	(void)stat, (void)flag, (void)where;
	return (remove(path));
}

static inline void
tree_remove(const char *path)
{
	assert_int_equal(nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static inline void
file_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) < 0, 0);
	assert_int_equal(fclose(file), 0);
}

/* A mail with a token, until the next call. */
static inline const char *
mail_text(const struct secret_key *mail_key, const char *probe, uint64_t serial)
{
	static char text[1024];
	struct probe_token token = { slice_of(probe), serial, 1000 };
	char words[PROBE_TOKEN_MAX + 1];

	probe_token_write(mail_key, &token, words);
	(void)snprintf(text, sizeof(text),
	    "Authentication-Results: mx.a.test; spf=pass\n"
	    "Subject: x\n" MAIL_TOKEN_FIELD ": %s\n\nhello\n",
	    words);
	return (text);
}

/* Deliver as it is done: written elsewhere, then moved. */
static inline void
deliver_text(const char *to, const char *text)
{
	file_write(at("file.tmp"), text);
	assert_int_equal(rename(at("file.tmp"), at("%s", to)), 0);
}

static inline void
deliver(const char *to, uint64_t serial)
{
	deliver_text(to, mail_text(&key, "a", serial));
}

static inline bool
there(const char *name)
{
	struct stat stat;

	return (lstat(at("%s", name), &stat) == 0);
}

/* --- the watcher --------------------------------------------------------- */

static inline void
watcher_start(unsigned count)
{
	int sockets[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), 0);
	watcher.pid = fork();
	assert_int_not_equal(watcher.pid, -1);
	if (watcher.pid == 0) {
		(void)close(sockets[0]);
		if (watcher.ordinary && geteuid() == 0 &&
		    (setgid(NOBODY) == -1 || setuid(NOBODY) == -1))
			_exit(2);
		maildirs_watch(sockets[1], &key, places, count);
	}
	(void)close(sockets[1]);
	watcher.socket = sockets[0];
}

/* It ends when its socket does. */
static inline void
watcher_end(void)
{
	int status;

	(void)close(watcher.socket);
	assert_int_equal(waitpid(watcher.pid, &status, 0), watcher.pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	watcher.pid = -1;
}

/* The next report, whatever it is. */
static inline struct report
next_report(void)
{
	struct pollfd fd = { watcher.socket, POLLIN, 0 };
	struct report report;

	if (poll(&fd, 1, PATIENCE) != 1)
		fail_msg("no report");
	assert_int_equal(
	    recv(watcher.socket, &report, sizeof(report), 0), sizeof(report));
	return (report);
}

/* The next one that does not say that a look came to its end. */
static inline struct report
next_news(void)
{
	struct report report;

	do
		report = next_report();
	while (report.kind == REPORT_LOOKED);
	return (report);
}

static inline struct arrival
next_arrival(void)
{
	struct report report = next_news();

	if (report.kind != REPORT_ARRIVAL)
		fail_msg("not an arrival: %s", report.words);
	return (report.arrival);
}

static inline void
await_looked(unsigned place)
{
	struct report report;

	do {
		report = next_report();
		if (report.kind != REPORT_LOOKED)
			fail_msg("%s: %s",
			    report.kind == REPORT_FAULT ? "fault" : "arrival",
			    report.words);
	} while (report.place != place);
}

/* The next report of a kind, whatever comes before it. */
static inline struct report
await_kind(enum report_kind kind)
{
	struct report report;

	do
		report = next_report();
	while (report.kind != kind);
	return (report);
}

static inline void
await_fault(const char *words)
{
	struct report report = next_news();

	assert_int_equal(report.kind, REPORT_FAULT);
	if (strcmp(report.words + strlen(top), words) != 0)
		fail_msg("fault \"%s\", not \"%s\"", report.words, words);
}

static inline void
answer(const struct arrival *arrival, bool remove)
{
	struct counted counted = { 0, arrival->file, remove };

	assert_int_equal(send(watcher.socket, &counted, sizeof(counted), 0),
	    sizeof(counted));
}

/* Wait until a file is gone, which nothing tells of. */
static inline void
await_gone(const char *name)
{
	for (int i = 0; there(name); i++) {
		if (i == PATIENCE)
			fail_msg("%s is there", name);
		(void)usleep(1000);
	}
}

/* Let all be looked at again: of place 0. */
static inline void
look_again(void)
{
	assert_int_equal(rename(at("a/cur"), at("a/was")), 0);
	await_fault("/a/cur: No such file or directory");
	assert_int_equal(rename(at("a/was"), at("a/cur")), 0);
	await_looked(0);
}

/* --- around each test ---------------------------------------------------- */

/* Two Maildirs that are not there yet, looked at each hour but for what tells;
   the first one's folder for spam is in it. */
static inline int
begin_test(void **state)
{
	(void)state;
	watcher.ordinary = false;
	(void)snprintf(top, sizeof(top), "%s", scratch_make());
	for (unsigned i = 0; i < 2; i++) {
		(void)snprintf(
		    paths[i], sizeof(paths[i]), "%s/%s", top, probes[i].name);
		deliveries[i] = (struct config_delivery){
			.maildir = paths[i], .poll = 600, .lost_after = 3600
		};
		places[i] = (struct place){ .delivery = &deliveries[i],
			.number = i,
			.probes_count = 1,
			.probes = probes_of[i] };
	}
	(void)snprintf(spam_path, sizeof(spam_path), "%s/a/.Junk", top);
	deliveries[0].spam = spam_path;
	return (0);
}

static inline int
end_test(void **state)
{
	(void)state;
	if (watcher.pid != -1) {
		(void)kill(watcher.pid, SIGKILL);
		(void)waitpid(watcher.pid, NULL, 0);
		watcher.pid = -1;
	}
	tree_remove(top);
	return (0);
}

#define MAILDIR_TEST(sentence, function) \
	{ \
		sentence, function, begin_test, end_test, NULL \
	}

#endif
