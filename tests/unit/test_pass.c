/*
 * The language of pass_persist, over a store of known numbers.
 */
#include "agentx/pass.h"
#include "lib/stats/store.h"
#include "lib/util/version.h"
#include "tests/unit/unit.h"

#define BASE ".1.3.6.1.4.1.8072.9999.9999.25"

static const char *dir;
static struct view *view;

static void
add(struct snapshot *snapshot, const char *key, uint64_t value)
{
	snapshot_add_number(snapshot, slice_of(key), value);
}

/* Publish a store in which sent:smtp is `sent`. */
static void
publish(uint64_t sent)
{
	struct snapshot *snapshot = snapshot_new();
	const char *error;

	assert_non_null(snapshot);
	add(snapshot, "sent:smtp", sent);
	add(snapshot, "delivery:smtp:sent", sent);
	add(snapshot, "tailer:backlog_bytes", UINT64_MAX);
	snapshot_add_text(snapshot, SLICE("=instance:2"), SLICE("a b"));
	snapshot_add_text(snapshot, SLICE("=instance:3"), SLICE("a\nNONE\xff"));
	snapshot_add_text(snapshot, SLICE("=instance:4"), SLICE(""));
	snapshot_add_text(snapshot, SLICE("=group:00"),
	    SLICE("1 smtp 1 smtp\n2 smtpd 1 smtpd\n"));
	snapshot_add_text(
	    snapshot, SLICE("=reasons:00"), SLICE("1 a\rb\xff\n"));
	snapshot->generation = 1;
	snapshot->capacity = STORE_CAPACITY_MIN;
	snapshot->published = 1;
	snapshot_sort(snapshot);
	assert_int_equal(store_publish(dir, STORE_NAME, snapshot, &error), 0);
	snapshot_free(snapshot);
	view_update(view);
}

static int
begin(void **state)
{
	struct oid base;
	const char *error;

	(void)state;
	dir = scratch_make();
	if (oid_parse(BASE, &base, &error) == -1)
		return (-1);
	view = view_new(dir, &base, CELLS_IETF);
	publish(UINT64_MAX);
	return (0);
}

static int
end(void **state)
{
	(void)state;
	view_free(view);
	scratch_remove(dir);
	return (0);
}

/* All that is answered to `said`, given `step` bytes at a time. */
static const char *
answers(struct slice said, size_t step)
{
	static char all[65536];
	static struct pass pass;
	char answer[PASS_ANSWER_MAX];
	size_t len = 0, got;

	memset(&pass, 0, sizeof(pass));
	pass.view = view;
	for (size_t at = 0; at < said.len; at += step) {
		struct slice input = slice_from(said, at);

		if (input.len > step)
			input.len = step;
		while ((got = pass_take(&pass, &input, answer)) > 0) {
			assert_true(len + got < sizeof(all));
			memcpy(all + len, answer, got);
			len += got;
		}
		assert_int_equal(input.len, 0);
	}
	all[len] = '\0';
	return (all);
}

struct talk {
	const char *said, *answered;
};

