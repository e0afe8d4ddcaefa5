/*
 * Whole logs against what was read out of them by hand: tests/golden.
 */
#include "tests/unit/unit.h"
#include "lib/stats/line_parts.h"
#include "lib/stats/parse.h"
#include "lib/stats/queue.h"
#include "tailer/patterns.h"
#include "tailer/settings.h"

static const char *
golden_path(const char *name, const char *suffix)
{
	static char path[512];
	const char *tests = getenv("TESTS_DIR");

	(void)snprintf(path, sizeof(path), "%s/golden/%s%s",
	    tests ? tests : "tests", name, suffix);
	return (path);
}

static FILE *
golden_open(const char *name, const char *suffix)
{
	FILE *file = fopen(golden_path(name, suffix), "re");

	if (file == NULL)
		fail_msg("cannot open %s: run from the top of the tree, or "
			 "set TESTS_DIR",
		    golden_path(name, suffix));
	return (file);
}

/* Counters with what NAME.yml says; without it, with the reasons that are
   shipped. */
struct golden {
	struct tally tally;
	struct config *config; /* NULL: there is no such file */
	struct patterns *patterns;
};

static struct golden
golden_new(const char *name)
{
	static const struct config shipped = { .shipped_reasons = true };
	const char *path = golden_path(name, ".yml"), *error;
	struct golden golden = { .tally = tally_new(4096) };
	const struct config *config = &shipped;

	if (access(path, R_OK) == 0) {
		if (config_load(path, &golden.config, &error) == -1)
			fail_msg("%s", error);
		config = golden.config;
	}
	if (patterns_open(config, &golden.patterns, &error) == -1)
		fail_msg("%s", error);
	settings_apply(golden.tally.lines, config);
	line_rules(golden.tally.lines, patterns_rules(golden.patterns),
	    patterns_reasons(golden.patterns));
	return (golden);
}

static void
golden_free(struct golden *golden)
{
	tally_free(&golden->tally);
	patterns_free(golden->patterns);
	if (golden->config != NULL)
		config_free(golden->config);
}

/* The next line, without its newline; it may hold NULs. */
static bool
next_line(FILE *file, struct slice *line_r)
{
	static char *line;
	static size_t room;
	ssize_t len = getline(&line, &room, file);

	if (len <= 0) {
		free(line);
		line = NULL;
		room = 0;
		return (false);
	}
	if (line[len - 1] == '\n')
		len--;
	*line_r = (struct slice){ line, (size_t)len };
	return (true);
}

/* Keys that the files do not have: the tailer's own, and those of bounds, of
   which a line with a delay moves fifty. */
static bool
is_left_aside(const char *key)
{
	return (strncmp(key, "tailer:", 7) == 0 ||
	    (strncmp(key, "delay:", 6) == 0 && strstr(key, ":le:") != NULL));
}

/* Whether a key is looked at: its family is one of `families` and it is a
   total, or they are none, and it is not left aside. */
static bool
is_looked_at(const char *key, const char *families)
{
	struct slice rest = slice_of(families), word;
	struct slice family = slice_until(slice_of(key), ':');

	if (rest.len == 0)
		return (!is_left_aside(key));
	if (strchr(key, '@') != NULL)
		return (false);
	while (slice_cut(&rest, ' ', &word))
		if (slice_same(word, family))
			return (true);
	return (slice_same(rest, family));
}

/* Compare a snapshot to the lines of "key value" of `wanted`, which may begin
   with a line of "families NAME...". */
static void
compare(const struct snapshot *snapshot, FILE *wanted, const char *name)
{
	struct slice line, key;
	uint64_t value, got;
	size_t seen = 0;
	char families[512] = "";

	while (next_line(wanted, &line)) {
		if (slice_skip(&line, "families ")) {
			assert_true(line.len < sizeof(families));
			(void)snprintf(families, sizeof(families), "%.*s",
			    (int)line.len, line.at);
			continue;
		}
		seen++;
		assert_true(slice_cut(&line, ' ', &key));
		assert_true(slice_number(line, &value));
		got = 0;
		(void)snapshot_number(snapshot, key, &got);
		if (got != value)
			print_error("%s: %.*s is %" PRIu64 ", not %" PRIu64
				    "\n",
			    name, (int)key.len, key.at, got, value);
		assert_true(got == value);
	}
	for (size_t i = 0; i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];

		if (number->value == 0 || !is_looked_at(number->key, families))
			continue;
		if (seen-- == 0)
			fail_msg("%s: there are more keys than those wanted, "
				 "%s or one before it",
			    name, number->key);
	}
	assert_int_equal(seen, 0);
}

