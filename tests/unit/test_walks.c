/*
 * Walks while snapshots are swapped: each goes on where it began.
 */
#include "agentx/walks.h"
#include "tests/unit/unit.h"
#include "lib/stats/join.h"

#define BASE   "1.3.6.1.4.1.8072.9999.9999.25"
#define SECOND INT64_C(1000000000)

static struct oid base;
static struct walks *walks;
static int64_t now;

static int
begin(void **state)
{
	const char *error;

	(void)state;
	now = 1;
	walks = walks_new();
	return (oid_parse(BASE, &base, &error));
}

static int
end(void **state)
{
	(void)state;
	walks_free(walks);
	return (0);
}

/* Serve a new snapshot. */
static const struct cells *
swap(void)
{
	static const char *const keys[] = { "delivery:smtp:sent",
		"delivery:local:sent", "receive:smtpd:NONE" };
	struct snapshot *snapshot = snapshot_new();
	struct cells *cells;
	const char *error;

	for (size_t i = 0; i < COUNT(keys); i++)
		snapshot_add_number(snapshot, slice_of(keys[i]), 1);
	snapshot_sort(snapshot);
	assert_int_equal(cells_build(&(struct joined){ { snapshot } }, &base, 0,
			     &cells, &error),
	    0);
	snapshot_free(snapshot);
	assert_int_equal(walks_add(walks, cells, 1, now), 0);
	return (cells);
}

static bool
is_of(const struct cells *cells, const struct cell *cell)
{
	return (cell >= cells_at(cells, 0) &&
	    cell < cells_at(cells, cells_count(cells)));
}

/* A root below the base. */
static struct oid
root(uint32_t group)
{
	struct oid oid = base;

	oid.arc[oid.count++] = 1;
	oid.arc[oid.count++] = group;
	return (oid);
}

static struct oid
oid_of(const struct cell *cell)
{
	struct oid oid = { .count = cell->arc_count };

	memcpy(oid.arc, cell->arc, cell->arc_count * sizeof(oid.arc[0]));
	return (oid);
}

static const struct cell *
take(struct oid asked, bool inclusive, struct oid within)
{
	struct layout *layout = walks_find(
	    walks, &asked, inclusive, &within, ++now);

	return (walks_take(layout, &asked, inclusive, &within, now));
}

/* What comes after `asked` below `within`. */
static const struct cell *
next_below(struct oid asked, struct oid within)
{
	return (take(asked, false, within));
}

/* What is first below `within`, as snmpd asks on from another root. */
static const struct cell *
cross_to(struct oid within)
{
	return (take(within, true, within));
}

/* The last cell below `within`, of a walk that begins there and comes to its
   end. */
static const struct cell *
walk_to_end(struct oid within)
{
	const struct cell *cell = next_below(within, within), *last = NULL;

	while (cell != NULL) {
		last = cell;
		cell = next_below(oid_of(cell), within);
	}
	return (last);
}

static const struct cell *
first(void)
{
	return (next_below(base, base));
}

static const struct cell *
after(const struct cell *cell)
{
	return (next_below(oid_of(cell), base));
}

/* `count` steps on from `cell`, all in `cells`. */
static const struct cell *
go_on(const struct cell *cell, size_t count, const struct cells *cells)
{
	while (count-- > 0) {
		cell = after(cell);
		assert_non_null(cell);
		assert_true(is_of(cells, cell));
	}
	return (cell);
}

static void
one_layout_is_walked(void **state)
{
	const struct cells *cells = swap();
	const struct cell *cell = first();

	(void)state;
	for (size_t i = 0; i < cells_count(cells); i++) {
		assert_ptr_equal(cell, cells_at(cells, i));
		cell = after(cell);
	}
	assert_null(cell);
}

static void
a_walk_ends_where_it_began(void **state)
{
	const struct cells *old = swap();
	const struct cell *cell = first();

	(void)state;
	for (size_t i = 0; i < cells_count(old); i++) {
		const struct cells *fresh = swap();

		now += 100;
		assert_ptr_equal(cell, cells_at(old, i));
		assert_ptr_equal(walks_newest(walks)->cells, fresh);
		cell = after(cell);
	}
	assert_null(cell);
	cell = first();
	assert_ptr_equal(cell, cells_at(walks_newest(walks)->cells, 0));
}

static void
a_walk_that_pauses_has_ended(void **state)
{
	const struct cells *old = swap(), *fresh;
	const struct cell *cell = go_on(first(), 3, old);

	(void)state;
	fresh = swap();
	now += WALK_PAUSE * SECOND - 1;
	cell = go_on(cell, 1, old);
	now += WALK_PAUSE * SECOND;
	(void)go_on(cell, 5, fresh);
}

static void
the_same_may_be_asked_again(void **state)
{
	const struct cells *old = swap();
	const struct cell *cell = go_on(first(), 3, old), *lost;

	(void)state;
	(void)swap();
	lost = go_on(cell, 1, old);
	now += 5 * SECOND;
	assert_ptr_equal(go_on(cell, 1, old), lost);
	(void)go_on(lost, 1, old);
}

/* Whoever always begins at one cell must see new numbers some day. */
static void
asking_from_one_cell_is_no_walk(void **state)
{
	const struct cells *old = swap(), *fresh;
	const struct cell *cell = go_on(first(), 3, old);

	(void)state;
	fresh = swap();
	for (int i = 0; i < WALK_PAUSE; i++) {
		(void)go_on(cell, 1, old);
		now += SECOND - 1;
	}
	now += SECOND;
	(void)go_on(cell, 1, fresh);
}

