/*
 * Values that are observed.
 */
#include "tests/unit/unit.h"
#include "lib/stats/counters_layout.h"
#include "lib/stats/key.h"

static void
test_table(void **state)
{
	(void)state;
	histograms_read();
	for (unsigned i = 0; i < HISTOGRAM_COUNT; i++) {
		const struct histogram *h = &histograms[i];
		const struct key_labels *le = key_labels(h->le);
		const struct key_labels *sum = key_labels(h->sum);

		assert_true(h->bound_count > 0);
		for (unsigned b = 0; b + 1 < h->bound_count; b++)
			assert_true(h->bound[b] < h->bound[b + 1]);
		assert_int_equal(le->count, sum->count + 1);
		assert_int_equal(sum->count, key_labels(h->count)->count);
		for (unsigned l = 0; l < sum->count; l++) {
			assert_int_equal(le->id[l], sum->id[l]);
			assert_int_equal(
			    le->id[l], key_labels(h->count)->id[l]);
		}
		assert_true(label_is_closed(le->id[sum->count]));
		assert_int_equal(metrics[h->le].event, EVENT_NONE);
		assert_int_equal(metrics[h->le].split, metrics[h->count].split);
		assert_int_equal(
		    metrics[h->sum].split, metrics[h->count].split);
	}
}

/* A bound holds its own value. */
static void
test_steps(void **state)
{
	(void)state;
	histograms_read();
	for (unsigned i = 0; i < HISTOGRAM_COUNT; i++) {
		const struct histogram *h = &histograms[i];

		assert_int_equal(histogram_step(h, 0), 0);
		for (unsigned b = 0; b < h->bound_count; b++) {
			assert_int_equal(histogram_step(h, h->bound[b]), b);
			assert_int_equal(
			    histogram_step(h, h->bound[b] + 1), b + 1);
		}
		assert_int_equal(histogram_step(h, UINT64_MAX), h->bound_count);
	}
}

static void
observe(struct counters *c, uint64_t value, uint64_t times)
{
	struct event event = { .type = EVENT_NONE };

	counters_observe(c, HISTOGRAM_QUEUE_IN_NRCPT, 0, &event, value, times);
}

static void
test_observe(void **state)
{
	struct counters *c = counters_new(4096), *next = counters_new(4096);
	struct snapshot *all, *again;

	(void)state;
	assert_int_equal(value_of(c, "queue_in_recipients:le:1"), ABSENT);
	assert_int_equal(value_of(c, "queue_in_recipients:count"), 0);
	observe(c, 1, 1);
	observe(c, 3, 2);
	observe(c, 128, 1);
	observe(c, 1000, 5);
	all = snapshot_of(c);
	assert_int_equal(value_in(all, "queue_in_recipients:le:1"), 1);
	assert_int_equal(value_in(all, "queue_in_recipients:le:2"), 1);
	assert_int_equal(value_in(all, "queue_in_recipients:le:4"), 3);
	assert_int_equal(value_in(all, "queue_in_recipients:le:64"), 3);
	assert_int_equal(value_in(all, "queue_in_recipients:le:128"), 4);
	assert_int_equal(value_in(all, "queue_in_recipients:count"), 9);
	assert_int_equal(value_in(all, "queue_in_recipients:sum"), 5135);
	assert_int_equal(value_in(all, "tailer:overflow"), 0);
	counters_load(next, all);
	again = snapshot_of(next);
	assert_true(snapshots_same(all, again));
	observe(next, 4, 1);
	assert_int_equal(value_of(next, "queue_in_recipients:le:2"), 1);
	assert_int_equal(value_of(next, "queue_in_recipients:le:4"), 4);
	assert_int_equal(value_of(next, "queue_in_recipients:le:128"), 5);
	snapshot_free(all);
	snapshot_free(again);
	counters_free(c);
	counters_free(next);
}

/* Each message once, at its first activation. */
static void
test_queue_in(void **state)
{
	static const char active[] = "postfix/qmgr[1]: 4A1B2C3D4E: "
				     "from=<a@b>, size=10000, nrcpt=5 "
				     "(queue active)";
	struct tally tally = tally_new(4096);
	struct snapshot *all;

	(void)state;
	tally_text(&tally, active);
	tally_text(&tally, "postfix/cleanup[1]: 4A1B2C3D4E: message-id=<x>");
	tally_text(&tally, active);
	tally_text(&tally, active);
	all = snapshot_of(tally.counters);
	assert_int_equal(value_in(all, "queue_in_size:le:1000"), 0);
	assert_int_equal(value_in(all, "queue_in_size:le:10000"), 1);
	assert_int_equal(value_in(all, "queue_in_size:le:1000000000"), 1);
	assert_int_equal(value_in(all, "queue_in_size:sum"), 10000);
	assert_int_equal(value_in(all, "queue_in_size:count"), 1);
	assert_int_equal(value_in(all, "queue_in_recipients:le:4"), 0);
	assert_int_equal(value_in(all, "queue_in_recipients:le:8"), 1);
	assert_int_equal(value_in(all, "queue_in_recipients:sum"), 5);
	assert_int_equal(value_in(all, "queue_in_recipients:count"), 1);
	snapshot_free(all);
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a histogram's rows have the same labels, and bounds",
		    test_table),
		TEST("a bound holds what is not above it", test_steps),
		TEST("values are added up, over a restart too", test_observe),
		TEST("a message's size and recipients are observed once",
		    test_queue_in),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
