/*
 * What numbers were before, and sums of what came lately.
 */
#include "lib/stats/past.h"
#include "lib/stats/tally.h"
#include "tests/unit/unit.h"

enum { MINUTE = 60, HOUR = 3600 };

/* A snapshot of these, the last key being NULL. */
struct kept {
	const char *key;
	uint64_t value;
};

static struct snapshot *
snapshot_with(uint64_t epoch, const struct kept *kept)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	snapshot->epoch = epoch;
	for (; kept->key != NULL; kept++)
		snapshot_add_number(snapshot, slice_of(kept->key), kept->value);
	snapshot_sort(snapshot);
	return (snapshot);
}

static void
note(struct past *past, uint64_t epoch, int64_t now, uint64_t value)
{
	const struct kept kept[] = { { "b", value }, { NULL, 0 } };
	struct snapshot *snapshot = snapshot_with(epoch, kept);

	assert_int_equal(past_note(past, snapshot, now), 0);
	snapshot_free(snapshot);
}

static uint64_t
before(const struct past *past, enum past_span span, int64_t now)
{
	return (past_value(past, span, now, SLICE("b")));
}

static void
spans_go_back_as_far_as_they_say(void **state)
{
	struct past *past = past_new();
	int64_t now = 7;

	(void)state;
	assert_non_null(past);
	assert_int_equal(past_age(past, PAST_DAY, now), 0);
	assert_int_equal(before(past, PAST_DAY, now), 0);
	/* The value is the minute. */
	for (uint64_t minute = 0; minute <= 30 * 60; minute++) {
		now = 7 + (int64_t)minute * MINUTE;
		note(past, 1, now, minute);
		note(past, 1, now + 30, 1000000); /* too soon to be kept */
	}
	assert_int_equal(past_age(past, PAST_MINUTES, now), 5 * MINUTE);
	assert_int_equal(before(past, PAST_MINUTES, now), 30 * 60 - 5);
	assert_int_equal(past_age(past, PAST_HOUR, now), HOUR);
	assert_int_equal(before(past, PAST_HOUR, now), 29 * 60);
	assert_int_equal(past_age(past, PAST_DAY, now), 24 * HOUR);
	assert_int_equal(before(past, PAST_DAY, now), 6 * 60);
	past_free(past);
}

static void
what_is_there_must_do(void **state)
{
	struct past *past = past_new();

	(void)state;
	note(past, 1, 100, 5);
	assert_int_equal(past_age(past, PAST_DAY, 130), 30);
	assert_int_equal(before(past, PAST_DAY, 130), 5);
	past_free(past);
}

static void
counters_that_begin_anew_have_no_past(void **state)
{
	struct past *past = past_new();

	(void)state;
	note(past, 1, 100, 5);
	note(past, 2, 110, 1);
	assert_int_equal(past_age(past, PAST_DAY, 130), 20);
	assert_int_equal(before(past, PAST_DAY, 130), 1);
	past_free(past);
}

static void
new_keys_find_their_place(void **state)
{
	const struct kept more[] = { { "a", 10 }, { "b", 20 }, { "c", 30 },
		{ NULL, 0 } };
	struct snapshot *snapshot = snapshot_with(1, more);
	struct past *past = past_new();

	(void)state;
	note(past, 1, 0, 5);
	assert_int_equal(past_note(past, snapshot, MINUTE), 0);
	assert_int_equal(past_note(past, snapshot, HOUR), 0);
	assert_int_equal(
	    past_value(past, PAST_MINUTES, 2 * HOUR, SLICE("a")), 10);
	assert_int_equal(before(past, PAST_MINUTES, 2 * HOUR), 20);
	assert_int_equal(
	    past_value(past, PAST_MINUTES, 2 * HOUR, SLICE("c")), 30);
	/* They were not there at first. */
	assert_int_equal(before(past, PAST_DAY, 2 * HOUR), 5);
	assert_int_equal(past_value(past, PAST_DAY, 2 * HOUR, SLICE("c")), 0);
	snapshot_free(snapshot);
	past_free(past);
}

