/*
 * What is known of probes, through a real store and back.
 */
#include "tests/unit/unit.h"

#include "lib/stats/key.h"
#include "lib/stats/store.h"
#include "probe/results.h"

static struct config_probe probes[] = {
	{ .name = "submission", .interval = 300 },
	{ .name = "mx-1.example_2", .interval = 60 },
};

/* All there is to find out. */
static struct outcome
full(void)
{
	struct outcome outcome = { .result = RESULT_CODE,
		.ended = PHASE_RCPTTO,
		.reason = "not what was expected",
		.began = 1700000000,
		.microseconds = 123456,
		.certificate = { .present = true,
		    .start = 1600000000,
		    .end = 1800000000,
		    .subject = "CN=mx",
		    .issuer = "CN=ca",
		    .names = "DNS:mx, DNS:mx2",
		    .error = "self-signed" },
		.tls_version = "TLSv1.3",
		.tls_cipher = "TLS_AES_256_GCM_SHA384",
		.ehlo = "PIPELINING\nSIZE 1024",
		.queue_id = "4jX",
		.address = "[::1]:25" };

	for (unsigned p = 0; p <= PHASE_RCPTTO; p++)
		outcome.phase[p] = (struct phase_outcome){ .done = true,
			.microseconds = 100 + p,
			.reply = { 250, "2.1.0", "Ok" } };
	outcome.phase[PHASE_LOOKUP].reply = (struct reply){ 0, "", "" };
	outcome.phase[PHASE_BANNER].reply = (struct reply){ 220, "", "Ok" };
	memset(outcome.phase[PHASE_MAILFROM].reply.text, 'x', REPLY_TEXT - 1);
	outcome.phase[PHASE_RCPTTO].reply = (struct reply){ 554, "5.7.1", "" };
	return (outcome);
}

static struct results *
fresh(void)
{
	struct results *results = results_new(probes, COUNT(probes));

	assert_non_null(results);
	return (results);
}

static struct snapshot *
saved(const struct results *results)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	results_save(results, snapshot);
	assert_false(snapshot->failed);
	snapshot_sort(snapshot);
	return (snapshot);
}

static void
take(struct results *results, const struct outcome *outcome, bool counts)
{
	assert_int_equal(results_take(results, 0, outcome, counts), 0);
}

static void
has_text(const struct snapshot *snapshot, const char *key, const char *wanted)
{
	struct slice text;

	assert_true(snapshot_text(snapshot, slice_of(key), &text));
	assert_true(slice_equal(text, wanted));
}

/* --- what is published --------------------------------------------------- */

static void
test_keys(void **state)
{
	static const struct {
		const char *key;
		uint64_t value;
	} wanted[] = { { "probe:submission:success", 0 },
		{ "probe:submission:result", 5 },
		{ "probe:submission:ended", 11 },
		{ "probe:submission:duration", 123456 },
		{ "probe:submission:attempts", 1 },
		{ "probe:submission:failures", 1 },
		{ "probe:submission:last_attempt", 1700000000 },
		{ "probe:submission:last_success", 0 },
		{ "probe:submission:interval", 300 },
		{ "probe_result:submission:code", 1 },
		{ "probe_result:submission:ok", 0 },
		{ "probe_phase:submission:lookup:duration", 100 },
		{ "probe_phase:submission:lookup:code", ABSENT },
		{ "probe_phase:submission:rcptto:duration", 110 },
		{ "probe_phase:submission:rcptto:code", 554 },
		{ "probe_phase:submission:data:duration", ABSENT },
		{ "probe_phase:submission:data:code", ABSENT },
		{ "probe_cert:submission:start", 1600000000 },
		{ "probe_cert:submission:end", 1800000000 },
		{ "probe_cert:submission:verified", 0 } };
	struct outcome outcome = full();
	struct results *results = fresh();
	struct snapshot *snapshot;

	(void)state;
	take(results, &outcome, true);
	snapshot = saved(results);
	for (size_t i = 0; i < COUNT(wanted); i++)
		assert_int_equal(
		    value_in(snapshot, wanted[i].key), wanted[i].value);
	has_text(snapshot, "=probe_result:submission", "code:rcptto");
	has_text(snapshot, "=probe_reason:submission", "not what was expected");
	has_text(snapshot, "=probe_queue_id:submission", "4jX");
	has_text(snapshot, "=probe_address:submission", "[::1]:25");
	has_text(snapshot, "=probe_tls:submission",
	    "TLSv1.3 TLS_AES_256_GCM_SHA384");
	has_text(snapshot, "=probe_ehlo:submission", "PIPELINING\nSIZE 1024");
	has_text(snapshot, "=probe_reply:submission:banner", "Ok");
	has_text(snapshot, "=probe_reply:submission:ehlo", "2.1.0 Ok");
	has_text(snapshot, "=probe_reply:submission:rcptto", "5.7.1");
	has_text(snapshot, "=probe_subject:submission", "CN=mx");
	has_text(snapshot, "=probe_issuer:submission", "CN=ca");
	has_text(snapshot, "=probe_names:submission", "DNS:mx, DNS:mx2");
	has_text(snapshot, "=probe_cert_error:submission", "self-signed");
	snapshot_free(snapshot);
	results_free(results);
}

