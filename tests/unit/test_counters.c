/*
 * Counters within their limits: of labels, of instances, of the store.
 */
#include "tests/unit/unit.h"
#include "lib/stats/counters_layout.h"
#include "lib/stats/store.h"

/* Count a line in which `number` stands for the `#`. */
static void
numbered(struct tally *tally, const char *text, unsigned number)
{
	int before = (int)strcspn(text, "#");
	char line[256];

	(void)snprintf(line, sizeof(line), "%.*s%u%s", before, text, number,
	    text + before + 1);
	tally_text(tally, line);
}

static void
test_start(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *all = snapshot_of(tally.counters);

	(void)state;
	assert_int_equal(value_in(all, "sent:smtp"), 0);
	assert_int_equal(value_in(all, "recv:local"), 0);
	assert_int_equal(value_in(all, "smtpd:5xx"), 0);
	assert_int_equal(value_in(all, "reject:postscreen:4xx:rbl"), ABSENT);
	assert_int_equal(value_in(all, "lines:read"), 0);
	assert_int_equal(value_in(all, "tailer:overflow"), 0);
	for (size_t i = 0; i < all->number_count; i++) {
		assert_int_equal(all->numbers[i].value, 0);
		assert_null(strstr(all->numbers[i].key, "other@"));
		assert_null(strstr(all->numbers[i].key, "delivery:"));
		assert_null(strstr(all->numbers[i].key, "receive:"));
		assert_null(strchr(all->numbers[i].key, '@'));
	}
	assert_int_equal(all->text_count, 0);
	snapshot_free(all);
	tally_free(&tally);
}

static void
test_together(void **state)
{
	static const char *const keys[] = { "delivery:relay:sent",
		"delivery:relay:deferred", "delivery:relay:bounced",
		"delivery:relay:softbounce", "delivery:relay:forwarded",
		"reply:relay:4xx", "reply:relay:5xx" };
	struct tally tally = tally_new(4096);

	(void)state;
	tally_text(&tally,
	    "postfix/relay/smtp[1]: 4A1B2C3D4E: to=<u@a>, "
	    "relay=x, delay=1, status=bounced (x)");
	for (size_t i = 0; i < COUNT(keys); i++)
		assert_int_equal(value_of(tally.counters, keys[i]),
		    strcmp(keys[i], "delivery:relay:bounced") == 0);
	assert_int_equal(value_of(tally.counters, "sent:relay"), ABSENT);
	assert_int_equal(
	    value_of(tally.counters, "delivery:smtp:sent"), ABSENT);
	tally_free(&tally);
}

static void
test_label_limit(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < 100; i++)
			numbered(&tally,
			    "postfix/t#/smtp[1]: 4A1B2C3D4E: "
			    "to=<u@a>, relay=x, delay=1, status=sent (x)",
			    i);
	assert_int_equal(value_of(tally.counters, "sent:smtp"), 200);
	assert_int_equal(value_of(tally.counters, "delivery:t0:sent"), 2);
	assert_int_equal(value_of(tally.counters, "delivery:t99:sent"), ABSENT);
	/* `other` is one of the 64. */
	assert_int_equal(
	    value_of(tally.counters, "delivery:other:sent"), 2 * (100 - 63));
	assert_int_equal(
	    value_of(tally.counters, "tailer:overflow"), 2 * (100 - 63));
	tally_free(&tally);
}

static void
test_odd_labels(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	tally_text(&tally,
	    "postfix/pipe[1]: 4A1B2C3D4E: to=<u@a>, "
	    "relay=a-name-of-more-than-thirty-two-bytes, delay=1, "
	    "status=sent (x)");
	assert_int_equal(value_of(tally.counters, "sent:other"), 1);
	assert_int_equal(value_of(tally.counters, "delivery:other:sent"), 1);
	assert_true(value_of(tally.counters, "tailer:overflow") > 0);
	tally_text(&tally,
	    "postfix/pipe[1]: 4A1B2C3D4E: to=<u@a>, "
	    "relay=, delay=1, status=sent (x)");
	assert_int_equal(value_of(tally.counters, "sent:other"), 2);
	tally_free(&tally);
}

/* Relays beyond the limit all count under `other`, and each time as not having
   found room; one that is called so is no such thing. */
