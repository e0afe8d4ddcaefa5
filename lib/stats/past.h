/*
 * What the numbers of a snapshot were before: five minutes, an hour and a day
 * ago, in memory.  Of each moment only the values are kept, 8 bytes a key.
 */
#ifndef STATS_PAST_H
#define STATS_PAST_H

#include "lib/stats/snapshot.h"

/* As long ago as this, or as what is kept goes back if that is less. */
enum past_span { PAST_MINUTES, PAST_HOUR, PAST_DAY, PAST_SPANS };

extern const int64_t past_seconds[PAST_SPANS];

struct past;

struct past *past_new(void); /* NULL: no memory */
void past_free(struct past *past);

/* Take note of a snapshot at `now`, in seconds that never go back.  Wanted once
   a minute; what comes sooner is not kept.  If the counters began anew all is
   forgotten.  Returns 0, or -1: no memory, and it is not kept. */
int past_note(struct past *past, const struct snapshot *snapshot, int64_t now);

/* How long ago the moment is that is taken for `span`; 0: there is none. */
int64_t past_age(const struct past *past, enum past_span span, int64_t now);

/* The value that a key had at that moment; 0 if it was not there. */
uint64_t past_value(const struct past *past, enum past_span span, int64_t now,
    struct slice key);

#endif
