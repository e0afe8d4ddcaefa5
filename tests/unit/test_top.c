/*
 * The names that are met most often.
 */
#include "tests/unit/unit.h"
#include "lib/stats/join.h"
#include "lib/stats/cells.h"
#include "lib/stats/render.h"

#define SMTP "postfix/smtp[1]: 4A1B2C3D4E: "
#define REST(status) \
	", delay=1, delays=1/0/0/0, dsn=2.0.0, status=" status " (x)"
#define TO(address, relay, status) \
	SMTP "to=<" address ">, relay=" relay REST(status)
#define FROM(address) \
	"postfix/cleanup[1]: 4A1B2C3D4E: message-id=<x>", \
	    "postfix/qmgr[1]: 4A1B2C3D4E: from=<" address \
	    ">, size=9, nrcpt=1 (queue active)"
#define CLIENT(rest) "postfix/smtpd[1]: 4A1B2C3D4E: client=" rest

static const char *const all[] = { "rcpt_domain", "sender_domain", "relay_host",
	"sasl_user", "client", NULL };

static struct tally
top_new(const char *const *dimensions)
{
	struct tally tally = tally_new(4096);

	for (; *dimensions != NULL; dimensions++)
		assert_true(line_top(tally.lines, *dimensions));
	return (tally);
}

static struct snapshot *
saved(struct tally *tally)
{
	struct snapshot *snapshot = snapshot_new();

	line_mark(tally->lines, 1, 1);
	counters_save(tally->counters, snapshot);
	line_save(tally->lines, snapshot);
	snapshot_sort(snapshot);
	return (snapshot);
}

/* What postfix-stats-get --top prints. */
static const char *
printed(const struct snapshot *snapshot)
{
	static char text[65536];
	FILE *out = fmemopen(text, sizeof(text), "w");

	assert_non_null(out);
	text[0] = '\0';
	render_top(out, snapshot);
	assert_int_equal(fclose(out), 0);
	return (text);
}

static void
restart(struct tally *tally, const char *const *dimensions)
{
	struct snapshot *snapshot = saved(tally);

	tally_free(tally);
	*tally = top_new(dimensions);
	counters_load(tally->counters, snapshot);
	line_load(tally->lines, snapshot);
	snapshot_free(snapshot);
}

/* --- what is a name ------------------------------------------------------ */

#define LONG_NAME "0123456789012345678901234567890123456789012345678901234567"

static const struct {
	const char *lines[3];
	const char *top; /* lines of it, but for the rank, which is 1 */
} cases[] = {
	{ { TO("a@Example.ORG", "Mx.Example.ORG[192.0.2.1]:25", "sent") },
	    "rcpt_domain example.org 1 0 1 0 0\n"
	    "relay_host mx.example.org 1 0 1 0 0\n" },
	{ { TO("a@b.c", "none", "deferred") }, "rcpt_domain b.c 1 0 0 1 0\n" },
	{ { TO("a@b.c", "local", "bounced") }, "rcpt_domain b.c 1 0 0 0 1\n" },
	{ { "postfix/cleanup[1]: 4A1B2C3D4E: to=<a@b.c>, relay=none" REST(
	      "bounced") },
	    "rcpt_domain b.c 1 0 0 0 1\n" },
	{ { TO("a@b.c", "local", "SOFTBOUNCE") }, "" },
	{ { TO("a@b.c", "local", "deliverable") }, "" },
	{ { TO("root", "local", "sent") }, "" },
	{ { TO("a@", "local", "sent") }, "" },
	{ { TO("x@y>, relay=\"@b.c", "local", "sent") }, "" },
	{ { TO("\"x@y>, relay=z, \"@b.c", "local", "sent") },
	    "rcpt_domain b.c 1 0 1 0 0\n" },
	{ { SMTP "to=<a@b.c>, orig_to=<x@y>, relay=local" REST("sent") },
	    "rcpt_domain b.c 1 0 1 0 0\n" },
	{ { TO("a@b c\td\177\377e", "local", "sent") },
	    "rcpt_domain b?c?d??e 1 0 1 0 0\n" },
	{ { TO("a@B_[C]", "local", "sent"), TO("a@b_[c]", "local", "sent") },
	    "rcpt_domain b_[c] 2 0 2 0 0\n" },
	{ { TO("a@EXAMPLE-NAME.org", "local", "sent"),
	      TO("a@example-name.org", "local", "deferred") },
	    "rcpt_domain example-name.org 2 0 1 1 0\n" },
	{ { TO("a@x." LONG_NAME ".org.", "local", "sent") },
	    "rcpt_domain ." LONG_NAME ".org. 1 0 1 0 0\n" },
	{ { "postfix/local[1]: message repeated 3 times: [ 4A1B2C3D4E: to=<a@b.c>"
	    ", relay=local" REST("sent") "]" },
	    "rcpt_domain b.c 3 0 3 0 0\n" },
	{ { "postfix/lmtp[1]: 4A1B2C3D4E: to=<a@b.c>, relay=mx[private/l]" REST(
	      "sent") },
	    "rcpt_domain b.c 1 0 1 0 0\nrelay_host mx 1 0 1 0 0\n" },
	{ { FROM("a@B.c") }, "sender_domain b.c 1 0\n" },
	{ { FROM("") }, "sender_domain <> 1 0\n" },
	{ { FROM("a@b>, size=1, nrcpt=1 (queue active)@x") },
	    "sender_domain x 1 0\n" },
	{ { FROM("a@b.c"),
	      "postfix/qmgr[1]: 4A1B2C3D4E: from=<a@b.c>, size=9, "
	      "nrcpt=1 (queue active)" },
	    "sender_domain b.c 1 0\n" },
	{ { CLIENT("mx.b.c[192.0.2.1]") }, "client 192.0.2.1 1 0\n" },
	{ { CLIENT("mx.b.c[2001:db8::1]:25, sasl_method=PLAIN, "
		   "sasl_username=Joe@b.c, sasl_sender=x@y") },
	    "sasl_user joe@b.c 1 0\nclient 2001:db8::1 1 0\n" },
	{ { CLIENT("mx[192.0.2.1], orig_queue_id=sasl_username=joe") },
	    "client 192.0.2.1 1 0\n" },
	{ { "postfix/smtpd[1]: NOQUEUE: client=mx.b.c[192.0.2.1]" }, "" },
	{ { "postfix/pickup[1]: 4A1B2C3D4E: uid=0 from=<a@b.c>" }, "" },
};

