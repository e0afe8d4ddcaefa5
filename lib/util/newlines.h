/*
 * Where lines end, of many at once: that costs less than to look for one after
 * the other, since it does not depend on how long they are.
 */
#ifndef UTIL_NEWLINES_H
#define UTIL_NEWLINES_H

#include <stddef.h>
#include <stdint.h>

enum { NEWLINES_MAX = 2048 }; /* bytes that are looked through at a time */

/* Write the offsets of all newlines in a text of at most NEWLINES_MAX bytes.
   Returns how many there are. */
size_t newlines_find(
    const char *text, size_t len, uint16_t offset_r[NEWLINES_MAX]);

#endif
