/*
 * CRC-32C against published values: the usual check string, and those of RFC
 * 3720 appendix B.4.
 */
#include "tests/unit/unit.h"
#include "lib/util/crc32c.h"

static void
test_check_value(void **state)
{
	(void)state;
	assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(crc32c(0, "", 0), 0);
}

static void
test_rfc_values(void **state)
{
	unsigned char bytes[32];

	(void)state;
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(crc32c(0, bytes, sizeof(bytes)), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(crc32c(0, bytes, sizeof(bytes)), 0x62a8ab43);
	for (unsigned char i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	assert_int_equal(crc32c(0, bytes, sizeof(bytes)), 0x46dd794e);
}

static void
test_parts(void **state)
{
	(void)state;
	for (size_t cut = 0; cut <= 9; cut++)
		assert_int_equal(crc32c(crc32c(0, "123456789", cut),
				     &"123456789"[cut], 9 - cut),
		    0xe3069283);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the check value is the published one", test_check_value),
		TEST("the values of RFC 3720 come out", test_rfc_values),
		TEST("a sum over parts is the sum over the whole", test_parts),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
