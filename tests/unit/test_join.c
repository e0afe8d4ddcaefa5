/*
 * Two stores read as one: keys, cells, and what belongs to which.
 */
#include "tests/unit/unit.h"
#include "lib/stats/join.h"
#include "lib/stats/render.h"

static struct joined both;

static void
add(struct snapshot *snapshot, const char *key, uint64_t value)
{
	snapshot_add_number(snapshot, slice_of(key), value);
}

static void
add_text(struct snapshot *snapshot, const char *key, const char *text)
{
	snapshot_add_text(snapshot, slice_of(key), slice_of(text));
}

static int
begin(void **state)
{
	static struct snapshot *log, *probes;

	(void)state;
	log = snapshot_new();
	probes = snapshot_new();
	log->generation = 7;
	add(log, "sent:smtp", 1);
	add(log, "twice", 1);
	add(log, "probe:stray:attempts", 1);
	add_text(log, "=twice", "log");
	probes->generation = 9;
	probes->published = 5;
	add(probes, "sent:smtp", 2);
	add(probes, "twice", 2);
	add(probes, "probe:mx%40home:duration", 1500000);
	add(probes, "probe:mx%40home:attempts", 3);
	add(probes, "probe_result:mx%40home:ok", 3);
	add(probes, "probe_phase:mx%40home:rcptto:duration", 250);
	add(probes, "probe_phase:mx%40home:rcptto:code", 550);
	add_text(probes, "=twice", "probes");
	add_text(probes, "=probe_result:mx%40home", "code:rcptto");
	add_text(probes, "=probe_ehlo:mx%40home", "PIPELINING\nSIZE 100");
	add_text(
	    probes, "=probe_reply:mx%40home:rcptto", "5.1.1 \"no\" such user");
	snapshot_sort(log);
	snapshot_sort(probes);
	both = (struct joined){ { log, probes } };
	return (0);
}

static int
end(void **state)
{
	(void)state;
	snapshot_free((struct snapshot *)(uintptr_t)both.of[JOINED_LOG]);
	snapshot_free((struct snapshot *)(uintptr_t)both.of[JOINED_PROBES]);
	return (0);
}

static void
the_first_wins(void **state)
{
	struct joined alone = { { NULL, both.of[JOINED_PROBES] } };
	struct slice text;
	uint64_t value;

	(void)state;
	assert_true(joined_number(&both, SLICE("twice"), &value));
	assert_int_equal(value, 1);
	assert_true(joined_text(&both, SLICE("=twice"), &text));
	assert_true(slice_equal(text, "log"));
	assert_true(
	    joined_number(&both, SLICE("probe:mx%40home:duration"), &value));
	assert_int_equal(value, 1500000);
	assert_false(joined_number(&both, SLICE("probe:mx:duration"), &value));
	assert_true(joined_number(&alone, SLICE("twice"), &value));
	assert_int_equal(value, 2);
}

static char *
keys_of(const struct joined *joined)
{
	struct snapshot *all = joined_merge(joined);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(all);
	fprintf(
	    out, "%" PRIu32 " %" PRIu64 "\n", all->generation, all->published);
	render_keys(out, all);
	fclose(out);
	snapshot_free(all);
	return (text);
}

#define PROBE_KEYS \
	"probe:mx%40home:attempts 3\n" \
	"probe:mx%40home:duration 1.500000\n"
#define PHASE_KEYS \
	"probe_phase:mx%40home:rcptto:code 550\n" \
	"probe_phase:mx%40home:rcptto:duration 0.000250\n" \
	"probe_result:mx%40home:ok 3\n"

static void
all_are_merged(void **state)
{
	struct joined alone = { { NULL, both.of[JOINED_PROBES] } };
	struct joined none = { { NULL, NULL } };
	char *keys = keys_of(&both);

	(void)state;
	assert_string_equal(keys,
	    "7 0\n" PROBE_KEYS "probe:stray:attempts 1\n" PHASE_KEYS
	    "sent:smtp 1\ntwice 1\n");
	free(keys);
	keys = keys_of(&alone);
	assert_string_equal(
	    keys, "9 5\n" PROBE_KEYS PHASE_KEYS "sent:smtp 2\ntwice 2\n");
	free(keys);
	keys = keys_of(&none);
	assert_string_equal(keys, "0 0\n");
	free(keys);
}

