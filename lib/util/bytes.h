/*
 * Eight bytes of text at once, in a word of the machine's own order.  A test
 * answers with a word in which the high bit of each byte that passes is set
 * and all other bits are clear.
 */
#ifndef UTIL_BYTES_H
#define UTIL_BYTES_H

#include <stdint.h>
#include <string.h>

#define BYTES_OF(byte) (0x0101010101010101u * (uint8_t)(byte))
#define BYTES_HIGH     BYTES_OF(0x80)

static inline uint64_t
bytes_load(const char *at)
{
	uint64_t bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return (bytes);
}

/* Bytes of `most` or more; `most` is above 0 and at most 128. */
static inline uint64_t
bytes_at_least(uint64_t bytes, unsigned most)
{
	return ((((bytes & ~BYTES_HIGH) + BYTES_OF(0x80 - most)) | bytes) &
	    BYTES_HIGH);
}

static inline uint64_t
bytes_equal(uint64_t bytes, char byte)
{
	return (bytes_at_least(bytes ^ BYTES_OF(byte), 1) ^ BYTES_HIGH);
}

static inline uint64_t
bytes_not_digit(uint64_t bytes)
{
	return (bytes_at_least(bytes ^ BYTES_OF('0'), 10));
}

/* Bytes of upper-case hexadecimal. */
static inline uint64_t
bytes_hex(uint64_t bytes)
{
	uint64_t digit = ~bytes_not_digit(bytes);
	uint64_t letter = bytes ^ BYTES_OF('@');

	letter = bytes_at_least(letter, 1) & ~bytes_at_least(letter, 7);
	return ((digit | letter) & BYTES_HIGH);
}

/* How many bytes stand before the first that passed; `passed` is not 0. */
static inline unsigned
bytes_before(uint64_t passed)
{
	return ((unsigned)(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ?
			__builtin_ctzll(passed) :
			__builtin_clzll(passed)) /
	    8);
}

/* The first `count` bytes, less than eight; the others become 0. */
static inline uint64_t
bytes_front(uint64_t bytes, unsigned count)
{
	uint64_t all = ~(uint64_t)0;

	return (bytes &
	    (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ~(all << 8 * count) :
							 ~(all >> 8 * count)));
}

#endif
