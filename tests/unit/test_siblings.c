/*
 * Rotated files: which they are, and in what order they were written.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "tailer/sibling_name.h"
#include "tailer/siblings.h"
#include "tests/unit/unit.h"

static const struct {
	const char *name;
	int kind; /* -1: none of ours */
	const char *digits;
	enum packing packing;
} names[] = {
	{ "mail.log", -1, "", PACKED_NOT },
	{ "mail.lo", -1, "", PACKED_NOT },
	{ "mail.log2", -1, "", PACKED_NOT },
	{ "mail.log22", -1, "", PACKED_NOT },
	{ "mail.log+1", -1, "", PACKED_NOT },
	{ "mailx1.log", -1, "", PACKED_NOT },
	{ "mail.log.", -1, "", PACKED_NOT },
	{ "mail.err", -1, "", PACKED_NOT },
	{ "mail.err.1", -1, "", PACKED_NOT },
	{ "mail.log.gz", -1, "", PACKED_GZIP },
	{ "mail.log.1", SIBLING_NUMBER, "1", PACKED_NOT },
	{ "mail.log.0", SIBLING_NUMBER, "0", PACKED_NOT },
	{ "mail.log_1", SIBLING_NUMBER, "1", PACKED_NOT },
	{ "mail.log.9999", SIBLING_NUMBER, "9999", PACKED_NOT },
	{ "mail.log.12.gz", SIBLING_NUMBER, "12", PACKED_GZIP },
	{ "mail.log-3.xz", SIBLING_NUMBER, "3", PACKED_XZ },
	{ "mail.log.3.bz2", SIBLING_NUMBER, "3", PACKED_OTHERWISE },
	{ "mail.log-20261122", SIBLING_DATE, "20261122", PACKED_NOT },
	{ "mail.log.20261122.zst", SIBLING_DATE, "20261122", PACKED_ZSTD },
	{ "mail.log-2026-11-22", SIBLING_DATE, "20261122", PACKED_NOT },
	{ "mail.log.20261122-101500", SIBLING_DATE, "20261122101500",
	    PACKED_NOT },
	{ "mail.log-1795000000", SIBLING_DATE, "1795000000", PACKED_NOT },
	{ "mail.log-202611", SIBLING_DATE, "202611", PACKED_NOT },
	{ "mail.log-202611221015", SIBLING_DATE, "202611221015", PACKED_NOT },
	{ "mail-20261122.log", SIBLING_DATE, "20261122", PACKED_NOT },
	{ "mail.1.log.gz", SIBLING_NUMBER, "1", PACKED_GZIP },
	{ "mail-old.log", -1, "", PACKED_NOT },
	/* the day first: not in order, so not taken for a date */
	{ "mail.log-22112026", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log-20112026", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log-20260022", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log-20261322", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log-20261100", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log-20261132", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log-30261122", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log-00001122", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log.12345", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log.1x2", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log.old", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log.1.bak", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log.offset", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log.-1", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log.12345678901234567890123456789012", SIBLING_OTHER, "",
	    PACKED_NOT },
};

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct sibling sibling = { .path = NULL };
		bool is = sibling_name(
		    slice_of(names[i].name), SLICE("mail.log"), &sibling);

		if (is != (names[i].kind != -1) ||
		    (is && sibling.name != (enum sibling_name)names[i].kind))
			fail_msg("%s", names[i].name);
		assert_int_equal(sibling.packing, names[i].packing);
		if (is)
			assert_string_equal(sibling.digits, names[i].digits);
	}
}

/* Where a name begins with its only dot, or has none, there is no extension
   to look before. */
static void
test_no_extension(void **state)
{
	struct sibling sibling = { .path = NULL };

	(void)state;
	assert_false(sibling_name(SLICE(".1.log"), SLICE(".log"), &sibling));
	assert_true(sibling_name(SLICE(".log.1"), SLICE(".log"), &sibling));
	assert_false(sibling_name(SLICE("mail-1log"), SLICE("log"), &sibling));
	assert_true(sibling_name(SLICE("log-1"), SLICE("log"), &sibling));
}

