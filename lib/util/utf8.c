/*
 * Lead bytes say how many follow; each of those has six bits of the code.
 */
#include "lib/util/utf8.h"

static const struct {
	unsigned char mask, lead; /* of the first byte */
	uint32_t least;           /* what needs as many bytes */
} forms[] = {
	{ 0x80, 0x00, 0 },
	{ 0xe0, 0xc0, 0x80 },
	{ 0xf0, 0xe0, 0x800 },
	{ 0xf8, 0xf0, 0x10000 },
};

size_t
utf8_decode(struct slice text, uint32_t *code_r)
{
	unsigned char first = (unsigned char)text.at[0];
	size_t more = 0;
	uint32_t code;

	while (more < COUNT(forms) &&
	    (first & forms[more].mask) != forms[more].lead)
		more++;
	if (more == COUNT(forms) || more >= text.len)
		return (0);
	code = first & (unsigned char)~forms[more].mask;
	for (size_t i = 1; i <= more; i++) {
		unsigned char byte = (unsigned char)text.at[i];

		if ((byte & 0xc0) != 0x80)
			return (0);
		code = code << 6 | (byte & 0x3f);
	}
	if (code < forms[more].least || (code >= 0xd800 && code < 0xe000) ||
	    code > 0x10ffff)
		return (0);
	*code_r = code;
	return (more + 1);
}

size_t
utf8_shown(struct slice text)
{
	uint32_t code = UTF8_REPLACEMENT;
	size_t len = utf8_decode(text, &code);
	bool control = code < ' ' || (code >= 0x7f && code < 0xa0);
	bool direction = code == 0x061c || (code >= 0x200e && code <= 0x200f) ||
	    (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2066 && code <= 0x2069);

	return (control || direction || code == UTF8_REPLACEMENT ? 0 : len);
}