static void
walks_overtake_one_another(void **state)
{
	const struct cells *old = swap(), *fresh;
	const struct cell *slow = go_on(first(), 10, old), *quick;

	(void)state;
	fresh = swap();
	now += 10;
	quick = go_on(first(), 10, fresh);
	assert_true(oid_compare(quick->arc, quick->arc_count, slow->arc,
			slow->arc_count) == 0);
	quick = go_on(quick, 10, fresh);
	slow = go_on(slow, 5, old);
	quick = go_on(quick, 1, fresh);
	(void)go_on(slow, 10, old);
	(void)go_on(quick, 1, fresh);
}

/* The columns of a row, each as a walk of its own, side by side. */
static void
columns_go_on_side_by_side(void **state)
{
	const struct cells *old = swap();
	const struct cell *a, *b;

	(void)state;
	a = next_below(root(1), base);
	b = next_below(root(14), base);
	(void)swap();
	for (int i = 0; i < 5; i++) {
		a = go_on(a, 1, old);
		b = go_on(b, 1, old);
	}
}

static void
the_silent_give_way(void **state)
{
	const struct cells *layouts[LAYOUTS_MAX], *fresh;
	const struct cell *at[LAYOUTS_MAX];
	struct oid silent;

	(void)state;
	for (size_t i = 0; i < LAYOUTS_MAX; i++) {
		layouts[i] = swap();
		at[i] = go_on(first(), 20 - i, layouts[i]);
	}
	silent = oid_of(at[0]);
	fresh = swap();
	assert_true(is_of(fresh, next_below(silent, base)));
	for (size_t i = 1; i < LAYOUTS_MAX; i++)
		(void)go_on(at[i], 5, layouts[i]);
}

/* One walk over several roots, each of them asked for by itself. */
static void
a_walk_goes_on_below_the_next_root(void **state)
{
	const struct cells *old = swap(), *fresh;
	const struct cell *last = walk_to_end(root(1)), *cell;

	(void)state;
	fresh = swap();
	now += SECOND;
	cell = cross_to(root(2));
	assert_true(is_of(old, cell));
	assert_ptr_equal(cell, last + 1);
	(void)go_on(cell, 3, old);
	/* Another one that begins there. */
	assert_true(is_of(fresh, next_below(root(2), root(2))));
}

/* The library looks beyond the end of what snmpd asked for, which does the same
   again by itself; some roots have no cells. */
static void
a_walk_crosses_some_roots_more_than_once(void **state)
{
	const struct cells *old = swap();
	const struct cell *last = walk_to_end(root(3));
	struct oid at = oid_of(last);

	(void)state;
	assert_null(next_below(at, root(12)));
	assert_ptr_equal(next_below(at, root(14)), last + 1);
	(void)swap();
	assert_null(cross_to(root(12)));
	assert_ptr_equal(take(root(12), true, root(14)), last + 1);
	(void)swap();
	assert_ptr_equal(cross_to(root(14)), last + 1);
	(void)go_on(last + 1, 3, old);
}

/* Only snmpd itself crosses, and at once. */
static void
a_walk_begins_below_a_root(void **state)
{
	const struct cells *fresh;

	(void)state;
	(void)swap();
	(void)walk_to_end(root(1));
	fresh = swap();
	assert_true(is_of(fresh, next_below(root(2), root(2))));
	now += ROOT_PAUSE * SECOND;
	assert_true(is_of(fresh, cross_to(root(2))));
}

static void
nothing_is_kept_for_nobody(void **state)
{
	const struct cells *old, *fresh;
	struct oid at;

	(void)state;
	(void)swap();
	old = swap();
	at = oid_of(go_on(first(), 1, old));
	fresh = swap();
	assert_int_equal(walks_count(walks), 2);
	at = oid_of(go_on(next_below(at, base), 1, old));
	now += WALK_PAUSE * SECOND;
	walks_tidy(walks, now);
	assert_int_equal(walks_count(walks), 2);
	now++;
	walks_tidy(walks, now);
	assert_int_equal(walks_count(walks), 1);
	at = oid_of(go_on(next_below(at, base), 1, fresh));
	old = fresh;
	fresh = swap();
	at = oid_of(go_on(next_below(at, base), 1, old));
	walks_end(walks);
	assert_int_equal(walks_count(walks), 1);
	assert_true(is_of(fresh, next_below(at, base)));
}

int
main(void)
{
#define WALK_TEST(function) \
	cmocka_unit_test_setup_teardown(function, begin, end)
	static const struct CMUnitTest tests[] = {
		WALK_TEST(one_layout_is_walked),
		WALK_TEST(a_walk_ends_where_it_began),
		WALK_TEST(a_walk_that_pauses_has_ended),
		WALK_TEST(the_same_may_be_asked_again),
		WALK_TEST(asking_from_one_cell_is_no_walk),
		WALK_TEST(walks_overtake_one_another),
		WALK_TEST(columns_go_on_side_by_side),
		WALK_TEST(the_silent_give_way),
		WALK_TEST(a_walk_goes_on_below_the_next_root),
		WALK_TEST(a_walk_crosses_some_roots_more_than_once),
		WALK_TEST(a_walk_begins_below_a_root),
		WALK_TEST(nothing_is_kept_for_nobody),
	};

	return (cmocka_run_group_tests_name("walks", tests, NULL, NULL));
}
