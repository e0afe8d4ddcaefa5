/*
 * Tags and instances over many lines: what was learned from one line must not
 * be wrong for a later one.
 */
#include "tests/unit/unit.h"
#include "lib/stats/counters_layout.h"
#include "lib/stats/tags_quick.h"

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
	struct tally tally = tally_new(2048);

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
		    n % 3 ? CLIENT : "cleanup[1]: strange");
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

/* A run of many more tags than are kept, each twice and some not understood. */
static void
test_crowd(void **state)
{
	enum { MANY = 3000, LINE = 96 };
	struct tally tally = tally_new(65536);
	char *text = malloc((size_t)MANY * 4 * LINE);
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	for (unsigned n = 0; n < 4 * MANY; n++)
		len += (size_t)snprintf(text + len, LINE,
		    "Feb 24 16:18:40 mx1 postfix/s%u/%s\n", n % MANY,
		    n / MANY % 2 ? CLIENT : "qmgr[1]: x");
	for (unsigned round = 0; round < 2; round++)
		assert_int_equal(line_count(tally.lines,
				     (struct slice){ text, len }, NO_INSTANCE),
		    4 * MANY);
	free(text);
	assert_int_equal(value_of(tally.counters, "recv:smtp"), 4 * MANY);
	assert_int_equal(
	    value_of(tally.counters, "lines:unrecognised:qmgr"), 4 * MANY);
	assert_int_equal(
	    value_of(tally.counters, "lines:unrecognised"), 4 * MANY);
	assert_int_equal(value_of(tally.counters, "lines:postfix"), 8 * MANY);
	tally_free(&tally);
}

#define STAMP "Feb 24 16:18:40"
#define ISO   "2026-02-24T16:18:40"
#define HOST  "host-of-thirty-one-bytes-abcdef"
#define SMTPD "postfix/smtpd[12]: x"

/* Lines that are the like of each other, so that what is known of one might be
   taken for the other. */
static const char *const alike[] = {
	STAMP " mx1 " SMTPD,
	"Feb 24 16:18:41 mx1 " SMTPD,
	"Feb  4 16:18:40 mx1 " SMTPD,
	"Feb 4 16:18:40 mx1 " SMTPD,
	"Feb 24 16:18:4x mx1 " SMTPD,
	"feb 24 16.18:40 mx1 " SMTPD,
	STAMP "  mx1 " SMTPD,
	STAMP "  " SMTPD,
	STAMP " m\tx1 " SMTPD,
	STAMP " mx2 " SMTPD,
	STAMP " m\xc3\xa4x " SMTPD,
	STAMP " mx " SMTPD,
	STAMP " mx1.example.org " SMTPD,
	STAMP " mx1.example.net " SMTPD,
	STAMP " mx1-example.org " SMTPD,
	STAMP " " HOST " " SMTPD,
	STAMP " " HOST "x " SMTPD,
	STAMP " " HOST HOST " " SMTPD,
	STAMP " mx1 postfix/smtpd[1234567]: x",
	STAMP " mx1 postfix/smtpd[12345678]: x",
	STAMP " mx1 postfix/smtpd[]: x",
	STAMP " mx1 postfix/smtpd[1a]: x",
	STAMP " mx1 postfix/smtpd[1;2]: x",
	STAMP " mx1 postfix/smtpd[12]:x",
	STAMP " mx1 postfix/smtpd[12] : x",
	STAMP " mx1 postfix/smtpd[12]x: x",
	STAMP " mx1 postfix/smtpd[12: x",
	STAMP " mx1 postfix/smtpd: x",
	STAMP " mx1 postfix/smtpd[12]: ",
	STAMP " mx1 postfix/smtpd[12]:",
	STAMP " mx1 postfix/smtpd[12]: x\r",
	STAMP " mx1 postfix/smtpd[12]: \r",
	STAMP " mx1 postfix/smtpd[12]: x\r\r",
	STAMP " mx1 postfix/smtp[12]: x",
	STAMP " mx1 postfix/Smtpd[12]: x",
	STAMP " mx1 postfix/my_own/smtpd[12]: x",
	STAMP " mx1 postfix/s]mtpd[12]: x",
	STAMP " mx1 sshd[12]: x",
	STAMP " mx1 a/bcdefg[12]: x",
	STAMP " mx1 -- MARK --",
	STAMP " mx1",
	STAMP,
	"",
	"1 " ISO "Z mx1 postfix/s]mtpd 12 - - x",
	"1 " ISO "Z mx1 post[fix/smtpd 12 - - x",
	STAMP " mx1 post[fix/smtpd[12]: x",
	"1 - mx1 postfix/smtpd 12 - - x",
	"<22>" STAMP " mx1 " SMTPD,
	ISO " mx1 " SMTPD,
	ISO "Z mx1 " SMTPD,
	ISO "+00:00 mx1 " SMTPD,
	ISO ".123456+00:00 mx1 " SMTPD,
	ISO ".654321+00:00 mx1 " SMTPD,
	"2026-02-24T16:18:59.123456+00:00 mx1 " SMTPD,
	"2026-02-24T16:19:00.123456+00:00 mx1 " SMTPD,
	"2026-02-24T16:18:4x.123456+00:00 mx1 " SMTPD,
	"2026-02-24T16:18:40.12 456+00:00 mx1 " SMTPD,
	"2026-02-24T16:18:40.123456+0 :00 mx1 " SMTPD,
	"2026-02-24T16:18:40.12\t456+00:00 mx1 " SMTPD,
	ISO ".123456+01:00 mx1 " SMTPD,
	ISO ".123456+00:00 mx1.example.org " SMTPD,
	ISO ".123456789+00:00 mx1 " SMTPD,
	ISO ".12345 789+00:00 mx1 " SMTPD,
	ISO ".123456789012+00:00 mx1 " SMTPD,
	ISO ".1234567890123456+00:00 mx1 " SMTPD,
};

