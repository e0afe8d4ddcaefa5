/*
 * The IETF's tables, laid out from snapshots made by hand.
 */
#include "tests/unit/unit.h"
#include "lib/stats/join.h"
#include "lib/stats/ietf.h"
#include "lib/stats/mtagroups.h"

#define APPL  "1.3.6.1.2.1.27.1.1."
#define MTA   "1.3.6.1.2.1.28.1.1."
#define GROUP "1.3.6.1.2.1.28.2.1."
#define ERROR "1.3.6.1.2.1.28.5.1."

/* Groups: smtp 1, local 2, the service smtpd 3, pickup 4, relay 7; the queues
   hold 8, deferred 9, which is empty, and active 10, not sampled now. */
static const char groups_text[] = "1 smtp 1000 smtp\n"
				  "2 local 1000 local\n"
				  "3 smtpd 1000 smtpd\n"
				  "4 pickup 1000 pickup\n"
				  "7 smtp 2000 relay\n"
				  "8 showq 3000 hold\n"
				  "9 showq 3000 deferred\n"
				  "10 showq 3000 active\n";

static const struct {
	const char *key;
	uint64_t value;
} keys[] = {
	{ "connect_failure:relay:dns", 64 },
	{ "connect_failure:relay:refused", 4 },
	{ "connect_failure:relay:timeout", 8 },
	{ "delivery:local:sent", 5 },
	{ "delivery:local:sent@a", 5 },
	{ "delivery:relay:sent", 0x100000007 },
	{ "delivery:relay:sent@b", 0x100000007 },
	{ "delivery_dsn:local:5.4.6", 2 },
	{ "delivery_dsn:relay:2.0.0", 9 },
	{ "delivery_dsn:relay:4.4.1", 3 },
	{ "delivery_dsn:relay:5.1.1", 1 },
	{ "delivery_dsn:relay:other", 1 },
	{ "lines:postfix", 1 },
	{ "queue:deferred:bytes", 0 },
	{ "queue:deferred:messages", 0 },
	{ "queue:hold:bytes", 3072 },
	{ "queue:hold:messages", 0x100000003 },
	{ "queue:hold:messages@b", 2 },
	{ "queue:hold:recipients", 5 },
	{ "queue_in:bytes", 10240 + 1023 },
	{ "queue_in:messages", 11 },
	{ "queue_in:messages@a", 11 },
	{ "receive:pickup:NONE", 2 },
	{ "receive:smtpd:NONE", 20 },
	{ "receive:smtpd:PLAIN", 1 },
	{ "reject_service:smtpd:4xx", 30 },
	{ "reject_service:smtpd:5xx", 2 },
	{ "reject_stage:CONNECT", 6 },
	{ "reject_stage:RCPT", 26 },
	{ "smtpd_connect:smtpd", 33 },
};

static struct cells *
build(unsigned parts)
{
	struct snapshot *snapshot = snapshot_new();
	struct oid base = { 3, { 1, 3, 7 } };
	struct cells *cells;
	const char *error;

	for (size_t i = 0; i < COUNT(keys); i++)
		snapshot_add_number(
		    snapshot, slice_of(keys[i].key), keys[i].value);
	snapshot_add_text(
	    snapshot, SLICE("=application:1"), SLICE("3.7.11 1000 up 1000"));
	snapshot_add_text(
	    snapshot, SLICE("=application:3"), SLICE("- - down 3000"));
	snapshot_add_text(snapshot, SLICE("=group:00"), slice_of(groups_text));
	snapshot_add_text(snapshot, SLICE("=instance:2"), SLICE("a"));
	snapshot_add_text(snapshot, SLICE("=instance:3"), SLICE("b"));
	snapshot_add_text(snapshot, SLICE("=queue:1"),
	    SLICE("holder X 1\nhold 4A1B 5000\nactive 6C\n"));
	snapshot_add_text(snapshot, SLICE("=queue:3"), SLICE("hold 5C 0\n"));
	snapshot_add_text(
	    snapshot, SLICE("=reasons:00"), SLICE("2 x\n3 554 5.7.1 no\n"));
	snapshot_sort(snapshot);
	assert_int_equal(cells_build(&(struct joined){ { snapshot } }, &base,
			     parts, &cells, &error),
	    0);
	snapshot_free(snapshot);
	return (cells);
}

static const struct cell *
get(const struct cells *cells, const char *text)
{
	struct oid oid;

	assert_true(oid_read(slice_of(text), &oid));
	return (cells_get(cells, oid.arc, oid.count));
}