static void
test_relay_limit(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 100; i++)
			numbered(&tally,
			    "postfix/pipe[1]: 4A1B2C3D4E: to=<u@a>, "
			    "relay=p#, delay=1, status=sent (x)",
			    i);
		tally_text(&tally,
		    "postfix/pipe[1]: 4A1B2C3D4E: to=<u@a>, relay=other, "
		    "delay=1, status=sent (x)");
	}
	assert_int_equal(value_of(tally.counters, "delivery:p0:sent"), 3);
	assert_int_equal(value_of(tally.counters, "delivery:p62:sent"), 3);
	assert_int_equal(value_of(tally.counters, "delivery:p63:sent"), ABSENT);
	assert_int_equal(value_of(tally.counters, "delivery:other:sent"),
	    3 * (100 - 63) + 3);
	assert_int_equal(
	    value_of(tally.counters, "tailer:overflow"), 3 * (100 - 63));
	tally_free(&tally);
}

/* Methods of one service, with and without room, in turn with none. */
static void
test_method_limit(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		numbered(&tally,
		    "postfix/smtpd[1]: 4A1B2C3D4E: client=a[::1], "
		    "sasl_method=M#",
		    i % 20);
		tally_text(
		    &tally, "postfix/smtpd[1]: 4A1B2C3D4E: client=a[::1]");
	}
	assert_int_equal(value_of(tally.counters, "receive:smtpd:NONE"), 60);
	assert_int_equal(value_of(tally.counters, "receive:smtpd:M0"), 3);
	assert_int_equal(value_of(tally.counters, "receive:smtpd:M13"), 3);
	assert_int_equal(
	    value_of(tally.counters, "receive:smtpd:other"), 3 * (20 - 14));
	assert_int_equal(
	    value_of(tally.counters, "tailer:overflow"), 3 * (20 - 14));
	assert_int_equal(value_of(tally.counters, "recv:smtp"), 120);
	tally_free(&tally);
}

static const char *const floods[] = {
	"postfix/t#/smtp[1]: 4A1B2C3D4E: to=<u@a>, relay=x, delay=1, "
	"status=sent (x)",
	"postfix/pipe[1]: 4A1B2C3D4E: to=<u@a>, relay=p#, delay=1, "
	"status=sent (x)",
	"postfix-#/lmtp[1]: 4A1B2C3D4E: to=<u@a>, relay=x, delay=1, "
	"status=sent (x)",
	"postfix/s#/smtpd[1]: 4A1B2C3D4E: client=a[::1]",
	"postfix/smtpd[1]: 4A1B2C3D4E: client=a[::1], sasl_method=M#",
	"postfix/daemon#[1]: hello",
	"postfix-#/smtpd[1]: NOQUEUE: reject: RCPT from a[::1]: 550 no",
	"postfix/q#/smtpd[1]: NOQUEUE: reject: RCPT from a[::1]: 450 no",
	"postfix-#/x/smtpd[1]: 4A1B2C3D4E: client=a[::1], sasl_method=%#",
};

/* Sum of all totals that begin with `family`. */
static uint64_t
family_sum(const struct snapshot *all, const char *family, bool instances)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < all->number_count; i++)
		if (strncmp(all->numbers[i].key, family, strlen(family)) == 0 &&
		    (strchr(all->numbers[i].key, '@') != NULL) == instances)
			sum += all->numbers[i].value;
	return (sum);
}

static void
check_flood(uint32_t capacity, unsigned stride)
{
	struct tally tally = tally_new(capacity);
	unsigned most = 3000;
	struct snapshot *all;

	/* Which flood comes first decides what is left for the others. */
	for (unsigned n = 0; n < most * COUNT(floods); n++)
		numbered(&tally,
		    floods[(n * stride + n / most) % COUNT(floods)],
		    (n * 7919) % most);
	all = snapshot_of(tally.counters);
	line_save(tally.lines, all);
	assert_true(all->number_count <= capacity - TEXTS_RESERVED);
	assert_true(all->text_count + 1 <= TEXTS_RESERVED);
	assert_int_equal(value_in(all, "lines:read"), most * COUNT(floods));
	assert_int_equal(value_in(all, "lines:postfix"),
	    value_in(all, "lines:unrecognised") +
		family_sum(all, "delivery:", false) +
		family_sum(all, "receive:", false) +
		family_sum(all, "reject:", false));
	assert_int_equal(family_sum(all, "delivery:", false),
	    family_sum(all, "delivery:", true));
	assert_int_equal(family_sum(all, "sent:", false),
	    family_sum(all, "delivery:", false));
	assert_int_equal(
	    family_sum(all, "sent:", true), family_sum(all, "sent:", false));
	assert_int_equal(family_sum(all, "reject:", true),
	    family_sum(all, "reject:", false));
	assert_true(value_in(all, "tailer:overflow") > 0);
	snapshot_free(all);
	tally_free(&tally);
}

