/*
 * Columns of text: what the records of a store have for a row.  For
 * cells_build.c.
 */
#ifndef STATS_CELLS_TEXT_H
#define STATS_CELLS_TEXT_H

#include "lib/stats/join.h"

/* The text of `column` in the row of `instance` with the names of its indexes,
   as keys write them; empty if there is none.  Borrowed from a snapshot. */
struct slice cells_text(const struct joined *joined,
    const struct text_column *column, uint32_t instance,
    const struct slice name[INDEX_LABELS]);

#endif
