/*
 * Fingerprints of a place in a file.
 */
#include <inttypes.h>
#include <stdio.h>

#include "lib/util/hash.h"
#include "tailer/position.h"

enum { WORDS = 6 };

size_t
position_head_len(off_t offset)
{
	return (offset < POSITION_HEAD ? (size_t)offset : POSITION_HEAD);
}

size_t
position_tail_len(off_t offset)
{
	return (offset < POSITION_TAIL ? (size_t)offset : POSITION_TAIL);
}

void
position_note(struct position *position, struct slice head, struct slice tail)
{
	position->head_len = (uint32_t)head.len;
	position->head = hash_bytes(head.at, head.len);
	position->tail = hash_bytes(tail.at, tail.len);
}

bool
position_reads_head(const struct position *position, struct slice head)
{
	return (head.len >= position->head_len &&
	    hash_bytes(head.at, position->head_len) == position->head);
}

bool
position_reads(
    const struct position *position, struct slice head, struct slice tail)
{
	return (position_reads_head(position, head) &&
	    hash_bytes(tail.at, tail.len) == position->tail);
}

size_t
position_format(const struct position *position, char text_r[POSITION_TEXT_MAX])
{
	return ((size_t)snprintf(text_r, POSITION_TEXT_MAX,
	    "%s%ju %ju %jd %" PRIu32 " %" PRIx64 " %" PRIx64 " ",
	    position->done ? "=" : "", (uintmax_t)position->device,
	    (uintmax_t)position->inode, (intmax_t)position->offset,
	    position->head_len, position->head, position->tail));
}

static bool
hex_number(struct slice word, uint64_t *number_r)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t number = 0;

	if (word.len == 0 || word.len > 16)
		return (false);
	for (size_t i = 0; i < word.len; i++) {
		const char *digit = memchr(digits, word.at[i], 16);

		if (digit == NULL)
			return (false);
		number = number << 4 | (uint64_t)(digit - digits);
	}
	*number_r = number;
	return (true);
}

bool
position_parse(struct slice *text, struct position *position_r)
{
	struct slice rest = *text, word;
	bool done = slice_skip(&rest, "=");
	uint64_t number[WORDS];

	for (int i = 0; i < WORDS; i++)
		if (!slice_cut(&rest, ' ', &word) ||
		    !(i < 4 ? slice_number(word, &number[i]) :
			      hex_number(word, &number[i])))
			return (false);
	if (number[2] > INT64_MAX ||
	    number[3] != position_head_len((off_t)number[2]))
		return (false);
	*position_r = (struct position){
		.device = (dev_t)number[0],
		.inode = (ino_t)number[1],
		.offset = (off_t)number[2],
		.head_len = (uint32_t)number[3],
		.head = number[4],
		.tail = number[5],
		.done = done,
	};
	*text = rest;
	return (true);
}