static void
check_number(const struct cells *cells, const char *oid, enum cell_type type,
    uint64_t number)
{
	const struct cell *cell = get(cells, oid);

	if (cell == NULL)
		fail_msg("no cell %s", oid);
	assert_int_equal(cell->type, type);
	if (cell->number != number)
		fail_msg("%s is %" PRIu64, oid, cell->number);
}

static void
check_text(const struct cells *cells, const char *oid, const char *text)
{
	const struct cell *cell = get(cells, oid);

	if (cell == NULL)
		fail_msg("no cell %s", oid);
	assert_int_equal(cell->type, CELL_STRING);
	assert_int_equal(cell->text.len, strlen(text));
	assert_memory_equal(cell->text.at, text, cell->text.len);
}

static void
test_applications(void **state)
{
	struct cells *cells = build(CELLS_IETF | CELLS_STAMPS);

	(void)state;
	check_text(cells, APPL "2.1", "Postfix (all instances)");
	check_text(cells, APPL "2.2", "a");
	check_text(cells, APPL "3.3", "");
	check_text(cells, APPL "4.1", "3.7.11");
	check_number(cells, APPL "14.1", CELL_COUNTER32, 6);
	assert_null(get(cells, APPL "4.2"));
	assert_null(get(cells, APPL "4.3"));
	check_number(cells, APPL "5.1", CELL_STAMP, 1000);
	assert_null(get(cells, APPL "5.3"));
	check_number(cells, APPL "6.1", CELL_INTEGER, 1);
	check_number(cells, APPL "6.2", CELL_INTEGER, 1); /* it writes lines */
	check_number(cells, APPL "6.3", CELL_INTEGER, 2);
	check_number(cells, APPL "7.3", CELL_STAMP, 3000);
	check_number(cells, APPL "10.1", CELL_COUNTER32, 33);
	assert_null(get(cells, APPL "10.2"));
	assert_null(get(cells, APPL "12.1")); /* never yet */
	check_number(cells, APPL "15.1", CELL_COUNTER32, 12);
	assert_null(get(cells, APPL "8.1"));
	cells_free(cells);
}

static void
test_totals(void **state)
{
	struct cells *cells = build(CELLS_IETF);

	(void)state;
	check_number(cells, MTA "1.1", CELL_COUNTER32, 11);
	check_number(cells, MTA "1.2", CELL_COUNTER32, 11);
	assert_null(get(cells, MTA "1.3"));
	check_number(cells, MTA "4.1", CELL_COUNTER32, 10);
	check_number(cells, MTA "7.1", CELL_COUNTER32, 0);
	check_number(cells, MTA "9.1", CELL_COUNTER32, 12); /* modulo 2^32 */
	check_number(cells, MTA "9.2", CELL_COUNTER32, 5);
	check_number(cells, MTA "9.3", CELL_COUNTER32, 7);
	check_number(cells, MTA "12.1", CELL_COUNTER32, 2);
	assert_null(get(cells, MTA "12.2"));
	check_number(cells, MTA "2.1", CELL_GAUGE32, UINT32_MAX);
	check_number(cells, MTA "2.3", CELL_GAUGE32, 2);
	assert_null(get(cells, MTA "2.2"));
	check_number(cells, MTA "5.1", CELL_GAUGE32, 3);
	check_number(cells, MTA "8.1", CELL_GAUGE32, 5);
	cells_free(cells);
}

static void
test_queues(void **state)
{
	struct cells *cells = build(CELLS_IETF);

	(void)state;
	check_text(cells, GROUP "25.1.8", "hold");
	check_text(
	    cells, GROUP "29.1.8", "http://www.postfix.org/showq.8.html");
	check_number(cells, GROUP "31.1.8", CELL_INTEGER, (uint64_t)-3);
	check_number(cells, GROUP "30.1.8", CELL_INTERVAL, 3000);
	check_number(cells, GROUP "4.1.8", CELL_GAUGE32, UINT32_MAX);
	check_number(cells, GROUP "7.1.8", CELL_GAUGE32, 3);
	check_number(cells, GROUP "10.1.8", CELL_GAUGE32, 5);
	check_number(cells, GROUP "12.1.8", CELL_INTERVAL, 5000);
	check_text(cells, GROUP "32.1.8", "4A1B");
	check_number(cells, GROUP "4.1.9", CELL_GAUGE32, 0);
	assert_null(get(cells, GROUP "10.1.9")); /* not known, so not 0 */
	assert_null(get(cells, GROUP "12.1.9"));
	assert_null(get(cells, GROUP "32.1.9"));
	assert_null(get(cells, GROUP "25.1.10"));
	assert_null(get(cells, GROUP "4.1.10"));
	assert_null(get(cells, GROUP "12.1.10"));
	assert_null(get(cells, GROUP "4.1.7")); /* a transport stores nothing */
	assert_null(get(cells, GROUP "2.1.8"));
	assert_null(get(cells, GROUP "11.1.8"));
	assert_null(get(cells, GROUP "25.2.8"));
	check_number(cells, GROUP "4.3.8", CELL_GAUGE32, 2);
	assert_null(get(cells, GROUP "10.3.8"));
	check_text(cells, GROUP "32.3.8", "5C");
	assert_null(get(cells, GROUP "12.3.8")); /* no time */
	cells_free(cells);
}