/* Publish what was counted; where there is a configuration, at the time of the
   newest line. */
static struct snapshot *
golden_snapshot(struct golden *golden)
{
	if (golden->config != NULL) {
		uint64_t newest = (uint64_t)line_newest(
		    golden->tally.lines, time(NULL));

		line_mark(golden->tally.lines, newest, newest);
	}
	return (settled(&golden->tally));
}

/* Count a log; `apart` as if there were probes, whose mail counts apart. */
static void
check_log(const char *name, bool apart)
{
	static const struct secret_key key = {
		"a key of 32 bytes for the tests"
	};
	FILE *log = golden_open(name, ".log");
	FILE *wanted = golden_open(name, ".keys");
	struct golden golden = golden_new(name);
	struct line_counter *lines = golden.tally.lines;
	struct snapshot *snapshot;
	struct slice line;

	if (apart)
		assert_true(line_probe_key(lines, &key) && line_apart(lines));
	while (next_line(log, &line))
		line_count(lines, line, NO_INSTANCE);
	if (apart) { /* what got no name has waited long enough */
		mark_waiting(lines, 1);
		mark_waiting(lines, 3600);
	}
	snapshot = golden_snapshot(&golden);
	compare(snapshot, wanted, name);
	snapshot_free(snapshot);
	golden_free(&golden);
	fclose(log);
	fclose(wanted);
}

static void
test_log(void **state)
{
	check_log(*state, false);
	check_log(*state, true);
}

/* What showq(8) said, at the time in NAME.taken, in seconds since 1970. */
static void
test_showq(void **state)
{
	static struct showq showq;
	static char bytes[65536];
	const char *name = *state;
	FILE *said = golden_open(name, ".showq");
	FILE *taken = golden_open(name, ".taken");
	FILE *wanted = golden_open(name, ".keys");
	struct tally tally = tally_new(4096);
	struct snapshot *snapshot;
	struct slice line;
	uint64_t now = 0;

	assert_true(next_line(taken, &line));
	assert_true(slice_number(line, &now));
	showq_begin(&showq, now);
	(void)showq_read(&showq,
	    (struct slice){ bytes, fread(bytes, 1, sizeof(bytes), said) });
	assert_int_equal(showq_end(&showq), SHOWQ_DONE);
	queue_put(tally.counters, 0, &showq.sample);
	queue_put_all(tally.counters, &showq.sample);
	snapshot = settled(&tally);
	compare(snapshot, wanted, name);
	snapshot_free(snapshot);
	tally_free(&tally);
	assert_false(next_line(taken, &line));
	fclose(said);
	fclose(taken);
	fclose(wanted);
}

/* What a line is, as hostile.lines names it. */
static const char *
kind_of(struct slice line)
{
	static const char *const kinds[EVENT_COUNT] = {
		[EVENT_NONE] = "uncounted",
		[EVENT_DELIVERY] = "delivery",
		[EVENT_RECEIVE] = "receive",
		[EVENT_REJECT] = "reject",
		[EVENT_DISCONNECT] = "disconnect",
		[EVENT_NAMED] = "named",
		[EVENT_ACTIVE] = "active",
		[EVENT_GONE] = "gone",
		[EVENT_MOVES] = "moves",
		[EVENT_RANKED] = "ranked",
		[EVENT_QUEUE_OUT] = "out",
		[EVENT_LOG] = "log",
		[EVENT_ABORT] = "abort",
		[EVENT_TLS] = "tls",
	};
	struct event event = { .type = EVENT_NONE };
	struct head head;
	struct tag tag;

	if (!head_parse(line, &head))
		return ("malformed");
	if (!tag_parse(head.tag, &tag) ||
	    !slice_starts(tag.instance, "postfix"))
		return ("foreign");
	return (parse_text(&tag, head.text, &event) ? kinds[event.type] :
						      "unrecognised");
}

