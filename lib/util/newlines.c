/*
 * Newlines, 64 bytes at a time where the processor can.
 */
#include <string.h>

#include "lib/util/newlines.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { STEP = 64 };

/* Add those from `at` on to `count` that were found. */
static size_t
find_rest(const char *text, size_t at, size_t len, size_t count,
    uint16_t offset_r[NEWLINES_MAX])
{
	const char *found;

	while (
	    at < len && (found = memchr(text + at, '\n', len - at)) != NULL) {
		at = (size_t)(found - text);
		offset_r[count++] = (uint16_t)at++;
	}
	return (count);
}

#ifdef __x86_64__

/* A bit for each newline in 64 bytes. */
__attribute__((target("avx2"))) static inline uint64_t
newlines_of(const char *at)
{
	const __m256i newline = _mm256_set1_epi8('\n');
	__m256i low = _mm256_loadu_si256((const __m256i *)(const void *)at);
	__m256i high = _mm256_loadu_si256(
	    (const __m256i *)(const void *)(at + STEP / 2));
	uint32_t in_low, in_high;

	in_low = (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(low, newline));
	in_high = (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(high, newline));
	return (in_low | (uint64_t)in_high << (STEP / 2));
}

/*
 * Whether a step has a newline nobody can foretell, so that is no branch: an
 * offset is written in any case, and stays if there was one.  There are hardly
 * two.
 */
__attribute__((target("avx2,bmi"))) static size_t
find_by_steps(const char *text, size_t len, uint16_t offset_r[NEWLINES_MAX])
{
	size_t at = 0, count = 0;

	for (; at + STEP <= len; at += STEP) {
		uint64_t found = newlines_of(text + at);

		offset_r[count] = (uint16_t)(at + _tzcnt_u64(found));
		count += found != 0;
		while (__builtin_expect((found &= found - 1) != 0, 0))
			offset_r[count++] = (uint16_t)(at + _tzcnt_u64(found));
	}
	return (find_rest(text, at, len, count, offset_r));
}

#endif

size_t
newlines_find(const char *text, size_t len, uint16_t offset_r[NEWLINES_MAX])
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
		return (find_by_steps(text, len, offset_r));
#endif
	return (find_rest(text, 0, len, 0, offset_r));
}