static void
test_floods(void **state)
{
	(void)state;
	for (uint32_t capacity = STORE_CAPACITY_MIN; capacity <= 8192;
	     capacity *= 2)
		for (unsigned stride = 0; stride <= 2; stride++)
			check_flood(capacity, stride);
}

static void
test_instances(void **state)
{
	struct tally tally = tally_new(4096);
	struct slice name;
	struct snapshot *all;

	(void)state;
	tally_text(&tally, "postfix/smtpd[1]: 4A1B2C3D4E: client=a[::1]");
	assert_int_equal(value_of(tally.counters, "recv:smtp@postfix"), ABSENT);
	tally_text(&tally, "postfix-out/smtpd[1]: 4A1B2C3D4E: client=a[::1]");
	tally_text(&tally,
	    "postfix-out/smtp[1]: 4A1B2C3D4E: to=<u@a>, "
	    "relay=x, delay=1, status=sent (x)");
	all = snapshot_of(tally.counters);
	assert_int_equal(value_in(all, "recv:smtp"), 2);
	assert_int_equal(value_in(all, "recv:smtp@postfix"), 1);
	assert_int_equal(value_in(all, "recv:smtp@postfix-out"), 1);
	assert_int_equal(value_in(all, "sent:smtp@postfix"), 0);
	assert_int_equal(value_in(all, "sent:smtp@postfix-out"), 1);
	assert_int_equal(value_in(all, "delivery:smtp:sent@postfix-out"), 1);
	assert_int_equal(value_in(all, "smtpd:4xx@postfix"), 0);
	assert_int_equal(value_in(all, "receive:smtpd:NONE"), 2);
	assert_int_equal(value_in(all, "receive:smtpd:NONE@postfix"), ABSENT);
	assert_int_equal(value_in(all, "lines:read@postfix"), ABSENT);
	assert_true(snapshot_text(all, SLICE("=instance:2"), &name));
	assert_true(slice_equal(name, "postfix"));
	assert_true(snapshot_text(all, SLICE("=instance:3"), &name));
	assert_true(slice_equal(name, "postfix-out"));
	snapshot_free(all);
	tally_free(&tally);
}

static void
test_given_instance(void **state)
{
	struct tally tally = tally_new(4096);
	struct slice line = SLICE("Feb 24 16:18:40 mx1 postfix/smtpd[1]: "
				  "4A1B2C3D4E: client=a[::1]");

	(void)state;
	line_count(tally.lines, line, SLICE("a b@c"));
	line_count(tally.lines, line, SLICE("a b@c"));
	line_count(tally.lines, line, NO_INSTANCE);
	assert_int_equal(value_of(tally.counters, "recv:smtp@a%20b%40c"), 2);
	assert_int_equal(value_of(tally.counters, "recv:smtp@postfix"), 1);
	tally_free(&tally);
}

/* A publication refuses a key that comes twice. */
static void
test_instance_other(void **state)
{
	struct tally tally = tally_new(8192);
	struct slice line = SLICE("Feb 24 16:18:40 mx1 postfix/smtpd[1]: "
				  "4A1B2C3D4E: client=a[::1]");
	struct snapshot *all;

	(void)state;
	line_count(tally.lines, line, SLICE("other"));
	for (unsigned i = 0; i < 30; i++)
		numbered(&tally,
		    "postfix-#/smtpd[1]: 4A1B2C3D4E: "
		    "client=a[::1]",
		    i);
	all = snapshot_of(tally.counters);
	for (size_t i = 1; i < all->number_count; i++)
		if (strcmp(all->numbers[i - 1].key, all->numbers[i].key) == 0)
			fail_msg("%s comes twice", all->numbers[i].key);
	assert_int_equal(family_sum(all, "recv:", true), 31);
	snapshot_free(all);
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("keys without labels are 0 from the start, others are "
		     "not there",
		    test_start),
		TEST("all rows over the same labels come together",
		    test_together),
		TEST("a label value over the limit counts under other",
		    test_label_limit),
		TEST("an empty or overlong label value counts under other",
		    test_odd_labels),
		TEST("so does a relay over the limit, every time",
		    test_relay_limit),
		TEST("and a SASL method, but not having none",
		    test_method_limit),
		TEST("no flood of names makes more keys than the store takes",
		    test_floods),
		TEST("a second instance brings the keys of both",
		    test_instances),
		TEST("an instance given with the log stands for the tag's",
		    test_given_instance),
		TEST("an instance named other makes no key twice",
		    test_instance_other),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
