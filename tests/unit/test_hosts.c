/*
 * A log of several hosts, each counted by itself: the quick way of one line
 * must not be taken for the host of another.
 */
#include "tests/unit/unit.h"
#include "lib/stats/counters_layout.h"

#define BSD "Feb 24 16:18:40 "
#define ISO "2026-02-24T16:18:40.123456+00:00 "
#define SENT \
	"4A1B2C3D4E: to=<a@b>, relay=c[192.0.2.1]:25, delay=1, " \
	"delays=1/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok)"

/* What a line of a host may look like: before the host, and behind it. */
static const struct {
	const char *stamp, *rest;
} forms[] = {
	{ BSD, " postfix/smtp[1]: " SENT },
	{ BSD, " postfix/smtp[12345]: " SENT },
	{ "Feb 24 16:18:41 ", " postfix/smtp[12345]: " SENT },
	{ BSD, " postfix-out/smtp[12345]: " SENT },
	{ BSD, " postfix/qmgr[1]: 4A1B2C3D4E: removed" },
	{ BSD, " postfix/cleanup[1]: 4A1B2C3D4E: message-id=<x>" },
	{ BSD,
	    " postfix/qmgr[1]: 4A1B2C3D4E: from=<a@b>, size=9, nrcpt=1 "
	    "(queue active)" },
	{ ISO, " postfix/smtp[1]: " SENT },
	{ ISO, " postfix/relay/smtp[1]: " SENT },
	{ "<22>" BSD, " postfix/smtp[1]: " SENT },
	{ "<22>1 " ISO, " postfix/smtp 1 - - " SENT },
	{ "Feb  4 16:18:40 ", " postfix/smtp: " SENT },
	{ BSD, " postfix/smtp[1]: " SENT "\r" },
	{ BSD, " postfix/smtp[1]: message repeated 2 times: [ " SENT "]" },
	{ BSD, " postfix/smtp]: " SENT },
	{ BSD, "" },
	{ BSD, " sshd[1]: postfix/smtp[1]: " SENT },
	{ BSD, " postfix/smtp[1]: what is this" },
	{ BSD, " postfix/a-service-with-a-very-long-name/smtp[1]: " SENT },
};

static const char *const hosts[] = { "mx1", "mx2", "mx10", "mail.example.org",
	"a-host-with-a-name-longer.example.org", "192.0.2.1", "2001:db8::1",
	"mx1x", "-" };

/* Lines of hosts in any order, and what each one counts for. */
static size_t
make_lines(char *text, size_t size, struct tally *each, uint32_t *seed)
{
	size_t len = 0;
	const char *host = hosts[0];

	for (unsigned n = 0; n < 200; n++) {
		char line[1024];
		size_t form;
		int more;

		if (random_next(seed) % 3 == 0)
			host = hosts[random_next(seed) % COUNT(hosts)];
		form = random_next(seed) % 2 == 0 ?
		    0 :
		    random_next(seed) % COUNT(forms);
		more = snprintf(line, sizeof(line) - 1, "%s%s%s",
		    forms[form].stamp, host, forms[form].rest);
		assert_in_range(more, 1, sizeof(line) - 2);
		line[more++] = '\n';
		assert_true(len + (size_t)more < size);
		memcpy(text + len, line, (size_t)more);
		len += (size_t)more;
		line_count(each->lines, (struct slice){ line, (size_t)more },
		    line_host(slice_of(host)));
	}
	return (len);
}

/* Which host was met first may differ: of lines that are not understood it does
   not matter, so they are counted later. */
static void
assert_same_numbers(const struct snapshot *a, const struct snapshot *b)
{
	assert_int_equal(a->number_count, b->number_count);
	for (size_t i = 0; i < a->number_count; i++)
		if (value_in(b, a->numbers[i].key) != a->numbers[i].value)
			fail_msg("%s differs", a->numbers[i].key);
}

