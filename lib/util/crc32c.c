/*
 * CRC-32C by a table of one byte's remainders, made at the first call.
 * Records are short; this is never the bottleneck.
 */
#include "crc32c.h"

#define POLYNOMIAL	0x82f63b78u	/* reflected */

static uint32_t table[256];

static void
make_table(void)
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t crc = byte;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
		table[byte] = crc;
	}
}

uint32_t
crc32c(uint32_t crc, const void *data, size_t len)
{
	const unsigned char *at = data;

	if (table[1] == 0)
		make_table();
	crc = ~crc;
	while (len-- > 0)
		crc = crc >> 8 ^ table[(crc ^ *at++) & 0xff];
	return (~crc);
}
