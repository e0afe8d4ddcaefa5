/*
 * Patterns: what they can't match without, what they catch, what they may cost.
 */
#include "lib/stats/needle.h"
#include "lib/stats/rules.h"
#include "tests/unit/unit.h"

static struct pattern *
compile(const char *text)
{
	struct pattern *pattern;
	const char *error;
	size_t offset;

	if (pattern_new(text, PATTERN_EXACT, &pattern, &offset, &error) == -1)
		fail_msg("\"%s\": %s at %zu", text, error, offset);
	pattern_hasten(pattern);
	return (pattern);
}

/* --- literals ------------------------------------------------------------- */

struct literals {
	const char *pattern;
	const char *wanted; /* with blanks between; "": nothing is known */
};

static const struct literals literals[] = { { "abc", "abc" },
	{ "^abc", "^abc" }, { "a|b", "a b" }, { "^ab|cd$", "^ab cd" },
	{ "ab+cde", "cde" }, { "abc*d", "ab" }, { "abcd?", "abc" },
	{ "ab{2}c", "a" }, { "ab{0,1}cde", "cde" }, { "a.bcd", "bcd" },
	{ "x[abc]def", "def" }, { "x[]abc]def", "def" },
	{ "x[^]|abc]def", "def" }, { "x[[:digit:]|]def", "def" },
	{ "x[[:]def|ghi]", "def ghi]" }, { "x[\\]|]def", "def" },
	{ "x(y|z(a|[)]b))def", "def" }, { "x(?:y|z)?def", "def" },
	{ "x(?<name>y|z)def", "def" }, { "(?=x|y)def", "def" },
	{ "\\.a\\/b\\|c", ".a/b|c" }, { "\\d+abc\\bd", "abc" },
	{ "^^abc", "^abc" }, { "a^bc", "bc" }, { "^*abc", "abc" },
	{ "^\\s*abc", "abc" }, { "^(a)bcd", "bcd" },
	/* not plain enough */
	{ "(?i)abc", "" }, { "(?x)a b c", "" }, { "abc(?i:d)", "" },
	{ "(*ACCEPT)abc", "" }, { "abc\\Qd|e\\E", "" }, { "abc\\x41", "" },
	{ "(a)bc\\1", "" }, { "abc(?#|)d", "" }, { "a(?R)?bc", "" },
	{ "abc|.*", "" }, { "abc|", "" }, { "", "" }, { "abc{", "" },
	{ "ab\\K|c(?C1)d", "" } };

static void
test_literals(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(literals); i++) {
		struct needles needles;
		char text[256] = "";
		size_t len = 0;

		needles_read(slice_of(literals[i].pattern), &needles);
		for (unsigned n = 0; n < needles.count; n++)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%s%s%.*s", n > 0 ? " " : "",
			    needles.at[n].at_start ? "^" : "",
			    needles.at[n].len, needles.at[n].text);
		if (strcmp(text, literals[i].wanted) != 0)
			fail_msg("\"%s\" needs \"%s\", not \"%s\"",
			    literals[i].pattern, text, literals[i].wanted);
	}
}

/* Patterns of random pieces: what matches has its literals. */
static void
test_random(void **state)
{
	static const char *const pieces[] = { "a", "b", "ab", "|", "^", "$",
		"*", "+", "?", "{2}", "{0,1}", "(", ")", "(?:", "(?=", "(?!",
		"[ab]", "[^a]", "[]|a]", "[[:alpha:]]", "[[:]", "\\b", "\\w",
		"\\|", "\\.", ".", "(?<n>", "(?i)", "\\x61", "\\Qa|b\\E",
		"(?x)", " ", "#", "(?#a|b)", "(?|", "{", "{,1}", "\\K" };
	static const char bytes[] = "aab|.b ]#";
	uint32_t seed = 7;
	unsigned compiled = 0, matched = 0;

	(void)state;
	for (unsigned n = 0; n < 60000; n++) {
		struct needles needles;
		struct pattern *pattern;
		char text[128] = "", subject[12];
		const char *error;
		size_t offset;

		for (unsigned k = 0; k < 1 + n % 7; k++)
			(void)snprintf(text + strlen(text), sizeof(text) / 7,
			    "%s", pieces[random_next(&seed) % COUNT(pieces)]);
		if (pattern_new(text, PATTERN_ANY_CASE, &pattern, &offset,
			&error) == -1)
			continue;
		compiled++;
		needles_read(slice_of(text), &needles);
		for (unsigned k = 0; k < 20; k++) {
			struct slice said = { subject, k % sizeof(subject) };

			for (size_t i = 0; i < said.len; i++)
				subject[i] = bytes[random_next(&seed) %
				    (sizeof(bytes) - 1)];
			if (!pattern_match(pattern, said))
				continue;
			matched++;
			if (!needles_occur(&needles, said))
				fail_msg("\"%s\" matches \"%.*s\"", text,
				    (int)said.len, said.at);
		}
		pattern_free(pattern);
	}
	assert_true(compiled > 5000 && matched > 20000);
}

