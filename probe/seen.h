/*
 * Numbers that were met before, such as hashes of the names of files.  It is
 * bounded: of many, those that were not asked for lately are forgotten.
 */
#ifndef PROBE_SEEN_H
#define PROBE_SEEN_H

#include <stdbool.h>
#include <stdint.h>

struct seen;

/* For `most` numbers at least; NULL: no memory. */
struct seen *seen_new(uint32_t most);
void seen_free(struct seen *seen);

/* Whether it was met; if so it is kept longer. */
bool seen_has(struct seen *seen, uint64_t number);
/* Without memory older ones are forgotten sooner. */
void seen_add(struct seen *seen, uint64_t number);

#endif
