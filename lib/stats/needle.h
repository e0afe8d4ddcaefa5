/*
 * What a regular expression can't match without, read off the expression: a
 * literal text in each of its alternatives.  It is quick to look for these
 * first.  Where the expression is not plain enough to be sure, nothing is
 * known of it and it must be tried.
 */
#ifndef STATS_NEEDLE_H
#define STATS_NEEDLE_H

#include "lib/util/slice.h"

enum { NEEDLE_MAX = 32, NEEDLES_MAX = 32 };

struct needle {
	char text[NEEDLE_MAX];
	uint8_t len;
	uint8_t rare;    /* offset of the byte that logs have least often */
	bool at_start;   /* it must stand at the start of the subject */
	struct slice of; /* the alternative, in the pattern */
};

struct needles {
	unsigned count; /* 0: nothing is known */
	struct needle at[NEEDLES_MAX];
};

/* Read the alternatives of `pattern`, a PCRE2 pattern that compiles without
   other options than to ignore case. */
void needles_read(struct slice pattern, struct needles *needles_r);

/* Whether a pattern with these may match `text`. */
bool needles_occur(const struct needles *needles, struct slice text);

/* How common a byte is in mail logs, from 0. */
unsigned needle_byte_rank(char byte);

#endif
