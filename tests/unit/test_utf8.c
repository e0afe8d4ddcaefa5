/*
 * UTF-8, valid and not.
 */
#include "tests/unit/unit.h"

#include "lib/util/utf8.h"

static const struct {
	struct slice text;
	size_t len;
	uint32_t code;
} cases[] = {
	{ { "a", 1 }, 1, 'a' },
	{ { "\0", 1 }, 1, 0 },
	{ { "\x7f", 1 }, 1, 0x7f },
	{ { "\xc2\x80", 2 }, 2, 0x80 },
	{ { "\xdf\xbf", 2 }, 2, 0x7ff },
	{ { "\xe0\xa0\x80", 3 }, 3, 0x800 },
	{ { "\xed\x9f\xbf", 3 }, 3, 0xd7ff },
	{ { "\xee\x80\x80", 3 }, 3, 0xe000 },
	{ { "\xef\xbf\xbd", 3 }, 3, UTF8_REPLACEMENT },
	{ { "\xf0\x90\x80\x80", 4 }, 4, 0x10000 },
	{ { "\xf4\x8f\xbf\xbf", 4 }, 4, 0x10ffff },
	/* with something behind it */
	{ { "\xc3\xa9x", 3 }, 2, 0xe9 },
	/* longer than need be */
	{ { "\xc0\x80", 2 }, 0, 0 },
	{ { "\xc1\xbf", 2 }, 0, 0 },
	{ { "\xe0\x9f\xbf", 3 }, 0, 0 },
	{ { "\xf0\x8f\xbf\xbf", 4 }, 0, 0 },
	/* surrogates, and beyond the last */
	{ { "\xed\xa0\x80", 3 }, 0, 0 },
	{ { "\xed\xbf\xbf", 3 }, 0, 0 },
	{ { "\xf4\x90\x80\x80", 4 }, 0, 0 },
	{ { "\xf8\x88\x80\x80\x80", 5 }, 0, 0 },
	{ { "\xff", 1 }, 0, 0 },
	{ { "\xfe", 1 }, 0, 0 },
	/* no beginning, no end */
	{ { "\x80", 1 }, 0, 0 },
	{ { "\xbf", 1 }, 0, 0 },
	{ { "\xc3", 1 }, 0, 0 },
	{ { "\xe2\x82", 2 }, 0, 0 },
	{ { "\xf0\x9f\x98", 3 }, 0, 0 },
	{ { "\xc3x", 2 }, 0, 0 },
	{ { "\xe2\x82x", 3 }, 0, 0 },
};

static void
characters_are_told_from_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		/* of its own, so that reading on is seen */
		char *text = malloc(cases[i].text.len);
		uint32_t code = 0;
		size_t len;

		assert_non_null(text);
		memcpy(text, cases[i].text.at, cases[i].text.len);
		len = utf8_decode(
		    (struct slice){ text, cases[i].text.len }, &code);
		if (len != cases[i].len || code != cases[i].code)
			fail_msg("case %zu: %zu bytes, U+%04X", i, len, code);
		free(text);
	}
}

static void
only_what_can_be_seen_is_shown(void **state)
{
	static const struct {
		struct slice text;
		size_t len;
	} shown[] = {
		{ { "a", 1 }, 1 }, { { " ", 1 }, 1 }, { { "<", 1 }, 1 },
		{ { "\xc3\xa9", 2 }, 2 }, { { "\xf0\x9f\x98\x80", 4 }, 4 },
		{ { "\x1b", 1 }, 0 }, { { "\x7f", 1 }, 0 },
		{ { "\xff", 1 }, 0 }, { { "\xc2\x85", 2 }, 0 }, /* next line */
		{ { "\xe2\x80\xae", 3 }, 0 }, /* from right to left */
		{ { "\xe2\x81\xa6", 3 }, 0 }, /* isolate */
		{ { "\xe2\x80\xa8", 3 }, 0 }, /* line separator */
		{ { "\xef\xbf\xbd", 3 }, 0 }, /* U+FFFD */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(shown); i++)
		if (utf8_shown(shown[i].text) != shown[i].len)
			fail_msg("case %zu", i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("characters are told from bytes",
		    characters_are_told_from_bytes),
		TEST("only what can be seen is shown",
		    only_what_can_be_seen_is_shown),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
