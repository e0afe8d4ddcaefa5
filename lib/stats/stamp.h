/*
 * When a log line was written, as its stamp says.  Nothing is counted by it:
 * stamps may be wrong, of another time zone, or forged.
 */
#ifndef STATS_STAMP_H
#define STATS_STAMP_H

#include <time.h>

#include "lib/util/slice.h"

/*
 * The stamp of `line`, of which the beginning will do.  One without a year is
 * taken for the last such day that was not later than a day after `now`, one
 * without a zone for local time.  Returns seconds since 1970, 0 if there is
 * no stamp that can be read.
 */
time_t stamp_read(struct slice line, time_t now);

#endif
