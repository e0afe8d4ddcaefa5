/*
 * What is kept for the IETF's tables besides counters, from lines to a snapshot
 * and back.
 */
#include "tests/unit/unit.h"
#include "lib/stats/mta.h"

static const char smtp_line[] = "postfix/smtp[1]: 4A1B2C3D4E: to=<u@a>, "
				"relay=x, delay=1, dsn=2.0.0, status=sent (x)";
static const char defer_line[] = "postfix/smtp[1]: 4A1B2C3D4E: to=<u@a>, "
				 "relay=x, delay=1, dsn=4.0.0, "
				 "status=deferred (x)";

static struct snapshot *
save(struct tally *tally, uint64_t newest)
{
	struct snapshot *snapshot = snapshot_new();

	line_mark(tally->lines, newest, newest);
	counters_save(tally->counters, snapshot);
	line_save(tally->lines, snapshot);
	assert_false(snapshot->failed);
	snapshot_sort(snapshot);
	return (snapshot);
}

/* Go on in a new one, as after a restart. */
static void
restart(struct tally *tally, struct snapshot *snapshot)
{
	struct tally next = tally_new(4096);

	counters_load(next.counters, snapshot);
	line_load(next.lines, snapshot);
	snapshot_free(snapshot);
	tally_free(tally);
	*tally = next;
}

static void
check_value(
    struct tally *tally, uint64_t newest, const char *key, uint64_t value)
{
	struct snapshot *snapshot = save(tally, newest);

	assert_int_equal(value_in(snapshot, key), value);
	snapshot_free(snapshot);
}

static void
check_text(struct snapshot *snapshot, const char *key, const char *text)
{
	struct slice found = { "", 0 };

	if (!snapshot_text(snapshot, slice_of(key), &found) && text != NULL)
		fail_msg("no %s", key);
	if (text != NULL &&
	    (found.len != strlen(text) ||
		memcmp(found.at, text, found.len) != 0))
		fail_msg("%s is %.*s", key, (int)found.len, found.at);
	if (text == NULL && found.len > 0)
		fail_msg("%s is there", key);
}

static void
test_last(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	tally_text(&tally, smtp_line);
	check_value(&tally, 100, "last_sent:smtp", 100);
	check_value(&tally, 200, "last_sent:smtp", 100); /* nothing new */
	tally_text(&tally, defer_line);
	check_value(&tally, 300, "last_delivery:smtp", 300);
	check_value(&tally, 300, "last_sent:smtp", 100);
	restart(&tally, save(&tally, 400));
	check_value(&tally, 500, "last_sent:smtp", 100);
	check_value(&tally, 500, "last_delivery:smtp", 300);
	tally_text(&tally, smtp_line);
	check_value(&tally, 600, "last_sent:smtp", 600);
	tally_free(&tally);
}

/* Of two instances the total is the later time, not the sum. */
static void
test_last_of_instances(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	tally_text(&tally, smtp_line);
	restart(&tally, save(&tally, 100));
	tally_text(&tally,
	    "postfix-out/smtp[1]: 4A1B2C3D4E: to=<u@a>, "
	    "relay=x, delay=1, dsn=2.0.0, status=sent (x)");
	restart(&tally, save(&tally, 150));
	check_value(&tally, 200, "last_sent:smtp@postfix", 100);
	check_value(&tally, 200, "last_sent:smtp@postfix-out", 150);
	check_value(&tally, 200, "last_sent:smtp", 150);
	tally_free(&tally);
}

static void
test_last_connect(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	tally_text(&tally, "postfix/smtpd[1]: connect from a[192.0.2.1]");
	check_value(&tally, 100, "last_connect:smtpd", 100);
	tally_text(&tally, "postfix/smtpd[1]: disconnect from a[192.0.2.1]");
	check_value(&tally, 200, "last_connect:smtpd", 100);
	tally_text(&tally, "postfix/pickup[1]: 4A1B2C3D4E: uid=0 from=<r>");
	check_value(&tally, 300, "last_connect:pickup", 300);
	check_value(&tally, 300, "last_connect:smtpd", 100);
	tally_free(&tally);
}

/* A number, once given, is the group's for good. */
static void
test_groups(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *snapshot;

	(void)state;
	tally_text(&tally, smtp_line);
	tally_text(&tally, "postfix/smtp/smtpd[1]: connect from a[192.0.2.1]");
	snapshot = save(&tally, 100);
	check_text(
	    snapshot, "=group:00", "1 smtp 100 smtp\n2 smtpd 100 smtp\n");
	restart(&tally, snapshot);
	tally_text(&tally,
	    "postfix/a%b/lmtp[1]: 4A1B2C3D4E: to=<u@a>, "
	    "relay=x, delay=1, status=sent (x)");
	tally_text(&tally,
	    "postfix/pipe[1]: 4A1B2C3D4E: to=<u@a>, relay=pipe9, "
	    "delay=1, status=sent (x)");
	snapshot = save(&tally, 200);
	check_text(snapshot, "=group:00",
	    "1 smtp 100 smtp\n2 smtpd 100 smtp\n"
	    "3 lmtp 200 a%25b\n4 pipe 200 pipe9\n");
	restart(&tally, snapshot);
	snapshot = save(&tally, 300);
	check_text(snapshot, "=group:00",
	    "1 smtp 100 smtp\n2 smtpd 100 smtp\n"
	    "3 lmtp 200 a%25b\n4 pipe 200 pipe9\n");
	snapshot_free(snapshot);
	tally_free(&tally);
}

