/*
 * The cells: what a snapshot looks like in SNMP, and how it is asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/stats/cells.h"
#include "lib/stats/join.h"
#include "lib/stats/render.h"
#include "lib/stats/render_json.h"

#define BASE "1.3.6.1.4.1.8072.9999.9999.25"

static struct oid base;

static struct snapshot *
snapshot_with(const char *const *keys, const uint64_t *values, size_t count)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	for (size_t i = 0; i < count; i++)
		snapshot_add_number(snapshot, slice_of(keys[i]), values[i]);
	return (snapshot);
}

static void
add_instance(struct snapshot *snapshot, const char *key, const char *name)
{
	snapshot_add_text(snapshot, slice_of(key), slice_of(name));
}

static struct cells *
build(struct snapshot *snapshot)
{
	struct cells *cells;
	const char *error;

	if (snapshot != NULL)
		snapshot_sort(snapshot);
	assert_int_equal(cells_build(&(struct joined){ { snapshot } }, &base, 0,
			     &cells, &error),
	    0);
	snapshot_free(snapshot); /* nothing of it is borrowed */
	return (cells);
}

/* The OID BASE.`below`. */
static struct oid
at(const char *below)
{
	struct oid oid = base, rest;
	char text[256];
	const char *error;

	/* oid_parse wants a beginning that may stand there. */
	(void)snprintf(text, sizeof(text), "1.%s", below);
	assert_int_equal(oid_parse(text, &rest, &error), 0);
	memcpy(oid.arc + oid.count, rest.arc + 1,
	    (rest.count - 1) * sizeof(rest.arc[0]));
	oid.count += rest.count - 1;
	return (oid);
}

static const struct cell *
get(const struct cells *cells, const char *below)
{
	struct oid oid = at(below);

	return (cells_get(cells, oid.arc, oid.count));
}

static const struct cell *
next(const struct cells *cells, const char *below, bool inclusive)
{
	struct oid oid = at(below);

	return (cells_next(cells, oid.arc, oid.count, inclusive));
}

static bool
knows(const struct cells *cells, const char *below)
{
	struct oid oid = at(below);

	return (cells_knows(cells, oid.arc, oid.count));
}

static void
assert_number(const struct cells *cells, const char *below, uint64_t number)
{
	const struct cell *cell = get(cells, below);

	if (cell == NULL)
		fail_msg("no cell %s", below);
	assert_int_equal(cell->number, number);
}

static void
assert_text(const struct cells *cells, const char *below, const char *text)
{
	const struct cell *cell = get(cells, below);

	if (cell == NULL)
		fail_msg("no cell %s", below);
	assert_int_equal(cell->type, CELL_STRING);
	assert_int_equal(cell->text.len, strlen(text));
	assert_memory_equal(cell->text.at, text, cell->text.len);
}

static void
oids_are_read(void **state)
{
	struct oid oid;
	const char *error;
	char text[OID_TEXT_MAX], deep[400] = "1.3";

	(void)state;
	assert_int_equal(oid_parse("." BASE, &oid, &error), 0);
	assert_int_equal(oid.count, 10);
	assert_string_equal(oid_format(oid.arc, oid.count, text), "." BASE);
	assert_int_equal(oid_parse("2.4294967295", &oid, &error), 0);
	assert_string_equal(
	    oid_format(oid.arc, oid.count, text), ".2.4294967295");
	for (size_t i = 2; i < OID_BASE_MAX; i++)
		(void)strncat(
		    deep, ".4294967295", sizeof(deep) - strlen(deep) - 1);
	assert_int_equal(oid_parse(deep, &oid, &error), 0);
	(void)strncat(deep, ".1", sizeof(deep) - strlen(deep) - 1);
	assert_int_equal(oid_parse(deep, &oid, &error), -1);
	assert_non_null(strstr(error, "too long"));
}

