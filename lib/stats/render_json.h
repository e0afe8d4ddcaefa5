/*
 * A snapshot as JSON.  Errors of writing are left to the caller.
 */
#ifndef STATS_RENDER_JSON_H
#define STATS_RENDER_JSON_H

#include <stdio.h>

#include "lib/stats/snapshot.h"

/* Any bytes as a string.  What is no character of UTF-8 becomes U+FFFD and the
   byte in two hexadecimal digits. */
void render_json_string(FILE *out, struct slice text);

/* Every key and its number as one object, in key order, and a newline. */
void render_json(FILE *out, const struct snapshot *snapshot);

/* The most frequent names as an object of an array for each dimension. */
void render_json_top(FILE *out, const struct snapshot *snapshot);

/* Why each service turned a client away last, and each transport failed to
   connect last, as an array. */
void render_json_reasons(FILE *out, const struct snapshot *snapshot);

#endif
