/*
 * Numbers that were met: kept as promised, forgotten when there are too many.
 */
#include "tests/unit/unit.h"
#include "probe/seen.h"

enum { MOST = 5000 };

/* Spread as hashes are; 0 is one, too. */
static uint64_t
number(uint64_t i)
{
	return (i * 0x9e3779b97f4a7c15u);
}

static void
test_kept(void **state)
{
	struct seen *seen = seen_new(MOST);

	(void)state;
	assert_non_null(seen);
	for (uint64_t i = 0; i < MOST; i++) {
		assert_false(seen_has(seen, number(i)));
		seen_add(seen, number(i));
		seen_add(seen, number(i));
	}
	for (uint64_t i = 0; i < MOST; i++)
		assert_true(seen_has(seen, number(i)));
	assert_false(seen_has(seen, number(MOST)));
	seen_free(seen);
}

/* What is asked for stays, and of what is not asked for no more than another
   MOST numbers. */
static void
test_forgotten(void **state)
{
	struct seen *seen = seen_new(MOST);
	unsigned kept = 0;

	(void)state;
	assert_non_null(seen);
	for (uint64_t i = 0; i < 10 * MOST; i++) {
		seen_add(seen, number(i));
		assert_true(seen_has(seen, number(7)) == (i >= 7));
	}
	for (uint64_t i = 9 * MOST; i < 10 * MOST; i++)
		assert_true(seen_has(seen, number(i)));
	for (uint64_t i = 8; i < 9 * MOST; i++)
		kept += seen_has(seen, number(i));
	assert_true(kept <= MOST);
	seen_free(seen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("as many as promised are kept", test_kept),
		TEST("older ones are forgotten", test_forgotten),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
