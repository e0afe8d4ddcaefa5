/*
 * "message repeated N times: [ text]", and entries that come in parts.
 */
#include "tests/unit/unit.h"

#define HEAD "postfix/smtpd[1]: "
#define TEXT "4A1B2C3D4E: client=a[::1]"

struct repeat {
	const char *text;
	const char *moved;
};

static const struct repeat counted[] = {
	{ HEAD "message repeated 3 times: [ " TEXT "]",
	    "receive:smtpd:NONE=3 recv:smtp=3" },
	{ HEAD "message repeated 1 times: [" TEXT "]",
	    "receive:smtpd:NONE recv:smtp" },
	{ HEAD "message repeated 1000000 times: [ " TEXT "]",
	    "receive:smtpd:NONE=1000000 recv:smtp=1000000" },
	{ "postfix/smtp[1]: message repeated 2 times: [ 4A1B2C3D4E: "
	  "to=<a@b.c>, relay=d[::1]:25, delay=1, delays=0/0/0/1, "
	  "dsn=2.0.0, status=sent (250 [ok])]",
	    "delivery:smtp:sent=2 sent:smtp=2" },
	{ "sshd[1]: message repeated 5 times: [ " TEXT "]", "lines:foreign" },
	{ NULL, NULL },
};

#define UNRECOGNISED "lines:unrecognised lines:unrecognised:smtpd"

static const struct repeat hostile[] = {
	{ HEAD "message repeated 0 times: [ " TEXT "]", UNRECOGNISED },
	{ HEAD "message repeated 1000001 times: [ " TEXT "]", UNRECOGNISED },
	{ HEAD "message repeated 18446744073709551617 times: [ " TEXT "]",
	    UNRECOGNISED },
	{ HEAD "message repeated -1 times: [ " TEXT "]", UNRECOGNISED },
	{ HEAD "message repeated  2 times: [ " TEXT "]", UNRECOGNISED },
	{ HEAD "message repeated 0x2 times: [ " TEXT "]", UNRECOGNISED },
	{ HEAD "message repeated times: [ " TEXT "]", UNRECOGNISED },
	{ HEAD "message repeated 2 times: [ " TEXT " ", UNRECOGNISED },
	{ HEAD "message repeated 2 times: " TEXT "]", UNRECOGNISED },
	{ HEAD "message repeated 2 times: [", UNRECOGNISED },
	{ HEAD "message repeated 2 times: []", UNRECOGNISED },
	{ HEAD "message repeated 2 times: [ ]", UNRECOGNISED },
	{ HEAD "message repeated 2 times: [ nobody knows this]", UNRECOGNISED },
	{ HEAD "message repeated 2 times: [ message repeated 2 times: [ " TEXT
	       "]]",
	    UNRECOGNISED },
	{ HEAD " message repeated 2 times: [ " TEXT "]", UNRECOGNISED },
	{ HEAD "message repeated 2", UNRECOGNISED },
	{ HEAD "message repeated ", UNRECOGNISED },
	{ NULL, NULL },
};

static void
test_repeats(void **state)
{
	const struct repeat *repeats = *state;

	for (size_t i = 0; repeats[i].text != NULL; i++) {
		struct tally tally = tally_new(4096);

		tally_text(&tally, repeats[i].text);
		assert_string_equal(moved(tally.counters), repeats[i].moved);
		assert_int_equal(value_of(tally.counters, "lines:read"), 1);
		tally_free(&tally);
	}
}

static void
count_parts(struct tally *tally, const char *tag, struct slice text)
{
	line_count_parts(tally->lines, slice_of(tag), text, NO_INSTANCE);
}

static void
test_parts(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	count_parts(&tally, "postfix/smtpd", SLICE(TEXT));
	count_parts(&tally, "postfix/smtpd", SLICE(TEXT "\n"));
	count_parts(&tally, "postfix/127.0.0.1:10025/smtpd", SLICE(TEXT));
	count_parts(&tally, "postfix/smtpd",
	    SLICE("message repeated 2 times: [ " TEXT "]"));
	count_parts(&tally, "postfix", SLICE(TEXT));
	count_parts(&tally, "", SLICE(TEXT));
	count_parts(&tally, "sshd", SLICE(TEXT));
	assert_string_equal(moved(tally.counters),
	    "lines:foreign=2 lines:unrecognised "
	    "lines:unrecognised:postfix receive:127.0.0.1%3A10025:NONE "
	    "receive:smtpd:NONE=4 recv:smtp=5");
	tally_free(&tally);
}

/* A line and an entry of the same tag share what is known of it. */
static void
test_mixed(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	for (int i = 0; i < 3; i++) {
		tally_text(&tally, HEAD TEXT);
		line_count_parts(tally.lines, SLICE("postfix/smtpd"),
		    SLICE(TEXT), SLICE("out"));
	}
	assert_int_equal(value_of(tally.counters, "recv:smtp@postfix"), 3);
	assert_int_equal(value_of(tally.counters, "recv:smtp@out"), 3);
	tally_free(&tally);
}

static void
test_lines_in_text(void **state)
{
	static const struct slice texts[] = {
		{ TEXT "\n" TEXT, sizeof(TEXT) * 2 - 1 },
		{ "\n" TEXT, sizeof(TEXT) },
		{ TEXT "\n\n", sizeof(TEXT) + 1 },
		{ TEXT "\0", sizeof(TEXT) },
		{ "\0", 1 },
	};
	struct tally tally = tally_new(4096);

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		count_parts(&tally, "postfix/smtpd", texts[i]);
	assert_string_equal(moved(tally.counters), "lines:malformed=5");
	tally_free(&tally);
}

static void
test_sample(void **state)
{
	static char tag[600], text[600];
	struct tally tally = tally_new(4096);
	struct snapshot *snapshot = snapshot_new();
	struct slice sample;

	(void)state;
	count_parts(&tally, "postfix/smtpd", SLICE("what is this"));
	memset(text, 'y', sizeof(text));
	count_parts(
	    &tally, "postfix/smtpd", (struct slice){ text, sizeof(text) });
	memset(tag, 'x', sizeof(tag) - 1);
	memcpy(tag, "postfix/", 8);
	count_parts(&tally, tag, SLICE("what is this"));
	count_parts(&tally, "postfix/smtpd", (struct slice){ NULL, 0 });
	line_save(tally.lines, snapshot);
	snapshot_sort(snapshot);
	assert_true(snapshot_text(snapshot, SLICE("=sample:00"), &sample));
	assert_true(slice_equal(sample, "postfix/smtpd: what is this"));
	assert_true(snapshot_text(snapshot, SLICE("=sample:01"), &sample));
	assert_true(slice_starts(sample, "postfix/smtpd: yyyy"));
	assert_true(snapshot_text(snapshot, SLICE("=sample:02"), &sample));
	assert_true(slice_starts(sample, "postfix/xxxx"));
	assert_int_equal(value_of(tally.counters, "lines:unrecognised"), 4);
	snapshot_free(snapshot);
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST("a repeated message counts as often as it says",
		    test_repeats, counted),
		TABLE_TEST("what only looks like one is a line as any other",
		    test_repeats, hostile),
		TEST("an entry in parts counts as the line would", test_parts),
		TEST("lines and parts of one tag mix", test_mixed),
		TEST("text of several lines is malformed", test_lines_in_text),
		TEST("an unrecognised entry is kept as a line", test_sample),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
