/*
 * Encoding and checking of single records.
 */
#include <string.h>

#include "lib/stats/record.h"
#include "lib/util/crc32c.h"

/* A blank and eight hexadecimal digits. */
static void
write_hex(uint32_t value, char text_r[9])
{
	text_r[0] = ' ';
	for (int i = 8; i > 0; i--, value >>= 4)
		text_r[i] = "0123456789abcdef"[value & 15];
}

/* `body` bytes are in place; add the tail behind them. */
static void
write_tail(struct slice key, char *record, size_t body, uint32_t generation)
{
	char *tail = record + body;
	uint32_t crc;

	write_hex(generation, tail);
	crc = crc32c(0, key.at, key.len);
	crc = crc32c(crc, record, body);
	crc = crc32c(crc, tail + 1, 8);
	write_hex(crc, tail + 9);
}

void
record_write_number(const struct number *number, uint32_t generation,
    char record_r[NUMBER_SIZE])
{
	uint64_t rest = number->value;

	for (int i = NUMBER_DIGITS; i-- > 0; rest /= 10)
		record_r[i] = (char)('0' + rest % 10);
	write_tail((struct slice){ number->key, number->key_len }, record_r,
	    NUMBER_DIGITS, generation);
}

void
record_write_text(
    const struct text *text, uint32_t generation, char record_r[TEXT_SIZE])
{
	memcpy(record_r, text->text, TEXT_MAX);
	write_tail((struct slice){ text->key, text->key_len }, record_r,
	    TEXT_MAX, generation);
}

/* Eight lower-case hexadecimal digits. */
static bool
read_hex(const char *at, uint32_t *value_r)
{
	uint32_t value = 0;

	for (int i = 0; i < 8; i++) {
		char digit = at[i];

		if (byte_is_digit(digit))
			value = value << 4 | (uint32_t)(digit - '0');
		else if (digit >= 'a' && digit <= 'f')
			value = value << 4 | (uint32_t)(digit - 'a' + 10);
		else
			return (false);
	}
	*value_r = value;
	return (true);
}

bool
record_check(struct slice key, struct slice record, uint32_t *generation_r)
{
	size_t body = record_is_text(key) ? TEXT_MAX : NUMBER_DIGITS;
	const char *tail = record.at + body;
	uint32_t crc, sum;

	if (record.len != body + RECORD_TAIL || tail[0] != ' ' ||
	    tail[9] != ' ' || !read_hex(tail + 1, generation_r) ||
	    !read_hex(tail + 10, &crc))
		return (false);
	sum = crc32c(0, key.at, key.len);
	sum = crc32c(sum, record.at, body);
	sum = crc32c(sum, tail + 1, 8);
	return (sum == crc);
}

bool
record_number(struct slice record, uint64_t *value_r)
{
	return (
	    slice_number((struct slice){ record.at, NUMBER_DIGITS }, value_r));
}
