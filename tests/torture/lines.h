/*
 * The kinds of lines that the torture writes.  A line and what it counts follow
 * from the seed and its number alone.
 */
#ifndef TESTS_LINES_H
#define TESTS_LINES_H

#include "tests/torture/torture.h"

#define MARK "~n" /* ten digits follow: the number of the line */

enum { KEYS_MAX = 7, KINDS_MAX = 64 };

struct kind {
	const char *text;           /* behind the head; NULL: no head either */
	const char *keys[KEYS_MAX]; /* a final * stands for any rest */
};

extern const struct kind line_kinds[];
extern const size_t line_kind_count;

/* What line `number` is, and of which message if it is of one. */
const struct kind *line_kind(
    uint64_t seed, uint64_t number, uint64_t *message_r);

/* What such a line adds to `key`, one of its kind's. */
uint64_t line_worth(uint64_t message, const char *key);

#endif