static const struct talk requests[] = { { "PING\n", "PONG\n" },
	{ "PING\nPING\n", "PONG\nPONG\n" },
	{ "get\n" BASE ".1.1.1.0\n",
	    BASE ".1.1.1.0\ncounter64\n18446744073709551615\n" },
	{ "get\n1.3.6.1.4.1.8072.9999.9999.25.1.1.2.0\n",
	    BASE ".1.1.2.0\ncounter64\n0\n" },
	{ "get\n" BASE ".1.14.12.0\n", BASE ".1.14.12.0\ngauge\n4294967295\n" },
	{ "get\n" BASE ".1.14.65.0\n", BASE ".1.14.65.0\ninteger\n2\n" },
	{ "get\n" BASE ".1.2.1.2.1.4.115.109.116.112\n",
	    BASE ".1.2.1.2.1.4.115.109.116.112\nstring\nsmtp\n" },
	{ "get\n" BASE ".1.1.1\n", "NONE\n" },
	{ "get\n" BASE ".1.1.1.0.0\n", "NONE\n" },
	{ "get\n.1.3.6.1.2.1.1.3.0\n", "NONE\n" },
	{ "getnext\n" BASE "\n",
	    BASE ".1.1.1.0\ncounter64\n18446744073709551615\n" },
	{ "getnext\n.1.3\n",
	    BASE ".1.1.1.0\ncounter64\n18446744073709551615\n" },
	{ "getnext\n" BASE ".1.1.1.0\n", BASE ".1.1.2.0\ncounter64\n0\n" },
	{ "getnext\n" BASE ".1.16.1.2.3\n", BASE ".1.16.1.2.4\nstring\n\n" },
	{ "getnext\n" BASE ".1.4294967295\n", "NONE\n" },
	{ "getnext\n" BASE ".4294967295\n", "NONE\n" },
	{ "getnext\n.1.3.6.1.4.1.8072.9999.9999.26\n", "NONE\n" },
	{ NULL, NULL } };

/* Names that no good store has. */
static const struct talk hostile_texts[] = {
	{ "get\n" BASE ".1.16.1.2.2\n", BASE ".1.16.1.2.2\nstring\na b\n" },
	{ "get\n" BASE ".1.16.1.2.3\n",
	    BASE ".1.16.1.2.3\noctet\n61 0a 4e 4f 4e 45 ff\n" },
	{ NULL, NULL }
};

static const struct talk sets[] = {
	{ "set\n" BASE ".1.1.1.0\ninteger 5\nPING\n", "not-writable\nPONG\n" },
	{ "set\n" BASE ".1.1.1.0\ninteger 5\n\nPING\n",
	    "not-writable\nPONG\n" },
	{ "set\n" BASE ".1.1.1.0\n\nPING\n", "not-writable\nPONG\n" },
	{ "set\n" BASE ".1.1.1.0\nPING\nget\n\n",
	    "not-writable\nPONG\nNONE\n" },
	{ "set\n" BASE ".1\nset\n" BASE ".2\nstring \"PING\"\n",
	    "not-writable\nnot-writable\n" },
	{ "set\n\nPING\n", "not-writable\nPONG\n" }, { NULL, NULL }
};

static const struct talk hostile_lines[] = { { "", "" }, { "PING", "" },
	{ "\n\n\nPING\n\n", "PONG\n" },
	{ "ping\nPING \n PING\nPING\r\nGET\n",
	    "NONE\nNONE\nNONE\nNONE\nNONE\n" },
	{ "get " BASE ".1.1.1.0\nPING\n", "NONE\nPONG\n" },
	{ "get\n\nget\n.\nget\n..1\nget\n.1.\nget\nx\n",
	    "NONE\nNONE\nNONE\nNONE\nNONE\n" },
	{ "get\n" BASE ".1.1.1.0 \nget\n " BASE ".1.1.1.0\n", "NONE\nNONE\n" },
	{ "get\n" BASE ".1.1.4294967296.0\nget\n.1.3.-6\n", "NONE\nNONE\n" },
	{ "get\nget\nPING\n", "NONE\nPONG\n" }, { NULL, NULL } };

static void
are_answered(void **state)
{
	for (const struct talk *talk = *state; talk->said != NULL; talk++) {
		assert_string_equal(
		    answers(slice_of(talk->said), SIZE_MAX), talk->answered);
		assert_string_equal(
		    answers(slice_of(talk->said), 1), talk->answered);
	}
}

static void
nuls_end_nothing(void **state)
{
	static const char said[] = "PI\0NG\nget\n" BASE ".1.1.1.0\0\nPING\n";

	(void)state;
	assert_string_equal(
	    answers(SLICE(said), SIZE_MAX), "NONE\nNONE\nPONG\n");
}

