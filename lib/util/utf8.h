/*
 * Text that strangers wrote, as UTF-8 (RFC 3629).
 */
#ifndef UTIL_UTF8_H
#define UTIL_UTF8_H

#include "lib/util/slice.h"

enum { UTF8_REPLACEMENT = 0xfffd };

/* The character at the front of `text`, which is not empty, and its length in
   bytes; 0 if it is none: cut short, longer than need be, a surrogate, or
   beyond U+10FFFF. */
size_t utf8_decode(struct slice text, uint32_t *code_r);

/* The length of that character if it can be shown as it is, or 0: it is none, a
   control character, one that breaks the line or turns the direction of the
   text around it, or what stands for such bytes (U+FFFD). */
size_t utf8_shown(struct slice text);

#endif