/* The first of each dimension, without its rank, in the order of `all`. */
static const char *
first_ones(const struct snapshot *snapshot)
{
	static char text[4096];
	const char *all_lines = printed(snapshot);
	size_t len = 0;

	text[0] = '\0';
	for (unsigned d = 0; all[d] != NULL; d++) {
		char start[32];
		const char *at;

		(void)snprintf(start, sizeof(start), "%s 1 ", all[d]);
		at = strstr(all_lines, start);
		if (at == NULL)
			continue;
		at += strlen(start);
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s %.*s\n", all[d], (int)strcspn(at, "\n"), at);
		assert_true(len < sizeof(text));
	}
	return (text);
}

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tally tally = top_new(all);
		struct snapshot *snapshot;

		for (unsigned n = 0; n < 3 && cases[i].lines[n] != NULL; n++)
			tally_text(&tally, cases[i].lines[n]);
		snapshot = saved(&tally);
		if (strcmp(first_ones(snapshot), cases[i].top) != 0)
			fail_msg("\"%s\" has \"%s\", not \"%s\"",
			    cases[i].lines[0], first_ones(snapshot),
			    cases[i].top);
		snapshot_free(snapshot);
		tally_free(&tally);
	}
}

/* --- how it is counted --------------------------------------------------- */

enum { DOMAINS = 1000, LINES = 20000 };

/* A few domains have most of the mail. */
static unsigned
some_domain(uint32_t *seed)
{
	unsigned most = 1u << random_next(seed) % 10;

	return (random_next(seed) % (most < DOMAINS ? most : DOMAINS));
}

static void
feed(struct tally *tally, unsigned domain)
{
	char text[256];

	(void)snprintf(
	    text, sizeof(text), TO("a@d%u.test", "none", "deferred"), domain);
	tally_text(tally, text);
}

/* Each line of `text` holds what Space-Saving promises. */
static void
assert_bounds(const char *text, const uint64_t *counted)
{
	unsigned lines = 0, there = 0, frequent = 0;

	for (; *text != '\0'; text = strchr(text, '\n') + 1, lines++) {
		uint64_t count, error;
		unsigned rank, domain;

		assert_int_equal(
		    sscanf(text, "rcpt_domain %u d%u.test %" SCNu64 " %" SCNu64,
			&rank, &domain, &count, &error),
		    4);
		assert_int_equal(rank, lines + 1);
		assert_true(count >= counted[domain]);
		assert_true(count - error <= counted[domain]);
		there += counted[domain] > LINES / TOP_TRACKED;
	}
	for (unsigned i = 0; i < DOMAINS; i++)
		frequent += counted[i] > LINES / TOP_TRACKED;
	assert_int_equal(lines, TOP_TRACKED);
	assert_int_equal(there, frequent);
	assert_true(frequent > 3);
}

static void
test_bounds(void **state)
{
	static const char *const wanted[] = { "rcpt_domain", NULL };
	uint64_t counted[DOMAINS] = { 0 };
	struct tally tally = top_new(wanted), other = top_new(wanted);
	struct snapshot *once, *often;
	uint32_t seed = 7;

	(void)state;
	for (unsigned i = 0; i < LINES; i++) {
		unsigned domain = some_domain(&seed);

		counted[domain]++;
		feed(&tally, domain);
		feed(&other, domain);
		if (i % 500 == 7)
			restart(&other, wanted);
	}
	once = saved(&tally);
	often = saved(&other);
	assert_bounds(printed(once), counted);
	/* Restarts change nothing. */
	assert_true(snapshots_same(once, often));
	snapshot_free(once);
	snapshot_free(often);
	tally_free(&tally);
	tally_free(&other);
}

