/*
 * Slices: the searches that are too long for the header.
 */
#include <string.h>

#include "slice.h"

ptrdiff_t
slice_find(struct slice s, const char *text)
{
	size_t len = strlen(text);
	const char *at = s.at, *end;

	if (len == 0 || s.len < len)
		return (-1);
	end = s.at + s.len;
	while ((size_t)(end - at) >= len) {
		at = memchr(at, text[0], (size_t)(end - at) - len + 1);
		if (at == NULL)
			return (-1);
		if (memcmp(at, text, len) == 0)
			return (at - s.at);
		at++;
	}
	return (-1);
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
