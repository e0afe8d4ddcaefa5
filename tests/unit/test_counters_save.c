/*
 * Counters through a snapshot and back: a restart, and an upgrade, change no
 * number.
 */
#include "tests/unit/unit.h"
#include "lib/stats/counters_layout.h"
#include "lib/stats/store.h"

static const char *const lines[] = {
	"postfix/smtpd[1]: 4A1B2C3D4E: client=a[::1]",
	"postfix/s b/smtpd[1]: 4A1B2C3D4E: client=a[::1], sasl_method=A:B",
	"postfix-out/smtp[1]: 4A1B2C3D4E: to=<u@a>, relay=x, delay=1, "
	"status=sent (x)",
	"postfix-out/relay/smtp[1]: 4A1B2C3D4E: to=<u@a>, relay=x, delay=1, "
	"status=deferred (host a[1.1.1.1] said: 450 no)",
	"postfix/smtp[1]: 4A1B2C3D4E: to=<u@a>, relay=x, delay=1, "
	"status=bounced (host a[1.1.1.1] said: 550 no)",
	"postfix/pipe[1]: 4A1B2C3D4E: to=<u@a>, relay=a@b:%, delay=1, "
	"status=sent (x)",
	"postfix-in/postscreen[1]: NOQUEUE: reject: RCPT from [1.1.1.1]:1: "
	"550 no",
	"postfix/qmgr[1]: 4A1B2C3D4E: removed",
	"sshd[1]: hello",
};

static void
feed(struct tally *tally, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; n <= i; n++)
			tally_text(tally, lines[i]);
}

/* Load what `tally` saves into a new one of `capacity`; both as snapshots. */
static void
save_and_load(const struct tally *tally, uint32_t capacity,
    struct snapshot **first_r, struct snapshot **second_r)
{
	struct tally next = tally_new(capacity);

	*first_r = snapshot_of(tally->counters);
	line_save(tally->lines, *first_r);
	snapshot_sort(*first_r);
	counters_load(next.counters, *first_r);
	line_load(next.lines, *first_r);
	*second_r = snapshot_of(next.counters);
	line_save(next.lines, *second_r);
	snapshot_sort(*second_r);
	tally_free(&next);
}

static void
check_same(const struct tally *tally, uint32_t capacity)
{
	struct snapshot *first, *second;

	save_and_load(tally, capacity, &first, &second);
	for (size_t i = 0; i < first->number_count; i++)
		if (value_in(second, first->numbers[i].key) !=
		    first->numbers[i].value)
			fail_msg("%s was %" PRIu64, first->numbers[i].key,
			    first->numbers[i].value);
	assert_true(snapshots_same(first, second));
	snapshot_free(first);
	snapshot_free(second);
}

static void
test_restart(void **state)
{
	(void)state;
	for (size_t count = 0; count <= COUNT(lines); count++) {
		struct tally tally = tally_new(4096);

		feed(&tally, count);
		counters_set(tally.counters, METRIC_TAILER_STARTED, 99);
		counters_add(tally.counters, METRIC_LINES_OVERLONG, 3);
		check_same(&tally, 4096);
		tally_free(&tally);
	}
}

static void
test_restart_full(void **state)
{
	struct tally tally = tally_new(1024);

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		char text[160];

		(void)snprintf(text, sizeof(text),
		    "postfix-%u/t%u/smtp[1]: "
		    "4A1B2C3D4E: to=<u@a>, relay=x, delay=1, status=sent (x)",
		    i % 40, i);
		tally_text(&tally, text);
		(void)snprintf(text, sizeof(text),
		    "postfix-%u/s%u/smtpd[1]: "
		    "4A1B2C3D4E: client=a[::1], sasl_method=m%u",
		    i % 40, i, i % 30);
		tally_text(&tally, text);
	}
	check_same(&tally, 1024);
	tally_free(&tally);
}

/* Instances beyond those told apart, which log rejections only. */
static void
test_restart_other(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		char text[160];

		(void)snprintf(text, sizeof(text),
		    "postfix-%u/cleanup[1]: "
		    "4A1B2C3D4E: reject: mime-error x",
		    i);
		tally_text(&tally, text);
	}
	assert_int_equal(
	    value_of(tally.counters, "reject:cleanup:5xx:content@other"), 5);
	check_same(&tally, 4096);
	tally_free(&tally);
}

static void
test_go_on(void **state)
{
	struct tally first = tally_new(4096), second = tally_new(4096);
	struct snapshot *all, *wanted;

	(void)state;
	feed(&first, COUNT(lines));
	all = snapshot_of(first.counters);
	counters_load(second.counters, all);
	feed(&first, COUNT(lines));
	feed(&second, COUNT(lines));
	wanted = snapshot_of(first.counters);
	snapshot_free(all);
	all = snapshot_of(second.counters);
	assert_true(snapshots_same(all, wanted));
	snapshot_free(all);
	snapshot_free(wanted);
	tally_free(&first);
	tally_free(&second);
}

