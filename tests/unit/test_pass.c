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
	    answers(SLICE("getnext\n.1.3.6.1.14.65.0\n"), SIZE_MAX), "NONE\n");
	view_free(view);
	view = full;
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
	};

	return (cmocka_run_group_tests_name("pass", tests, begin, end));
}
