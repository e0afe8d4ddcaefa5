/*
 * Rotated files: which they are, and in what order they were written.
 */
#include <sys/stat.h>

#include <fcntl.h>

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
	{ "mail.err", -1, "", PACKED_NOT },
	{ "mail.err.1", -1, "", PACKED_NOT },
	{ "mail.log.gz", -1, "", PACKED_GZIP },
	{ "mail.log.1", SIBLING_NUMBER, "1", PACKED_NOT },
	{ "mail.log.0", SIBLING_NUMBER, "0", PACKED_NOT },
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
	{ "mail-20261122.log", SIBLING_DATE, "20261122", PACKED_NOT },
	{ "mail.1.log.gz", SIBLING_NUMBER, "1", PACKED_GZIP },
	{ "mail-old.log", -1, "", PACKED_NOT },
	/* the day first: not in order, so not taken for a date */
	{ "mail.log-22112026", SIBLING_OTHER, "", PACKED_NOT },
	{ "mail.log-20112026", SIBLING_OTHER, "", PACKED_NOT },
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("names tell what was rotated, and how", test_names),
		TEST("rotated files are in order of age", test_order),
		TEST("a symbolic link's target has siblings", test_links),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
