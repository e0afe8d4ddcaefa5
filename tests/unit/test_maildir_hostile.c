/*
 * What is in a Maildir besides our mail, however much and of whatever kind: it
 * stays as it is, is opened once if at all, and holds up nothing.
 */
#include <sys/inotify.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include <errno.h>

#include "tests/unit/maildir_unit.h"

enum {
	CROWD = 20000,       /* foreign files */
	OWN = 40,            /* mails that are told of, and then it is waited */
	QUEUE_MOST = 1 << 17 /* events: more would take too long to make */
};

/* --- strangers ----------------------------------------------------------- */

/* Ours, but for where it lies, who made it, or what it is. */
static const char *const strangers[] = { "link", "directory", "fifo", "socket",
	"device", "huge", "empty", "forged", "other", "foreign", ".hidden" };

static void
make_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (const void *)&address, sizeof(address)), 0);
	(void)close(fd);
}

/* One that holds mail of ours at its front and no more on a disk. */
static void
make_huge(const char *path)
{
	file_write(path, mail_text(&key, "a", 66));
	assert_int_equal(truncate(path, INT64_C(2) << 30), 0);
}

/* Make them in `from`, which is elsewhere, and move them. */
static void
make_strangers(const char *to)
{
	assert_int_equal(mkdir(at("from"), 0700), 0);
	file_write(at("outside"), mail_text(&key, "a", 66));
	assert_int_equal(symlink(at("outside"), at("from/link")), 0);
	assert_int_equal(mkdir(at("from/directory"), 0700), 0);
	assert_int_equal(mkfifo(at("from/fifo"), 0600), 0);
	make_socket(at("from/socket"));
	/* which only root may, and not everywhere */
	if (mknod(at("from/device"), S_IFCHR | 0600, makedev(1, 5)) == -1)
		file_write(at("from/device"), "");
	make_huge(at("from/huge"));
	file_write(at("from/empty"), "");
	file_write(at("from/forged"), mail_text(&other_key, "a", 66));
	file_write(at("from/other"), mail_text(&key, "b", 66));
	file_write(at("from/foreign"), "Subject: x\n\nhello\n");
	file_write(at("from/.hidden"), mail_text(&key, "a", 66));
	for (size_t i = 0; i < COUNT(strangers); i++)
		assert_int_equal(rename(at("from/%s", strangers[i]),
				     at("%s%s", to, strangers[i])),
		    0);
	assert_int_equal(rmdir(at("from")), 0);
}

/* All that a look at them could have changed, as text. */
static void
note_strangers(const char *in, char *text, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < COUNT(strangers); i++) {
		struct stat stat;

		assert_int_equal(lstat(at("%s%s", in, strangers[i]), &stat), 0);
		len += (size_t)snprintf(text + len, size - len,
		    "%s %o %ju %ju %jd %jd.%09ld %jd.%09ld %jd.%09ld\n",
		    strangers[i], stat.st_mode, (uintmax_t)stat.st_ino,
		    (uintmax_t)stat.st_nlink, (intmax_t)stat.st_size,
		    (intmax_t)stat.st_atim.tv_sec, stat.st_atim.tv_nsec,
		    (intmax_t)stat.st_mtim.tv_sec, stat.st_mtim.tv_nsec,
		    (intmax_t)stat.st_ctim.tv_sec, stat.st_ctim.tv_nsec);
		assert_true(len < size);
	}
}

/* How often what was opened, since inotify was told to note that. */
static void
count_opens(int inotify, unsigned opens_r[COUNT(strangers)])
{
	_Alignas(struct inotify_event) char events[65536];
	ssize_t got;

	while ((got = read(inotify, events, sizeof(events))) > 0)
		for (ssize_t at_byte = 0; at_byte < got;) {
			const struct inotify_event *event =
			    (const void *)(events + at_byte);

			for (size_t i = 0; i < COUNT(strangers); i++)
				opens_r[i] += event->len > 0 &&
				    strcmp(event->name, strangers[i]) == 0;
			at_byte += (ssize_t)(sizeof(*event) + event->len);
		}
}

