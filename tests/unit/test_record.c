/*
 * Single records: nothing of one can change unnoticed, nor can one stand for
 * another.
 */
#include "tests/unit/unit.h"
#include "lib/stats/record.h"

static const struct number number = { .key = "sent:smtp",
	.key_len = 9,
	.value = 1234567890123456789 };

static void
test_form(void **state)
{
	char record[NUMBER_SIZE];

	(void)state;
	record_write_number(&number, 0xabc, record);
	assert_memory_equal(record, "01234567890123456789 00000abc ", 30);
	assert_int_equal(sizeof(record), 38);
	assert_int_equal(TEXT_SIZE, 512);
}

/* Every bit of key and record, of either kind. */
static void
check_bits(const char *name, const char *written, size_t len)
{
	char key[32], record[RECORD_SIZE_MAX];
	struct slice named = { key, strlen(name) };
	uint32_t generation;

	memcpy(key, name, named.len);
	memcpy(record, written, len);
	assert_true(
	    record_check(named, (struct slice){ record, len }, &generation));
	assert_int_equal(generation, 7);
	for (size_t bit = 0; bit < len * 8; bit++) {
		record[bit / 8] = (char)(record[bit / 8] ^ 1 << bit % 8);
		if (record_check(
			named, (struct slice){ record, len }, &generation))
			fail_msg("bit %zu of %s's record", bit, name);
		record[bit / 8] = (char)(record[bit / 8] ^ 1 << bit % 8);
	}
	for (size_t bit = 0; bit < named.len * 8; bit++) {
		key[bit / 8] = (char)(key[bit / 8] ^ 1 << bit % 8);
		if (record_check(
			named, (struct slice){ record, len }, &generation))
			fail_msg("bit %zu of the key %s", bit, name);
		key[bit / 8] = (char)(key[bit / 8] ^ 1 << bit % 8);
	}
	for (size_t cut = 0; cut < len; cut++)
		assert_false(record_check(
		    named, (struct slice){ record, cut }, &generation));
}

static void
test_bits(void **state)
{
	struct text text = { .key = "=meta", .key_len = 5, .text = "schema=1" };
	char record[RECORD_SIZE_MAX];

	(void)state;
	record_write_number(&number, 7, record);
	check_bits("sent:smtp", record, NUMBER_SIZE);
	record_write_text(&text, 7, record);
	check_bits("=meta", record, TEXT_SIZE);
}

static void
test_values(void **state)
{
	static const uint64_t values[] = { 0, 1, 4294967296, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		struct number one = number;
		char record[NUMBER_SIZE];
		uint64_t value = 99;

		one.value = values[i];
		record_write_number(&one, 7, record);
		assert_true(record_number(
		    (struct slice){ record, NUMBER_SIZE }, &value));
		assert_true(value == values[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a number has the form that old readers know", test_form),
		TEST("no bit of a record or its key changes unnoticed",
		    test_bits),
		TEST("numbers of all sizes are read back", test_values),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
