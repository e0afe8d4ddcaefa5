/*
 * Tags and instances over many lines: what was learned from one line must not
 * be wrong for a later one.
 */
#include "tests/unit/unit.h"
#include "lib/stats/counters_layout.h"
#include "lib/stats/tags.h"

#define CLIENT "smtpd[1]: 4A1B2C3D4E: client=a[::1]"

static void
test_given_alone(void **state)
{
	struct tally tally = tally_new(4096);
	struct slice line = SLICE("Feb 24 16:18:40 mx1 postfix/" CLIENT);
	struct snapshot *all;
	struct slice name;

	(void)state;
	line_count(tally.lines, line, SLICE("out"));
	line_count(tally.lines, line, SLICE("out"));
	all = snapshot_of(tally.counters);
	assert_true(snapshot_text(all, SLICE("=instance:2"), &name));
	assert_true(slice_equal(name, "out"));
	assert_false(snapshot_text(all, SLICE("=instance:3"), &name));
	for (size_t i = 0; i < all->number_count; i++)
		assert_null(strchr(all->numbers[i].key, '@'));
	snapshot_free(all);
	tally_free(&tally);
}

static void
test_other_alone(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	for (unsigned i = 0; i < INSTANCE_MAX + 4; i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "postfix-%u/%s", i,
		    i < INSTANCE_OTHER ? "qmgr[1]: x" :
					 "smtpd[1]: 4A1B2C3D4E: client=a[::1]");
		tally_text(&tally, text);
	}
	assert_int_equal(value_of(tally.counters, "recv:smtp@other"), 5);
	assert_int_equal(value_of(tally.counters, "recv:smtp"), 5);
	tally_free(&tally);
}

static void
test_name_added(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	tally_text(&tally, "mail/" CLIENT);
	assert_true(line_syslog_name(tally.lines, "mail"));
	tally_text(&tally, "mail/" CLIENT);
	assert_string_equal(moved(tally.counters),
	    "lines:foreign receive:smtpd:NONE recv:smtp");
	tally_free(&tally);
}

static void
test_names_full(void **state)
{
	struct tally tally = tally_new(512);

	(void)state;
	for (int i = 0; i < SYSLOG_NAMES_MAX; i++)
		assert_true(line_syslog_name(tally.lines, "mail"));
	assert_false(line_syslog_name(tally.lines, "late"));
	tally_text(&tally, "mail/" CLIENT);
	tally_text(&tally, "late/" CLIENT);
	assert_string_equal(moved(tally.counters),
	    "lines:foreign receive:smtpd:NONE recv:smtp");
	tally_free(&tally);
}

static void
test_long_tag(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	tally_text(&tally,
	    "postfix-with-a-syslog-name-that-somebody-made-very-long/"
	    "and-a-service-name-too/" CLIENT);
	assert_int_equal(value_of(tally.counters, "lines:postfix"), 1);
	assert_int_equal(value_of(tally.counters, "recv:smtp"), 1);
	tally_free(&tally);
}

/* More tags than any cache holds, in turn. */
static void
test_many_tags(void **state)
{
	struct tally tally = tally_new(65536);

	(void)state;
	for (unsigned n = 0; n < 1000; n++) {
		char text[96];

		(void)snprintf(text, sizeof(text), "%s/s%u/%s",
		    n % 2 ? "postfix" : "postfix-b", n % 25,
		    n % 3 ? CLIENT : "cleanup[1]: 4A1B2C3D4E: message-id=");
		tally_text(&tally, text);
		(void)snprintf(
		    text, sizeof(text), "other%u/s%u/" CLIENT, n % 40, n % 25);
		tally_text(&tally, text);
	}
	assert_int_equal(value_of(tally.counters, "lines:foreign"), 1000);
	assert_int_equal(
	    value_of(tally.counters, "lines:unrecognised:cleanup"), 334);
	assert_int_equal(value_of(tally.counters, "recv:smtp@postfix"), 333);
	assert_int_equal(value_of(tally.counters, "recv:smtp@postfix-b"), 333);
	for (unsigned s = 0; s < 25; s++) {
		char key[32];

		(void)snprintf(key, sizeof(key), "receive:s%u:NONE", s);
		assert_in_range(value_of(tally.counters, key), 26, 27);
	}
	tally_free(&tally);
}

/* Tags of one length that differ in one place only. */
static void
test_one_byte(void **state)
{
	static const char tag[] = "postfix/a-service-name-xx/smtpd";
	struct tally tally = tally_new(4096);
	char text[96], key[64];

	(void)state;
	for (int round = 0; round < 3; round++)
		for (size_t at = strlen("postfix/"); at < 25; at++) {
			(void)snprintf(text, sizeof(text),
			    "%s[1]: 4A1B2C3D4E: client=a[::1]\n", tag);
			text[at] = '_';
			tally_text(&tally, text);
		}
	for (size_t at = strlen("postfix/"); at < 25; at++) {
		(void)snprintf(key, sizeof(key), "receive:%.17s:NONE", tag + 8);
		key[strlen("receive:") + at - strlen("postfix/")] = '_';
		assert_int_equal(value_of(tally.counters, key), 3);
	}
	tally_free(&tally);
}

/* A tag of the journal's may hold a newline; no line's does. */
static void
test_newline(void **state)
{
	static const char lines[] =
	    "Feb 24 16:18:40 mx1 postfix/" CLIENT "\n"
	    "Feb 24 16:18:40 mx1 postfix-a\nb/smtpd[1]: 4A1B2C3D4E: x\n"
	    "Feb 24 16:18:40 mx1 postfix/" CLIENT "\n"
	    "Feb 24 16:18:40 mx1 postfix/" CLIENT "\n";
	struct tally tally = tally_new(4096);

	(void)state;
	line_count_parts(tally.lines, SLICE("postfix-a\nb/smtpd"),
	    SLICE("4A1B2C3D4E: client=a[::1]"), NO_INSTANCE);
	assert_int_equal(line_count(tally.lines, SLICE(lines), NO_INSTANCE), 5);
	assert_string_equal(moved(tally.counters),
	    "lines:foreign lines:malformed receive:smtpd:NONE=4 recv:smtp=4 "
	    "recv:smtp@postfix=3 recv:smtp@postfix-a%0Ab");
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("an instance given with the log hides the tag's",
		    test_given_alone),
		TEST("instances that are not told apart have keys too",
		    test_other_alone),
		TEST("a name taken up later holds for tags already seen",
		    test_name_added),
		TEST("one name too many is refused", test_names_full),
		TEST("a long tag is Postfix's all the same", test_long_tag),
		TEST("tags in turn are never taken for one another",
		    test_many_tags),
		TEST("nor are tags that differ in one byte", test_one_byte),
		TEST("a newline in a tag stands in no line", test_newline),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