static void
false_oids_are_refused(void **state)
{
	static const char *const texts[] = { "", ".", "1", "1.", "1..3",
		"..1.3", "1.3.x", "1.3 ", " 1.3", "1.3.4294967296", "3.1",
		"1.40", "0.40.1", "1.-3", "1.3.99999999999999999999" };
	struct oid oid;
	const char *error;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		error = NULL;
		assert_int_equal(oid_parse(texts[i], &oid, &error), -1);
		assert_non_null(error);
	}
}

static void
oids_have_an_order(void **state)
{
	static const uint32_t a[] = { 1, 3, 6 }, b[] = { 1, 3, 7 };
	static const uint32_t high[] = { 1, 4294967295u };

	(void)state;
	assert_int_equal(oid_compare(a, 3, a, 3), 0);
	assert_true(oid_compare(a, 3, b, 3) < 0);
	assert_true(oid_compare(b, 3, a, 3) > 0);
	assert_true(oid_compare(a, 2, a, 3) < 0);
	assert_true(oid_compare(a, 3, a, 2) > 0);
	assert_true(oid_compare(high, 2, a, 3) > 0);
	assert_true(oid_compare(a, 0, a, 1) < 0);
}

static void
no_snapshot_has_no_zeros(void **state)
{
	struct cells *cells = build(NULL);

	(void)state;
	assert_int_equal(cells_count(cells), 0);
	assert_null(get(cells, "1.1.1.0"));
	assert_null(next(cells, "0", true));
	assert_true(knows(cells, "1.1.1.0"));
	cells_free(cells);
	cells_free(NULL);
}

static void
an_empty_snapshot_has_zeros(void **state)
{
	struct cells *cells = build(snapshot_new());
	size_t scalars = 0;

	(void)state;
	for (size_t m = 0; m < METRIC_COUNT; m++)
		scalars += metrics[m].object.place == OBJECT_SCALAR;
	assert_int_equal(cells_count(cells), scalars + 1);
	assert_number(cells, "1.1.1.0", 0);
	assert_int_equal(get(cells, "1.1.1.0")->type, CELL_COUNTER64);
	assert_text(cells, "1.16.1.2.1", "all");
	/* No row in the tables between. */
	assert_ptr_equal(next(cells, "1.2", true), get(cells, "1.14.1.0"));
	cells_free(cells);
}

static void
scalars_have_their_values(void **state)
{
	static const char *const keys[] = { "sent:smtp", "recv:local",
		"tailer:backlog_bytes", "tailer:seconds_behind",
		"sent:smtp@postfix", "sent:legal" };
	static const uint64_t values[] = { 26, UINT64_MAX, 1ull << 32,
		UINT32_MAX, 5, 6 };
	struct cells *cells = build(snapshot_with(keys, values, COUNT(keys)));

	(void)state;
	assert_number(cells, "1.1.1.0", 26);
	assert_number(cells, "1.1.7.0", UINT64_MAX);
	assert_int_equal(get(cells, "1.14.12.0")->type, CELL_GAUGE32);
	assert_number(cells, "1.14.12.0", UINT32_MAX); /* clamped */
	assert_number(cells, "1.14.13.0", UINT32_MAX);
	assert_null(get(cells, "1.1.1"));
	assert_null(get(cells, "1.1.1.1"));
	assert_null(get(cells, "1.1.1.0.0"));
	cells_free(cells);
}

static void
rows_have_all_columns(void **state)
{
	static const char *const keys[] = { "delivery:legal:deferred",
		"reply:smtp:5xx" };
	static const uint64_t values[] = { 3, 4 };
	struct cells *cells = build(snapshot_with(keys, values, 2));

	(void)state;
	assert_text(cells, "1.2.1.2.1.5.108.101.103.97.108", "legal");
	assert_number(cells, "1.2.1.3.1.5.108.101.103.97.108", 0);
	assert_number(cells, "1.2.1.4.1.5.108.101.103.97.108", 3);
	assert_number(cells, "1.2.1.7.1.4.115.109.116.112", 4);
	assert_null(get(cells, "1.2.1.1.1.4.115.109.116.112"));
	assert_null(get(cells, "1.2.1.99.1.4.115.109.116.112"));
	assert_null(get(cells, "1.3.1.2.1.4.115.109.116.112"));
	cells_free(cells);
}

