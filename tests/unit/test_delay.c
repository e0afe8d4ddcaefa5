/*
 * How long deliveries took.
 */
#include "tests/unit/unit.h"
#include "lib/stats/counters_layout.h"
#include "lib/stats/delay.h"
#include "lib/stats/render.h"

/* Bytes that may be looked at behind a text. */
static const char behind[] = " dsn=2.0.0, status=sent (x)";

static bool
reads(const char *text, uint64_t *number_r)
{
	char line[128];
	uint64_t delay = 0;
	const char *end;

	(void)snprintf(line, sizeof(line), "%s,%s", text, behind);
	end = delay_read(line, line + strlen(text) + 1, ',', &delay);
	*number_r = delay_microseconds(delay);
	if (end != NULL) {
		assert_ptr_equal(end, line + strlen(text) + 1);
		assert_int_equal(delay_step(delay),
		    histogram_step(&histograms[HISTOGRAM_DELAY], *number_r));
	}
	return (end != NULL);
}

static const struct {
	const char *text;
	uint64_t microseconds; /* ABSENT: no delay */
} texts[] = {
	{ "0", 0 },
	{ "0.01", 10000 },
	{ "0.99", 990000 },
	{ "1.2", 1200000 },
	{ "12", 12000000 },
	{ "86400", 86400000000 },
	{ "0.000001", 1 },
	{ "0.123456", 123456 },
	{ "0.1234567", 123456 },
	{ "999999", 999999000000 },
	{ "1234567", 1234567000000 },
	{ "12345678", 12345678000000 },
	{ "999999999", 999999999000000 },
	{ "9999999999", ABSENT },
	{ "", ABSENT },
	{ ".", ABSENT },
	{ "1.", ABSENT },
	{ ".5", ABSENT },
	{ "1.2.3", ABSENT },
	{ "-1", ABSENT },
	{ "+1", ABSENT },
	{ " 1", ABSENT },
	{ "1 ", ABSENT },
	{ "5e-05", ABSENT },
	{ "1.5e+02", ABSENT },
	{ "1/2", ABSENT },
	{ "inf", ABSENT },
	{ "0x10", ABSENT },
	{ "1h", ABSENT },
	{ "1:2", ABSENT },
	{ "1;2?", ABSENT },
	{ "\xb1", ABSENT },
	{ "1\xae"
	  "5",
	    ABSENT },
};

/* What was read once is known the second time. */
static void
test_texts(void **state)
{
	uint64_t number;

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(texts); i++) {
		const char *text = texts[i / 2].text;
		uint64_t wanted = texts[i / 2].microseconds;

		if (reads(text, &number) != (wanted != ABSENT) ||
		    (wanted != ABSENT && number != wanted))
			fail_msg("\"%s\" is read as %" PRIu64, text, number);
	}
}

/* More texts than are kept, again and again. */
static void
test_many(void **state)
{
	char text[32];
	uint64_t number;

	(void)state;
	for (unsigned i = 0; i < 40000; i++) {
		unsigned n = i * 7919u % 10007u;
		unsigned parts = i % 3 == 0 ? 10 : i % 3 == 1 ? 100 : 1000;

		(void)snprintf(text, sizeof(text), "%u.%0*u", n / parts,
		    (int)(i % 3 + 1), n % parts);
		assert_true(reads(text, &number));
		assert_int_equal(number, (uint64_t)n * MICROSECONDS / parts);
	}
}

static void
test_no_end(void **state)
{
	static const char text[] = "0.07 dsn=2.0.0, status=sent (x)";
	uint64_t delay;

	(void)state;
	assert_null(delay_read(text, text + 4, ',', &delay));
	assert_null(delay_read(text, text, ',', &delay));
}

/* --- lines -------------------------------------------------------------- */

/* Count a delivery with these fields, and `status`. */
static void
deliver(struct tally *tally, const char *tag, const char *delays,
    const char *status)
{
	char line[512];

	(void)snprintf(line, sizeof(line),
	    "%s[1]: 4A1B2C3D4E: to=<u@a>, relay=legal, %s, dsn=2.0.0, "
	    "status=%s (x)",
	    tag, delays, status);
	tally_text(tally, line);
}

#define DELAYS "delay=1.5, delays=0.1/0/0.04/1.36"

