/*
 * Names of rotated logs.
 */
#include <string.h>

#include "tailer/sibling_name.h"

enum {
	NUMBER_MAX = 4, /* digits of a rotation number */
	DATE_MIN = 6    /* and of a date: 202611 */
};

/* The digits of `text`, which may stand in groups.  Returns their number, 0
   if there is anything else. */
static size_t
take_digits(struct slice text, char digits_r[32])
{
	size_t count = 0;

	if (text.len == 0 || !byte_is_digit(text.at[text.len - 1]))
		return (0);
	for (size_t i = 0; i < text.len; i++) {
		if (byte_is_digit(text.at[i])) {
			if (count == 31)
				return (0);
			digits_r[count++] = text.at[i];
		} else if (i == 0 || strchr("-_.:T", text.at[i]) == NULL)
			return (0);
	}
	digits_r[count] = '\0';
	return (count);
}

/* Dates that begin with the day can't be told from others by their order, so
   eight digits must be year, month, day. */
static bool
is_date(const char *digits, size_t count)
{
	int month, day;

	if (count < DATE_MIN)
		return (false);
	if (count != 8 && count != 12 && count != 14)
		return (true);
	month = (digits[4] - '0') * 10 + digits[5] - '0';
	day = (digits[6] - '0') * 10 + digits[7] - '0';
	return ((digits[0] == '1' || digits[0] == '2') && month >= 1 &&
	    month <= 12 && day >= 1 && day <= 31);
}

static enum sibling_name
judge(struct slice suffix, char digits_r[32])
{
	size_t count = take_digits(suffix, digits_r);

	if (count > 0 && count <= NUMBER_MAX)
		return (SIBLING_NUMBER);
	if (count > 0 && is_date(digits_r, count))
		return (SIBLING_DATE);
	digits_r[0] = '\0';
	return (SIBLING_OTHER);
}

static bool
is_separator(char byte)
{
	return (byte == '.' || byte == '-' || byte == '_');
}

/* mail.log as mail-20261122.log: between stem and extension. */
static bool
before_extension(
    struct slice name, struct slice base, struct sibling *sibling_r)
{
	const char *dot = memrchr(base.at, '.', base.len);
	struct slice stem, extension, suffix;

	if (dot == NULL || dot == base.at)
		return (false);
	stem = (struct slice){ base.at, (size_t)(dot - base.at) };
	extension = slice_from(base, stem.len);
	if (name.len < base.len + 2 ||
	    memcmp(name.at, stem.at, stem.len) != 0 ||
	    !is_separator(name.at[stem.len]) ||
	    !slice_same(slice_from(name, name.len - extension.len), extension))
		return (false);
	suffix = slice_from(name, stem.len + 1);
	suffix.len -= extension.len;
	sibling_r->name = judge(suffix, sibling_r->digits);
	return (sibling_r->name != SIBLING_OTHER);
}

bool
sibling_name(struct slice name, struct slice base, struct sibling *sibling_r)
{
	struct slice plain;

	sibling_r->packing = unpack_kind(name, &plain);
	if (plain.len > base.len + 1 &&
	    memcmp(plain.at, base.at, base.len) == 0 &&
	    is_separator(plain.at[base.len])) {
		sibling_r->name = judge(
		    slice_from(plain, base.len + 1), sibling_r->digits);
		return (true);
	}
	return (before_extension(plain, base, sibling_r));
}

/* By value: leading zeros say nothing, and the rest by length, then text. */
static int
compare_numbers(const char *a, const char *b)
{
	size_t a_len, b_len;

	a += strspn(a, "0");
	b += strspn(b, "0");
	a_len = strlen(a);
	b_len = strlen(b);
	return (
	    a_len != b_len ? (a_len > b_len) - (a_len < b_len) : strcmp(a, b));
}

int
sibling_name_compare(const struct sibling *a, const struct sibling *b)
{
	switch (a->name) {
	case SIBLING_NUMBER:
		return (compare_numbers(b->digits, a->digits));
	case SIBLING_DATE:
		return (strcmp(a->digits, b->digits));
	default:
		return (0);
	}
}
