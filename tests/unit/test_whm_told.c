/*
 * What was told already, against a list that is searched from one end to the
 * other; it overflows all the time.
 */
#include "tests/unit/unit.h"

#include "whm/told.h"

enum { MOST = 300, STEPS = 30000 };

static struct told_item list[MOST + 1];
static unsigned count;
static uint64_t since;

static bool
is_same(const struct told_item *a, const struct told_item *b)
{
	return (a->high == b->high && a->low == b->low && a->time == b->time);
}

static bool
is_listed(const struct told_item *item)
{
	for (unsigned i = 0; i < count; i++)
		if (is_same(&list[i], item))
			return (true);
	return (false);
}

static uint64_t
oldest(void)
{
	uint64_t time = UINT64_MAX;

	for (unsigned i = 0; i < count; i++)
		if (list[i].time < time)
			time = list[i].time;
	return (time);
}

/* One of the oldest is forgotten: which, it may choose. */
static void
take_out_forgotten(const struct told *told, uint64_t time)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < count; i++)
		if (told_has(told, &list[i]))
			list[kept++] = list[i];
		else
			assert_int_equal(list[i].time, time);
	assert_int_equal(kept, count - 1);
	count = kept;
}

static void
add(struct told *told, const struct told_item *item)
{
	uint64_t time = oldest();
	bool full = count == MOST;

	told_add(told, item);
	if (full) {
		take_out_forgotten(told, time);
		since = time + 1 > since ? time + 1 : since;
	}
	list[count++] = *item;
	assert_true(told_has(told, item));
}

static void
forget(struct told *told, uint64_t time)
{
	unsigned kept = 0;

	told_forget(told, time);
	for (unsigned i = 0; i < count; i++)
		if (list[i].time >= time)
			list[kept++] = list[i];
		else
			assert_false(told_has(told, &list[i]));
	count = kept;
	since = time > since ? time : since;
}

static void
check_all(const struct told *told)
{
	struct told_item item;
	unsigned at = 0, found = 0;

	while (told_next(told, &at, &item)) {
		assert_true(is_listed(&item));
		found++;
	}
	assert_int_equal(found, count);
	assert_int_equal(told_since(told), since);
}

static void
test_random(void **state)
{
	struct told *told = told_new(MOST);
	uint32_t seed = 11;

	(void)state;
	assert_non_null(told);
	for (unsigned step = 0; step < STEPS; step++) {
		/* few places in the table, which some share */
		struct told_item item = { random_next(&seed) % 3 << 20 |
			    random_next(&seed) % 500,
			random_next(&seed) % 3,
			step / 100 + random_next(&seed) % 20 };

		assert_int_equal(told_has(told, &item), is_listed(&item));
		if (!is_listed(&item))
			add(told, &item);
		if (step % 1000 == 999)
			forget(told, step / 100 + random_next(&seed) % 10);
		if (step % 100 == 0)
			check_all(told);
	}
	forget(told, UINT64_MAX);
	assert_int_equal(count, 0);
	check_all(told);
	told_free(told);
}

static void
test_identity(void **state)
{
	const struct slice one[] = { SLICE("ab"), SLICE("c"), SLICE("d") };
	const struct slice other[] = { SLICE("a"), SLICE("bc"), SLICE("d") };
	const struct slice swapped[] = { SLICE("c"), SLICE("ab"), SLICE("d") };
	const struct slice empty[] = { SLICE(""), SLICE("abc"), SLICE("d") };
	struct told_item a = told_item(one, 3, 7), b = told_item(one, 3, 7);

	(void)state;
	assert_true(is_same(&a, &b));
	b = told_item(one, 3, 8);
	assert_true(a.high != b.high || a.low != b.low);
	b = told_item(other, 3, 7);
	assert_false(is_same(&a, &b));
	b = told_item(swapped, 3, 7);
	assert_false(is_same(&a, &b));
	b = told_item(empty, 3, 7);
	assert_false(is_same(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("it knows what a list knows, full or not", test_random),
		TEST("all parts of a message count", test_identity),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