static void
labels_outside_the_row_are_summed(void **state)
{
	static const char *const keys[] = { "receive:smtpd:NONE",
		"receive:smtpd:PLAIN", "receive:smtpd:LOGIN",
		"receive:submission:PLAIN", "reject_service:smtpd:5xx" };
	static const uint64_t values[] = { 1, 20, 300, 4000, 7 };
	struct cells *cells = build(snapshot_with(keys, values, COUNT(keys)));

	(void)state;
	assert_number(cells, "1.3.1.3.1.5.115.109.116.112.100", 321);
	assert_number(cells, "1.3.1.5.1.5.115.109.116.112.100", 7);
	assert_number(cells,
	    "1.3.1.3.1.10.115.117.98.109.105.115.115.105."
	    "111.110",
	    4000);
	cells_free(cells);
}

static void
instances_have_rows(void **state)
{
	static const char *const keys[] = { "delivery:smtp:sent",
		"delivery:smtp:sent@postfix", "delivery:smtp:sent@out",
		"delivery:smtp:sent@stranger" };
	static const uint64_t values[] = { 12, 10, 2, 99 };
	struct snapshot *snapshot = snapshot_with(keys, values, COUNT(keys));
	struct cells *cells;

	(void)state;
	add_instance(snapshot, "=instance:2", "postfix");
	add_instance(snapshot, "=instance:17", "out");
	add_instance(snapshot, "=instance:1", "all of us");
	add_instance(snapshot, "=instance:0", "nobody");
	add_instance(snapshot, "=instance:x", "nobody");
	add_instance(snapshot, "=instance:4294967296", "nobody");
	cells = build(snapshot);
	assert_number(cells, "1.2.1.3.1.4.115.109.116.112", 12);
	assert_number(cells, "1.2.1.3.2.4.115.109.116.112", 10);
	assert_number(cells, "1.2.1.3.17.4.115.109.116.112", 2);
	assert_text(cells, "1.16.1.2.1", "all");
	assert_text(cells, "1.16.1.2.2", "postfix");
	assert_text(cells, "1.16.1.2.17", "out");
	/* Three names, and nothing after them in the table. */
	assert_ptr_equal(
	    next(cells, "1.16.1.2.17", false), next(cells, "1.17", false));
	assert_ptr_equal(
	    next(cells, "1.16.1.2.2", false), get(cells, "1.16.1.2.17"));
	cells_free(cells);
}

/* ".len.c1.c2.." of a text. */
#define LEGAL "5.108.101.103.97.108"
#define SMTP  "4.115.109.116.112"
#define SMTPD "5.115.109.116.112.100"

static void
rows_have_several_indexes(void **state)
{
	static const char *const keys[] = { "delivery_dsn:legal:5.1.1",
		"delivery_dsn:smtp:4.0.0", "log:smtpd:warning",
		"reject:smtpd:5xx:rbl" };
	static const uint64_t values[] = { 3, 4, 5, 6 };
	struct cells *cells = build(snapshot_with(keys, values, COUNT(keys)));

	(void)state;
	assert_text(
	    cells, "1.15.1.2." LEGAL ".5.53.46.49.46.49", "legal:5.1.1");
	assert_number(cells, "1.15.1.3." LEGAL ".5.53.46.49.46.49", 3);
	assert_number(cells, "1.15.1.3." SMTP ".5.52.46.48.46.48", 4);
	assert_text(cells, "1.7.1.2." SMTPD, "smtpd");
	assert_number(cells, "1.7.1.3." SMTPD, 5);
	assert_number(cells, "1.7.1.4." SMTPD, 0);
	assert_text(cells, "1.4.1.2.1." SMTPD ".3.53.120.120.3.114.98.108",
	    "smtpd:5xx:rbl");
	assert_number(
	    cells, "1.4.1.3.1." SMTPD ".3.53.120.120.3.114.98.108", 6);
	assert_null(
	    get(cells, "1.4.1.101.1." SMTPD ".3.53.120.120.3.114.98.108"));
	cells_free(cells);
}

