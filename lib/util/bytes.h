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

/* How many bytes stand before the first that passed; `passed` is not 0. */
static inline size_t
bytes_before(uint64_t passed)
{
	return ((size_t)__builtin_ctzll(passed) / 8);
}

#endif