static void
test_hosts(void **state)
{
	static char text[1 << 18];
	uint32_t seed = 3;

	(void)state;
	for (unsigned run = 0; run < 200; run++) {
		struct tally tally = tally_new(4096), each = tally_new(4096);
		struct snapshot *together, *apart;
		size_t len, half;

		line_by_host(tally.lines);
		len = make_lines(text, sizeof(text), &each, &seed);
		half = slice_lines(
		    (struct slice){ text, len }, 0, len / (run % 7 + 1));
		line_count(
		    tally.lines, (struct slice){ text, half }, NO_INSTANCE);
		memset(text, 'x', half); /* nothing of it is needed any more */
		line_count(tally.lines,
		    (struct slice){ text + half, len - half }, NO_INSTANCE);
		together = snapshot_of(tally.counters);
		apart = snapshot_of(each.counters);
		assert_same_numbers(together, apart);
		snapshot_free(together);
		snapshot_free(apart);
		tally_free(&tally);
		tally_free(&each);
	}
}

/* The line behind one that is too long begins as that does. */
static void
test_overlong(void **state)
{
	static char text[LINE_LEN_MAX + 4096];
	struct tally tally = tally_new(4096);
	size_t len;

	(void)state;
	line_by_host(tally.lines);
	len = (size_t)snprintf(text, sizeof(text),
	    BSD "mx1 postfix/smtp[1]: " SENT "\n" BSD "mx2 postfix/smtp[1]: ");
	memset(text + len, 'x', LINE_LEN_MAX);
	len += LINE_LEN_MAX;
	for (int i = 0; i < 3; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "\n" BSD "mx2 postfix/smtp[1]: " SENT);
	assert_int_equal(
	    line_count(tally.lines, (struct slice){ text, len }, NO_INSTANCE),
	    5);
	assert_int_equal(value_of(tally.counters, "lines:overlong"), 1);
	assert_int_equal(value_of(tally.counters, "sent:smtp@mx1"), 1);
	assert_int_equal(value_of(tally.counters, "sent:smtp@mx2"), 3);
	tally_free(&tally);
}

static void
test_keys(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	line_by_host(tally.lines);
	tally_line(&tally, "Feb 24 16:18:40 mx1 postfix/smtp[1]: " SENT);
	tally_line(&tally, "Feb 24 16:18:40 mx2 postfix-out/smtp[1]: " SENT);
	tally_line(&tally, "Feb 24 16:18:40 mx2 postfix/smtp[1]: " SENT);
	/* A log or an entry that somebody else has named is what it was. */
	line_count(tally.lines,
	    SLICE("Feb 24 16:18:40 mx2 postfix/smtp[1]: " SENT), SLICE("x"));
	line_count_parts(
	    tally.lines, SLICE("postfix/smtp"), SLICE(SENT), SLICE("y"));
	line_count_parts(
	    tally.lines, SLICE("postfix/smtp"), SLICE(SENT), NO_INSTANCE);
	tally_line(&tally, "Feb 24 16:18:40 mx2 postfix/smtp[1]: " SENT);
	assert_int_equal(value_of(tally.counters, "sent:smtp"), 7);
	assert_int_equal(value_of(tally.counters, "sent:smtp@mx1"), 1);
	assert_int_equal(value_of(tally.counters, "sent:smtp@mx2"), 3);
	assert_int_equal(value_of(tally.counters, "sent:smtp@x"), 1);
	assert_int_equal(value_of(tally.counters, "sent:smtp@y"), 1);
	assert_int_equal(value_of(tally.counters, "sent:smtp@postfix"), 1);
	tally_free(&tally);
}

/* More hosts than there is room for count together. */
static void
test_many(void **state)
{
	struct tally tally = tally_new(8192);

	(void)state;
	line_by_host(tally.lines);
	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < INSTANCE_MAX + 4; i++) {
			char line[512];

			(void)snprintf(line, sizeof(line),
			    "Feb 24 16:18:40 mx%u postfix/smtp[1]: " SENT, i);
			tally_line(&tally, line);
		}
	assert_int_equal(value_of(tally.counters, "sent:smtp@mx0"), 2);
	assert_int_equal(value_of(tally.counters, "sent:smtp@mx14"), 2);
	assert_int_equal(value_of(tally.counters, "sent:smtp@mx15"), ABSENT);
	assert_int_equal(value_of(tally.counters, "sent:smtp@other"), 10);
	assert_int_equal(value_of(tally.counters, "tailer:overflow"), 10);
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("lines count for their hosts", test_hosts),
		TEST("a line that is too long has a host", test_overlong),
		TEST("keys have the host", test_keys),
		TEST("fifteen hosts are told apart", test_many),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
