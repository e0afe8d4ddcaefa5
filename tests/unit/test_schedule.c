/*
 * When probes are due: rhythm, jitter, pauses, retries, restarts and reloads.
 */
#include "tests/unit/unit.h"

#include "probe/schedule.h"

enum { PROBES = 8, START = 1000000 };

static struct config_probe probes[PROBES];
static struct config_probing probing;

/* `count` probes of servers of their own, without jitter. */
static struct schedule *
plan(unsigned count)
{
	static const char *const servers[PROBES] = { "a", "b", "c", "d", "e",
		"f", "g", "h" };
	struct schedule *schedule;

	probing = (struct config_probing){ .under_way = PROBES,
		.server_pause = 1 };
	for (unsigned i = 0; i < count; i++)
		probes[i] = (struct config_probe){ .server = servers[i],
			.port = 25,
			.interval = 80,
			.retry_interval = 20,
			.retry_deadline = 50 };
	schedule = schedule_new(probes, count, &probing, 7, START);
	assert_non_null(schedule);
	return (schedule);
}

static void
starts(struct schedule *schedule, int64_t now, int probe)
{
	assert_int_equal(schedule_next(schedule, 0, now), probe);
}

static void
waits(struct schedule *schedule, int64_t now, int64_t wait)
{
	assert_int_equal(schedule_wait(schedule, 0, now), wait);
}

/* --- rhythm -------------------------------------------------------------- */

static void
test_spread(void **state)
{
	struct schedule *schedule = plan(PROBES);

	(void)state;
	for (int i = 0; i < PROBES; i++) {
		starts(schedule, START + i * SCHEDULE_STEP - 1, SCHEDULE_NEVER);
		waits(schedule, START + i * SCHEDULE_STEP - 1, 1);
		starts(schedule, START + i * SCHEDULE_STEP, i);
	}
	waits(schedule, START, SCHEDULE_NEVER);
	schedule_free(schedule);
}

static void
test_spread_limit(void **state)
{
	struct schedule *schedule = plan(2);

	(void)state;
	schedule_free(schedule);
	probes[1].interval = 0.05;
	schedule = schedule_new(probes, 2, &probing, 7, START);
	starts(schedule, START, 0);
	waits(schedule, START, 25);
	schedule_free(schedule);
}

static void
test_interval(void **state)
{
	struct schedule *schedule = plan(1);

	(void)state;
	starts(schedule, START, 0);
	starts(schedule, START + 200000, SCHEDULE_NEVER); /* is under way */
	assert_true(schedule_ended(schedule, 0, RESULT_OK));
	starts(schedule, START + 79999, SCHEDULE_NEVER);
	starts(schedule, START + 80000, 0);
	assert_true(schedule_ended(schedule, 0, RESULT_REFUSED));
	waits(schedule, START + 100000, 60000);
	schedule_free(schedule);
}

/* One that was late is not made up for by two. */
static void
test_late(void **state)
{
	struct schedule *schedule = plan(1);

	(void)state;
	starts(schedule, START + 1000000, 0);
	(void)schedule_ended(schedule, 0, RESULT_OK);
	starts(schedule, START + 1000000, SCHEDULE_NEVER);
	waits(schedule, START + 1000000, 80000);
	schedule_free(schedule);
}

static void
test_jitter(void **state)
{
	struct schedule *schedule = plan(1);
	int64_t now = START, least = INT64_MAX, most = 0, sum = 0;

	(void)state;
	probes[0].jitter = 50;
	for (int i = 0; i < 1000; i++) {
		int64_t wait;

		starts(schedule, now, 0);
		(void)schedule_ended(schedule, 0, RESULT_OK);
		wait = schedule_wait(schedule, 0, now);
		least = wait < least ? wait : least;
		most = wait > most ? wait : most;
		sum += wait;
		now += wait;
	}
	assert_in_range(least, 60000, 61000);
	assert_in_range(most, 99000, 100000);
	assert_in_range(sum / 1000, 79000, 81000);
	schedule_free(schedule);
}

/* --- others -------------------------------------------------------------- */

static void
test_server_pause(void **state)
{
	struct schedule *schedule = plan(3);

	(void)state;
	schedule_free(schedule);
	probes[2].server = "a"; /* the same as the first */
	probes[0].interval = probes[1].interval = probes[2].interval = 0;
	schedule = schedule_new(probes, 3, &probing, 7, START);
	starts(schedule, START, 0);
	starts(schedule, START, 1);
	starts(schedule, START, SCHEDULE_NEVER);
	waits(schedule, START, 1000);
	starts(schedule, START + 999, SCHEDULE_NEVER);
	starts(schedule, START + 1000, 2);
	schedule_free(schedule);
	probes[1].server = "a";
	probes[1].port = 587; /* another server */
	schedule = schedule_new(probes, 3, &probing, 7, START);
	starts(schedule, START, 0);
	starts(schedule, START, 1);
	starts(schedule, START, SCHEDULE_NEVER);
	schedule_free(schedule);
}

static void
test_under_way(void **state)
{
	struct schedule *schedule = plan(3);

	(void)state;
	probing.under_way = 2;
	assert_int_equal(schedule_next(schedule, 2, START), SCHEDULE_NEVER);
	assert_int_equal(schedule_wait(schedule, 2, START), SCHEDULE_NEVER);
	assert_int_equal(schedule_next(schedule, 1, START), 0);
	schedule_free(schedule);
}