/* A snapshot of a version whose table had other rows. */
static void
test_upgrade(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *old = snapshot_new();

	(void)state;
	snapshot_add_text(old, SLICE("=instance:2"), SLICE("postfix"));
	snapshot_add_text(old, SLICE("=instance:3"), SLICE("postfix-out"));
	snapshot_add_text(old, SLICE("=what-is-this"), SLICE("x"));
	snapshot_add_number(old, SLICE("sent:smtp"), 10);
	snapshot_add_number(old, SLICE("sent:smtp@postfix"), 3);
	snapshot_add_number(old, SLICE("sent:smtp@postfix-out"), 7);
	snapshot_add_number(old, SLICE("delivery:relay:sent"), 5);
	snapshot_add_number(old, SLICE("weather:sunny"), 365);
	snapshot_add_number(old, SLICE("weather:sunny@postfix"), 365);
	snapshot_add_number(old, SLICE("lines:read"), 12);
	snapshot_add_number(old, SLICE("sent"), 1);
	snapshot_sort(old);
	counters_load(tally.counters, old);
	snapshot_free(old);

	assert_string_equal(moved(tally.counters),
	    "delivery:relay:sent=5 delivery:relay:sent@postfix=5 "
	    "sent:smtp=10 sent:smtp@postfix=3 sent:smtp@postfix-out=7");
	assert_int_equal(value_of(tally.counters, "lines:read"), 12);
	assert_int_equal(value_of(tally.counters, "weather:sunny"), ABSENT);
	tally_text(&tally,
	    "postfix-out/smtp[1]: 4A1B2C3D4E: to=<u@a>, "
	    "relay=x, delay=1, status=sent (x)");
	assert_int_equal(value_of(tally.counters, "sent:smtp@postfix-out"), 8);
	assert_int_equal(value_of(tally.counters, "sent:smtp"), 11);
	tally_free(&tally);
}

/* An instance keeps its number, which is its index in the MIB. */
static void
test_instance_index(void **state)
{
	struct tally first = tally_new(4096), second = tally_new(4096);
	struct snapshot *all;
	struct slice name;

	(void)state;
	feed(&first, COUNT(lines));
	all = snapshot_of(first.counters);
	counters_load(second.counters, all);
	snapshot_free(all);
	tally_text(&second, "postfix-a/qmgr[1]: x");
	tally_text(&second, "postfix-in/qmgr[1]: x");
	all = snapshot_of(second.counters);
	assert_true(snapshot_text(all, SLICE("=instance:3"), &name));
	assert_true(slice_equal(name, "postfix-out"));
	assert_true(snapshot_text(all, SLICE("=instance:4"), &name));
	assert_true(slice_equal(name, "postfix-in"));
	assert_true(snapshot_text(all, SLICE("=instance:5"), &name));
	assert_true(slice_equal(name, "postfix-a"));
	snapshot_free(all);
	tally_free(&first);
	tally_free(&second);
}

/* A capacity that was made smaller in the configuration. */
static void
test_smaller(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *first, *second;
	uint64_t sum = 0;

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		char text[160];

		(void)snprintf(text, sizeof(text),
		    "postfix-%u/t%u/smtp[1]: "
		    "4A1B2C3D4E: to=<u@a>, relay=x, delay=1, status=sent (x)",
		    i % 5, i % 60);
		tally_text(&tally, text);
	}
	save_and_load(&tally, STORE_CAPACITY_MIN, &first, &second);
	assert_true(first->number_count > STORE_CAPACITY_MIN);
	assert_true(
	    second->number_count <= STORE_CAPACITY_MIN - TEXTS_RESERVED);
	assert_int_equal(value_in(second, "sent:smtp"), 2000);
	for (size_t i = 0; i < second->number_count; i++)
		if (strncmp(second->numbers[i].key, "delivery:", 9) == 0 &&
		    strchr(second->numbers[i].key, '@') == NULL)
			sum += second->numbers[i].value;
	assert_int_equal(sum, 2000);
	snapshot_free(first);
	snapshot_free(second);
	tally_free(&tally);
}

/* --- a capacity that is too small for what is loaded --------------------- */

/* More of every open label, in every kind of line, than any store has room
   for; the numbers are all different. */
