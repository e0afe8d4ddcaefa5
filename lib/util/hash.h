/*
 * FNV-1a, 64 bits: to tell texts apart that nobody has reason to forge.
 */
#ifndef UTIL_HASH_H
#define UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t
hash_bytes(const void *data, size_t len)
{
	const unsigned char *at = data;
	uint64_t hash = 0xcbf29ce484222325u;

	while (len-- > 0)
		hash = (hash ^ *at++) * 0x100000001b3u;
	return (hash);
}

#endif