static void
test_groups(void **state)
{
	struct cells *cells = build(CELLS_IETF);

	(void)state;
	check_text(cells, GROUP "25.1.7", "relay");
	check_number(cells, GROUP "31.1.7", CELL_INTEGER, (uint64_t)-1);
	check_number(cells, GROUP "31.1.3", CELL_INTEGER, (uint64_t)-2);
	check_number(cells, GROUP "11.1.7", CELL_COUNTER32, 7);
	check_number(cells, GROUP "11.1.1", CELL_COUNTER32, 0);
	assert_null(get(cells, GROUP "11.1.3"));
	check_number(cells, GROUP "2.1.3", CELL_COUNTER32, 21);
	check_number(cells, GROUP "2.1.4", CELL_COUNTER32, 2);
	assert_null(get(cells, GROUP "2.1.7"));
	check_number(cells, GROUP "3.1.3", CELL_COUNTER32, 32);
	check_number(cells, GROUP "15.1.3", CELL_COUNTER32, 33);
	assert_null(get(cells, GROUP "15.1.4")); /* pickup has no clients */
	check_number(cells, GROUP "20.1.7", CELL_COUNTER32, 12);
	assert_null(get(cells, GROUP "20.1.2"));
	check_text(cells, GROUP "21.1.3", "554 5.7.1 no");
	check_text(cells, GROUP "21.1.4", "never");
	check_text(cells, GROUP "22.1.7", "never");
	check_number(cells, GROUP "24.1.7", CELL_PROTOCOL, 25);
	assert_null(get(cells, GROUP "24.1.2"));
	check_number(cells, GROUP "30.1.7", CELL_INTERVAL, 2000);
	/* Instances have the groups that they use. */
	check_number(cells, GROUP "11.2.2", CELL_COUNTER32, 5);
	assert_null(get(cells, GROUP "25.2.7"));
	check_text(cells, GROUP "25.3.7", "relay");
	assert_null(get(cells, GROUP "20.3.7"));
	assert_null(get(cells, GROUP "22.3.7"));
	cells_free(cells);
}

static void
test_errors(void **state)
{
	struct cells *cells = build(CELLS_IETF);
	struct oid root;
	size_t count = 0;

	(void)state;
	check_number(cells, ERROR "3.1.7.4004001", CELL_COUNTER32, 3);
	check_number(cells, ERROR "3.1.7.5001001", CELL_COUNTER32, 1);
	check_number(cells, ERROR "2.1.2.5004006", CELL_COUNTER32, 2);
	ietf_entry_oid(IETF_ERROR, &root);
	for (size_t i = 0; i < cells_count(cells); i++) {
		const struct cell *cell = cells_at(cells, i);

		count += cell->arc_count > root.count &&
		    oid_compare(cell->arc, root.count, root.arc, root.count) ==
			0;
	}
	assert_int_equal(count, 3); /* neither 2.0.0 nor `other` */
	cells_free(cells);
}

static void
test_parts(void **state)
{
	static const unsigned parts[] = { 0, CELLS_IETF,
		CELLS_IETF | CELLS_STAMPS };

	(void)state;
	for (size_t p = 0; p < COUNT(parts); p++) {
		struct cells *cells = build(parts[p]);
		size_t stamps = 0, ietf = 0;

		for (size_t i = 0; i < cells_count(cells); i++) {
			const struct cell *cell = cells_at(cells, i);

			stamps += cell->type == CELL_STAMP;
			ietf += ietf_knows(cell->arc, cell->arc_count);
			if (i > 0)
				assert_true(
				    oid_compare(cells_at(cells, i - 1)->arc,
					cells_at(cells, i - 1)->arc_count,
					cell->arc, cell->arc_count) < 0);
		}
		assert_int_equal(stamps > 0, (parts[p] & CELLS_STAMPS) != 0);
		assert_int_equal(ietf > 0, (parts[p] & CELLS_IETF) != 0);
		cells_free(cells);
	}
}

