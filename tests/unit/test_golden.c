/*
 * Whole logs against what was read out of them by hand: tests/golden.
 */
#include "tests/unit/unit.h"
#include "lib/stats/parse.h"
#include "tailer/patterns.h"

/* Counters that know the reasons that are shipped. */
static struct tally
tally_with_reasons(struct patterns **patterns_r)
{
	static const struct config config = { .shipped_reasons = true };
	struct tally tally = tally_new(4096);
	const char *error;

	if (patterns_open(&config, patterns_r, &error) == -1)
		fail_msg("%s", error);
	line_rules(tally.lines, NULL, patterns_reasons(*patterns_r));
	return (tally);
}

static FILE *
golden_open(const char *name, const char *suffix)
{
	const char *tests = getenv("TESTS_DIR");
	char path[512];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/golden/%s%s",
	    tests ? tests : "tests", name, suffix);
	file = fopen(path, "re");
	if (file == NULL)
		fail_msg("cannot open %s: run from the top of the tree, or "
			 "set TESTS_DIR",
		    path);
	return (file);
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

static void
test_log(void **state)
{
	const char *name = *state;
	FILE *log = golden_open(name, ".log");
	FILE *wanted = golden_open(name, ".keys");
	struct patterns *patterns;
	struct tally tally = tally_with_reasons(&patterns);
	struct snapshot *snapshot;
	struct slice line;

	while (next_line(log, &line))
		line_count(tally.lines, line, NO_INSTANCE);
	snapshot = settled(&tally);
	compare(snapshot, wanted, name);
	snapshot_free(snapshot);
	tally_free(&tally);
	patterns_free(patterns);
	fclose(log);
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
		struct patterns *patterns;
		struct tally tally;
		char wanted[256];
		const char *kind;

		if (text[0] == '#')
			continue;
		assert_true(next_line(log, &line));
		tally = tally_with_reasons(&patterns);
		line_count(tally.lines, line, NO_INSTANCE);
		kind = kind_of(line);
		(void)snprintf(wanted, sizeof(wanted), "%u %s %s", ++number,
		    kind, moved(tally.counters));
		text[strcspn(text, "\n")] = '\0';
		if (moved(tally.counters)[0] == '\0')
			wanted[strlen(wanted) - 1] = '\0';
		assert_string_equal(wanted, text);
		tally_free(&tally);
		patterns_free(patterns);
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
