/*
 * A run of bytes that somebody else owns.  Log text is never NUL-terminated
 * and never copied: it is passed on as pointer and length.  Nothing here
 * reads past `len`.
 */
#ifndef UTIL_SLICE_H
#define UTIL_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *at;
	size_t len;
};

#define SLICE(literal) ((struct slice){ (literal), sizeof(literal) - 1 })
#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))

static inline struct slice
slice_of(const char *text)
{
	return ((struct slice){ text, strlen(text) });
}

static inline bool
slice_same(struct slice a, struct slice b)
{
	return (
	    a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0));
}

/* `text` is a string literal in most callers, so strlen folds away and short
   ones are compared by words; therefore inline wherever they are. */
#define SLICE_INLINE __attribute__((always_inline)) static inline

SLICE_INLINE bool
slice_equal(struct slice s, const char *text)
{
	return (slice_same(s, slice_of(text)));
}

SLICE_INLINE bool
slice_starts(struct slice s, const char *text)
{
	size_t len = strlen(text);

	return (s.len >= len && memcmp(s.at, text, len) == 0);
}

/* Drop the first `n` bytes; `n` is at most the length. */
static inline struct slice
slice_from(struct slice s, size_t n)
{
	return ((struct slice){ s.at + n, s.len - n });
}

/* If the slice starts with `text`, step over it. */
SLICE_INLINE bool
slice_skip(struct slice *s, const char *text)
{
	if (!slice_starts(*s, text))
		return (false);
	*s = slice_from(*s, strlen(text));
	return (true);
}

/* The part before the first `byte`; the whole slice if there is none. */
static inline struct slice
slice_until(struct slice s, char byte)
{
	const char *end = s.len ? memchr(s.at, byte, s.len) : NULL;

	return (end ? (struct slice){ s.at, (size_t)(end - s.at) } : s);
}

/* Take the part before the first `byte` off the front, and that byte with
   it.  Returns false, with nothing taken, if there is no such byte. */
static inline bool
slice_cut(struct slice *s, char byte, struct slice *head_r)
{
	struct slice head = slice_until(*s, byte);

	if (head.len == s->len)
		return (false);
	*head_r = head;
	*s = slice_from(*s, head.len + 1);
	return (true);
}

/*
 * The length of the whole lines at the front, newlines included: at most
 * `most` bytes of them, but one line at least if there is one.  There is no
 * newline in the first `searched` bytes.
 */
size_t slice_lines(struct slice s, size_t searched, size_t most);

/* Offset of the first occurrence of `text`, or -1. */
ptrdiff_t slice_find(struct slice s, const char *text);

/* The whole slice as a decimal number.  False if it is empty, holds anything
   but digits, or does not fit. */
bool slice_number(struct slice s, uint64_t *number_r);

static inline bool
byte_is_digit(char byte)
{
	return ((unsigned char)(byte - '0') < 10);
}

static inline bool
byte_is_letter(char byte)
{
	return ((unsigned char)((byte | 0x20) - 'a') < 26);
}

#endif
