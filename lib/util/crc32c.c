/*
 * CRC-32C, eight bytes at a step, by tables made at the first call.
 */
#include "crc32c.h"

#define POLYNOMIAL 0x82f63b78u /* reflected */

enum { STEP = 8 };

/* table[n][b]: the remainder of byte b with n zero bytes behind it. */
static uint32_t table[STEP][256];

static void
make_tables(void)
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t crc = byte;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
		table[0][byte] = crc;
	}
	for (uint32_t byte = 0; byte < 256; byte++)
		for (int n = 1; n < STEP; n++)
			table[n][byte] = table[n - 1][byte] >> 8 ^
			    table[0][table[n - 1][byte] & 0xff];
}

uint32_t
crc32c(uint32_t crc, const void *data, size_t len)
{
	const unsigned char *at = data;

	if (table[0][1] == 0)
		make_tables();
	crc = ~crc;
	for (; len >= STEP; len -= STEP, at += STEP)
		crc = table[7][at[0] ^ (crc & 0xff)] ^
		    table[6][at[1] ^ (crc >> 8 & 0xff)] ^
		    table[5][at[2] ^ (crc >> 16 & 0xff)] ^
		    table[4][at[3] ^ crc >> 24] ^ table[3][at[4]] ^
		    table[2][at[5]] ^ table[1][at[6]] ^ table[0][at[7]];
	for (; len > 0; len--)
		crc = crc >> 8 ^ table[0][(crc ^ *at++) & 0xff];
	return (~crc);
}