/* A line of `count` bytes among others. */
static const char *
with_long(const char *before, const char *byte, size_t count, const char *after)
{
	static char said[65536];
	size_t len = (size_t)snprintf(said, sizeof(said), "%s", before);

	memset(said + len, *byte, count);
	(void)snprintf(
	    said + len + count, sizeof(said) - len - count, "\n%s", after);
	return (answers(slice_of(said), 1000));
}

static void
long_lines_are_no_requests(void **state)
{
	(void)state;
	for (size_t count = PASS_LINE_MAX - 2; count < PASS_LINE_MAX + 3;
	     count++) {
		assert_string_equal(
		    with_long("", "x", count, "PING\n"), "NONE\nPONG\n");
		assert_string_equal(with_long("get\n.1.", "3", count, "PING\n"),
		    "NONE\nPONG\n");
		assert_string_equal(
		    with_long("set\n" BASE ".1\nstring ", "x", count, "PING\n"),
		    "not-writable\nPONG\n");
	}
	assert_string_equal(
	    with_long("", "x", 50000, "PING\n"), "NONE\nPONG\n");
}

/* Walk from a root to its end by what is answered: from the cell `first` on.
   Returns the next one. */
static size_t
walk(const char *root, size_t first)
{
	const struct cells *cells = view_cells(view);
	char said[OID_TEXT_MAX + 16], oid[OID_TEXT_MAX];
	size_t steps = first;

	(void)snprintf(said, sizeof(said), "getnext\n%s\n", root);

	for (;;) {
		const char *answer = answers(slice_of(said), SIZE_MAX);
		const struct cell *cell;

		if (strcmp(answer, "NONE\n") == 0)
			return (steps);
		cell = cells_at(cells, steps++);
		(void)oid_format(cell->arc, cell->arc_count, oid);
		assert_memory_equal(answer, oid, strlen(oid));
		assert_int_equal(answer[strlen(oid)], '\n');
		(void)snprintf(said, sizeof(said), "getnext\n%s\n", oid);
	}
}

static void
a_walk_meets_every_cell(void **state)
{
	size_t appl = walk(".1.3.6.1.2.1.27", 0);
	size_t mta = walk(".1.3.6.1.2.1.28", appl);

	(void)state;
	assert_true(0 < appl && appl < mta);
	assert_int_equal(walk(BASE, mta), cells_count(view_cells(view)));
}

static void
ietf_types_are_told(void **state)
{
	(void)state;
	assert_string_equal(
	    answers(SLICE("get\n.1.3.6.1.2.1.28.1.1.9.1\n"), SIZE_MAX),
	    ".1.3.6.1.2.1.28.1.1.9.1\ncounter\n4294967295\n");
	assert_string_equal(
	    answers(SLICE("get\n.1.3.6.1.2.1.28.2.1.24.1.1\n"), SIZE_MAX),
	    ".1.3.6.1.2.1.28.2.1.24.1.1\nobjectid\n.1.3.6.1.2.1.27.4.25\n");
	assert_string_equal(
	    answers(SLICE("get\n.1.3.6.1.2.1.28.2.1.31.1.2\n"), SIZE_MAX),
	    ".1.3.6.1.2.1.28.2.1.31.1.2\ninteger\n-2\n");
	assert_string_equal(
	    answers(SLICE("get\n.1.3.6.1.2.1.28.2.1.30.1.1\n"), SIZE_MAX),
	    ".1.3.6.1.2.1.28.2.1.30.1.1\ninteger\n2147483647\n");
	assert_string_equal(
	    answers(SLICE("get\n.1.3.6.1.2.1.28.2.1.22.1.1\n"), SIZE_MAX),
	    ".1.3.6.1.2.1.28.2.1.22.1.1\noctet\n61 0d 62 ff\n");
	/* Nobody tells sysUpTime. */
	assert_string_equal(
	    answers(SLICE("get\n.1.3.6.1.2.1.27.1.1.5.1\n"), SIZE_MAX),
	    "NONE\n");
}