static void
test_longest_due_first(void **state)
{
	struct schedule *schedule = plan(3);

	(void)state;
	schedule_resume(schedule, 0, 50000, RESULT_OK, START);
	starts(schedule, START + 200000, 1);
	starts(schedule, START + 200000, 2);
	starts(schedule, START + 200000, 0);
	starts(schedule, START + 200000, SCHEDULE_NEVER);
	schedule_free(schedule);
}

/* --- deferred ------------------------------------------------------------ */

static void
test_deferred(void **state)
{
	struct schedule *schedule = plan(1);

	(void)state;
	for (int i = 0; i < 3; i++) {
		starts(schedule, START + i * 20000, 0);
		assert_false(schedule_ended(schedule, 0, RESULT_DEFERRED));
		waits(schedule, START + i * 20000, 20000);
	}
	starts(schedule, START + 60000, 0); /* retry_deadline is over */
	assert_true(schedule_ended(schedule, 0, RESULT_DEFERRED));
	waits(schedule, START + 60000, 80000);
	starts(schedule, START + 140000, 0); /* and stays so */
	assert_true(schedule_ended(schedule, 0, RESULT_DEFERRED));
	starts(schedule, START + 220000, 0);
	assert_true(schedule_ended(schedule, 0, RESULT_OK));
	starts(schedule, START + 300000, 0); /* until one is not */
	assert_false(schedule_ended(schedule, 0, RESULT_DEFERRED));
	schedule_free(schedule);
}

static void
test_deferred_limits(void **state)
{
	struct schedule *schedule = plan(1);

	(void)state;
	probes[0].retry_interval = 1000; /* never later than it was anyway */
	starts(schedule, START, 0);
	assert_false(schedule_ended(schedule, 0, RESULT_DEFERRED));
	waits(schedule, START, 80000);
	probes[0].retry_deadline = 0;
	starts(schedule, START + 80000, 0);
	assert_true(schedule_ended(schedule, 0, RESULT_DEFERRED));
	schedule_free(schedule);
}

/* --- restarts and reloads ------------------------------------------------ */

static void
test_resume(void **state)
{
	struct schedule *schedule = plan(4);

	(void)state;
	schedule_resume(schedule, 0, 30000, RESULT_OK, START);
	schedule_resume(schedule, 1, 15000, RESULT_DEFERRED, START);
	schedule_resume(schedule, 2, -5000, RESULT_OK, START);
	schedule_resume(schedule, 3, 500000, RESULT_OK, START); /* overdue */
	waits(schedule, START, 3 * SCHEDULE_STEP);
	starts(schedule, START + 3 * SCHEDULE_STEP, 3);
	waits(schedule, START, 5000);
	starts(schedule, START + 5000, 1);
	waits(schedule, START, 50000);
	starts(schedule, START + 50000, 0);
	waits(schedule, START, 80000);
	starts(schedule, START + 80000, 2);
	schedule_free(schedule);
}

static void
test_inherit(void **state)
{
	struct config_probe before[2];
	struct schedule *old = plan(3), *schedule;

	(void)state;
	probes[2].interval = 0;
	memcpy(before, probes, sizeof(before));
	schedule_free(old);
	old = schedule_new(before, 2, &probing, 7, START);
	starts(old, START, 0);
	assert_false(schedule_ended(old, 0, RESULT_DEFERRED));
	starts(old, START + 40000, 1);
	starts(old, START + 40000, 0);
	assert_true(schedule_ended(old, 1, RESULT_OK));
	probes[1].interval = 50;
	schedule = schedule_new(probes, 3, &probing, 7, START + 40100);
	schedule_inherit(schedule, 0, old, 0);
	schedule_inherit(schedule, 1, old, 1);
	schedule_free(old);
	starts(schedule, START + 89999, 2); /* the first is still under way */
	starts(schedule, START + 89999, SCHEDULE_NEVER);
	starts(schedule, START + 90000, 1); /* as it is now, from its start */
	starts(schedule, START + 900000, SCHEDULE_NEVER);
	assert_false(schedule_ended(schedule, 0, RESULT_DEFERRED));
	waits(schedule, START + 40000, 20000);
	starts(schedule, START + 60000, 0); /* since its first */
	assert_true(schedule_ended(schedule, 0, RESULT_DEFERRED));
	schedule_free(schedule);
}

static void
test_inherit_pause(void **state)
{
	struct config_probe before;
	struct schedule *old = plan(1), *schedule;

	(void)state;
	before = probes[0];
	schedule_free(old);
	old = schedule_new(&before, 1, &probing, 7, START);
	starts(old, START, 0);
	(void)schedule_ended(old, 0, RESULT_OK);
	schedule = plan(2);
	schedule_free(schedule);
	probes[1].server = "a";
	probes[1].interval = 0;
	schedule = schedule_new(probes, 2, &probing, 7, START);
	schedule_inherit(schedule, 0, old, 0);
	waits(schedule, START, 1000);
	schedule_free(schedule);
	schedule_free(old);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("first starts are spread", test_spread),
		TEST("but over no more than their interval", test_spread_limit),
		TEST("from start to start it is the interval", test_interval),
		TEST("what was late is not made up for", test_late),
		TEST("jitter goes to both sides", test_jitter),
		TEST("a server has its pause", test_server_pause),
		TEST("only so many are under way", test_under_way),
		TEST("who waits longest is first", test_longest_due_first),
		TEST("deferred is tried again until its deadline",
		    test_deferred),
		TEST("what there is of it without retries",
		    test_deferred_limits),
		TEST("a restart goes on in the rhythm", test_resume),
		TEST("a reload keeps what is known", test_inherit),
		TEST("also when a server was asked", test_inherit_pause),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
