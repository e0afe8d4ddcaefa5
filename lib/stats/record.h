/*
 * The two kinds of record that a store holds, byte by byte.
 *
 *	NUMBER	20 decimal digits, zero-padded, then the tail: 38 bytes
 *	TEXT	494 bytes, zero-padded, then the tail: 512 bytes
 *	tail	blank, generation (8 hex digits), blank, CRC-32C (8)
 *
 * The CRC covers key, digits or text, and generation, so a record can be
 * neither damaged, nor exchanged for another's, nor left over unnoticed.  A
 * TEXT's key begins with `=`.
 */
#ifndef STATS_RECORD_H
#define STATS_RECORD_H

#include "lib/stats/snapshot.h"

enum {
	NUMBER_DIGITS = 20,
	RECORD_TAIL = 18,
	NUMBER_SIZE = NUMBER_DIGITS + RECORD_TAIL,
	TEXT_SIZE = TEXT_MAX + RECORD_TAIL,
	RECORD_SIZE_MAX = TEXT_SIZE
};

void record_write_number(const struct number *number, uint32_t generation,
    char record_r[NUMBER_SIZE]);
void record_write_text(
    const struct text *text, uint32_t generation, char record_r[TEXT_SIZE]);

/* Check size, tail and checksum of a record.  Returns false if it is not
   what was written under `key`. */
bool record_check(
    struct slice key, struct slice record, uint32_t *generation_r);

/* The value of a checked NUMBER; false if it is not a number. */
bool record_number(struct slice record, uint64_t *value_r);

static inline bool
record_is_text(struct slice key)
{
	return (key.len > 0 && key.at[0] == '=');
}

#endif