/* All cells below a base of one arc. */
static char *
cells_of(const struct joined *joined)
{
	const struct oid base = { 1, { 9 } };
	struct cells *cells;
	const char *error;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(
	    cells_build(joined, &base, CELLS_IETF, &cells, &error), 0);
	render_walk(out, cells);
	fclose(out);
	cells_free(cells);
	return (text);
}

#define MX "7.109.120.64.104.111.109.101" /* mx@home, as an index */

/* A text is of the table that its column is in, and of the row's own record;
   what a store has of another's rows is none of its. */
static void
probes_have_cells(void **state)
{
	struct joined alone = { { NULL, both.of[JOINED_PROBES] } };
	char *cells = cells_of(&alone), *all = cells_of(&both);

	(void)state;
	assert_string_equal(cells,
	    ".9.1.8.1.2." MX " = STRING: \"mx%40home\"\n"
	    ".9.1.8.1.3." MX " = Gauge32: 0\n"
	    ".9.1.8.1.4." MX " = Gauge32: 0\n"
	    ".9.1.8.1.5." MX " = Gauge32: 0\n"
	    ".9.1.8.1.6." MX " = Gauge32: 1500000\n"
	    ".9.1.8.1.7." MX " = Counter64: 3\n"
	    ".9.1.8.1.8." MX " = Counter64: 0\n"
	    ".9.1.8.1.9." MX " = Gauge32: 0\n"
	    ".9.1.8.1.10." MX " = Gauge32: 0\n"
	    ".9.1.8.1.11." MX " = Gauge32: 0\n"
	    ".9.1.8.1.12." MX " = STRING: \"code:rcptto\"\n"
	    ".9.1.8.1.13." MX " = STRING: \"\"\n"
	    ".9.1.8.1.14." MX " = STRING: \"\"\n"
	    ".9.1.8.1.15." MX " = STRING: \"\"\n"
	    ".9.1.8.1.16." MX " = STRING: \"\"\n"
	    ".9.1.8.1.17." MX " = STRING: \"PIPELINING\nSIZE 100\"\n"
	    ".9.1.9.1.2." MX ".6.114.99.112.116.116.111"
	    " = STRING: \"mx%40home:rcptto\"\n"
	    ".9.1.9.1.3." MX ".6.114.99.112.116.116.111 = Gauge32: 250\n"
	    ".9.1.9.1.4." MX ".6.114.99.112.116.116.111 = Gauge32: 550\n"
	    ".9.1.9.1.5." MX ".6.114.99.112.116.116.111"
	    " = STRING: \"5.1.1 \\\"no\\\" such user\"\n");
	assert_non_null(strstr(all, ".9.1.1.1.0 = Counter64: 1\n"));
	assert_non_null(strstr(all, cells));
	assert_null(strstr(all, "stray"));
	free(cells);
	free(all);
}

static void
a_key_of_a_probe_is_told(void **state)
{
	(void)state;
	assert_int_equal(
	    joined_home_of(SLICE("probe:a:success")), JOINED_PROBES);
	assert_int_equal(
	    joined_home_of(SLICE("probe_cert:a:end")), JOINED_PROBES);
	assert_int_equal(joined_home_of(SLICE("probe:a")), JOINED_LOG);
	assert_int_equal(joined_home_of(SLICE("sent:smtp")), JOINED_LOG);
	assert_int_equal(
	    joined_home_of(SLICE("mail_user:s:u:d:send_count")), JOINED_WHM);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST("of two the first wins", the_first_wins),
		TEST("all keys are merged", all_are_merged),
		TEST("probes have cells, alone and beside others",
		    probes_have_cells),
		TEST("a key of a probe is told from others",
		    a_key_of_a_probe_is_told),
	};

	return (cmocka_run_group_tests_name("join", tests, begin, end));
}