/* --- sums ----------------------------------------------------------------- */

static const struct kept morning[] = {
	{ "delivery:relay:sent", 10 },
	{ "delivery:smtp:sent", 100 },
	{ "delivery:smtp:sent@mx", 100 },
	{ "queue:active:messages", 1 },
	{ "queue:deferred:messages", 2 },
	{ "queue:hold:messages", 4 },
	{ NULL, 0 },
};

static const struct kept evening[] = {
	{ "delivery:lmtp:deferred", 3 },
	{ "delivery:lmtp:sent", 0 },
	{ "delivery:relay:sent", 40 },
	{ "delivery:smtp:bounced", 2 },
	{ "delivery:smtp:sent", 120 },
	{ "delivery:smtp:sent@mx", 120 },
	{ "delivery:unused:sent", 0 },
	{ "deliveryx:smtp:sent", 5 },
	{ "queue:active:messages", 10 },
	{ "queue:deferred:messages", 20 },
	{ "queue:hold:messages", 40 },
	{ NULL, 0 },
};

static void
sums_are_of_one_metric(void **state)
{
	struct snapshot *first = snapshot_with(1, morning);
	struct snapshot *last = snapshot_with(1, evening);
	struct past *past = past_new();
	struct tally_source source = { last, past, 10 * HOUR };
	struct tally_rows rows = { .count = 0 };
	struct tally_sum sent;

	(void)state;
	assert_int_equal(past_note(past, first, 1), 0);
	sent = tally_of(&source, METRIC_DELIVERY_SENT);
	assert_int_equal(sent.all, 160);
	assert_int_equal(sent.lately[PAST_DAY], 50);

	tally_add(&rows, &source, METRIC_DELIVERY_SENT, 0, 0);
	tally_add(&rows, &source, METRIC_DELIVERY_DEFERRED, 0, 1);
	tally_add_named(
	    &rows, &source, METRIC_DELIVERY_BOUNCED, SLICE("gone"), 0);
	tally_sort(&rows);
	assert_int_equal(rows.count, 4);
	assert_true(slice_equal(rows.at[0].name, "relay"));
	assert_int_equal(rows.at[0].column[0].lately[PAST_DAY], 30);
	assert_true(slice_equal(rows.at[1].name, "smtp"));
	assert_true(slice_equal(rows.at[2].name, "lmtp"));
	assert_int_equal(rows.at[2].column[1].all, 3);
	assert_true(slice_equal(rows.at[3].name, "gone"));

	assert_int_equal(tally_waiting(last), 30);
	assert_int_equal(tally_waited(&source, PAST_HOUR), 3);
	assert_int_equal(tally_highest(&source, METRIC_QUEUE_MESSAGES), 40);
	past_free(past);
	snapshot_free(first);
	snapshot_free(last);
}

static void
without_a_past_nothing_came_lately(void **state)
{
	struct snapshot *last = snapshot_with(1, evening);
	struct tally_source source = { last, NULL, 0 };
	struct tally_sum sent = tally_of(&source, METRIC_DELIVERY_SENT);

	(void)state;
	assert_int_equal(sent.all, 160);
	assert_int_equal(sent.lately[PAST_DAY], 0);
	snapshot_free(last);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("spans go back as far as they say",
		    spans_go_back_as_far_as_they_say),
		TEST("what is there must do while there is no more",
		    what_is_there_must_do),
		TEST("counters that begin anew have no past",
		    counters_that_begin_anew_have_no_past),
		TEST("new keys find their place", new_keys_find_their_place),
		TEST("sums are of one metric, and of no instance",
		    sums_are_of_one_metric),
		TEST("without a past nothing came lately",
		    without_a_past_nothing_came_lately),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
