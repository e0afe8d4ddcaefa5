/*
 * A snapshot as text.  All functions write to `out` and leave it to the
 * caller to ask for errors (ferror, fclose).
 */
#ifndef STATS_RENDER_H
#define STATS_RENDER_H

#include <stdio.h>

#include "lib/stats/cells.h"

enum { NUMBER_TEXT_MAX = 24 };

/* The value of a key as it is shown, for what prints keys; returns `text_r`. */
const char *render_number(
    struct slice key, uint64_t value, char text_r[NUMBER_TEXT_MAX]);

/* "key value", a line for each, sorted by key. */
void render_keys(FILE *out, const struct snapshot *snapshot);

/* "OID = TYPE: value", a line for each cell, as `snmpwalk -On` prints it. */
void render_walk(FILE *out, const struct cells *cells);

/* "DIMENSION RANK NAME COUNT ERROR [SENT DEFERRED BOUNCED]", a line for each
   name that is kept of the most frequent ones (top.h). */
void render_top(FILE *out, const struct snapshot *snapshot);

/* The unrecognised lines that the store keeps, oldest first.  Control
   characters are shown as `?`. */
void render_samples(FILE *out, const struct snapshot *snapshot);

#endif