static void
assert_delay(const struct snapshot *all, const char *stage, const char *what,
    uint64_t wanted)
{
	char key[KEY_MAX + 1];

	(void)snprintf(key, sizeof(key), "delay:%s:%s", stage, what);
	if (value_in(all, key) != wanted)
		fail_msg("%s is %" PRIu64 ", not %" PRIu64, key,
		    value_in(all, key), wanted);
}

static void
test_stages(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *all;

	(void)state;
	deliver(&tally, "postfix/smtp", DELAYS, "sent");
	deliver(&tally, "postfix/smtp", DELAYS, "bounced");
	deliver(&tally, "postfix/smtp", DELAYS, "deferred");
	deliver(&tally, "postfix/smtp", DELAYS, "SOFTBOUNCE");
	deliver(&tally, "postfix/smtp", DELAYS, "deliverable");
	all = settled(&tally);
	assert_delay(all, "smtp:total", "count", 2);
	assert_delay(all, "smtp:total", "sum", 3000000);
	assert_delay(all, "smtp:total", "le:1", 0);
	assert_delay(all, "smtp:total", "le:5", 2);
	assert_delay(all, "smtp:total", "le:172800", 2);
	assert_delay(all, "smtp:before_queue_manager", "sum", 200000);
	assert_delay(all, "smtp:before_queue_manager", "le:0.01", 0);
	assert_delay(all, "smtp:before_queue_manager", "le:0.1", 2);
	assert_delay(all, "smtp:queue_manager", "sum", 0);
	assert_delay(all, "smtp:queue_manager", "le:0.001", 2);
	assert_delay(all, "smtp:connection_setup", "sum", 80000);
	assert_delay(all, "smtp:transmission", "sum", 2720000);
	assert_delay(all, "smtp:transmission", "count", 2);
	snapshot_free(all);
	tally_free(&tally);
}

/* A transport has its own, a pipe's by its name in relay=. */
static void
test_transports(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *all;

	(void)state;
	deliver(&tally, "postfix/relay/smtp", DELAYS, "sent");
	deliver(&tally, "postfix/pipe", DELAYS, "sent");
	deliver(&tally, "postfix-out/local", DELAYS, "sent");
	tally_text(&tally,
	    "postfix/local[1]: message repeated 3 times: [ 4A1B2C3D4E: "
	    "to=<u@a>, relay=local, " DELAYS ", dsn=2.0.0, status=sent (x)]");
	all = settled(&tally);
	assert_delay(all, "relay:total", "count", 1);
	assert_delay(all, "legal:total", "count", 1);
	assert_delay(all, "local:total", "count", 4);
	assert_delay(all, "local:total", "sum", 6000000);
	assert_delay(all, "smtp:total", "count", ABSENT);
	assert_delay(all, "pipe:total", "count", ABSENT);
	assert_delay(all, "local:total", "count@postfix", ABSENT);
	snapshot_free(all);
	tally_free(&tally);
}

/* A delivery counts whatever its delays look like. */
static void
test_odd_fields(void **state)
{
	static const struct {
		const char *fields;
		uint64_t total, parts;
	} cases[] = {
		{ "delay=3", 1, 0 },
		{ "delay=1.5, delays=0.1/0/0.04/1e-05", 1, 0 },
		{ "delay=1.5, delays=0.1/0/0.04", 1, 0 },
		{ "delay=1.5, delays=0.1/0/0.04/1/2", 1, 0 },
		{ "delay=1.5, delays=", 1, 0 },
		{ "delay=1.5, delays=0.1/0/0.04/1.36, tls=may", 1, 1 },
		{ "delay=2e+05, delays=0.1/0/0.04/1.36", 0, 0 },
		{ "delay=, delays=0.1/0/0.04/1.36", 0, 0 },
		{ "delay=1.5s, delays=0.1/0/0.04/1.36", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tally tally = tally_new(4096);
		uint64_t absent = cases[i].total ? cases[i].total : ABSENT;
		struct snapshot *all;

		deliver(&tally, "postfix/smtp", cases[i].fields, "sent");
		all = settled(&tally);
		assert_int_equal(value_in(all, "sent:smtp"), 1);
		assert_delay(all, "smtp:total", "count", absent);
		assert_delay(all, "smtp:transmission", "count",
		    cases[i].parts ? 1 : ABSENT);
		snapshot_free(all);
		tally_free(&tally);
	}
}

/* Only what stands behind the address and its relay is a delay. */
static void
test_forged(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *all;

	(void)state;
	tally_text(&tally,
	    "postfix/smtp[1]: 4A1B2C3D4E: to=<\"a>, relay=x, delay=9, "
	    "delays=9/9/9/9, dsn=2.0.0, status=sent (\"@a>, relay=y, " DELAYS
	    ", dsn=2.0.0, status=sent (250 delay=7, delays=7/7/7/7)");
	all = settled(&tally);
	assert_delay(all, "smtp:total", "count", 1);
	assert_delay(all, "smtp:total", "sum", 1500000);
	snapshot_free(all);
	tally_free(&tally);
}

/* --- limits ------------------------------------------------------------- */

static uint64_t
counts(const struct snapshot *all, const char *end)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < all->number_count; i++) {
		const char *key = all->numbers[i].key;

		if (strncmp(key, "delay:", 6) == 0 &&
		    strlen(key) > strlen(end) &&
		    strcmp(key + strlen(key) - strlen(end), end) == 0)
			sum += all->numbers[i].value;
	}
	return (sum);
}

