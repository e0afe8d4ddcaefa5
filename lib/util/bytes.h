/*
 * Eight bytes of text at once, in a word whose lowest byte is the first.
 *
 * A test finds the first byte that passes: the lowest bit set in the answer is
 * one of that byte.  If no byte passes the answer is 0.  Nothing is said of
 * bytes behind the first, since a carry may have reached them.
 */
#ifndef UTIL_BYTES_H
#define UTIL_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BYTES_OF(byte) (0x0101010101010101u * (uint8_t)(byte))
#define BYTES_HIGH     BYTES_OF(0x80)

static inline uint64_t
bytes_load(const char *at)
{
	uint64_t bytes;

	memcpy(&bytes, at, sizeof(bytes));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	bytes = __builtin_bswap64(bytes);
#endif
	return (bytes);
}

static inline void
bytes_store(char *at, uint64_t bytes)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	bytes = __builtin_bswap64(bytes);
#endif
	memcpy(at, &bytes, sizeof(bytes));
}

/* A byte below `limit`, which is at most 128. */
static inline uint64_t
bytes_less(uint64_t bytes, uint8_t limit)
{
	return ((bytes - BYTES_OF(limit)) & ~bytes & BYTES_HIGH);
}

static inline uint64_t
bytes_equal(uint64_t bytes, char byte)
{
	return (bytes_less(bytes ^ BYTES_OF(byte), 1));
}

/* A byte that lacks a bit. */
static inline uint64_t
bytes_lack(uint64_t bytes, uint8_t bit)
{
	return (~bytes & BYTES_OF(bit));
}

/* A byte that by two of its bits can't be a digit.  Of ASCII, controls from 0x10
   on and ":;<=>?" are let through with the digits. */
static inline uint64_t
bytes_unlike_digits(uint64_t bytes)
{
	return ((bytes & BYTES_OF(0x50)) ^ BYTES_OF(0x10));
}

/* The digits that `bytes` ends with, as a number, if they are 1 to 7; `len_r` is
   how many there are, or 0. */
static inline uint64_t
bytes_last_number(uint64_t bytes, unsigned *len_r)
{
	uint64_t digits = bytes ^ BYTES_OF('0');
	uint64_t others = (((digits & ~BYTES_HIGH) + BYTES_OF(0x7f - 9)) |
			      digits) &
	    BYTES_HIGH;

	*len_r = others != 0 ? (unsigned)__builtin_clzll(others) / 8 : 0;
	if (*len_r == 0)
		return (0);
	/* The first of two has the greater weight: 10, then 100, then 10^4. */
	digits &= ~(uint64_t)0 << (64 - 8 * *len_r);
	digits = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ffu;
	digits = (digits * 100 + (digits >> 16)) & 0x0000ffff0000ffffu;
	return ((digits * 10000 + (digits >> 32)) & 0xffffffffu);
}

/* How many bytes stand before the first that passed; `passed` is not 0. */
static inline size_t
bytes_before(uint64_t passed)
{
	return ((size_t)__builtin_ctzll(passed) / 8);
}

#endif
