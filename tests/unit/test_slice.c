/*
 * Slices at their edges: nothing is read behind the end, nothing overflows.
 */
#include "tests/unit/unit.h"
#include "lib/util/slice.h"

/* A copy that ends where its memory ends, for the address sanitizer. */
static struct slice
exact_copy(const char *text)
{
	size_t len = strlen(text);
	char *copy = malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return ((struct slice){ copy, len });
}

static const struct {
	const char *text, *wanted;
	ptrdiff_t at;
} find_cases[] = {
	{ "abcabd", "abd", 3 },
	{ "abcabd", "abc", 0 },
	{ "abcabd", "d", 5 },
	{ "aaab", "aab", 1 },
	{ "ab", "abc", -1 },
	{ "", "a", -1 },
	{ "abab", "abb", -1 },
	{ "xxxa", "ab", -1 },
	{ "a: b", ": ", 1 },
	{ "a:", ": ", -1 },
};

static void
test_find(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(find_cases); i++) {
		struct slice s = exact_copy(find_cases[i].text);

		assert_int_equal(
		    slice_find(s, find_cases[i].wanted), find_cases[i].at);
		free((void *)(uintptr_t)s.at);
	}
	assert_int_equal(slice_find((struct slice){ NULL, 0 }, "a"), -1);
	assert_int_equal(slice_find((struct slice){ "a\0b", 3 }, "b"), 2);
}

/* Long ones, wherever it stands. */
static void
test_find_far(void **state)
{
	static const char wanted[] = " rejected: ";
	const size_t wanted_len = strlen(wanted);

	(void)state;
	for (size_t len = wanted_len; len < 80; len++)
		for (size_t at = 0; at + wanted_len <= len; at++) {
			char *text = malloc(len);

			assert_non_null(text);
			memset(text, ' ', len);
			assert_int_equal(
			    slice_find((struct slice){ text, len }, wanted),
			    -1);
			memcpy(text + at, wanted, wanted_len);
			assert_int_equal(
			    slice_find((struct slice){ text, len }, wanted),
			    at);
			free(text);
		}
}

static void
test_cut(void **state)
{
	struct slice rest = SLICE("a bc"), head = { NULL, 0 };

	(void)state;
	assert_true(slice_cut(&rest, ' ', &head));
	assert_true(slice_equal(head, "a"));
	assert_true(slice_equal(rest, "bc"));
	assert_false(slice_cut(&rest, ' ', &head));
	assert_true(slice_equal(head, "a"));
	assert_true(slice_equal(rest, "bc"));

	rest = SLICE(" x ");
	assert_true(slice_cut(&rest, ' ', &head));
	assert_int_equal(head.len, 0);
	assert_true(slice_cut(&rest, ' ', &head));
	assert_true(slice_equal(head, "x"));
	assert_int_equal(rest.len, 0);
	assert_false(slice_cut(&rest, ' ', &head));

	rest = (struct slice){ NULL, 0 };
	assert_false(slice_cut(&rest, ' ', &head));
}

static void
test_skip(void **state)
{
	struct slice rest = SLICE("to=<a");

	(void)state;
	assert_false(slice_skip(&rest, "to=<ab"));
	assert_int_equal(rest.len, 5);
	assert_true(slice_skip(&rest, "to=<"));
	assert_true(slice_equal(rest, "a"));
	assert_true(slice_skip(&rest, "a"));
	assert_int_equal(rest.len, 0);
	assert_false(slice_skip(&rest, "a"));
	assert_true(slice_same(rest, SLICE("")));
	assert_true(slice_same((struct slice){ NULL, 0 }, SLICE("")));
	assert_false(slice_same(SLICE("ab"), SLICE("a")));
	assert_true(slice_equal(slice_until(SLICE("a,b"), ','), "a"));
	assert_true(slice_equal(slice_until(SLICE("ab"), ','), "ab"));
}

static const struct {
	const char *text;
	bool fine;
	uint64_t number;
} number_cases[] = {
	{ "0", true, 0 },
	{ "00000000000000000042", true, 42 },
	{ "18446744073709551615", true, UINT64_MAX },
	{ "18446744073709551616", false, 0 },
	{ "18446744073709551620", false, 0 },
	{ "99999999999999999999", false, 0 },
	{ "184467440737095516150", false, 0 },
	{ "", false, 0 },
	{ "-1", false, 0 },
	{ "+1", false, 0 },
	{ " 1", false, 0 },
	{ "1 ", false, 0 },
	{ "0x1", false, 0 },
	{ "1\xb2", false, 0 },
};

static void
test_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(number_cases); i++) {
		struct slice s = exact_copy(number_cases[i].text);
		uint64_t number = 77;
		bool fine = slice_number(s, &number);

		if (fine != number_cases[i].fine ||
		    number != (fine ? number_cases[i].number : 77))
			fail_msg("\"%s\"", number_cases[i].text);
		free((void *)(uintptr_t)s.at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a text is found at its first place or not at all",
		    test_find),
		TEST("a text is found wherever it stands in a long one",
		    test_find_far),
		TEST("a cut takes the separator along and fails without one",
		    test_cut),
		TEST("a prefix is stepped over only if all of it is there",
		    test_skip),
		TEST("a number that does not fit or parse is no number",
		    test_number),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
