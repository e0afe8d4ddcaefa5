/*
 * What is asked for is always the whole of the parameters: WHM's defaults have
 * changed.  A numeric field that is sorted by has to say so, or the call fails.
 */
#include <inttypes.h>
#include <stdio.h>

#include "lib/stats/key.h"
#include "whm/request.h"

const char *
endpoint_name(enum endpoint endpoint)
{
	static char names[ENDPOINT_COUNT][LABEL_MAX + 1];

	if (names[0][0] == '\0') {
		struct slice rest = slice_of(labels[LABEL_WHM_ENDPOINT].values);
		struct slice name;

		for (unsigned i = 0;
		     i < ENDPOINT_COUNT && label_value_next(&rest, &name); i++)
			(void)snprintf(names[i], sizeof(names[i]), "%.*s",
			    (int)name.len, name.at);
	}
	return (names[endpoint]);
}

void
request_stats(const char *base, enum endpoint endpoint, uint64_t start,
    uint64_t end, char url_r[REQUEST_MAX])
{
	(void)snprintf(url_r, REQUEST_MAX,
	    "%s/json-api/%s?api.version=1&starttime=%" PRIu64
	    "&endtime=%" PRIu64,
	    base,
	    endpoint == ENDPOINT_STATS ? "emailtrack_stats" :
					 "emailtrack_user_stats",
	    start, end);
}

void
request_search(const char *base, uint64_t since, uint64_t first, unsigned rows,
    char url_r[REQUEST_MAX])
{
	(void)snprintf(url_r, REQUEST_MAX,
	    "%s/json-api/emailtrack_search?api.version=1"
	    "&success=1&failure=1&defer=1&inprogress=1&deliverytype=all"
	    "&max_results_by_type=0"
	    "&api.filter.enable=1&api.filter.a.field=actionunixtime"
	    "&api.filter.a.arg0=%" PRIu64 "&api.filter.a.type=gt_equal"
	    "&api.sort.enable=1&api.sort.a.field=actionunixtime"
	    "&api.sort.a.method=numeric&api.sort.a.reverse=0"
	    "&api.chunk.enable=1&api.chunk.size=%u&api.chunk.start=%" PRIu64,
	    base, since, rows, first);
}