/* An empty file, last written `age` seconds after 1970. */
static void
make(const char *dir, const char *name, time_t age)
{
	struct timespec times[2] = { { age, 0 }, { age, 0 } };
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_int_not_equal(fd, -1);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

/* The names in order, blanks between. */
static const char *
listed(const char *dir, const char *log)
{
	static char text[1024];
	char path[512];
	struct siblings siblings;
	size_t len = 0;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, log);
	assert_int_equal(siblings_list(path, &siblings), 0);
	text[0] = '\0';
	for (int i = 0; i < siblings.count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
		    i > 0 ? " " : "", strrchr(siblings.list[i].path, '/') + 1);
	siblings_free(&siblings);
	return (text);
}

static void
test_order(void **state)
{
	const char *dir = scratch_make();

	(void)state;
	assert_string_equal(listed(dir, "log"), "");
	make(dir, "log.10", 50);
	assert_string_equal(listed(dir, "log"), "log.10");
	make(dir, "log", 1);
	make(dir, "log.9", 40);
	make(dir, "log.2.gz", 30);
	make(dir, "log.1", 20);
	make(dir, "log.1.gz", 60); /* is being made */
	assert_string_equal(
	    listed(dir, "log"), "log.10 log.9 log.2.gz log.1 log");
	/* the kinds are merged by time */
	make(dir, "log-20261121", 100);
	make(dir, "log-20261120", 200);
	make(dir, "log.old", 10);
	assert_string_equal(listed(dir, "log"),
	    "log.old log.10 log.9 log.2.gz log.1 log-20261120 log-20261121 "
	    "log");
	scratch_remove(dir);
}

static void
test_links(void **state)
{
	const char *dir = scratch_make();
	char link[512], target[512];

	(void)state;
	make(dir, "real-2", 1);
	make(dir, "log.1", 1);
	make(dir, "real-2.1", 2);
	(void)snprintf(link, sizeof(link), "%s/log", dir);
	assert_int_equal(symlink("real-2", link), 0);
	assert_string_equal(listed(dir, "log"), "log.1 real-2.1 log");
	assert_int_equal(siblings_target(link, target, sizeof(target)), 0);
	assert_string_equal(strrchr(target, '/'), "/real-2");
	/* the log is not listed twice, though its target looks rotated */
	assert_int_equal(unlink(link), 0);
	make(dir, "log-20261122", 3);
	assert_int_equal(symlink("log-20261122", link), 0);
	assert_string_equal(listed(dir, "log"), "log.1 log");
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("log", link), 0);
	assert_int_equal(siblings_target(link, target, sizeof(target)), -1);
	scratch_remove(dir);
}

/* One file under two names, and two names of one number. */
static void
test_twice(void **state)
{
	const char *dir = scratch_make();
	char name[2][512];

	(void)state;
	make(dir, "log", 3);
	make(dir, "log.2", 1);
	make(dir, "log-2", 1);
	make(dir, "log.3", 1);
	(void)snprintf(name[0], sizeof(name[0]), "%s/log.3", dir);
	(void)snprintf(name[1], sizeof(name[1]), "%s/log.1", dir);
	assert_int_equal(link(name[0], name[1]), 0);
	(void)snprintf(name[0], sizeof(name[0]), "%s/log", dir);
	(void)snprintf(name[1], sizeof(name[1]), "%s/log.0", dir);
	assert_int_equal(link(name[0], name[1]), 0);
	assert_string_equal(listed(dir, "log"), "log.3 log-2 log.2 log");
	scratch_remove(dir);
}