/* Each key of one probe is of a metric of the table. */
static void
test_table(void **state)
{
	struct outcome outcome = full();
	struct results *results = fresh();
	struct snapshot *snapshot;
	struct slice value[METRIC_LABELS], instance;

	(void)state;
	for (unsigned p = 0; p < PHASE_COUNT; p++) {
		outcome.phase[p] = outcome.phase[PHASE_EHLO];
		/* No server replies in these. */
		if (p <= PHASE_PROXY || p == PHASE_TLS)
			outcome.phase[p].reply = (struct reply){ .code = 0 };
	}
	take(results, &outcome, true);
	snapshot = saved(results);
	for (size_t i = 0; i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];

		assert_int_not_equal(
		    key_find((struct slice){ number->key, number->key_len },
			value, &instance),
		    METRIC_COUNT);
	}
	/* of the second there is only what it has from the start */
	assert_in_range(snapshot->number_count + snapshot->text_count - 16, 60,
	    RESULTS_KEYS);
	snapshot_free(snapshot);
	results_free(results);
}

static void
test_untried(void **state)
{
	struct results *results = fresh();
	struct snapshot *snapshot = saved(results);

	(void)state;
	assert_int_equal(value_in(snapshot, "probe:submission:attempts"), 0);
	assert_int_equal(value_in(snapshot, "probe:submission:interval"), 300);
	assert_int_equal(value_in(snapshot, "probe_result:submission:ok"), 0);
	assert_int_equal(
	    value_in(snapshot, "probe:submission:success"), ABSENT);
	assert_int_equal(
	    value_in(snapshot, "probe:submission:last_attempt"), ABSENT);
	assert_int_equal(snapshot->text_count, 0);
	assert_null(results_last(results, 0));
	snapshot_free(snapshot);
	results_free(results);
}

/* A short attempt after a long one leaves nothing of it. */
static void
test_nothing_stale(void **state)
{
	struct outcome outcome = full(),
		       refused = { .result = RESULT_REFUSED,
			       .ended = PHASE_CONNECT };
	struct results *results = fresh();
	struct snapshot *snapshot;
	struct slice text;

	(void)state;
	take(results, &outcome, true);
	refused.phase[PHASE_LOOKUP].done = true;
	take(results, &refused, true);
	snapshot = saved(results);
	assert_int_equal(
	    value_in(snapshot, "probe_phase:submission:lookup:duration"), 0);
	for (size_t i = 0; i < snapshot->number_count; i++) {
		const char *key = snapshot->numbers[i].key;

		assert_null(strstr(key, "probe_cert:"));
		assert_true(strstr(key, "probe_phase:") == NULL ||
		    strstr(key, ":lookup:") != NULL);
	}
	has_text(snapshot, "=probe_result:submission", "refused");
	assert_int_equal(snapshot->text_count, 1);
	assert_false(
	    snapshot_text(snapshot, SLICE("=probe_reason:submission"), &text));
	snapshot_free(snapshot);
	results_free(results);
}

/* --- counting ------------------------------------------------------------ */

static void
test_counting(void **state)
{
	struct outcome ok = { .result = RESULT_OK, .began = 100 },
		       deferred = { .result = RESULT_DEFERRED, .began = 200 },
		       uncertain = { .result = RESULT_UNCERTAIN, .began = 300 };
	struct results *results = fresh();
	struct snapshot *snapshot;

	(void)state;
	take(results, &deferred, false);
	snapshot = saved(results);
	assert_int_equal(
	    value_in(snapshot, "probe:submission:success"), ABSENT);
	assert_int_equal(value_in(snapshot, "probe:submission:result"), 9);
	snapshot_free(snapshot);
	take(results, &ok, true);
	take(results, &deferred, false);
	snapshot = saved(results);
	assert_int_equal(value_in(snapshot, "probe:submission:success"), 1);
	assert_int_equal(value_in(snapshot, "probe:submission:failures"), 0);
	assert_int_equal(
	    value_in(snapshot, "probe:submission:last_success"), 100);
	snapshot_free(snapshot);
	take(results, &deferred, true);
	take(results, &uncertain, true);
	snapshot = saved(results);
	assert_int_equal(value_in(snapshot, "probe:submission:success"), 0);
	assert_int_equal(value_in(snapshot, "probe:submission:attempts"), 5);
	assert_int_equal(value_in(snapshot, "probe:submission:failures"), 2);
	assert_int_equal(
	    value_in(snapshot, "probe_result:submission:deferred"), 3);
	assert_int_equal(
	    value_in(snapshot, "probe_result:submission:uncertain"), 1);
	results_give_up(results, 0, 400);
	assert_int_equal(results_last(results, 0)->began, 400);
	assert_int_equal(results_last(results, 0)->result, RESULT_UNCERTAIN);
	snapshot_free(snapshot);
	results_free(results);
}