static void
short_names_come_first(void **state)
{
	static const char *const keys[] = { "delivery:error:sent",
		"delivery:smtp:sent", "delivery:lmtp:sent",
		"delivery:relay:sent", "delivery:z:sent" };
	static const uint64_t values[] = { 1, 2, 3, 4, 5 };
	static const uint64_t wanted[] = { 5, 3, 2, 1, 4 };
	struct cells *cells = build(snapshot_with(keys, values, COUNT(keys)));
	const struct cell *cell = next(cells, "1.2.1.3", false);

	(void)state;
	for (size_t i = 0; i < COUNT(wanted); i++) {
		assert_non_null(cell);
		assert_int_equal(cell->number, wanted[i]);
		cell = cells_next(cells, cell->arc, cell->arc_count, false);
	}
	assert_ptr_equal(cell, next(cells, "1.2.1.4", false));
	cells_free(cells);
}

static void
hostile_names_keep_their_bytes(void **state)
{
	static const char *const keys[] = { "delivery:a%3Ab%FF%00%40:sent",
		"delivery:%25%25%25%25%25%25%25%25%25%25:sent",
		"delivery:%4:sent", "delivery:%zz:sent", "delivery:%41:sent",
		"delivery:A:sent" };
	static const uint64_t values[] = { 1, 2, 3, 4, 5, 6 };
	struct cells *cells = build(snapshot_with(keys, values, COUNT(keys)));
	size_t steps = 0;

	(void)state;
	assert_number(cells, "1.2.1.3.1.6.97.58.98.255.0.64", 1);
	assert_text(cells, "1.2.1.2.1.6.97.58.98.255.0.64", "a%3Ab%FF%00%40");
	assert_number(cells, "1.2.1.3.1.10.37.37.37.37.37.37.37.37.37.37", 2);
	assert_number(cells, "1.2.1.3.1.2.37.52", 3);
	assert_number(cells, "1.2.1.3.1.3.37.122.122", 4);
	/* Two keys of one name, which no tailer writes: still no loop. */
	for (const struct cell *cell = next(cells, "0", false); cell != NULL;
	     cell = cells_next(cells, cell->arc, cell->arc_count, false))
		steps++;
	assert_true(steps < cells_count(cells));
	cells_free(cells);
}

static void
the_longest_name_fits(void **state)
{
	static const char *const keys[] = {
		"delivery:0123456789abcdef0123456789abcdef:sent",
		"delivery:0123456789abcdef0123456789abcdefg:sent"
	};
	static const uint64_t values[] = { 1, 2 };
	const char *error;
	struct cells *cells;
	const struct cell *cell;

	(void)state;
	assert_int_equal(oid_parse("1.3.6.1.4.1.4.4.4.4.4.4.4.4.4.4.4.4.4.4.4"
				   ".4.4.4",
			     &base, &error),
	    0);
	assert_int_equal(base.count, OID_BASE_MAX);
	cells = build(snapshot_with(keys, values, 2));
	cell = next(cells, "1.2.1.3", false);
	assert_int_equal(cell->arc_count, OID_BASE_MAX + 6 + LABEL_MAX);
	assert_int_equal(cell->number, 1);
	cells_free(cells);
	assert_int_equal(oid_parse(BASE, &base, &error), 0);
}