static void
a_walk_keeps_its_snapshot(void **state)
{
	(void)state;
	publish(1);
	assert_string_equal(
	    answers(SLICE("getnext\n" BASE ".1.2.1.2\n"), SIZE_MAX),
	    BASE ".1.2.1.2.1.4.115.109.116.112\nstring\nsmtp\n");
	publish(2);
	assert_string_equal(
	    answers(SLICE("getnext\n" BASE ".1.2.1.2.1.4.115.109.116.112\n"),
		SIZE_MAX),
	    BASE ".1.2.1.3.1.4.115.109.116.112\ncounter64\n1\n");
	assert_string_equal(answers(SLICE("get\n" BASE ".1.1.1.0\n"), SIZE_MAX),
	    BASE ".1.1.1.0\ncounter64\n2\n");
	assert_string_equal(answers(SLICE("getnext\n" BASE "\n"), SIZE_MAX),
	    BASE ".1.1.1.0\ncounter64\n2\n");
}

static void
a_change_of_state_shows_at_once(void **state)
{
	static const char asked[] = "get\n" BASE ".1.14.65.0\n";
	char path[256];

	(void)state;
	publish(1);
	assert_string_equal(
	    answers(SLICE(asked), SIZE_MAX), BASE ".1.14.65.0\ninteger\n2\n");
	(void)snprintf(path, sizeof(path), "%s/" STORE_NAME, dir);
	assert_int_equal(truncate(path, 512), 0);
	view_update(view);
	assert_string_equal(
	    answers(SLICE(asked), SIZE_MAX), BASE ".1.14.65.0\ninteger\n3\n");
	publish(1);
}

static void
without_a_store_only_the_agent_is_there(void **state)
{
	struct view *full = view;

	(void)state;
	view = view_new("/nonexistent", &(struct oid){ 3, { 1, 3, 6 } }, 0);
	assert_non_null(view);
	view_update(view);
	assert_string_equal(answers(SLICE("getnext\n.1.3.6\n"), SIZE_MAX),
	    ".1.3.6.1.14.64.0\nstring\n" VERSION "\n");
	assert_string_equal(
	    answers(SLICE("getnext\n.1.3.6.1.14.64.0\n"), SIZE_MAX),
	    ".1.3.6.1.14.65.0\ninteger\n4\n");
	assert_string_equal(
	    answers(SLICE("getnext\n.1.3.6.1.14.65.0\n"), SIZE_MAX),
	    ".1.3.6.1.14.72.0\ninteger\n4\n");
	assert_string_equal(
	    answers(SLICE("getnext\n.1.3.6.1.14.72.0\n"), SIZE_MAX),
	    ".1.3.6.1.14.73.0\ninteger\n4\n");
	assert_string_equal(
	    answers(SLICE("getnext\n.1.3.6.1.14.73.0\n"), SIZE_MAX), "NONE\n");
	view_free(view);
	view = full;
}

/* Publish what a probe found; its name may be another store's. */
static void
publish_probe(const char *where, uint32_t generation, uint64_t attempts)
{
	struct snapshot *snapshot = snapshot_new();
	const char *error = "";

	snapshot->capacity = 1024;
	snapshot->generation = generation;
	snapshot->published = 1700000000;
	snapshot_add_number(snapshot, SLICE("probe:mx:attempts"), attempts);
	snapshot_add_text(
	    snapshot, SLICE("=probe_ehlo:mx"), SLICE("SIZE 100\nSTARTTLS"));
	snapshot_sort(snapshot);
	if (store_publish(where, PROBE_STORE_NAME, snapshot, &error) != 0)
		fail_msg("%s", error);
	snapshot_free(snapshot);
}

#define MX ".2.109.120" /* an index of "mx" */