/* --- through a store ----------------------------------------------------- */

/* What a store made of it, read again. */
static struct snapshot *
stored(struct snapshot *snapshot)
{
	const char *dir = scratch_make();
	char path[128];
	struct snapshot *again;
	const char *error;

	snapshot->capacity = 512;
	snapshot->generation = 1;
	assert_int_equal(store_publish(dir, "probe.db", snapshot, &error), 0);
	(void)snprintf(path, sizeof(path), "%s/probe.db", dir);
	assert_int_equal(store_read(path, &again, &error), STORE_OK);
	scratch_remove(dir);
	return (again);
}

static void
test_round_trip(void **state)
{
	struct outcome outcome = full();
	struct results *results = fresh(), *again = fresh();
	struct snapshot *before, *stands, *after;

	(void)state;
	take(results, &outcome, true);
	outcome.result = RESULT_OK;
	take(results, &outcome, true);
	before = saved(results);
	stands = stored(before);
	assert_int_equal(results_load(again, stands), 0);
	assert_memory_equal(
	    results_last(again, 0), results_last(results, 0), sizeof(outcome));
	assert_null(results_last(again, 1));
	after = saved(again);
	assert_true(snapshots_same(before, after));
	snapshot_free(before);
	snapshot_free(stands);
	snapshot_free(after);
	results_free(results);
	results_free(again);
}

/* One that is no longer configured is forgotten, also by a reload. */
static void
test_forgotten(void **state)
{
	static struct config_probe others[] = { { .name = "new" },
		{ .name = "submission", .interval = 60 } };
	struct outcome outcome = full();
	struct results *results = fresh(), *fewer = results_new(others, 2);
	struct results *reloaded = results_new(others, 2);
	struct snapshot *before, *after, *moved_to;

	(void)state;
	assert_int_equal(results_take(results, 1, &outcome, true), 0);
	take(results, &outcome, true);
	before = saved(results);
	assert_int_equal(results_load(fewer, before), 0);
	after = saved(fewer);
	assert_int_equal(value_in(after, "probe:submission:attempts"), 1);
	assert_int_equal(value_in(after, "probe:submission:interval"), 60);
	assert_int_equal(value_in(after, "probe:new:attempts"), 0);
	assert_int_equal(
	    value_in(after, "probe:mx-1.example_2:attempts"), ABSENT);
	results_inherit(reloaded, 1, results, 0);
	moved_to = saved(reloaded);
	assert_true(snapshots_same(after, moved_to));
	snapshot_free(before);
	snapshot_free(after);
	snapshot_free(moved_to);
	results_free(results);
	results_free(fewer);
	results_free(reloaded);
}

/* What is in the file is not believed. */
static void
test_absurd(void **state)
{
	static const char *const keys[] = { "probe:submission:result",
		"probe:submission:ended", "probe:submission:last_attempt",
		"probe:submission:success",
		"probe_phase:submission:quit:duration",
		"probe_phase:submission:quit:code",
		"probe_cert:submission:start", "probe_cert:submission:end" };
	struct snapshot *snapshot = snapshot_new();
	struct results *results = fresh();
	const struct outcome *last;

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++)
		snapshot_add_number(snapshot, slice_of(keys[i]), UINT64_MAX);
	snapshot_add_text(snapshot, SLICE("=probe_reply:submission:quit"),
	    SLICE("5.1.1\033[2J"));
	snapshot_sort(snapshot);
	assert_int_equal(results_load(results, snapshot), 0);
	last = results_last(results, 0);
	assert_non_null(last);
	assert_int_equal(last->result, RESULT_ERROR);
	assert_int_equal(last->ended, PHASE_LOOKUP);
	assert_int_equal(last->phase[PHASE_QUIT].reply.code, 0);
	assert_string_equal(last->phase[PHASE_QUIT].reply.text, "5.1.1?[2J");
	assert_true(last->certificate.start >= 0);
	snapshot_free(snapshot);
	results_free(results);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("all that was found out has its key", test_keys),
		TEST("each key is of the table", test_table),
		TEST("one that was not tried has counters", test_untried),
		TEST(
		    "nothing is left of an attempt before", test_nothing_stale),
		TEST("what counts is counted", test_counting),
		TEST("a store gives all back", test_round_trip),
		TEST("who is not configured is forgotten", test_forgotten),
		TEST("a store is not believed", test_absurd),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