/* The longest names and the highest counts have room. */
static void
test_room(void **state)
{
	struct top *top = calloc(1, sizeof(*top)), *next;
	struct snapshot *full = snapshot_new();

	(void)state;
	next = calloc(1, sizeof(*next));
	assert_true(top != NULL && next != NULL && full != NULL);
	for (unsigned d = 0; all[d] != NULL; d++) {
		assert_true(top_want(top, slice_of(all[d])));
		assert_true(top_want(next, slice_of(all[d])));
		top->list[d].count = TOP_TRACKED;
		for (unsigned i = 0; i < TOP_TRACKED; i++) {
			struct top_item *item = &top->list[d].item[i];

			item->count = item->error = item->deferred =
			    item->bounced = UINT64_MAX;
			item->hash = i;
			item->len = TOP_NAME_MAX;
			memset(item->name, 'a' + (int)(i % 26), TOP_NAME_MAX);
			item->name[0] = (char)('a' + i / 26);
		}
	}
	top_save(top, full);
	assert_false(full->failed);
	assert_int_equal(full->text_count, TOP_TEXTS * TOP_DIMENSIONS);
	snapshot_sort(full);
	for (unsigned d = 0; all[d] != NULL; d++) {
		struct tally tally = top_new(all);

		top_load(next, tally.counters, full);
		tally_free(&tally);
		assert_int_equal(next->list[d].count, TOP_TRACKED);
		assert_int_equal(next->list[d].item[9].count, UINT64_MAX);
	}
	snapshot_free(full);
	free(top);
	free(next);
}

/* --- keys ---------------------------------------------------------------- */

static void
test_keys(void **state)
{
	static const char *const wanted[] = { "rcpt_domain", NULL };
	static const char *const none[] = { NULL };
	struct tally tally = top_new(wanted);
	struct snapshot *snapshot;

	(void)state;
	assert_false(line_top(tally.lines, "rcpt"));
	for (unsigned i = 0; i < 20; i++)
		for (unsigned n = 0; n <= i; n++)
			feed(&tally, i);
	tally_text(&tally, TO("a@d19.test", "none", "sent"));
	for (int again = 0; again < 2; again++) {
		snapshot = saved(&tally);
		assert_int_equal(
		    value_in(snapshot, "top:rcpt_domain:1:count"), 21);
		assert_int_equal(
		    value_in(snapshot, "top:rcpt_domain:1:sent"), 1);
		assert_int_equal(
		    value_in(snapshot, "top:rcpt_domain:1:deferred"), 20);
		assert_int_equal(
		    value_in(snapshot, "top:rcpt_domain:10:count"), 11);
		assert_int_equal(
		    value_in(snapshot, "top:rcpt_domain:11:count"), ABSENT);
		assert_int_equal(
		    value_in(snapshot, "top:relay_host:1:count"), ABSENT);
		snapshot_free(snapshot);
		restart(&tally, wanted);
	}
	/* What is not asked for any more is gone. */
	restart(&tally, none);
	snapshot = saved(&tally);
	assert_int_equal(value_in(snapshot, "top:rcpt_domain:1:count"), ABSENT);
	assert_string_equal(printed(snapshot), "");
	snapshot_free(snapshot);
	tally_free(&tally);
}

static void
test_cells(void **state)
{
	static const char *const wanted[] = { "rcpt_domain", NULL };
	struct tally tally = top_new(wanted);
	struct snapshot *snapshot;
	struct cells *cells;
	const char *error;
	struct oid oid;
	unsigned names = 0;

	(void)state;
	for (unsigned i = 0; i < 40; i++)
		for (unsigned n = 0; n <= i; n++)
			feed(&tally, i);
	snapshot = saved(&tally);
	assert_int_equal(oid_parse("1.3.6.1.3", &oid, &error), 0);
	assert_int_equal(cells_build(&(struct joined){ { snapshot } }, &oid, 0,
			     &cells, &error),
	    0);
	for (size_t i = 0; i < cells_count(cells); i++) {
		const struct cell *cell = cells_at(cells, i);
		char text[16];

		/* base.1.13.1.3, and 11 letters, and the rank. */
		if (cell->arc[6] != 13 || cell->arc[8] != 3)
			continue;
		(void)snprintf(text, sizeof(text), "d%u.test", 39 - names++);
		assert_int_equal(cell->text.len, strlen(text));
		assert_memory_equal(cell->text.at, text, strlen(text));
	}
	assert_int_equal(names, TOP_SHOWN);
	cells_free(cells);
	snapshot_free(snapshot);
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("names are what Postfix says", test_names),
		TEST("counts keep their bounds, also over restarts",
		    test_bounds),
		TEST("records have room for the longest", test_room),
		TEST("keys are of what is wanted", test_keys),
		TEST("names are in the table", test_cells),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
