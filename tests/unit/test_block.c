/*
 * Many bytes at once give what one after the other gives, and nothing behind the
 * end is read.
 */
#include "tests/unit/unit.h"
#include "lib/util/block.h"
#include "lib/util/hash.h"
#include "lib/util/newlines.h"

/* Memory that ends where a text does, for the address sanitizer. */
static char *
new_text(size_t len, char byte)
{
	char *text = malloc(len > 0 ? len : 1);

	assert_non_null(text);
	memset(text, byte, len);
	return (text);
}

static void
test_bits(void **state)
{
	char bytes[BLOCK];

	(void)state;
	for (unsigned bits = 0; bits <= 0xffff; bits++) {
		for (size_t i = 0; i < BLOCK; i++)
			bytes[i] = bits >> i & 1 ? (char)0xff : 0;
		assert_int_equal(block_bits(block_load(bytes)), bits);
		assert_int_equal(
		    word_bits(bytes) | word_bits(bytes + 8) << 8, bits);
	}
}

static void
test_compare(void **state)
{
	(void)state;
	for (int byte = -128; byte < 128; byte++) {
		char bytes[BLOCK] = { 0 }, same[BLOCK];
		unsigned digit = byte >= '0' && byte <= '9';

		for (size_t i = 0; i < BLOCK; i++)
			bytes[i] = i % 3 == 0 ? (char)byte : '/';
		memset(same, byte, sizeof(same));
		assert_int_equal(block_equal(block_load(bytes), (char)byte),
		    byte == '/' ? 0xffff : 0x9249);
		assert_int_equal(
		    block_same(block_load(bytes), block_load(same)),
		    byte == '/' ? 0xffff : 0x9249);
		assert_int_equal(
		    block_bits(block_between(block_load(bytes), '0', '9')),
		    digit * 0x9249);
	}
}

static void
test_find(void **state)
{
	(void)state;
	for (size_t len = 0; len < 100; len++) {
		char *text = new_text(len, 'a');

		assert_null(block_find(text, text + len, '>'));
		for (size_t at = 0; at < len; at++) {
			memset(text, 'a', len);
			memset(text + at, '>', len - at > 2 ? 2 : 1);
			assert_ptr_equal(
			    block_find(text, text + len, '>'), text + at);
		}
		free(text);
	}
}

/* Compare with memchr(3) for one text. */
static void
check_newlines(const char *text, size_t len)
{
	static uint16_t offset[NEWLINES_MAX];
	size_t count = newlines_find(text, len, offset), at = 0;

	for (size_t i = 0; i < count; i++) {
		const char *found = memchr(text + at, '\n', len - at);

		assert_non_null(found);
		assert_int_equal(offset[i], found - text);
		at = offset[i] + 1u;
	}
	if (at < len)
		assert_null(memchr(text + at, '\n', len - at));
}

static void
test_newlines(void **state)
{
	static const size_t lengths[] = { 0, 1, 63, 64, 65, 127, 128, 200,
		NEWLINES_MAX - 1, NEWLINES_MAX };
	uint32_t random = 1;

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++)
		for (unsigned rare = 1; rare < 300; rare += rare + 1) {
			char *text = new_text(lengths[i], 'x');

			for (size_t at = 0; at < lengths[i]; at++) {
				random = random * 1664525 + 1013904223;
				if ((random >> 8) % rare == 0)
					text[at] = '\n';
			}
			check_newlines(text, lengths[i]);
			free(text);
		}
}

static bool
are_same(struct hash_pair a, struct hash_pair b)
{
	return (a.low == b.low && a.high == b.high);
}

/* Each byte and the length matter. */
static void
test_hash(void **state)
{
	const struct hash_pair key = { 0x0123456789abcdefu,
		0xfedcba9876543210u };

	(void)state;
	for (size_t len = 0; len < 70; len++) {
		char *text = new_text(len, 'a');
		struct hash_pair hash = hash_keyed(&key, text, len);

		for (size_t at = 0; at < len; at++) {
			text[at] = (char)('a' ^ 0x80);
			assert_false(
			    are_same(hash, hash_keyed(&key, text, len)));
			text[at] = 'a';
		}
		assert_true(are_same(hash, hash_keyed(&key, text, len)));
		if (len > 0)
			assert_false(
			    are_same(hash, hash_keyed(&key, text, len - 1)));
		free(text);
	}
}

static void
test_multiply(void **state)
{
	static const uint64_t some[] = { 0, 1, 0xffffffff, 0x100000000,
		0x9e3779b97f4a7c15, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT(some) * COUNT(some); i++) {
		uint64_t a = some[i / COUNT(some)], b = some[i % COUNT(some)];

		assert_true(
		    are_same(hash_multiply(a, b), hash_multiply_halves(a, b)));
	}
	assert_true(are_same(hash_multiply_halves(UINT64_MAX, UINT64_MAX),
	    (struct hash_pair){ 1, UINT64_MAX - 1 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a comparison has a bit for each byte", test_bits),
		TEST("bytes are compared one by one", test_compare),
		TEST("a byte is found where it stands, or not at all",
		    test_find),
		TEST("all newlines are found", test_newlines),
		TEST("a hash tells bytes and lengths", test_hash),
		TEST("a product has two words", test_multiply),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
