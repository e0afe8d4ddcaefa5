/*
 * Text that a client, a remote server or a cut line has chosen.  Each line is
 * counted from memory that ends where the line ends.
 */
#include "tests/unit/unit.h"
#include "lib/stats/parse.h"

/* What became of lines, worked out beside the counters. */
struct outcome {
	uint64_t lines, malformed, foreign, unrecognised;
	uint64_t events[EVENT_COUNT];
};

/* The event of `line`; -1 malformed, -2 foreign, -3 unrecognised. */
static int
event_of(struct slice line, unsigned *traits_r)
{
	struct event event = { .type = EVENT_NONE };
	struct head head;
	struct tag tag;

	*traits_r = 0;
	if (!head_parse(line, &head))
		return (-1);
	if (!tag_parse(head.tag, &tag) ||
	    !slice_starts(tag.instance, "postfix"))
		return (-2);
	if (parse_text(&tag, head.text, &event) == 0)
		return (-3);
	*traits_r = event.traits;
	return ((int)event.type);
}

/* Count a copy of `line`; returns what event_of() says of it. */
static int
feed(struct tally *tally, struct outcome *outcome, struct slice line,
    unsigned *traits_r)
{
	char *copy = malloc(line.len + 1);
	struct slice exact = { copy, line.len + 1 };
	int event;

	assert_non_null(copy);
	memcpy(copy, line.at, line.len);
	copy[line.len] = '\n';
	event = event_of((struct slice){ copy, line.len }, traits_r);
	outcome->lines++;
	if (event == -1)
		outcome->malformed++;
	else if (event == -2)
		outcome->foreign++;
	else if (event == -3)
		outcome->unrecognised++;
	else
		outcome->events[event]++;
	assert_int_equal(line_count(tally->lines, exact, NO_INSTANCE), 1);
	free(copy);
	return (event);
}

/* The sum of all totals of a family whose last word is one of `words`. */
static uint64_t
sum_of(const struct snapshot *snapshot, const char *family, const char *words)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < snapshot->number_count; i++) {
		const char *key = snapshot->numbers[i].key;

		if (strncmp(key, family, strlen(family)) == 0 &&
		    strchr(key, '@') == NULL &&
		    (*words == '\0' ||
			strstr(words, strrchr(key, ':') + 1) != NULL))
			sum += snapshot->numbers[i].value;
	}
	return (sum);
}

/* The counters hold each line once. */
static void
check_outcome(const struct tally *tally, const struct outcome *outcome)
{
	struct snapshot *all = snapshot_of(tally->counters);
	uint64_t ended = sum_of(all, "smtpd_disconnect:", "");
	uint64_t unrecognised;

	/* Those whose statistics make no sense are found out late. */
	assert_true(ended <= outcome->events[EVENT_DISCONNECT]);
	unrecognised = outcome->unrecognised +
	    outcome->events[EVENT_DISCONNECT] - ended;
	assert_int_equal(value_in(all, "lines:read"), outcome->lines);
	assert_int_equal(value_in(all, "lines:malformed"), outcome->malformed);
	assert_int_equal(value_in(all, "lines:foreign"), outcome->foreign);
	assert_int_equal(value_in(all, "lines:postfix"),
	    outcome->lines - outcome->malformed - outcome->foreign);
	assert_int_equal(value_in(all, "lines:unrecognised"), unrecognised);
	assert_int_equal(sum_of(all, "lines:unrecognised:", ""), unrecognised);
	assert_int_equal(
	    sum_of(all, "delivery:", "sent deferred bounced softbounce"),
	    outcome->events[EVENT_DELIVERY]);
	assert_int_equal(
	    sum_of(all, "receive:", ""), outcome->events[EVENT_RECEIVE]);
	assert_int_equal(
	    sum_of(all, "reject:", ""), outcome->events[EVENT_REJECT]);
	assert_int_equal(sum_of(all, "tls:", ""), outcome->events[EVENT_TLS]);
	assert_int_equal(sum_of(all, "smtpd_lost:", "") +
		sum_of(all, "smtpd_timeout:", "") +
		sum_of(all, "smtpd_error_limit:", ""),
	    outcome->events[EVENT_ABORT]);
	assert_int_equal(sum_of(all, "smtpd_pipelining:", ""),
	    outcome->events[EVENT_PIPELINING]);
	assert_int_equal(value_in(all, "lines:overlong"), 0);
	snapshot_free(all);
}