static void
test_known(void **state)
{
	static const struct {
		const char *oid;
		bool known;
	} oids[] = {
		{ MTA "10.1", true },     /* absent */
		{ MTA "1.99", true },     /* no such instance */
		{ MTA "13.1", false },    /* no such column */
		{ GROUP "1.1.1", false }, /* not accessible */
		{ GROUP "34.1.1", true },
		{ GROUP "35.1.1", false },
		{ ERROR "1.1.1.5001001", true },
		{ ERROR "4.1.1.5001001", false },
		{ APPL "1.1", false },
		{ APPL "17.1", true },
		{ "1.3.6.1.2.1.28.3.1.1.1.1.1", false },
		{ "1.3.6.1.2.1.28", false },
	};
	struct cells *cells = build(CELLS_IETF);

	(void)state;
	for (size_t i = 0; i < COUNT(oids); i++) {
		struct oid oid;

		assert_true(oid_read(slice_of(oids[i].oid), &oid));
		if (cells_knows(cells, oid.arc, oid.count) != oids[i].known)
			fail_msg("%s", oids[i].oid);
	}
	cells_free(cells);
}

static void
test_times(void **state)
{
	struct cell cell = { .type = CELL_INTERVAL, .number = 1000 };

	(void)state;
	assert_int_equal(cell_interval(&cell, 1010), 1000);
	assert_int_equal(cell_interval(&cell, 999), 0); /* not yet */
	assert_int_equal(cell_interval(&cell, UINT32_MAX), INT32_MAX);
	assert_int_equal(cell_stamp(&cell, 96000, 5000), 4000);
	assert_int_equal(cell_stamp(&cell, 96000, 6000), 4000); /* as ever */
	assert_int_equal(cell_stamp(&cell, 99999, 5000), 1);
	assert_int_equal(cell_stamp(&cell, 100000, 5000), 0);
	assert_int_equal(cell_stamp(&cell, 100001, 5000), 0);   /* before it */
	assert_int_equal(cell_stamp(&cell, 96000, 3999), 3999); /* not yet */
}

static void
test_bad_texts(void **state)
{
	static const char text[] = "0 smtp 1 zero\n"
				   "1 smtp 1 one\n"
				   "1 smtp 1 twice\n"
				   "2 smtp 1 one\n"
				   "2 smtpd 1 one\n"
				   "3 nosuch 1 x\n"
				   "4 smtp x y\n"
				   "5 smtp 1 \n"
				   "6 smtp 1\n"
				   "4294967295 smtp 1 big\n"
				   "7 smtp 1 cut off";
	struct snapshot *snapshot = snapshot_new();
	static struct mtagroups groups_read;

	(void)state;
	snapshot_add_text(snapshot, SLICE("=group:00"), slice_of(text));
	mtagroups_load(snapshot, &groups_read);
	assert_int_equal(groups_read.count, 2);
	assert_int_equal(
	    mtagroups_find(&groups_read, ROWS_TRANSPORT, SLICE("one"))->number,
	    1);
	assert_int_equal(
	    mtagroups_find(&groups_read, ROWS_SERVICE, SLICE("one"))->number,
	    2);
	snapshot_free(snapshot);
}

/* As many as there can be, with the longest names, through a snapshot. */
static void
test_many_groups(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	static struct mtagroups all, again;
	char name[LABEL_MAX + 1];

	(void)state;
	for (unsigned i = 0; i < MTAGROUPS_MAX + 3; i++) {
		(void)snprintf(name, sizeof(name), "%032u", i);
		mtagroups_add(
		    &all, IETF_DAEMON_postscreen, slice_of(name), UINT64_MAX);
		mtagroups_add(&all, IETF_DAEMON_postscreen, slice_of(name), 1);
	}
	assert_int_equal(all.count, MTAGROUPS_MAX);
	mtagroups_save(&all, snapshot);
	snapshot_sort(snapshot);
	mtagroups_load(snapshot, &again);
	assert_int_equal(again.count, all.count);
	for (unsigned i = 0; i < all.count; i++) {
		const struct mtagroup *group = mtagroups_find(
		    &again, ROWS_SERVICE, mtagroup_name(&all.at[i]));

		assert_non_null(group);
		assert_int_equal(group->number, i + 1);
		assert_int_equal(group->created, UINT64_MAX);
	}
	snapshot_free(snapshot);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("applications", test_applications),
		TEST("totals", test_totals),
		TEST("groups", test_groups),
		TEST("queues are groups, too", test_queues),
		TEST("errors", test_errors),
		TEST("parts that are left out are not there", test_parts),
		TEST("absent and unknown objects are told apart", test_known),
		TEST("times when asked", test_times),
		TEST("bad texts of groups are left out", test_bad_texts),
		TEST("all groups come back", test_many_groups),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
