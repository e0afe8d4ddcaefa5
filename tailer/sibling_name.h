/*
 * What a file's name says about how it was rotated.
 */
#ifndef TAILER_SIBLING_NAME_H
#define TAILER_SIBLING_NAME_H

#include "lib/util/slice.h"
#include "tailer/siblings.h"

/* Whether `name` is of a file rotated from the log `base`; name, digits and
   packing of *sibling_r are set then. */
bool sibling_name(
    struct slice name, struct slice base, struct sibling *sibling_r);

/* Order of age by name, of two names of the same kind; 0 if it tells
   nothing. */
int sibling_name_compare(const struct sibling *a, const struct sibling *b);

#endif
