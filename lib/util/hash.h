/*
 * hash_bytes(): FNV-1a, 64 bits, to tell texts apart that nobody has reason to
 * forge.
 *
 * hash_keyed(): to tell any texts apart without keeping them.  Sixteen bytes at
 * a time go into a state of 128 bits by a multiplication, of which both halves
 * are kept.  Nobody who does not know the key can tell which texts collide, and
 * two that were not made for it do so once in 2^100 or less often.
 */
#ifndef UTIL_HASH_H
#define UTIL_HASH_H

#include <string.h>

#include "lib/util/bytes.h"

static inline uint64_t
hash_bytes(const void *data, size_t len)
{
	const unsigned char *at = data;
	uint64_t hash = 0xcbf29ce484222325u;

	while (len-- > 0)
		hash = (hash ^ *at++) * 0x100000001b3u;
	return (hash);
}

struct hash_pair {
	uint64_t low, high;
};

/* The product of two words, by their halves. */
static inline struct hash_pair
hash_multiply_halves(uint64_t a, uint64_t b)
{
	uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX);
	uint64_t one = (a >> 32) * (b & UINT32_MAX) + (low >> 32);
	uint64_t two = (a & UINT32_MAX) * (b >> 32) + (one & UINT32_MAX);

	return ((struct hash_pair){ two << 32 | (low & UINT32_MAX),
	    (a >> 32) * (b >> 32) + (one >> 32) + (two >> 32) });
}

/* The same, by the processor if it can. */
static inline struct hash_pair
hash_multiply(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	__extension__ unsigned __int128 all = a;

	all *= b;
	return ((struct hash_pair){ (uint64_t)all, (uint64_t)(all >> 64) });
#else
	return (hash_multiply_halves(a, b));
#endif
}

static inline struct hash_pair
hash_step(struct hash_pair state, const struct hash_pair *key, const char *at)
{
	struct hash_pair product = hash_multiply(
	    state.low ^ bytes_load(at), state.high ^ bytes_load(at + 8));

	return ((struct hash_pair){
	    product.low ^ key->high, product.high ^ key->low });
}

static inline struct hash_pair
hash_keyed(const struct hash_pair *key, const char *at, size_t len)
{
	struct hash_pair state = { key->low ^ len, key->high };
	char last[16] = { 0 };

	for (size_t i = 0; i + sizeof(last) < len; i += sizeof(last))
		state = hash_step(state, key, at + i);
	/* Bytes of the last step may be those of the one before, too. */
	if (len < sizeof(last)) {
		memcpy(last, at, len);
		at = last;
		len = sizeof(last);
	}
	state = hash_step(state, key, at + len - sizeof(last));
	return (hash_step(state, key, (const char *)key));
}

#endif