/* At the start, or while it is watched. */
static void
strangers_stay(bool at_start)
{
	char before[4096], after[4096];
	unsigned opens[COUNT(strangers)] = { 0 };
	int inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	maildir_make("a");
	if (at_start)
		make_strangers("a/new/");
	assert_int_not_equal(
	    inotify_add_watch(inotify, at("a/new"), IN_OPEN), -1);
	watcher_start(1);
	await_looked(0);
	if (!at_start)
		make_strangers("a/new/");
	note_strangers("a/new/", before, sizeof(before));
	deliver("a/new/99", 99);
	assert_int_equal(next_arrival().serial, 99);
	look_again();
	look_again();
	note_strangers("a/new/", after, sizeof(after));
	assert_string_equal(after, before);

	/* Moved, as mail that is read, they keep their names. */
	assert_int_equal(rename(at("a/new/forged"), at("a/cur/forged:2,S")), 0);
	deliver("a/new/100", 100);
	assert_int_equal(next_arrival().serial, 100);
	look_again();
	watcher_end();
	count_opens(inotify, opens);
	for (size_t i = 0; i < COUNT(strangers); i++) {
		const char *name = strangers[i];
		bool once = strcmp(name, "forged") == 0 ||
		    strcmp(name, "other") == 0 || strcmp(name, "foreign") == 0;

		if (opens[i] != once)
			fail_msg("%s was opened %u times", name, opens[i]);
	}
	(void)close(inotify);
}

static void
test_strangers_at_start(void **state)
{
	(void)state;
	strangers_stay(true);
}

static void
test_strangers_arrive(void **state)
{
	(void)state;
	strangers_stay(false);
}

/* --- crowds -------------------------------------------------------------- */

static void
make_crowd(const char *directory, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		file_write(at("%s/%u", directory, i), "Subject: x\n\n");
}

/* One Maildir's look is at its end long before the other's. */
static void
test_crowd(void **state)
{
	(void)state;
	deliveries[0].spam = NULL;
	maildir_make("a");
	maildir_make("b");
	make_crowd("a/new", CROWD);
	deliver_text("b/new/1", mail_text(&key, "b", 1));
	watcher_start(2);
	assert_int_equal(next_arrival().serial, 1);
	assert_int_equal(next_report().place, 1);
	await_looked(0);
	deliver("a/new/last", 2);
	assert_int_equal(next_arrival().serial, 2);
	watcher_end();
}

/* Where the daemon does not answer, looks wait, and what arrives does not. */
static void
test_waiting(void **state)
{
	struct arrival arrivals[OWN];

	(void)state;
	deliveries[0].spam = NULL;
	maildir_make("a");
	maildir_make("b");
	for (unsigned i = 0; i < OWN; i++)
		deliver(at("a/new/%u", i) + strlen(top) + 1, i + 1);
	make_crowd("a/cur", 100);
	watcher_start(2);
	for (unsigned i = 0; i < OWN; i++)
		arrivals[i] = next_arrival();
	deliver_text("b/new/1", mail_text(&key, "b", 1));
	assert_string_equal(next_report().arrival.probe, "b");
	for (unsigned i = 0; i < OWN; i++)
		answer(&arrivals[i], true);
	await_looked(0);
	for (unsigned i = 0; i < OWN; i++)
		assert_false(there(at("a/new/%u", i) + strlen(top) + 1));
	watcher_end();
}

static unsigned
events_queued_most(void)
{
	FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
	unsigned most = 0;

	if (file == NULL || fscanf(file, "%u", &most) != 1)
		most = 0;
	if (file != NULL)
		(void)fclose(file);
	return (most);
}

/* More happens than the kernel keeps for us, and what it drops is ours. */
static void
test_overflow(void **state)
{
	unsigned most = events_queued_most();
	int status;

	(void)state;
	if (most == 0 || most > QUEUE_MOST)
		skip();
	maildir_make("a");
	watcher_start(1);
	await_looked(0);
	assert_int_equal(kill(watcher.pid, SIGSTOP), 0);
	assert_int_equal(waitpid(watcher.pid, &status, WUNTRACED), watcher.pid);
	for (unsigned i = 0; i <= most; i++)
		assert_int_equal(
		    mknod(at("a/new/%u", i), S_IFREG | 0600, 0), 0);
	deliver("a/new/ours", 1);
	assert_int_equal(kill(watcher.pid, SIGCONT), 0);
	assert_int_equal(next_arrival().serial, 1);
	watcher_end();
}

/* --- all at once --------------------------------------------------------- */

enum { CHAOS = 400 /* mails */ };

static bool met[CHAOS + 1];
static unsigned met_count;

/* Have what is told by now removed; with patience, wait for something. */
static void
remove_told(int patience)
{
	struct pollfd fd = { watcher.socket, POLLIN, 0 };

	for (; poll(&fd, 1, patience) == 1; patience = 0) {
		struct report report = next_report();

		if (report.kind != REPORT_ARRIVAL)
			continue;
		assert_in_range(report.arrival.serial, 1, CHAOS);
		met_count += !met[report.arrival.serial];
		met[report.arrival.serial] = true;
		answer(&report.arrival, true);
	}
}

