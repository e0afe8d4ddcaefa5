/*
 * Lines on their way to the counters, one by one and all at once.
 */
#include "lib/stats/line.h"
#include "tests/fuzz/totals.h"

#define NO_INSTANCE ((struct slice){ NULL, 0 })

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct counters *counters = counters_new(512);
	struct line_counter *lines = line_counter_new(counters);
	char *copy = fuzz_copy(data, size);
	struct slice whole = { copy, size }, rest = whole, line;
	size_t count = 0, read = 0;

	PROMISE(counters != NULL && lines != NULL);
	for (; slice_cut(&rest, '\n', &line); count++)
		read += line_count(lines, line, NO_INSTANCE);
	read += line_count(lines, rest, SLICE("postfix-out"));
	count += rest.len > 0;
	PROMISE(line_count(lines, whole, NO_INSTANCE) == count);
	snapshot_free(totals(counters, whole, read + count));
	line_counter_free(lines);
	counters_free(counters);
	free(copy);
	return (0);
}