/* All lines of the golden logs, in one buffer. */
static struct slice
read_log(const char *name)
{
	const char *tests = getenv("TESTS_DIR");
	char path[512], *text = malloc(65536);
	size_t len;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/golden/%s.log",
	    tests ? tests : "tests", name);
	file = fopen(path, "re");
	if (file == NULL || text == NULL)
		fail_msg("cannot open %s: run from the top of the tree, or "
			 "set TESTS_DIR",
		    path);
	len = fread(text, 1, 65536, file);
	assert_true(len > 0 && len < 65536);
	fclose(file);
	return ((struct slice){ text, len });
}

static const char *const logs[] = { "kumina", "hsn723", "youyo", "smtpd",
	"programs", "hostile" };

enum {
	STATUS = TRAIT_IS_SENT | TRAIT_IS_DEFERRED | TRAIT_IS_BOUNCED |
	    TRAIT_IS_SOFTBOUNCE
};

/* A line that was cut is the event of the whole line, or none. */
static void
test_prefixes(void **state)
{
	struct tally tally = tally_new(4096);
	struct outcome outcome = { .lines = 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(logs); i++) {
		struct slice text = read_log(logs[i]), rest = text, line;

		while (slice_cut(&rest, '\n', &line)) {
			unsigned traits, whole_traits;
			int whole = event_of(line, &whole_traits);

			for (size_t len = 0; len <= line.len; len++) {
				int event = feed(&tally, &outcome,
				    (struct slice){ line.at, len }, &traits);

				if (event >= 0 &&
				    (event != whole ||
					((traits ^ whole_traits) & STATUS) !=
					    0))
					fail_msg("\"%.*s\" cut to %zu bytes",
					    (int)line.len, line.at, len);
			}
		}
		free((void *)(uintptr_t)text.at);
	}
	assert_true(outcome.events[EVENT_DELIVERY] > 100);
	check_outcome(&tally, &outcome);
	tally_free(&tally);
}

static void
test_mutants(void **state)
{
	static const char bytes[] = " :;,<>()[]{}@/=\"\\'%\r\t\0\x7f\xff"
				    "059aZ";
	struct tally tally = tally_new(4096);
	struct outcome outcome = { .lines = 0 };
	uint32_t seed = 20260224;

	(void)state;
	for (size_t i = 0; i < COUNT(logs); i++) {
		struct slice text = read_log(logs[i]), rest = text, line;

		while (slice_cut(&rest, '\n', &line)) {
			for (unsigned n = 0; n < 150; n++) {
				char copy[4096];
				unsigned traits;

				assert_true(line.len < sizeof(copy));
				memcpy(copy, line.at, line.len);
				for (unsigned k = 0; k <= n % 4; k++)
					copy[random_next(&seed) % line.len] =
					    bytes[random_next(&seed) %
						(sizeof(bytes) - 1)];
				(void)feed(&tally, &outcome,
				    (struct slice){ copy, line.len }, &traits);
			}
		}
		free((void *)(uintptr_t)text.at);
	}
	check_outcome(&tally, &outcome);
	tally_free(&tally);
}

#define DELIVERY(address, text) \
	"postfix/smtp[1]: 4A1B2C3D4E: to=<" address \
	">, relay=mx[1.1.1.1]:25, " \
	"delay=1, delays=1/0/0/0, dsn=4.0.0, status=deferred (" text ")"
#define FORGED \
	">, relay=x, delay=1, delays=1/0/0/0, dsn=2.0.0, " \
	"status=sent (x)"

static const char *const forgeries[] = {
	DELIVERY("u@a", "host mx said no" FORGED),
	DELIVERY("u@a", "x, status=sent (250 ok"),
	DELIVERY("\"u\\\"" FORGED "\"@a", "x"),
	DELIVERY("\"u\\\\\"@a", "x\"" FORGED),
	DELIVERY("\"" FORGED "\"@a", "x"),
	DELIVERY("\">, orig_to=<b" FORGED "\"@a", "x"),
	DELIVERY("\"a b\"@c", "x\" y" FORGED),
	DELIVERY("u@a>, orig_to=<\"" FORGED "\"@a", "x"),
	DELIVERY("u@dom\"ain", "450 \"" FORGED),
	DELIVERY("u\"@a", "x \"" FORGED),
	DELIVERY("u>@a", "x"),
	DELIVERY("u>, x@a", "x"),
	DELIVERY("u>, status=sent (@a", "x"),
};

static void
test_forgeries(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forgeries); i++) {
		struct tally tally = tally_new(4096);

		tally_text(&tally, forgeries[i]);
		if (strcmp(moved(tally.counters), "delivery:smtp:deferred"))
			fail_msg("\"%s\" moves \"%s\"", forgeries[i],
			    moved(tally.counters));
		tally_free(&tally);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a line cut anywhere is its own event or none",
		    test_prefixes),
		TEST("damaged lines are each counted once, whatever they say",
		    test_mutants),
		TEST("no address and no reply forges another status",
		    test_forgeries),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