/* Move a directory away and back, or a mail as who reads it does. */
static void
disturb(uint32_t number, unsigned last)
{
	static const char *const names[] = { "a/new", "a/cur", "a" };
	const char *name = names[number % COUNT(names)];

	if (number / 8 % 4 == 0) {
		assert_int_equal(rename(at("%s", name), at("away")), 0);
		remove_told(0);
		assert_int_equal(rename(at("away"), at("%s", name)), 0);
	} else
		/* it may be gone */
		(void)rename(at("a/new/%u", last), at("a/cur/%u:2,S", last));
}

static int
count_file(
    const char *path, const struct stat *stat, int flag, struct FTW *where)
{
	(void)path, (void)stat, (void)where;
	return (flag == FTW_F);
}

static void
test_all_at_once(void **state)
{
	uint32_t random = 4711;

	(void)state;
	memset(met, 0, sizeof(met));
	met_count = 0;
	maildir_make("a");
	watcher_start(1);
	for (unsigned i = 1; i <= CHAOS; i++) {
		deliver(at("a/new/%u", i) + strlen(top) + 1, i);
		disturb(random_next(&random), i);
		remove_told(0);
	}
	for (int i = 0; met_count < CHAOS; i++) {
		if (i == PATIENCE)
			fail_msg("%u are told of", met_count);
		remove_told(1);
	}
	for (int i = 0; nftw(at("a"), count_file, 16, FTW_PHYS) != 0; i++) {
		if (i == PATIENCE)
			fail_msg("some are not removed");
		remove_told(1);
	}
	watcher_end();
}

/* --- permissions --------------------------------------------------------- */

static void
maildir_give(const char *name)
{
	static const char *const names[] = { "", "/new", "/cur" };

	if (geteuid() != 0)
		return;
	assert_int_equal(chmod(top, 0711), 0);
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(
		    chown(at("%s%s", name, names[i]), NOBODY, NOBODY), 0);
}

/* It can be looked at, but nothing can be removed: that is said once. */
static void
test_not_removed(void **state)
{
	struct arrival first, second;
	struct report report;

	(void)state;
	watcher.ordinary = true;
	maildir_make("a");
	maildir_give("a");
	deliver("a/new/1", 1);
	deliver("a/new/2", 2);
	assert_int_equal(chmod(at("a/new/1"), 0644), 0);
	assert_int_equal(chmod(at("a/new/2"), 0644), 0);
	assert_int_equal(chmod(at("a/new"), 0500), 0);
	watcher_start(1);
	first = next_arrival();
	second = next_arrival();
	await_looked(0);
	answer(&first, true);
	report = next_report();
	assert_int_equal(report.kind, REPORT_FAULT);
	assert_non_null(
	    strstr(report.words, "cannot be removed: Permission denied"));
	assert_int_equal(next_report().kind, REPORT_LOOKED);
	answer(&second, true);

	deliver("a/cur/3", 3);
	first = next_arrival(); /* and no second word about it */
	assert_int_equal(first.serial, 3);
	answer(&first, true);
	await_gone("a/cur/3");
	assert_int_equal(chmod(at("a/new"), 0700), 0);
	watcher_end();
}

/* What can't be opened may be ours. */
static void
test_not_opened(void **state)
{
	(void)state;
	watcher.ordinary = true;
	maildir_make("a");
	maildir_give("a");
	deliver_text("a/new/1", "Subject: x\n\n");
	assert_int_equal(chmod(at("a/new/1"), 0), 0);
	watcher_start(1);
	await_fault("/a/new/1: Permission denied");
	assert_int_equal(unlink(at("a/new/1")), 0);
	assert_int_equal(chmod(at("a/cur"), 0), 0);
	assert_int_equal(rename(at("a/cur"), at("a/was")), 0);
	await_fault("/a/cur: No such file or directory");
	assert_int_equal(rename(at("a/was"), at("a/cur")), 0);
	await_fault("/a/cur: Permission denied");
	assert_int_equal(chmod(at("a/cur"), 0700), 0);
	assert_int_equal(rename(at("a/cur"), at("a/was")), 0);
	await_fault("/a/cur: No such file or directory");
	assert_int_equal(rename(at("a/was"), at("a/cur")), 0);
	await_looked(0);
	watcher_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		MAILDIR_TEST("strangers are there at the start",
		    test_strangers_at_start),
		MAILDIR_TEST("strangers arrive", test_strangers_arrive),
		MAILDIR_TEST("a crowd in one Maildir", test_crowd),
		MAILDIR_TEST("a daemon that does not answer", test_waiting),
		MAILDIR_TEST("more events than are kept", test_overflow),
		MAILDIR_TEST("all at once", test_all_at_once),
		MAILDIR_TEST("mail that cannot be removed", test_not_removed),
		MAILDIR_TEST("mail that cannot be opened", test_not_opened),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
