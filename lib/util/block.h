/*
 * Sixteen bytes of text at once, for searches that a word of bytes.h is too
 * short for.  A block is compared as a whole and the answer is a number with a
 * bit for each byte that passed, the lowest one for the first.  Bytes are
 * signed: one that is no ASCII is below all that are.
 */
#ifndef UTIL_BLOCK_H
#define UTIL_BLOCK_H

#include "lib/util/bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 16 };

typedef signed char block __attribute__((vector_size(BLOCK)));

static inline block
block_load(const char *at)
{
	block bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return (bytes);
}

/* The highest bits of eight bytes, of which each is 0 or 0xff. */
static inline unsigned
word_bits(const char *at)
{
	return (
	    (unsigned)((bytes_load(at) & BYTES_OF(1)) * 0x0102040810204080u >>
		56));
}

/* What a comparison of blocks comes to. */
static inline unsigned
block_bits(block passed)
{
#ifdef __SSE2__
	return ((unsigned)_mm_movemask_epi8((__m128i)passed));
#else
	char bytes[BLOCK];

	memcpy(bytes, &passed, sizeof(bytes));
	return (word_bits(bytes) | word_bits(bytes + 8) << 8);
#endif
}

/* The bytes from `first` up to `last`, as a block to compare with. */
static inline block
block_between(block bytes, char first, char last)
{
	return ((block)(bytes > (signed char)(first - 1)) &
	    (block)(bytes < (signed char)(last + 1)));
}

static inline unsigned
block_same(block a, block b)
{
	return (block_bits((block)(a == b)));
}

static inline unsigned
block_equal(block bytes, char byte)
{
	return (block_bits((block)(bytes == (signed char)byte)));
}

/* The first `byte` from `at` on, before `end`; NULL if there is none.  Quick if
   it is in the first two blocks. */
__attribute__((always_inline)) static inline const char *
block_find(const char *at, const char *end, char byte)
{
	unsigned found;

	if (at >= end)
		return (NULL);
	if (end - at >= 2 * BLOCK) {
		found = block_equal(block_load(at), byte) |
		    block_equal(block_load(at + BLOCK), byte) << BLOCK;
		if (found != 0)
			return (at + __builtin_ctz(found));
		at += 2 * BLOCK;
	}
	return (memchr(at, byte, (size_t)(end - at)));
}

#endif
