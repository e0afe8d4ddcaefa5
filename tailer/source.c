/*
 * What all sources share.
 */
#include <time.h>

#include "tailer/source.h"

void
source_gap(struct source *source)
{
	source->changed = true;
	counters_add(source->counters, METRIC_TAILER_GAPS, 1);
	counters_set(source->counters, METRIC_TAILER_DISCONTINUITY,
	    (uint64_t)time(NULL));
}