static void
assert_probe(const char *state, const char *attempts)
{
	char wanted[256];

	(void)snprintf(
	    wanted, sizeof(wanted), BASE ".1.14.72.0\ninteger\n%s\n", state);
	assert_string_equal(
	    answers(SLICE("get\n" BASE ".1.14.72.0\n"), SIZE_MAX), wanted);
	(void)snprintf(wanted, sizeof(wanted),
	    BASE ".1.8.1.7" MX "\ncounter64\n%s\n", attempts);
	assert_string_equal(
	    answers(SLICE("get\n" BASE ".1.8.1.7" MX "\n"), SIZE_MAX),
	    attempts[0] != '\0' ? wanted : "NONE\n");
}

/* What probes found stands beside what the tailer counted, and stays while
   their store is no good. */
static void
probes_are_served_beside(void **state)
{
	char path[256];

	(void)state;
	publish(1);
	view_update(view);
	assert_probe("4", "");
	publish_probe(dir, 1, 5);
	view_update(view);
	assert_probe("2", "5");
	assert_string_equal(
	    answers(SLICE("get\n" BASE ".1.8.1.17" MX "\n"), SIZE_MAX),
	    BASE ".1.8.1.17" MX "\noctet\n53 49 5a 45 20 31 30 30 0a 53 54 41 "
		 "52 54 54 4c 53\n");
	publish_probe(dir, 2, 6);
	view_update(view);
	assert_probe("2", "6");
	(void)snprintf(path, sizeof(path), "%s/" PROBE_STORE_NAME, dir);
	assert_int_equal(truncate(path, 512), 0);
	view_update(view);
	assert_probe("3", "6");
	assert_non_null(view_probes(view));
	publish_probe(dir, 3, 7);
	view_update(view);
	assert_probe("2", "7");
	assert_int_equal(unlink(path), 0);
	view_update(view);
	assert_probe("4", "7");
}

/* Where no log is followed there is no number of the tailer, not even 0. */
static void
probes_are_served_alone(void **state)
{
	char alone[] = "/tmp/postfix-stats-test.XXXXXX";
	struct view *full = view;
	const struct cells *cells;

	(void)state;
	assert_non_null(mkdtemp(alone));
	publish_probe(alone, 1, 5);
	view = view_new(alone, view_base(full), 0);
	assert_non_null(view);
	view_update(view);
	assert_probe("2", "5");
	cells = view_cells(view);
	for (size_t i = 0; i < cells_count(cells); i++) {
		const struct cell *cell = cells_at(cells, i);
		uint32_t arc = cell->arc[view_base(full)->count + 1];

		assert_true(arc == 8 || arc == 14);
		assert_true(
		    arc != 14 || cell->arc[view_base(full)->count + 2] >= 64);
	}
	view_free(view);
	view = full;
	scratch_remove(alone);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TABLE_TEST("requests are answered", are_answered, requests),
		TABLE_TEST("hostile texts stay on their line", are_answered,
		    hostile_texts),
		TABLE_TEST("nothing can be set", are_answered, sets),
		TABLE_TEST("what is no request is answered as well",
		    are_answered, hostile_lines),
		TEST("a NUL ends nothing", nuls_end_nothing),
		TEST("a line that is too long is no request",
		    long_lines_are_no_requests),
		TEST(
		    "types of the IETF's tables are told", ietf_types_are_told),
		TEST("a walk meets every cell", a_walk_meets_every_cell),
		TEST("a walk keeps to its snapshot", a_walk_keeps_its_snapshot),
		TEST("a change of the store's state shows at once",
		    a_change_of_state_shows_at_once),
		TEST("without a store only the agent's own is there",
		    without_a_store_only_the_agent_is_there),
		TEST("probes are served beside the log's numbers",
		    probes_are_served_beside),
		TEST("probes are served alone", probes_are_served_alone),
	};

	return (cmocka_run_group_tests_name("pass", tests, begin, end));
}