static void
next_goes_through_everything(void **state)
{
	static const char *const keys[] = { "delivery:smtp:sent" };
	static const uint64_t values[] = { 1 };
	struct cells *cells = build(snapshot_with(keys, values, 1));
	const struct cell *cell = cells_next(cells, NULL, 0, false);

	(void)state;
	for (size_t i = 0; i < cells_count(cells); i++) {
		assert_ptr_equal(cell, cells_at(cells, i));
		assert_ptr_equal(
		    cell, cells_get(cells, cell->arc, cell->arc_count));
		assert_ptr_equal(
		    cell, cells_next(cells, cell->arc, cell->arc_count, true));
		if (i > 0)
			assert_true(oid_compare(cells_at(cells, i - 1)->arc,
					cells_at(cells, i - 1)->arc_count,
					cell->arc, cell->arc_count) < 0);
		cell = cells_next(cells, cell->arc, cell->arc_count, false);
	}
	assert_null(cell);
	assert_null(next(cells, "2", true));
	assert_null(next(cells, "1.99", false));
	assert_ptr_equal(next(cells, "0.5", false), cells_at(cells, 0));
	/* A number above the one that is there, and one that is cut short. */
	assert_ptr_equal(next(cells, "1.1.1.7", false), get(cells, "1.1.2.0"));
	assert_ptr_equal(next(cells, "1.1.2", true), get(cells, "1.1.2.0"));
	cells_free(cells);
}

static void
objects_are_known(void **state)
{
	struct cells *cells = build(snapshot_new());
	static const char *const known[] = { "1.1.1.1", "1.1.1.0.0",
		"1.2.1.2.1.1.97", "1.2.1.3", "1.3.1.5.9", "1.14.65.0",
		"1.16.1.2.77" };
	static const char *const unknown[] = { "0", "1", "1.1", "1.1.99.0",
		"1.2.1.1.1.1.97", "1.2.1.99.1", "1.2.2.3.1", "1.14.63.0",
		"1.16.1.3.1", "1.99.1.0", "2.1.1.0", "1.2.1" };
	static const uint32_t other[] = { 1, 3, 6, 1, 4, 1, 8072, 9999, 9999,
		26, 1, 1, 1, 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++)
		if (!knows(cells, known[i]))
			fail_msg("%s is not known", known[i]);
	for (size_t i = 0; i < COUNT(unknown); i++)
		if (knows(cells, unknown[i]))
			fail_msg("%s is known", unknown[i]);
	assert_false(cells_knows(cells, other, COUNT(other)));
	assert_false(cells_knows(cells, other, 0));
	cells_free(cells);
}

static void
the_agent_adds_its_own(void **state)
{
	struct cells *cells = build(snapshot_new());
	size_t count = cells_count(cells);

	(void)state;
	assert_int_equal(cells_add(cells, AGENT_OBJECT_SNAPSHOT_AGE,
			     CELL_GAUGE32, 5, SLICE("")),
	    0);
	assert_int_equal(cells_add(cells, AGENT_OBJECT_VERSION, CELL_STRING, 0,
			     SLICE("1.2")),
	    0);
	assert_int_equal(cells_count(cells), count + 2);
	assert_text(cells, "1.14.64.0", "1.2");
	assert_number(cells, "1.14.66.0", 5);
	assert_ptr_equal(
	    next(cells, "1.14.64.0", false), get(cells, "1.14.66.0"));
	assert_int_equal(cells_add(cells, AGENT_OBJECT_SNAPSHOT_AGE,
			     CELL_GAUGE32, 1ull << 40, SLICE("")),
	    0);
	assert_int_equal(cells_count(cells), count + 2);
	assert_number(cells, "1.14.66.0", UINT32_MAX);
	cells_free(cells);
}

/* Run `render` into a string. */
static char *
rendered(const struct snapshot *snapshot, const struct cells *cells, char what)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	if (what == 'k')
		render_keys(out, snapshot);
	else if (what == 'j')
		render_json(out, snapshot);
	else if (what == 's')
		render_samples(out, snapshot);
	else
		render_walk(out, cells);
	assert_int_equal(fclose(out), 0);
	return (text);
}

static void
snapshots_are_printed(void **state)
{
	static const char *const keys[] = { "b:2", "a\"\\\x01:1" };
	static const uint64_t values[] = { UINT64_MAX, 0 };
	struct snapshot *snapshot = snapshot_with(keys, values, 2);
	char *text;

	(void)state;
	add_instance(snapshot, "=sample:01", "second\x1b[2J");
	add_instance(snapshot, "=sample:00", "first\tone");
	add_instance(snapshot, "=instance:2", "postfix");
	snapshot_sort(snapshot);
	text = rendered(snapshot, NULL, 'k');
	assert_string_equal(text,
	    "a\"\\\x01:1 0\nb:2 "
	    "18446744073709551615\n");
	free(text);
	text = rendered(snapshot, NULL, 'j');
	assert_string_equal(text,
	    "{\n\"a\\\"\\\\\\u0001:1\": 0,\n"
	    "\"b:2\": 18446744073709551615\n}\n");
	free(text);
	text = rendered(snapshot, NULL, 's');
	assert_string_equal(text, "first\tone\nsecond?[2J\n");
	free(text);
	snapshot_free(snapshot);
}

