/*
 * Slices: the searches that are too long for the header.
 */
#include <string.h>

#include "lib/util/block.h"
#include "lib/util/slice.h"

/* The offset of a text of `len` bytes in `s`, byte by byte from `from` on. */
static ptrdiff_t
find_from(struct slice s, size_t from, const char *text, size_t len)
{
	for (size_t at = from; at + len <= s.len; at++)
		if (s.at[at] == text[0] && memcmp(s.at + at, text, len) == 0)
			return ((ptrdiff_t)at);
	return (-1);
}

/* Only where the first and the last byte are there, the others are looked
   at. */
ptrdiff_t
slice_find(struct slice s, const char *text)
{
	size_t len = strlen(text), at = 0;

	if (len == 0)
		return (-1);
	for (; at + len - 1 + BLOCK <= s.len; at += BLOCK) {
		const char *from = s.at + at;
		unsigned found = block_equal(block_load(from), text[0]) &
		    block_equal(block_load(from + len - 1), text[len - 1]);

		for (; found != 0; found &= found - 1) {
			size_t more = (size_t)__builtin_ctz(found);

			if (memcmp(from + more, text, len) == 0)
				return ((ptrdiff_t)(at + more));
		}
	}
	return (find_from(s, at, text, len));
}

size_t
slice_lines(struct slice s, size_t searched, size_t most)
{
	const char *newline = NULL;

	if (most > s.len)
		most = s.len;
	if (most > searched)
		newline = memrchr(s.at + searched, '\n', most - searched);
	else
		most = searched;
	if (newline == NULL && most < s.len)
		newline = memchr(s.at + most, '\n', s.len - most);
	return (newline != NULL ? (size_t)(newline - s.at) + 1 : 0);
}

bool
slice_number(struct slice s, uint64_t *number_r)
{
	uint64_t number = 0;

	if (s.len == 0)
		return (false);
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(s.at[i] - '0');

		if (digit > 9 || __builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, digit, &number))
			return (false);
	}
	*number_r = number;
	return (true);
}