static void
feed_many(struct tally *tally)
{
	static const char *const results[] = { "status=sent (x)",
		"status=deferred (host a[1.1.1.1] said: 450 no)",
		"status=bounced (host a[1.1.1.1] said: 550 no)",
		"status=SOFTBOUNCE (x)", "status=sent (forwarded as 4A1B2C3D)",
		"status=deferred (timed out)" };

	for (unsigned i = 0; i < 6000; i++) {
		unsigned instance = i % 5, of = i / 5 % 200;
		char text[256];

		(void)snprintf(text, sizeof(text),
		    "postfix-%u/t%u/smtp[1]: 4A1B2C3D4E: to=<u@a>, relay=x, "
		    "delay=1, %s",
		    instance, of, results[i / 1000]);
		tally_text(tally, text);
		(void)snprintf(text, sizeof(text),
		    "postfix-%u/pipe[1]: 4A1B2C3D4E: to=<u@a>, relay=p%u, "
		    "delay=1, %s",
		    instance, of, results[i / 1000]);
		tally_text(tally, text);
		(void)snprintf(text, sizeof(text),
		    "postfix-%u/s%u/smtpd[1]: 4A1B2C3D4E: client=a[::1], "
		    "sasl_method=m%u",
		    instance, of, i / 5 % 30);
		tally_text(tally, text);
		(void)snprintf(text, sizeof(text),
		    "postfix-%u/s%u/smtpd[1]: NOQUEUE: reject: RCPT from "
		    "a[1.1.1.1]: %u50 no",
		    instance, of, 4 + i / 1000 % 2);
		tally_text(tally, text);
		(void)snprintf(
		    text, sizeof(text), "postfix-%u/d%u[1]: x", instance, of);
		tally_text(tally, text);
	}
}

/* What each row of the table counted, over all its labels. */
static void
sum_up(const struct snapshot *snapshot, uint64_t sum_r[METRIC_COUNT])
{
	memset(sum_r, 0, METRIC_COUNT * sizeof(*sum_r));
	for (size_t i = 0; i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];
		struct slice key = { number->key, number->key_len };
		struct slice value[METRIC_LABELS], instance;
		unsigned metric = 0;

		while (!key_match(metric, key, value, &instance))
			assert_true(++metric < METRIC_COUNT);
		if (instance.len == 0)
			sum_r[metric] += number->value;
	}
}

/* A snapshot of what `capacity` leaves of `snapshot`. */
static struct snapshot *
squeeze(const struct snapshot *snapshot, uint32_t capacity)
{
	struct tally tally = tally_new(capacity);
	struct snapshot *squeezed;

	counters_load(tally.counters, snapshot);
	squeezed = snapshot_of(tally.counters);
	tally_free(&tally);
	return (squeezed);
}

static void
check_sums(const struct snapshot *snapshot, const uint64_t wanted[METRIC_COUNT],
    uint32_t capacity)
{
	uint64_t sum[METRIC_COUNT];

	sum_up(snapshot, sum);
	for (unsigned i = 0; i < METRIC_COUNT; i++)
		if (sum[i] != wanted[i])
			fail_msg("%s sums up to %" PRIu64 ", not %" PRIu64
				 ", at capacity %u",
			    metrics[i].key, sum[i], wanted[i], capacity);
	if (snapshot->number_count > capacity - TEXTS_RESERVED)
		fail_msg("%zu keys at capacity %u", snapshot->number_count,
		    capacity);
}

static void
test_squeeze(void **state)
{
	static const uint32_t capacities[] = { 1024, 1480, 2400, 5120, 8192 };
	struct tally tally = tally_new(8192);
	struct snapshot *all;
	uint64_t wanted[METRIC_COUNT];

	(void)state;
	feed_many(&tally);
	all = snapshot_of(tally.counters);
	tally_free(&tally);
	sum_up(all, wanted);
	/* So that 5120 is enough for the keys as they are, but not for the room
	   that is set aside for more of them. */
	assert_in_range(all->number_count, 2400, 5120 - TEXTS_RESERVED);
	/* Two deliveries a round, a third of them sent, a sixth bounced. */
	assert_int_equal(wanted[METRIC_DELIVERY_SENT], 4000);
	assert_int_equal(wanted[METRIC_REPLY_5XX], 2000);
	assert_int_equal(wanted[METRIC_RECEIVED], 6000);
	for (unsigned i = 0; i < COUNT(capacities); i++) {
		struct snapshot *first = squeeze(all, capacities[i]);
		struct snapshot *second = squeeze(first, capacities[i]);

		check_sums(first, wanted, capacities[i]);
		assert_true(snapshots_same(first, second));
		assert_int_equal(
		    snapshots_same(first, all), capacities[i] == 8192);
		snapshot_free(first);
		snapshot_free(second);
	}
	snapshot_free(all);
}

/* What is given up are the instances, not the labels, while there is room. */
static void
test_squeeze_labels(void **state)
{
	struct tally tally = tally_new(8192);
	struct snapshot *all, *squeezed;

	(void)state;
	feed_many(&tally);
	all = snapshot_of(tally.counters);
	squeezed = squeeze(all, 4096);
	for (size_t i = 0; i < all->number_count; i++) {
		const struct number *number = &all->numbers[i];

		if (strchr(number->key, '@') == NULL &&
		    value_in(squeezed, number->key) != number->value)
			fail_msg("%s was %" PRIu64, number->key, number->value);
	}
	snapshot_free(all);
	snapshot_free(squeezed);
	tally_free(&tally);
}

