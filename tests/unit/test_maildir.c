/*
 * Maildirs that are watched: mail arrives, is told of, and goes when it is
 * counted; whatever else is there stays as it is.
 */
#include "tests/unit/maildir_unit.h"

static void
test_arrivals(void **state)
{
	struct arrival arrival;

	(void)state;
	maildir_make("a");
	watcher_start(1);
	await_looked(0);
	deliver("a/new/1", 1);
	arrival = next_arrival();
	assert_string_equal(arrival.probe, "a");
	assert_int_equal(arrival.serial, 1);
	assert_int_equal(arrival.sent, 1000);
	assert_true(arrival.fresh);
	assert_false(arrival.spam);
	assert_string_equal(arrival.spf, "");

	deliver("a/cur/2:2,S", 2);
	assert_int_equal(next_arrival().serial, 2);
	file_write(at("file"), mail_text(&key, "a", 3));
	assert_int_equal(link(at("file"), at("a/new/3")), 0);
	assert_int_equal(next_arrival().serial, 3);
	file_write(at("a/new/4"), mail_text(&key, "a", 4));
	assert_int_equal(next_arrival().serial, 4);
	watcher_end();
}

/* A file that is made and not yet written to, or not all of it. */
static void
test_written_late(void **state)
{
	FILE *file;

	(void)state;
	maildir_make("a");
	watcher_start(1);
	await_looked(0);
	file = fopen(at("a/new/1"), "w");
	assert_non_null(file);
	deliver("a/new/2", 2);
	assert_int_equal(next_arrival().serial, 2);
	assert_int_equal(fputs("Subject: x\n", file) < 0, 0);
	assert_int_equal(fflush(file), 0);
	deliver("a/new/3", 3);
	assert_int_equal(next_arrival().serial, 3);
	look_again();
	assert_int_equal(fputs(mail_text(&key, "a", 1), file) < 0, 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(next_arrival().serial, 1);
	watcher_end();
}

static void
test_at_start(void **state)
{
	struct timespec old[2] = { { 0, 0 }, { 0, 0 } };
	struct stat stat;
	struct arrival first, again;

	(void)state;
	maildir_make("a");
	deliver("a/new/1", 1);
	deliver("a/cur/old", 2);
	assert_int_equal(utimensat(AT_FDCWD, at("a/cur/old"), old, 0), 0);
	watcher_start(1);
	first = next_arrival();
	assert_int_equal(first.serial, 1);
	assert_false(first.fresh);
	assert_int_equal(lstat(at("a/new/1"), &stat), 0);
	assert_int_equal(first.arrived,
	    stat.st_mtim.tv_sec * 1000000 + stat.st_mtim.tv_nsec / 1000);
	await_looked(0);
	watcher_end();

	/* It is the same mail for another process, also if it was read. */
	assert_int_equal(rename(at("a/new/1"), at("a/cur/1:2,S")), 0);
	watcher_start(1);
	again = next_arrival();
	assert_int_equal(again.file, first.file);
	watcher_end();
}

static void
test_removal(void **state)
{
	struct arrival arrival;

	(void)state;
	maildir_make("a");
	watcher_start(1);
	await_looked(0);
	deliver("a/new/1", 1);
	arrival = next_arrival();
	answer(&arrival, true);
	await_gone("a/new/1");

	/* moved by who reads it */
	deliver("a/new/2", 2);
	arrival = next_arrival();
	assert_int_equal(rename(at("a/new/2"), at("a/cur/2:2,")), 0);
	assert_int_equal(rename(at("a/cur/2:2,"), at("a/cur/2:2,S")), 0);
	answer(&arrival, true);
	await_gone("a/cur/2:2,S");

	/* kept, and another that has its name by now */
	deliver("a/new/3", 3);
	arrival = next_arrival();
	answer(&arrival, false);
	deliver("a/new/4", 4);
	arrival = next_arrival();
	deliver_text("a/new/4", "Subject: x\n\n");
	answer(&arrival, true);
	/* removed by somebody else */
	deliver("a/new/5", 5);
	arrival = next_arrival();
	assert_int_equal(unlink(at("a/new/5")), 0);
	answer(&arrival, true);
	deliver("a/new/6", 6);
	arrival = next_arrival();
	answer(&arrival, true);
	await_gone("a/new/6");
	assert_true(there("a/new/3"));
	assert_true(there("a/new/4"));
	watcher_end();
}

static void
test_spam(void **state)
{
	struct arrival arrival;

	(void)state;
	maildir_make("a");
	watcher_start(1);
	await_looked(0); /* there is none yet */
	maildir_make("a/.Junk");
	deliver("a/.Junk/new/1", 1);
	arrival = next_arrival();
	assert_int_equal(arrival.serial, 1);
	assert_true(arrival.spam);
	deliver("a/.Junk/new/2", 2);
	arrival = next_arrival();
	assert_true(arrival.spam);
	answer(&arrival, true);
	await_gone("a/.Junk/new/2");
	deliver("a/new/3", 3);
	assert_false(next_arrival().spam);
	watcher_end();
}

static void
test_flat(void **state)
{
	struct arrival arrival;

	(void)state;
	deliveries[0].flat = true;
	deliveries[0].spam = NULL;
	deliveries[0].authserv_id = "mx.a.test";
	assert_int_equal(mkdir(at("a"), 0700), 0);
	deliver("a/1", 1);
	watcher_start(1);
	assert_int_equal(next_arrival().serial, 1);
	await_looked(0);
	deliver("a/2", 2);
	arrival = next_arrival();
	assert_string_equal(arrival.spf, "pass");
	answer(&arrival, true);
	await_gone("a/2");
	watcher_end();
}

/* What has the name may not be there yet, go, or be another one. */
static void
test_replaced(void **state)
{
	(void)state;
	watcher_start(1);
	await_fault("/a/new: No such file or directory");
	maildir_make("a");
	deliver("a/new/1", 1);
	assert_int_equal(await_kind(REPORT_ARRIVAL).arrival.serial, 1);

	assert_int_equal(rename(at("a/new"), at("a/old")), 0);
	await_fault("/a/new: No such file or directory");
	assert_int_equal(mkdir(at("a/new"), 0700), 0);
	await_looked(0);
	deliver("a/new/2", 2);
	assert_int_equal(next_arrival().serial, 2);

	assert_int_equal(rename(at("a"), at("gone")), 0);
	await_fault("/a/new: No such file or directory");
	assert_int_equal(rename(at("gone"), at("a")), 0);
	await_looked(0);
	deliver("a/new/3", 3);
	assert_int_equal(next_arrival().serial, 3);

	assert_int_equal(rename(at("a/new"), at("new")), 0);
	assert_int_equal(symlink(at("new"), at("a/new")), 0);
	(void)await_kind(REPORT_FAULT);
	deliver("new/4", 4);
	assert_int_equal(unlink(at("a/new")), 0);
	assert_int_equal(mkdir(at("a/new"), 0700), 0);
	deliver("a/new/5", 5);
	assert_int_equal(await_kind(REPORT_ARRIVAL).arrival.serial, 5);
	watcher_end();
}

/* Where nothing can tell, it is looked at again and again. */
static void
test_nothing_tells(void **state)
{
	(void)state;
	(void)snprintf(paths[0], sizeof(paths[0]), "%s/x/y/a", top);
	deliveries[0].spam = NULL;
	deliveries[0].poll = 0.05;
	watcher_start(1);
	await_fault("/x/y/a/new: No such file or directory");
	assert_int_equal(mkdir(at("x"), 0700), 0);
	assert_int_equal(mkdir(at("x/y"), 0700), 0);
	maildir_make("x/y/a");
	deliver("x/y/a/new/1", 1);
	assert_int_equal(await_kind(REPORT_ARRIVAL).arrival.serial, 1);
	(void)await_kind(REPORT_LOOKED);
	(void)await_kind(REPORT_LOOKED);
	watcher_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		MAILDIR_TEST("mail arrives in each way", test_arrivals),
		MAILDIR_TEST("a file is written late", test_written_late),
		MAILDIR_TEST("mail that is there at the start", test_at_start),
		MAILDIR_TEST("mail goes when it is counted", test_removal),
		MAILDIR_TEST("spam is told apart", test_spam),
		MAILDIR_TEST("a directory without new and cur", test_flat),
		MAILDIR_TEST("nothing tells", test_nothing_tells),
		MAILDIR_TEST(
		    "Maildirs come, go and are replaced", test_replaced),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
