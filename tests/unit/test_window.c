/*
 * Delays of the last five minutes.
 */
#include "tests/unit/unit.h"
#include "lib/stats/window.h"

enum { NOW = 1800000000 }; /* begins a minute */

static struct window *
window_new(void)
{
	struct window *window = calloc(1, sizeof(*window));

	assert_non_null(window);
	return (window);
}

static void
note(struct window *window, unsigned transport, uint64_t milliseconds)
{
	window_note(window, transport, window_step(milliseconds), 1);
}

/* Steps go up with delays, and what stands for one is near. */
static void
test_steps(void **state)
{
	unsigned last = 0;

	(void)state;
	for (uint64_t ms = 0; ms < (uint64_t)1 << 33; ms += 1 + ms / 50) {
		unsigned step = window_step(ms);
		uint64_t delay = window_delay(step);

		assert_true(step < WINDOW_STEPS);
		assert_true(step >= last);
		last = step;
		if (ms < WINDOW_LINEAR)
			assert_int_equal(delay, ms);
		else if (ms < (uint64_t)1 << WINDOW_BITS) {
			assert_true(delay <= ms + ms / 32 + 1);
			assert_true(ms <= delay + ms / 32 + 1);
		}
	}
	assert_int_equal(last, WINDOW_STEPS - 1);
	assert_int_equal(window_step(UINT64_MAX), WINDOW_STEPS - 1);
	for (unsigned step = 0; step < WINDOW_STEPS; step++)
		assert_int_equal(window_step(window_delay(step)), step);
}

static void
test_quantiles(void **state)
{
	struct window *window = window_new();

	(void)state;
	assert_int_equal(window_quantile(window, 3, 50), 0);
	for (unsigned i = 1; i <= 20; i++)
		note(window, 3, i);
	note(window, 4, 7);
	assert_int_equal(window_quantile(window, 3, 50), 0); /* not marked */
	window_mark(window, NOW, NOW);
	assert_int_equal(window_quantile(window, 3, 50), 10);
	assert_int_equal(window_quantile(window, 3, 95), 19);
	assert_int_equal(window_quantile(window, 3, 99), 20);
	assert_int_equal(window_quantile(window, 4, 50), 7);
	assert_int_equal(window_quantile(window, 4, 99), 7);
	assert_int_equal(window_quantile(window, 5, 99), 0);
	free(window);
}

/* What is older than the last five minutes is forgotten, each minute by
   itself, and then there is nothing to wait for. */
static void
test_time(void **state)
{
	struct window *window = window_new();

	(void)state;
	assert_int_equal(window_expires(window), 0);
	for (unsigned minute = 0; minute < 4; minute++) {
		note(window, 0, 10 + minute);
		window_mark(
		    window, NOW + minute * 60 + 59, NOW + minute * 60 + 59);
	}
	assert_int_equal(window_quantile(window, 0, 1), 10);
	assert_int_equal(window_expires(window), NOW + 360);
	window_mark(window, NOW + 359, NOW + 359);
	assert_int_equal(window_quantile(window, 0, 1), 10);
	for (unsigned minute = 1; minute < 4; minute++) {
		uint64_t expires = window_expires(window);

		assert_int_equal(expires, NOW + 300 + minute * 60);
		window_mark(window, NOW + 239, expires);
		assert_int_equal(window_quantile(window, 0, 1), 10 + minute);
		assert_int_equal(window_quantile(window, 0, 99), 13);
	}
	window_mark(window, NOW + 239, window_expires(window));
	assert_int_equal(window_quantile(window, 0, 50), 0);
	assert_int_equal(window_expires(window), 0);
	free(window);
}

/* A log that is read late is of its own time. */
static void
test_late(void **state)
{
	struct window *window = window_new();

	(void)state;
	note(window, 0, 10);
	window_mark(window, NOW - 3600, NOW);
	assert_int_equal(window_quantile(window, 0, 50), 0);
	assert_int_equal(window_expires(window), 0);
	note(window, 0, 20);
	window_mark(window, NOW - 300, NOW + 59);
	assert_int_equal(window_quantile(window, 0, 50), 20);
	note(window, 0, 30);
	note(window, 0, 31);
	window_mark(window, NOW, NOW + 59);
	assert_int_equal(window_quantile(window, 0, 50), 30);
	window_mark(window, NOW, NOW + 60);
	assert_int_equal(window_quantile(window, 0, 1), 30);
	/* of the same place as NOW, but an hour ago */
	note(window, 0, 5);
	window_mark(window, NOW - 3600, NOW + 60);
	assert_int_equal(window_quantile(window, 0, 1), 30);
	free(window);
}

static void
test_clock_back(void **state)
{
	struct window *window = window_new();

	(void)state;
	note(window, 0, 10);
	window_mark(window, NOW, NOW);
	note(window, 0, 20);
	window_mark(window, NOW - 3600, NOW - 3600);
	assert_int_equal(window_quantile(window, 0, 1), 20);
	assert_int_equal(window_expires(window), NOW - 3600 + 360);
	free(window);
}

/* --- by lines ------------------------------------------------------------ */

static void
deliver(struct tally *tally, const char *tag, const char *delay)
{
	char line[256];

	(void)snprintf(line, sizeof(line),
	    "%s[1]: 4A1B2C3D4E: to=<u@a>, relay=legal, delay=%s, "
	    "delays=0/0/0/0, dsn=2.0.0, status=sent (x)",
	    tag, delay);
	tally_text(tally, line);
}

static void
test_lines(void **state)
{
	struct tally tally = tally_new(4096), next = tally_new(4096);
	struct snapshot *all;

	(void)state;
	deliver(&tally, "postfix/smtp", "0.01");
	deliver(&tally, "postfix/smtp", "0.02");
	deliver(&tally, "postfix/smtp", "12");
	deliver(&tally, "postfix/pipe", "0.03");
	line_mark(tally.lines, NOW, NOW);
	all = settled(&tally);
	assert_int_equal(value_in(all, "delay_5m:smtp:p50"), 20);
	assert_true(value_in(all, "delay_5m:smtp:p95") > 11600);
	assert_true(value_in(all, "delay_5m:smtp:p99") < 12400);
	assert_int_equal(value_in(all, "delay_5m:legal:p50"), 30);
	assert_int_equal(value_in(all, "delay_5m:pipe:p50"), ABSENT);
	assert_int_equal(line_expires(tally.lines), NOW + 360);

	/* It begins empty, whatever the store had. */
	counters_load(next.counters, all);
	line_load(next.lines, all);
	line_mark(next.lines, NOW, NOW);
	assert_int_equal(value_of(next.counters, "delay_5m:smtp:p50"), 0);
	assert_int_equal(line_expires(next.lines), 0);

	line_mark(tally.lines, NOW, NOW + 360);
	assert_int_equal(value_of(tally.counters, "delay_5m:smtp:p99"), 0);
	assert_int_equal(line_expires(tally.lines), 0);
	snapshot_free(all);
	tally_free(&tally);
	tally_free(&next);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a delay is known to a 32nd", test_steps),
		TEST("quantiles of each transport", test_quantiles),
		TEST("minutes leave the window one by one", test_time),
		TEST("what is late is of its own time", test_late),
		TEST("a clock that was set back", test_clock_back),
		TEST("deliveries count in it, and no store has it", test_lines),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