/* A snapshot of a version that told more labels and instances apart. */
static void
test_more_labels(void **state)
{
	struct snapshot *old = snapshot_new(), *first, *second;
	uint64_t wanted[METRIC_COUNT];

	(void)state;
	snapshot_add_text(old, SLICE("=instance:2"), SLICE("a"));
	for (unsigned i = 0; i < 200; i++) {
		char key[64];

		(void)snprintf(key, sizeof(key), "delivery:t%u:sent", i);
		snapshot_add_number(old, slice_of(key), 10 + i);
		(void)snprintf(key, sizeof(key), "delivery:t%u:sent@a", i);
		snapshot_add_number(old, slice_of(key), 4);
		(void)snprintf(key, sizeof(key), "delivery:t%u:sent@b", i);
		snapshot_add_number(old, slice_of(key), 6 + i);
		(void)snprintf(key, sizeof(key), "receive:s%u:m%u", i, i);
		snapshot_add_number(old, slice_of(key), 1 + i);
	}
	snapshot_sort(old);
	sum_up(old, wanted);
	first = squeeze(old, 8192);
	second = squeeze(first, 8192);
	check_sums(first, wanted, 8192);
	assert_true(snapshots_same(first, second));
	snapshot_free(old);
	snapshot_free(first);
	snapshot_free(second);
}

/* What comes after that is counted on top, within the same limit. */
static void
test_squeeze_go_on(void **state)
{
	struct tally before = tally_new(8192), after = tally_new(1000);
	struct snapshot *all, *more;
	uint64_t wanted[METRIC_COUNT], overflow[METRIC_COUNT];

	(void)state;
	feed_many(&before);
	all = snapshot_of(before.counters);
	counters_load(after.counters, all);
	snapshot_free(all);
	feed_many(&before);
	feed_many(&after);
	all = snapshot_of(before.counters);
	more = snapshot_of(after.counters);
	sum_up(all, wanted);
	sum_up(more, overflow);
	assert_true(
	    overflow[METRIC_TAILER_OVERFLOW] > wanted[METRIC_TAILER_OVERFLOW]);
	wanted[METRIC_TAILER_OVERFLOW] = overflow[METRIC_TAILER_OVERFLOW];
	check_sums(more, wanted, 1000);
	snapshot_free(all);
	snapshot_free(more);
	tally_free(&before);
	tally_free(&after);
}

static void
test_samples(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *all;
	struct slice text;
	char line[1024];

	(void)state;
	for (unsigned i = 0; i < SAMPLE_COUNT + 5; i++) {
		(void)snprintf(line, sizeof(line), "postfix/x[1]: number %u%s",
		    i, i == 24 ? "" : " and more");
		tally_text(&tally, line);
	}
	check_same(&tally, 4096);
	all = snapshot_of(tally.counters);
	line_save(tally.lines, all);
	assert_true(snapshot_text(all, SLICE("=sample:19"), &text));
	assert_true(
	    slice_equal(text, "Feb 24 16:18:40 mx1 postfix/x[1]: number 24"));
	assert_true(snapshot_text(all, SLICE("=sample:00"), &text));
	assert_true(slice_equal(
	    text, "Feb 24 16:18:40 mx1 postfix/x[1]: number 5 and more"));
	assert_false(snapshot_text(all, SLICE("=sample:20"), &text));
	snapshot_free(all);

	memset(line, 'x', sizeof(line));
	memcpy(line, "Feb 24 16:18:40 mx1 postfix/x[1]: ", 34);
	line_count(
	    tally.lines, (struct slice){ line, sizeof(line) }, NO_INSTANCE);
	check_same(&tally, 4096);
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("what is saved and loaded is saved again the same",
		    test_restart),
		TEST("so it is when the store is full", test_restart_full),
		TEST("so it is for instances that are not told apart",
		    test_restart_other),
		TEST("counting goes on where it stopped", test_go_on),
		TEST("rows that are new or gone change no other number",
		    test_upgrade),
		TEST("an instance keeps its number over a restart",
		    test_instance_index),
		TEST("a smaller capacity keeps totals and its own limit",
		    test_smaller),
		TEST("at any capacity every family sums up as before, and "
		     "once only",
		    test_squeeze),
		TEST("instances are given up before labels",
		    test_squeeze_labels),
		TEST("labels beyond those told apart sum up as before",
		    test_more_labels),
		TEST("and counting goes on within the smaller capacity",
		    test_squeeze_go_on),
		TEST("the last unrecognised lines are kept, oldest first",
		    test_samples),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
