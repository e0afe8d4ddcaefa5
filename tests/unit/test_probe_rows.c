/*
 * What a store says of probes, one at a time.
 */
#include "tests/unit/unit.h"

#include "lib/stats/probe_rows.h"

static void
number(struct snapshot *snapshot, const char *key, uint64_t value)
{
	snapshot_add_number(snapshot, slice_of(key), value);
}

static void
test_rows(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	struct probe_row row;
	size_t at = 0;

	(void)state;
	number(snapshot, "probe:b:success", 0);
	number(snapshot, "probe:b:last_attempt", 1700000000);
	number(snapshot, "probe_cert:b:end", 1800000000);
	number(snapshot, "probe:a:success", 1);
	number(snapshot, "probe:a:duration", 1500);
	number(snapshot, "probe:c:attempts", 0); /* was not tried */
	snapshot_add_text(
	    snapshot, SLICE("=probe_result:b"), SLICE("code:ehlo"));
	snapshot_sort(snapshot);
	assert_true(probes_next(snapshot, &at, &row));
	assert_true(slice_equal(row.name, "a"));
	assert_true(row.success && !row.has_certificate);
	assert_int_equal(row.duration, 1500);
	assert_int_equal(row.result.len, 0);
	assert_true(probes_next(snapshot, &at, &row));
	assert_true(slice_equal(row.name, "b"));
	assert_false(row.success);
	assert_true(slice_equal(row.result, "code:ehlo"));
	assert_int_equal(row.attempted, 1700000000);
	assert_true(row.has_certificate);
	assert_false(probes_next(snapshot, &at, &row));
	snapshot_free(snapshot);
}

static void
test_phases(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	struct probe_phase phase;
	struct probe_row row;
	unsigned next = 0;
	size_t at = 0;

	(void)state;
	number(snapshot, "probe:a:success", 1);
	number(snapshot, "probe_phase:a:rcptto:duration", 7);
	number(snapshot, "probe_phase:a:rcptto:code", 250);
	number(snapshot, "probe_phase:a:connect:duration", 5);
	snapshot_add_text(
	    snapshot, SLICE("=probe_reply:a:rcptto"), SLICE("2.1.5 Ok"));
	snapshot_sort(snapshot);
	assert_true(probes_next(snapshot, &at, &row));
	assert_true(probes_phase(snapshot, &row, &next, &phase));
	assert_true(slice_equal(phase.name, "connect"));
	assert_int_equal(phase.code, 0);
	assert_true(probes_phase(snapshot, &row, &next, &phase));
	assert_true(slice_equal(phase.name, "rcptto"));
	assert_int_equal(phase.duration, 7);
	assert_int_equal(phase.code, 250);
	assert_true(slice_equal(phase.reply, "2.1.5 Ok"));
	assert_false(probes_phase(snapshot, &row, &next, &phase));
	snapshot_free(snapshot);
}

static void
text(struct snapshot *snapshot, const char *key, const char *value)
{
	snapshot_add_text(snapshot, slice_of(key), slice_of(value));
}

static void
test_mail(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	struct probe_row row;
	struct mail_row mail;
	size_t at = 0;

	(void)state;
	number(snapshot, "probe:a:success", 1);
	number(snapshot, "probe:b:success", 1);
	number(snapshot, "mail:b:sent", 3);
	number(snapshot, "mail:b:late", 1);
	number(snapshot, "mail:b:success", 0);
	number(snapshot, "mail:b:watched", 1);
	number(snapshot, "mail:b:last_deliver_time", 1700000000);
	number(snapshot, "mail:b:last_deliver_duration", 2500000);
	text(snapshot, "=mail_result:b", "waiting");
	text(snapshot, "=mail_trail:b", "on hold");
	number(snapshot, "probe:c:success", 1);
	number(snapshot, "mail:c:sent", 0);
	text(snapshot, "=mail_mailbox:c", "no such directory");
	snapshot_sort(snapshot);
	assert_true(probes_next(snapshot, &at, &row));
	assert_false(probes_mail(snapshot, &row, &mail));
	assert_true(probes_next(snapshot, &at, &row));
	assert_true(probes_mail(snapshot, &row, &mail));
	assert_true(mail.judged && !mail.success && mail.watched);
	assert_true(slice_equal(mail.result, "waiting"));
	assert_true(slice_equal(mail.trail, "on hold"));
	assert_string_not_equal(mail.note, "");
	assert_int_equal(mail.sent, 3);
	assert_int_equal(mail.late, 1);
	assert_true(mail.has_arrival);
	assert_int_equal(mail.duration, 2500000);
	assert_true(probes_next(snapshot, &at, &row));
	assert_true(probes_mail(snapshot, &row, &mail));
	assert_true(!mail.judged && !mail.has_arrival && !mail.watched);
	assert_int_equal(mail.result.len, 0);
	assert_true(slice_equal(mail.fault, "no such directory"));
	assert_string_equal(mail.note, "");
	snapshot_free(snapshot);
}

/* A store is a file: names that no writer of ours makes are none. */
static void
test_names(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	char key[KEY_MAX + 1], name[LABEL_MAX + 2];
	struct probe_row row;
	size_t at = 0;

	(void)state;
	memset(name, 'x', sizeof(name));
	(void)snprintf(
	    key, sizeof(key), "probe:%.*s:success", LABEL_MAX + 1, name);
	number(snapshot, key, 1);
	(void)snprintf(key, sizeof(key), "probe:%.*s:success", LABEL_MAX, name);
	number(snapshot, key, 1);
	number(snapshot, "probe::success", 1);
	snapshot_sort(snapshot);
	assert_true(probes_next(snapshot, &at, &row));
	assert_int_equal(row.name.len, LABEL_MAX);
	assert_false(probes_next(snapshot, &at, &row));
	snapshot_free(snapshot);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("probes that were tried, by name", test_rows),
		TEST("phases that were reached, in their order", test_phases),
		TEST("what mail of a probe came to", test_mail),
		TEST("names that are too long, or none", test_names),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