/* A queue has one from its first sample on, also while none are taken. */
static void
test_queue_groups(void **state)
{
	struct tally tally = tally_new(4096);
	struct slice hold = SLICE("hold");
	struct snapshot *snapshot;

	(void)state;
	snapshot = save(&tally, 100);
	check_text(snapshot, "=group:00", NULL);
	snapshot_free(snapshot);
	counters_put(tally.counters, METRIC_QUEUE_MESSAGES, 0, &hold, 0);
	snapshot = save(&tally, 200);
	check_text(snapshot, "=group:00", "1 showq 200 hold\n");
	restart(&tally, snapshot);
	counters_forget(tally.counters, METRIC_QUEUE_MESSAGES, 0);
	tally_text(&tally, "postfix/hold/smtpd[1]: connect from a[192.0.2.1]");
	snapshot = save(&tally, 300);
	check_text(
	    snapshot, "=group:00", "1 showq 200 hold\n2 smtpd 300 hold\n");
	snapshot_free(snapshot);
	tally_free(&tally);
}

static void
test_master(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *snapshot;

	(void)state;
	tally_line(&tally,
	    "2026-01-01T00:00:00+00:00 mx postfix/smtpd[1]: hello\n"
	    "2026-01-01T00:00:01+00:00 mx postfix/master[1]: daemon started -- "
	    "version 3.7.11, configuration /etc/postfix\n"
	    "2026-01-01T00:00:02+00:00 mx postfix/smtpd[1]: hello\n");
	assert_int_equal(line_newest(tally.lines, 2000000000), 1767225602);
	snapshot = save(&tally, 1767225602);
	check_text(
	    snapshot, "=application:1", "3.7.11 1767225601 up 1767225601");
	check_text(
	    snapshot, "=application:2", "3.7.11 1767225601 up 1767225601");
	restart(&tally, snapshot);
	tally_line(&tally,
	    "2026-01-01T00:01:00+00:00 mx postfix/master[1]: reload -- "
	    "version 3.7.12, configuration /etc/postfix\n");
	snapshot = save(&tally, 1767225660);
	check_text(
	    snapshot, "=application:2", "3.7.12 1767225601 up 1767225601");
	restart(&tally, snapshot);
	tally_line(&tally,
	    "2026-01-01T00:02:00+00:00 mx postfix/master[1]: "
	    "terminating on signal 15\n");
	tally_line(&tally, "2026-01-01T00:02:00+00:00 mx b/master[1]: x\n");
	snapshot = save(&tally, 1767225720);
	check_text(
	    snapshot, "=application:1", "3.7.12 1767225601 down 1767225720");
	restart(&tally, snapshot);
	/* An entry has no stamp in its text: it is of the newest line. */
	line_count_parts(tally.lines, SLICE("postfix-2/master"),
	    SLICE("daemon started -- version \xff, configuration /x"),
	    NO_INSTANCE);
	snapshot = save(&tally, 1767225800);
	check_text(snapshot, "=application:3", "- 1767225800 up 1767225800");
	check_text(
	    snapshot, "=application:1", "3.7.12 1767225800 up 1767225800");
	snapshot_free(snapshot);
	tally_free(&tally);
}

static void
test_reasons(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *snapshot;
	char line[1024], wanted[REASON_MAX + 1], all[TEXT_MAX];

	(void)state;
	tally_text(&tally,
	    "postfix/smtpd[1]: NOQUEUE: reject: RCPT from "
	    "a[192.0.2.1]: 554 5.7.1 <\xc3\xa4\x01>: no");
	tally_text(&tally,
	    "postfix/smtp[1]: connect to a[192.0.2.1]:25: "
	    "Connection refused");
	snapshot = save(&tally, 1);
	check_text(snapshot, "=group:00", "1 smtp 1 smtp\n2 smtpd 1 smtpd\n");
	check_text(snapshot, "=reasons:00",
	    "2 554 5.7.1 <\?\?\?>: no\n"
	    "1 connect to a[192.0.2.1]:25: Connection refused\n");
	restart(&tally, snapshot);
	memset(wanted, 'x', sizeof(wanted));
	memcpy(wanted, "450 4.7.1 ", 10);
	wanted[REASON_MAX] = '\0';
	(void)snprintf(line, sizeof(line),
	    "postfix/smtpd[1]: NOQUEUE: reject: RCPT from a[192.0.2.1]: "
	    "%sxxxxx",
	    wanted);
	tally_text(&tally, line);
	snapshot = save(&tally, 2);
	(void)snprintf(all, sizeof(all),
	    "2 %s\n1 connect to a[192.0.2.1]:25: Connection refused\n", wanted);
	check_text(snapshot, "=reasons:00", all);
	snapshot_free(snapshot);
	tally_free(&tally);
}