static void
test_occur(void **state)
{
	struct needles needles;

	(void)state;
	needles_read(SLICE("needle|^thread"), &needles);
	assert_int_equal(needles.count, 2);
	assert_true(needles_occur(&needles, SLICE("a needle")));
	assert_true(needles_occur(&needles, SLICE("needle")));
	assert_true(needles_occur(&needles, SLICE("ddneedle")));
	assert_true(needles_occur(&needles, SLICE("thread")));
	assert_false(needles_occur(&needles, SLICE("a thread")));
	assert_false(needles_occur(&needles, SLICE("needl")));
	assert_false(needles_occur(&needles, SLICE("")));
}

/* --- matching ------------------------------------------------------------- */

static void
test_groups(void **state)
{
	struct pattern *pattern = compile("x(?<one>a+)?(b)|(c)");
	struct slice text = SLICE("xb");

	(void)state;
	assert_int_equal(pattern_group(pattern, "one"), 1);
	assert_int_equal(pattern_group(pattern, "0"), 0);
	assert_int_equal(pattern_group(pattern, "3"), 3);
	assert_int_equal(pattern_group(pattern, "4"), -1);
	assert_int_equal(pattern_group(pattern, "two"), -1);
	assert_true(pattern_match(pattern, text));
	assert_int_equal(pattern_caught(pattern, text, 1).len, 0);
	assert_true(slice_equal(pattern_caught(pattern, text, 2), "b"));
	assert_int_equal(pattern_caught(pattern, text, 3).len, 0);
	text = SLICE("xaaby");
	assert_true(pattern_match(pattern, text));
	assert_true(slice_equal(pattern_caught(pattern, text, 1), "aa"));
	pattern_free(pattern);
}

/* Text is bytes, whatever they are, and ends where it ends. */
static void
test_bytes(void **state)
{
	static const char text[] = "a\0\xff\xc3z\n!";
	struct pattern *pattern = compile("^a\\x00.\\xc3z");
	char *exact = malloc(5);

	(void)state;
	assert_non_null(exact);
	memcpy(exact, text, 5);
	assert_true(pattern_match(pattern, (struct slice){ exact, 5 }));
	assert_false(pattern_match(pattern, (struct slice){ exact, 4 }));
	free(exact);
	pattern_free(pattern);
}

struct fault {
	const char *pattern;
	size_t offset;
	const char *word;
};

static void
test_faults(void **state)
{
	static const struct fault faults[] = { { "ab(c", 4, "parenthes" },
		{ "a[b", 3, "class" }, { "*a", 0, "quantifier" },
		{ "(*UTF)a", 6, "UTF" }, { "(?<n>a)(?<n>b)", 12, "name" },
		{ "a\\", 2, "end of pattern" } };

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct pattern *pattern;
		const char *error;
		size_t offset;

		assert_int_equal(pattern_new(faults[i].pattern, PATTERN_EXACT,
				     &pattern, &offset, &error),
		    -1);
		if (offset != faults[i].offset ||
		    strstr(error, faults[i].word) == NULL)
			fail_msg("\"%s\": \"%s\" at %zu", faults[i].pattern,
			    error, offset);
	}
}

/* Patterns that take time without end are given up, with machine code and
   without. */
static void
test_limits(void **state)
{
	static const char *const dear[] = { "(a+)+$", "(a|aa)+$", "(x?a+x?)+$",
		"^(?:a?){40}a{40}!" };
	static char text[2000];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '!';
	for (size_t i = 0; i < 2 * COUNT(dear); i++) {
		struct slice said = { text, sizeof(text) };
		struct pattern *pattern;
		const char *error;
		size_t offset;

		assert_int_equal(pattern_new(dear[i / 2], PATTERN_ANY_CASE,
				     &pattern, &offset, &error),
		    0);
		if (i % 2 == 0)
			pattern_hasten(pattern);
		assert_false(pattern_is_off(pattern));
		(void)pattern_match(pattern, (struct slice){ text, 1 });
		assert_false(pattern_is_off(pattern));
		if (pattern_match(pattern, said) || !pattern_is_off(pattern))
			fail_msg("\"%s\" is not given up", dear[i / 2]);
		/* It matched this before. */
		assert_false(pattern_match(pattern, (struct slice){ text, 1 }));
		pattern_free(pattern);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(
		    "literals are read off plain patterns only", test_literals),
		TEST("what matches has its literals", test_random),
		TEST("literals are looked for", test_occur),
		TEST("groups catch, or take no part", test_groups),
		TEST("text is bytes", test_bytes),
		TEST("a fault has its place", test_faults),
		TEST("a pattern that costs too much is given up", test_limits),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