static void
the_walk_is_printed_as_snmpwalk_does(void **state)
{
	struct cells *cells = build(NULL);
	char *text;

	(void)state;
	assert_int_equal(cells_add(cells, AGENT_OBJECT_VERSION, CELL_STRING, 0,
			     SLICE("a\"b\\")),
	    0);
	assert_int_equal(cells_add(cells, AGENT_OBJECT_STORE_STATE,
			     CELL_INTEGER, 1, SLICE("")),
	    0);
	assert_int_equal(cells_add(cells, AGENT_OBJECT_SNAPSHOT_AGE,
			     CELL_GAUGE32, 7, SLICE("")),
	    0);
	text = rendered(NULL, cells, 'w');
	assert_string_equal(text,
	    "." BASE ".1.14.64.0 = STRING: \"a\\\"b\\\\\"\n"
	    "." BASE ".1.14.65.0 = INTEGER: 1\n"
	    "." BASE ".1.14.66.0 = Gauge32: 7\n");
	free(text);
	cells_free(cells);
}

/* A text of a row is a line of its instance's record. */
static void
columns_of_text(void **state)
{
	static const char *const keys[] = { "queue:hold:messages",
		"queue:active:messages", "queue:hold:messages@out" };
	static const uint64_t values[] = { 5, 3, 2 };
	struct snapshot *snapshot = snapshot_with(keys, values, 3);
	struct cells *cells;

	(void)state;
	add_instance(snapshot, "=instance:2", "out");
	add_instance(snapshot, "=queue:1", "holder X\nhold 4A1B 1000\n");
	add_instance(snapshot, "=queue:2", "hold 5C\nactive 6D");
	cells = build(snapshot);
	assert_number(cells, "1.5.1.3.1.4.104.111.108.100", 5);
	assert_text(cells, "1.5.1.7.1.4.104.111.108.100", "4A1B");
	assert_text(cells, "1.5.1.7.2.4.104.111.108.100", "5C");
	assert_text(cells, "1.5.1.7.1.6.97.99.116.105.118.101", "");
	assert_true(knows(cells, "1.5.1.7.9"));
	assert_false(knows(cells, "1.5.1.8.9"));
	cells_free(cells);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(
						       oids_are_read),
		cmocka_unit_test(false_oids_are_refused),
		cmocka_unit_test(oids_have_an_order),
		cmocka_unit_test(no_snapshot_has_no_zeros),
		cmocka_unit_test(an_empty_snapshot_has_zeros),
		cmocka_unit_test(scalars_have_their_values),
		cmocka_unit_test(rows_have_all_columns),
		cmocka_unit_test(labels_outside_the_row_are_summed),
		cmocka_unit_test(instances_have_rows),
		cmocka_unit_test(rows_have_several_indexes),
		cmocka_unit_test(columns_of_text),
		cmocka_unit_test(short_names_come_first),
		cmocka_unit_test(hostile_names_keep_their_bytes),
		cmocka_unit_test(the_longest_name_fits),
		cmocka_unit_test(next_goes_through_everything),
		cmocka_unit_test(objects_are_known),
		cmocka_unit_test(the_agent_adds_its_own),
		cmocka_unit_test(snapshots_are_printed),
		cmocka_unit_test(the_walk_is_printed_as_snmpwalk_does) };
	const char *error;

	if (oid_parse(BASE, &base, &error) == -1)
		return (1);
	return (cmocka_run_group_tests_name("cells", tests, NULL, NULL));
}