/* A store that is full has all keys of a histogram or none. */
static void
assert_whole(const struct snapshot *all)
{
	size_t sums = 0, bounds = 0;

	for (size_t i = 0; i < all->number_count; i++) {
		const char *key = all->numbers[i].key;

		if (strncmp(key, "delay:", 6) != 0)
			continue;
		sums += strcmp(strrchr(key, ':'), ":sum") == 0;
		bounds += strstr(key, ":le:") != NULL;
	}
	assert_int_equal(
	    bounds, sums * histograms[HISTOGRAM_DELAY].bound_count);
}

static void
flood(uint32_t capacity)
{
	struct tally tally = tally_new(capacity), next = tally_new(capacity);
	struct snapshot *all, *again;
	char tag[64];

	for (unsigned i = 0; i < 300; i++) {
		(void)snprintf(tag, sizeof(tag), "postfix/t%u/smtp", i % 100);
		deliver(&tally, tag, DELAYS, "sent");
	}
	all = settled(&tally);
	assert_true(all->number_count <= capacity - TEXTS_RESERVED);
	assert_int_equal(counts(all, ":total:count"), 300);
	assert_int_equal(counts(all, ":total:sum"), 300 * 1500000);
	assert_int_equal(counts(all, ":transmission:le:5"), 300);
	assert_true(value_in(all, "delay:other:total:count") > 0);
	assert_true(value_in(all, "tailer:overflow") >=
	    value_in(all, "delay:other:total:count"));
	assert_whole(all);
	counters_load(next.counters, all);
	again = settled(&next);
	assert_true(snapshots_same(all, again));
	snapshot_free(all);
	snapshot_free(again);
	tally_free(&tally);
	tally_free(&next);
}

static void
test_full(void **state)
{
	(void)state;
	for (uint32_t capacity = 1024; capacity <= 16384; capacity *= 2)
		flood(capacity);
}

/* Kept in microseconds, shown in seconds. */
static void
test_shown(void **state)
{
	static const struct {
		const char *key, *text;
		uint64_t value;
	} cases[] = {
		{ "delay:smtp:total:sum", "1.500000", 1500000 },
		{ "delay:smtp:total:sum", "0.000001", 1 },
		{ "delay:smtp:total:sum", "12.000000", 12000000 },
		{ "delay:smtp:total:sum", "18446744073709.551615", UINT64_MAX },
		{ "delay:smtp:total:count", "1500000", 1500000 },
		{ "delay:smtp:total:le:1", "7", 7 },
		{ "queue_age:hold:sum", "1500000", 1500000 },
		{ "sent:smtp", "18446744073709551615", UINT64_MAX },
		{ "no key", "3", 3 },
	};
	char text[NUMBER_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    render_number(slice_of(cases[i].key), cases[i].value, text),
		    cases[i].text);
	for (unsigned i = 0; i < METRIC_COUNT; i++)
		assert_false(metrics[i].kind == KIND_DURATION &&
		    metrics[i].object.place != OBJECT_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a delay is read as Postfix writes it", test_texts),
		TEST("so are more than are kept", test_many),
		TEST("one without an end is none", test_no_end),
		TEST("a final result is observed in each stage", test_stages),
		TEST("each transport by itself", test_transports),
		TEST("odd delays are left out, the delivery is not",
		    test_odd_fields),
		TEST("forged delays do not count", test_forged),
		TEST("a full store has whole histograms", test_full),
		TEST("sums are shown in seconds", test_shown),
	};

	histograms_read();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
