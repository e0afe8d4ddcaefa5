/*
 * Numbers that are put instead of counted: what lies in the queue.
 */
#include "tests/unit/unit.h"
#include "lib/stats/counters_layout.h"

static void
put(struct counters *counters, enum metric_id metric, const char *instance,
    const char *queue, uint64_t value)
{
	struct slice name = slice_of(queue);
	unsigned number = instance == NULL ?
	    0 :
	    counters_instance(counters, slice_of(instance));

	counters_put(counters, metric, number, &name, value);
}

static void
test_one(void **state)
{
	struct counters *c = counters_new(4096);

	(void)state;
	assert_int_equal(value_of(c, "queue:hold:messages"), ABSENT);
	put(c, METRIC_QUEUE_MESSAGES, NULL, "hold", 5);
	put(c, METRIC_QUEUE_MESSAGES, NULL, "hold", 3);
	assert_int_equal(value_of(c, "queue:hold:messages"), 3);
	assert_int_equal(value_of(c, "queue:active:messages"), ABSENT);
	assert_int_equal(value_of(c, "queue:hold:messages@postfix"), ABSENT);
	assert_string_equal(moved(c), "queue:hold:messages=3");
	counters_forget(c, METRIC_QUEUE_MESSAGES, 1);
	assert_int_equal(value_of(c, "queue:hold:messages"), 3);
	counters_forget(c, METRIC_QUEUE_MESSAGES, 0);
	assert_int_equal(value_of(c, "queue:hold:messages"), ABSENT);
	counters_free(c);
}

static void
test_two_labels(void **state)
{
	struct counters *c = counters_new(4096);
	struct slice value[2] = { SLICE("hold"), SLICE("1000") };

	(void)state;
	counters_put(c, METRIC_QUEUE_AGE_LE, 7, value, 9);
	assert_string_equal(moved(c), "queue_age:hold:le:1000=9");
	counters_free(c);
}

/* Messages are added up over instances; of ages the highest is the total. */
static void
test_instances(void **state)
{
	struct counters *c = counters_new(4096), *next = counters_new(4096);
	struct snapshot *saved, *again;

	(void)state;
	put(c, METRIC_QUEUE_MESSAGES, "a", "hold", 5);
	put(c, METRIC_QUEUE_OLDEST, "a", "hold", 70);
	put(c, METRIC_QUEUE_MESSAGES, "b", "hold", 3);
	put(c, METRIC_QUEUE_OLDEST, "b", "hold", 20);
	saved = snapshot_of(c);
	assert_int_equal(value_in(saved, "queue:hold:messages"), 8);
	assert_int_equal(value_in(saved, "queue:hold:messages@b"), 3);
	assert_int_equal(value_in(saved, "queue:hold:oldest_seconds"), 70);
	assert_int_equal(value_in(saved, "queue:hold:oldest_seconds@b"), 20);
	counters_load(next, saved);
	again = snapshot_of(next);
	assert_true(snapshots_same(saved, again));
	snapshot_free(saved);
	snapshot_free(again);
	counters_forget(c, METRIC_QUEUE_OLDEST, 0);
	assert_int_equal(value_of(c, "queue:hold:oldest_seconds"), 20);
	assert_int_equal(value_of(c, "queue:hold:oldest_seconds@a"), ABSENT);
	counters_free(c);
	counters_free(next);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a number is put, replaced and forgotten", test_one),
		TEST("a number with two labels", test_two_labels),
		TEST("instances are told apart and taken together",
		    test_instances),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
