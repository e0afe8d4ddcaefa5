/*
 * Regular expressions over log text: PCRE2, made into machine code where the
 * system allows it.  The only file that includes <pcre2.h>.
 *
 * Text is bytes.  It may hold anything, UTF-8 or not, so patterns are not in
 * UTF mode, and can't switch it on.  A match may cost only so much; a pattern
 * that needs more is never tried again.
 */
#ifndef STATS_RULES_H
#define STATS_RULES_H

#include "lib/util/slice.h"

struct pattern;

enum pattern_case { PATTERN_EXACT, PATTERN_ANY_CASE };

/* Returns 0, or -1 with what is wrong and at which byte of `text`. */
int pattern_new(const char *text, enum pattern_case letters,
    struct pattern **pattern_r, size_t *offset_r, const char **error_r);
void pattern_free(struct pattern *pattern);

/* Make it into machine code, if the system allows that: worth it for what is
   tried more than once. */
void pattern_hasten(struct pattern *pattern);

/* The number of a capture group by its name or number; -1: there is none. */
int pattern_group(const struct pattern *pattern, const char *group);

/* What the first bytes of a text that it matches are: of those in `mask`, those
   of `bytes`, as bytes_load() has them. */
struct pattern_start {
	uint64_t bytes, mask;
};

struct pattern_start pattern_start(const struct pattern *pattern);

/* Whether it matches.  False from the time on that a match cost too much. */
bool pattern_match(struct pattern *pattern, struct slice text);

/* What a group caught in the last match; empty if it took no part. */
struct slice pattern_caught(
    const struct pattern *pattern, struct slice text, unsigned group);

/* Whether a match cost too much. */
bool pattern_is_off(const struct pattern *pattern);

#endif