static void
test_hostile_lines(void **state)
{
	FILE *log = golden_open("hostile", ".log");
	FILE *table = golden_open("hostile", ".lines");
	unsigned number = 0;
	struct slice line;
	char text[256];

	(void)state;
	while (fgets(text, sizeof(text), table) != NULL) {
		struct golden golden;
		struct counters *counters;
		char wanted[256];
		const char *kind;

		if (text[0] == '#')
			continue;
		assert_true(next_line(log, &line));
		golden = golden_new("hostile");
		counters = golden.tally.counters;
		line_count(golden.tally.lines, line, NO_INSTANCE);
		kind = kind_of(line);
		(void)snprintf(wanted, sizeof(wanted), "%u %s %s", ++number,
		    kind, moved(counters));
		text[strcspn(text, "\n")] = '\0';
		if (moved(counters)[0] == '\0')
			wanted[strlen(wanted) - 1] = '\0';
		assert_string_equal(wanted, text);
		golden_free(&golden);
	}
	assert_false(next_line(log, &line));
	assert_int_equal(number, 36);
	fclose(log);
	fclose(table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(
		    "kumina's lines count as read by hand", test_log, "kumina"),
		TABLE_TEST(
		    "Hsn723's lines count as read by hand", test_log, "hsn723"),
		TABLE_TEST(
		    "youyo's lines count as read by hand", test_log, "youyo"),
		TABLE_TEST("a real Postfix's programs count as read by hand",
		    test_log, "programs"),
		TABLE_TEST("what smtpd says of sessions counts as read by hand",
		    test_log, "smtpd"),
		TABLE_TEST(
		    "hostile lines count as read by hand", test_log, "hostile"),
		TEST("no hostile line is a false event", test_hostile_lines),
		TABLE_TEST("what Postfix 3.7 says of deliveries", test_log,
		    "postfix-3.7-delivery"),
		TABLE_TEST("what Postfix 3.7 says of its queue", test_log,
		    "postfix-3.7-queue"),
		TABLE_TEST("what Postfix 3.7 says of clients", test_log,
		    "postfix-3.7-smtpd"),
		TABLE_TEST("what Postfix 3.7 says of TLS", test_log,
		    "postfix-3.7-tls"),
		TABLE_TEST("what Postfix 3.7 says of headers, bodies, milters",
		    test_log, "postfix-3.7-cleanup"),
		TABLE_TEST("what Postfix 3.7's postscreen says", test_log,
		    "postfix-3.7-postscreen"),
		TABLE_TEST("what else Postfix 3.7 says", test_log,
		    "postfix-3.7-others"),
		TABLE_TEST("what Postfix 3.7 says of TLS at loglevel 2",
		    test_log, "postfix-3.7-loud"),
		TABLE_TEST("connections that are used again", test_log,
		    "postfix-3.7-reused"),
		TABLE_TEST("what Postfix 3.7 says when it has too much to do",
		    test_log, "postfix-3.7-stress"),
		TABLE_TEST("what rules, filters and ranks of a configuration "
			   "make of a log",
		    test_log, "postfix-3.7-configured"),
		TABLE_TEST("what Postfix 3.7 says lies in its queue",
		    test_showq, "postfix-3.7-showq"),
		TABLE_TEST(
		    "lines that rsyslog put together", test_log, "rsyslog"),
		TABLE_TEST("lines as Postfix wrote them up to 2.10", test_log,
		    "postfix-2.10"),
		TABLE_TEST("lines as Postfix 3.5 writes them", test_log,
		    "postfix-3.5"),
		TABLE_TEST("lines as Postfix 3.10 writes them", test_log,
		    "postfix-3.10"),
		TABLE_TEST("lines as Postfix 3.11 writes them", test_log,
		    "postfix-3.11"),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