/* Read one of several lines, by the quick way as far as it goes; it must come
   out as head_parse() has it. */
static void
read_as_one(struct tags *tags, struct slice line, const char *limit)
{
	struct tagged tagged = tags_quick(tags, line.at, limit);
	struct slice rest = { tagged.text, 0 }, text;
	struct known_tag *known = tagged.known;
	struct head head;

	assert_true(rest.at >= line.at && rest.at <= line.at + line.len);
	rest.len = (size_t)(line.at + line.len - rest.at);
	if (rest.len > 0 && rest.at[rest.len - 1] == '\r')
		rest.len--;
	text = rest;
	if (known == NULL)
		known = tags_read(tags, line, rest, &text);
	if (!head_parse(line, &head)) {
		assert_null(known);
		return;
	}
	assert_non_null(known);
	if (known != &tags->spare) {
		assert_int_equal(known->len, head.tag.len);
		assert_memory_equal(known->text, head.tag.at, head.tag.len);
	}
	assert_true(slice_same(text, head.text));
	assert_ptr_equal(text.at, head.text.at);
}

static void
test_alike(void **state)
{
	static struct tags tags;
	char text[1024];

	(void)state;
	for (size_t pair = 0; pair < COUNT(alike) * COUNT(alike); pair++) {
		const char *first = alike[pair / COUNT(alike)];
		const char *second = alike[pair % COUNT(alike)];
		size_t len = strlen(first);

		(void)snprintf(
		    text, sizeof(text), "%s\n%s\n%-300s", first, second, first);
		tags_forget(&tags);
		read_as_one(
		    &tags, (struct slice){ text, len }, text + strlen(text));
		read_as_one(&tags,
		    (struct slice){ text + len + 1, strlen(second) },
		    text + strlen(text));
	}
}

/* Tags of any length that differ in one byte. */
static void
test_lengths(void **state)
{
	static struct tags tags;
	char text[512], *tag = text + strlen(STAMP " mx1 ");

	(void)state;
	for (size_t len = 1; len <= 48; len++) {
		for (size_t at = 0; at <= len; at++) {
			int end = snprintf(text, sizeof(text),
			    "%s mx1 %.*s[1]: x", STAMP, (int)len,
			    "abcdefghabcdefghabcdefghabcdefghabcdefghabcdefgh");

			if (at < len)
				tag[at] = 'X';
			memset(text + end, '\n', sizeof(text) - (size_t)end);
			read_as_one(&tags, (struct slice){ text, (size_t)end },
			    text + sizeof(text));
			read_as_one(&tags, (struct slice){ text, (size_t)end },
			    text + sizeof(text));
		}
	}
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
		TEST(
		    "more tags than there is room for, in one run", test_crowd),
		TEST("lines that are alike are read as if alone", test_alike),
		TEST("tags of all lengths are told apart", test_lengths),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
