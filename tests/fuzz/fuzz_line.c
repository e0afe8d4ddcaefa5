/*
 * Lines on their way to the counters: each is counted once, as one of what a
 * line can be, and never as more than that.
 */
#include "lib/stats/counters.h"
#include "lib/stats/line.h"
#include "tests/fuzz/fuzz.h"

static uint64_t
value(const struct snapshot *snapshot, const char *key)
{
	uint64_t number = 0;

	(void)snapshot_number(snapshot, slice_of(key), &number);
	return (number);
}

static uint64_t
family(const struct snapshot *snapshot, const char *prefix)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];

		if (strncmp(number->key, prefix, strlen(prefix)) == 0 &&
		    strchr(number->key, '@') == NULL)
			sum += number->value;
	}
	return (sum);
}

static void
check(const struct counters *counters)
{
	struct snapshot *snapshot = snapshot_new();
	uint64_t known;

	PROMISE(snapshot != NULL);
	counters_save(counters, snapshot);
	PROMISE(!snapshot->failed);
	snapshot_sort(snapshot);
	known = value(snapshot, "lines:postfix");
	PROMISE(value(snapshot, "lines:read") ==
	    known + value(snapshot, "lines:foreign") +
		value(snapshot, "lines:malformed"));
	PROMISE(value(snapshot, "lines:unrecognised") <= known);
	PROMISE(family(snapshot, "sent:") <= known);
	PROMISE(family(snapshot, "recv:") <= known);
	for (size_t i = 1; i < snapshot->number_count; i++)
		PROMISE(strcmp(snapshot->numbers[i - 1].key,
			    snapshot->numbers[i].key) < 0);
	snapshot_free(snapshot);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct counters *counters = counters_new(512);
	struct line_counter *lines = line_counter_new(counters);
	char *copy = fuzz_copy(data, size);
	struct slice rest = { copy, size }, line;

	PROMISE(counters != NULL && lines != NULL);
	while (slice_cut(&rest, '\n', &line))
		(void)line_count(lines, line, (struct slice){ NULL, 0 });
	(void)line_count(lines, rest, SLICE("postfix-out"));
	(void)line_count(
	    lines, (struct slice){ copy, size }, (struct slice){ NULL, 0 });
	check(counters);
	line_counter_free(lines);
	counters_free(counters);
	free(copy);
	return (0);
}
