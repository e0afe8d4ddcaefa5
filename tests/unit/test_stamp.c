/*
 * Stamps of log lines as times.
 */
#include "lib/stats/stamp.h"
#include "tests/unit/unit.h"

/* date -u -d '2026-11-22T08:00:01' +%s */
enum { STAMP = 1795334401, HOUR = 3600, DAY = 86400 };

static const struct {
	const char *line;
	time_t then;
} cases[] = {
	{ "2026-11-22T08:00:01+00:00 mx postfix/smtp[1]: x", STAMP },
	{ "2026-11-22T08:00:01.123456+00:00 mx", STAMP },
	{ "2026-11-22T08:00:01Z mx", STAMP },
	{ "2026-11-22T08:00:01.5Z", STAMP },
	{ "2026-11-22T08:00:01-05:30 mx", STAMP + 5 * HOUR + HOUR / 2 },
	{ "2026-11-22T08:00:01+0100 mx", STAMP - HOUR },
	{ "<22>2026-11-22T08:00:01Z mx", STAMP },
	{ "<22>1 2026-11-22T08:00:01Z mx postfix/smtp 1 - - x", STAMP },
	{ "1 2026-11-22T08:00:01Z mx postfix/smtp 1 - - x", STAMP },
	/* local time, five hours behind */
	{ "2026-11-22T08:00:01 mx", STAMP + 5 * HOUR },
	{ "Nov 22 08:00:01 mx postfix/smtp[1]: x", STAMP + 5 * HOUR },
	{ "Nov 22 08:00:01", STAMP + 5 * HOUR },
	{ "<22>Nov 22 08:00:01 mx", STAMP + 5 * HOUR },
	{ "Nov 2 08:00:01 mx", STAMP + 5 * HOUR - 20 * DAY },
	{ "Nov  2 08:00:01 mx", STAMP + 5 * HOUR - 20 * DAY },
	/* the year: a day may be ahead of us, no more */
	{ "Nov 23 07:00:01 mx", STAMP + 5 * HOUR + DAY - HOUR },
	{ "Nov 24 08:00:01 mx", STAMP + 5 * HOUR + 2 * DAY - 365 * DAY },
	{ "Jan  1 08:00:01 mx", STAMP + 5 * HOUR - 325 * DAY },

	{ "", 0 },
	{ "1 ", 0 },
	{ "<22>", 0 },
	{ "<22", 0 },
	{ "<22>1 - mx postfix/smtp 1 - - x", 0 },
	{ "2026-11-22 08:00:01 mx", 0 },
	{ "2026-11-22T08:00", 0 },
	{ "2026-11-22T08:61:01Z", 0 },
	{ "1969-11-22T08:00:01Z", 0 },
	{ "Nov 22 08:00", 0 },
	{ "Nov 22 24:00:01 mx", 0 },
	{ "Nov 221 08:00:01 mx", 0 },
	{ "Nov", 0 },
	{ "Nov ", 0 },
	{ "ovD 22 08:00:01 mx", 0 },
	{ "\xff\xff\xff 22 08:00:01 mx", 0 },
};

static void
test_stamps(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct slice line = slice_of(cases[i].line);
		/* of that very size, so that no byte behind it is read */
		char *copy = malloc(line.len + (line.len == 0));
		time_t then;

		assert_non_null(copy);
		memcpy(copy, line.at, line.len);
		then = stamp_read(
		    (struct slice){ copy, line.len }, STAMP + 5 * HOUR);
		if (then != cases[i].then)
			fail_msg("\"%s\" gives %lld", cases[i].line,
			    (long long)then);
		free(copy);
	}
}

static void
test_new_year(void **state)
{
	/* 2027-01-01T00:30:00, local time */
	time_t now = STAMP + 5 * HOUR + 39 * DAY + 59399;

	(void)state;
	assert_int_equal(
	    stamp_read(SLICE("Dec 31 23:59:59 mx"), now), now - 1801);
	assert_int_equal(
	    stamp_read(SLICE("Jan  1 00:00:00 mx"), now), now - 1800);
	assert_int_equal(
	    stamp_read(SLICE("Jan  1 00:00:00 mx"), now - 1860), now - 1800);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("stamps with and without year and zone", test_stamps),
		TEST("the year of a stamp at new year", test_new_year),
	};

	(void)setenv("TZ", "EST5", 1);
	tzset();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