/* What is no plain file is none of the log's. */
static void
test_other_kinds(void **state)
{
	const char *dir = scratch_make();
	char name[512];

	(void)state;
	make(dir, "log", 2);
	make(dir, "log.1", 1);
	(void)snprintf(name, sizeof(name), "%s/log.2", dir);
	assert_int_equal(mkdir(name, 0700), 0);
	assert_string_equal(listed(dir, "log"), "log.1 log");
	assert_int_equal(rmdir(name), 0);
	assert_int_equal(symlink("log.1", name), 0);
	assert_string_equal(listed(dir, "log"), "log.1 log");
	assert_int_equal(unlink(name), 0);
	assert_int_equal(mkfifo(name, 0600), 0);
	assert_string_equal(listed(dir, "log"), "log.1 log");
	scratch_remove(dir);
}

static void
test_paths(void **state)
{
	const char *dir = scratch_make();
	char before[PATH_MAX], path[PATH_MAX];
	size_t slashes = PATH_MAX - 1 - strlen(dir) - strlen("/log");
	struct siblings siblings;

	(void)state;
	make(dir, "log", 2);
	make(dir, "log.1", 1);
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(siblings_list("log", &siblings), 0);
	assert_int_equal(siblings.count, 2);
	siblings_free(&siblings);
	assert_int_equal(chdir(before), 0);
	/* A path that has no room for `.1` behind it. */
	memset(path, '/', slashes);
	(void)snprintf(path + slashes, sizeof(path) - slashes, "%s/log", dir);
	assert_int_equal(siblings_list(path, &siblings), 0);
	assert_int_equal(siblings.count, 1);
	siblings_free(&siblings);
	assert_int_equal(siblings_list("/no-such-log", &siblings), 0);
	assert_int_equal(siblings.count, 0);
	siblings_free(&siblings);
	assert_int_equal(siblings_list("/no-such-dir/log", &siblings), -1);
	assert_int_equal(errno, ENOENT);
	scratch_remove(dir);
}

static void
test_link_paths(void **state)
{
	const char *dir = scratch_make();
	char link[512], aim[PATH_MAX], target[PATH_MAX];

	(void)state;
	(void)snprintf(link, sizeof(link), "%s/log", dir);
	assert_int_equal(symlink("/var/log/mail.log", link), 0);
	assert_int_equal(siblings_target(link, target, sizeof(target)), 0);
	assert_string_equal(target, "/var/log/mail.log");
	assert_int_equal(siblings_target(link, target, strlen(link) + 1), 0);
	assert_string_equal(target, "/var/log/mail.log");
	assert_int_equal(unlink(link), 0);
	/* No room for the directory before it. */
	memset(aim, 'a', sizeof(aim) - 1);
	aim[sizeof(aim) - 1] = '\0';
	assert_int_equal(symlink(aim, link), 0);
	assert_int_equal(siblings_target(link, target, sizeof(target)), -1);
	assert_int_equal(errno, ELOOP);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("/a/path/that/is/much/longer/than/the/link's/"
				 "own/by/which/it/is/found",
			     link),
	    0);
	assert_int_equal(siblings_target(link, target, strlen(link) + 1), -1);
	scratch_remove(dir);
}

static void
test_same(void **state)
{
	struct sibling one = {
		.path = (char[]){ "a" }, .device = 1, .inode = 2
	};
	struct sibling other = one;
	struct siblings a = { &one, 1 }, b = { &other, 1 };

	(void)state;
	assert_true(siblings_same(&a, &b));
	other.path = (char[]){ "b" };
	assert_false(siblings_same(&a, &b));
	other = one;
	other.device++;
	assert_false(siblings_same(&a, &b));
	other = one;
	other.inode++;
	assert_false(siblings_same(&a, &b));
	other = one;
	b.count = 0;
	assert_false(siblings_same(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("names tell what was rotated, and how", test_names),
		TEST("a name may have no extension", test_no_extension),
		TEST("rotated files are in order of age", test_order),
		TEST("a file of two names is listed once", test_twice),
		TEST("what is no plain file is not listed", test_other_kinds),
		TEST("a path may be short, long, or lead nowhere", test_paths),
		TEST("a symbolic link's target has siblings", test_links),
		TEST("a link may lead anywhere but too far", test_link_paths),
		TEST("lists are the same if each file is", test_same),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
