/*
 * Many lines at once: where each ends, what is none, what is kept of them.
 */
#include "lib/stats/line.h"
#include "tests/unit/unit.h"

#define HEAD "Feb 24 16:18:40 mx1 postfix/"
#define SENT \
	HEAD "smtp[12]: 4A1B2C3D4E: to=<a@b>, relay=c[::1]:25, delay=1, " \
	     "delays=1/0/0/0, dsn=2.0.0, status=sent (ok)"

static void
counts(struct tally *tally, struct slice lines, size_t wanted)
{
	char *copy = malloc(lines.len);

	assert_non_null(copy);
	memcpy(copy, lines.at, lines.len);
	lines.at = copy;
	assert_int_equal(line_count(tally->lines, lines, NO_INSTANCE), wanted);
	free(copy);
}

static void
test_run(void **state)
{
	static const char text[] = SENT "\n" SENT "\r\n\n" SENT "\n\0\0\0" SENT
					"\ndamaged\n" SENT;
	struct tally tally = tally_new(4096);

	(void)state;
	counts(&tally, (struct slice){ text, sizeof(text) - 1 }, 7);
	counts(&tally, (struct slice){ "", 0 }, 0);
	counts(&tally, (struct slice){ "\n", 1 }, 1);
	assert_int_equal(value_of(tally.counters, "lines:read"), 8);
	assert_int_equal(value_of(tally.counters, "lines:malformed"), 3);
	assert_int_equal(value_of(tally.counters, "lines:postfix"), 5);
	assert_int_equal(value_of(tally.counters, "sent:smtp"), 5);
	tally_free(&tally);
}

/* No byte behind a line's last one is looked at, wherever it was cut. */
static void
test_cut(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	for (size_t len = 1; len <= strlen(SENT); len++)
		counts(&tally, (struct slice){ SENT, len }, 1);
	/* Cut behind the parenthesis it is sent, before it nothing is. */
	assert_int_equal(value_of(tally.counters, "sent:smtp"), strlen("(ok)"));
	tally_free(&tally);
}

/* A hole is no line's prefix, though nothing was read before it. */
static void
test_hole_first(void **state)
{
	static char text[512];
	struct tally tally = tally_new(4096);
	size_t len = 24;

	(void)state;
	for (int i = 0; i < 2; i++) {
		memcpy(text + len, SENT "\n", strlen(SENT "\n"));
		len += strlen(SENT "\n");
	}
	counts(&tally, (struct slice){ text, len }, 2);
	assert_int_equal(value_of(tally.counters, "sent:smtp"), 2);
	tally_free(&tally);
}

/* A line may be LINE_LEN_MAX long, and a hole before it is no part of it. */
static void
test_overlong(void **state)
{
	static char text[3 * (LINE_LEN_MAX + 2) + sizeof(SENT)];
	struct tally tally = tally_new(4096);
	char *at = text;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(at, SENT, strlen(SENT));
	at[LINE_LEN_MAX] = '\n';
	at += LINE_LEN_MAX + 1;
	at[LINE_LEN_MAX + 1] = '\n';
	at += LINE_LEN_MAX + 2;
	memset(at, '\0', LINE_LEN_MAX);
	at += LINE_LEN_MAX;
	memcpy(at, SENT, strlen(SENT));
	at += strlen(SENT);
	*at++ = '\n';
	counts(&tally, (struct slice){ text, (size_t)(at - text) }, 3);
	assert_int_equal(value_of(tally.counters, "lines:overlong"), 1);
	assert_int_equal(value_of(tally.counters, "sent:smtp"), 2);
	tally_free(&tally);
}

/* The last lines that were not understood are kept, in their order. */
static void
test_samples(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *snapshot = snapshot_new();
	char text[4096], key[32];
	size_t len = 0;
	struct slice sample;

	(void)state;
	for (int i = 0; i < 50; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    HEAD "qmgr[1]: strange %d\n", i);
	counts(&tally, (struct slice){ text, len }, 50);
	assert_non_null(snapshot);
	line_save(tally.lines, snapshot);
	snapshot_sort(snapshot);
	for (int i = 0; i < SAMPLE_COUNT; i++) {
		(void)snprintf(key, sizeof(key), "=sample:%02d", i);
		(void)snprintf(text, sizeof(text), HEAD "qmgr[1]: strange %d",
		    50 - SAMPLE_COUNT + i);
		assert_true(snapshot_text(snapshot, slice_of(key), &sample));
		assert_true(slice_equal(sample, text));
	}
	snapshot_free(snapshot);
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each line of a run counts once", test_run),
		TEST("a line cut anywhere is read up to there", test_cut),
		TEST("a hole before the first line of all", test_hole_first),
		TEST("overlong lines among others", test_overlong),
		TEST("samples of a run", test_samples),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