static void
reject(struct tally *tally, const char *service, const char *text)
{
	char line[512];

	(void)snprintf(line, sizeof(line),
	    "postfix/%s/smtpd[1]: NOQUEUE: reject: RCPT from a[192.0.2.1]: "
	    "554 5.7.1 no %s",
	    service, text);
	tally_text(tally, line);
}

static void
check_reason(const struct snapshot *snapshot, uint32_t group, const char *text)
{
	struct slice found;

	if (!reasons_find(snapshot, group, &found))
		fail_msg("no text of group %u", group);
	if (!slice_equal(found, text))
		fail_msg("group %u: %.*s", group, (int)found.len, found.at);
}

static unsigned
count_reasons(const struct snapshot *snapshot)
{
	unsigned count = 0, texts = 0;
	struct slice text;

	for (uint32_t group = 1; group <= MTAGROUPS_MAX; group++)
		count += reasons_find(snapshot, group, &text);
	for (size_t i = 0; i < snapshot->text_count; i++)
		texts += strncmp(snapshot->texts[i].key, "=reasons:", 9) == 0;
	assert_true(texts <= REASONS_TEXTS_MAX);
	return (count);
}

static uint32_t
mta_group(
    const struct snapshot *snapshot, enum ietf_rows kind, const char *name)
{
	struct mtagroups set;
	const struct mtagroup *group;

	mtagroups_load(snapshot, &set);
	group = mtagroups_find(&set, kind, slice_of(name));
	if (group == NULL)
		fail_msg("no group %s", name);
	return (group->number);
}

/* One for each group, all that there can be; and then for those without a
   group of their own. */
static void
test_many_reasons(void **state)
{
	struct tally tally = tally_new(65536);
	struct snapshot *snapshot;
	char line[512], filler[REASON_MAX + 1];
	uint32_t group;

	(void)state;
	memset(filler, 'x', sizeof(filler));
	filler[REASON_MAX] = '\0';
	for (unsigned i = 0; i < 70; i++) {
		(void)snprintf(line, sizeof(line),
		    "postfix/t%02u/smtp[1]: connect to b%u%s[192.0.2.1]:25: "
		    "Connection refused",
		    i, i, filler);
		tally_text(&tally, line);
	}
	snapshot = save(&tally, 1);
	assert_int_equal(count_reasons(snapshot), 64);
	snapshot_free(snapshot);
	for (unsigned i = 0; i < 40; i++) {
		(void)snprintf(line, sizeof(line), "s%02u", i);
		reject(&tally, line, filler);
	}
	restart(&tally, save(&tally, 1));
	reject(&tally, "s39", "more");
	reject(&tally, "s00", "less");
	snapshot = save(&tally, 1);
	assert_int_equal(count_reasons(snapshot), REASONS_MAX);
	group = mta_group(snapshot, ROWS_SERVICE, "other");
	check_reason(snapshot, group, "554 5.7.1 no more");
	group = mta_group(snapshot, ROWS_SERVICE, "s00");
	check_reason(snapshot, group, "554 5.7.1 no less");
	(void)snprintf(
	    line, sizeof(line), "554 5.7.1 no %.*s", 111 - 13, filler);
	group = mta_group(snapshot, ROWS_SERVICE, "s30");
	check_reason(snapshot, group, line);
	snapshot_free(snapshot);
	tally_free(&tally);
}

/* What cleanup(8) rejects is no client's doing, and has no group. */
static void
test_no_reason(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *snapshot;

	(void)state;
	tally_text(&tally,
	    "postfix/cleanup[1]: 4A1B2C3D4E: milter-reject: END-OF-MESSAGE "
	    "from a[192.0.2.1]: 5.7.1 no; from=<u@a>");
	tally_text(&tally,
	    "postfix/0123456789abcdef0123456789abcdefg/smtpd[1]: "
	    "connect from a[192.0.2.1]");
	snapshot = save(&tally, 1);
	assert_int_equal(mta_group(snapshot, ROWS_SERVICE, "other"), 1);
	check_text(snapshot, "=reasons:00", NULL);
	snapshot_free(snapshot);
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("when something was counted last", test_last),
		TEST("instances' times do not add up", test_last_of_instances),
		TEST("when a client connected last", test_last_connect),
		TEST("groups keep their numbers", test_groups),
		TEST("so do queues, sampled or not", test_queue_groups),
		TEST("what master(8) says", test_master),
		TEST("last reasons", test_reasons),
		TEST("one for each group", test_many_reasons),
		TEST("none of cleanup(8)", test_no_reason),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
