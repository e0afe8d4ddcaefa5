/*
 * What must hold of counters whatever was counted.
 */
#ifndef TESTS_FUZZ_TOTALS_H
#define TESTS_FUZZ_TOTALS_H

#include "lib/stats/counters.h"
#include "tests/fuzz/fuzz.h"

static inline uint64_t
total(const struct snapshot *snapshot, const char *key)
{
	uint64_t number = 0;

	(void)snapshot_number(snapshot, slice_of(key), &number);
	return (number);
}

static inline uint64_t
family_total(const struct snapshot *snapshot, const char *prefix)
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

/*
 * What `counters` hold after `data` was counted as `read` lines: each is one
 * of what a line can be, and never more than that.  The caller frees it.
 */
static inline struct snapshot *
totals(struct counters *counters, struct slice data, uint64_t read)
{
	struct snapshot *snapshot = snapshot_new();
	uint64_t known;

	PROMISE(snapshot != NULL);
	counters_save(counters, snapshot);
	PROMISE(!snapshot->failed);
	snapshot_sort(snapshot);
	known = total(snapshot, "lines:postfix");
	PROMISE(total(snapshot, "lines:read") == read);
	PROMISE(read ==
	    known + total(snapshot, "lines:foreign") +
		total(snapshot, "lines:malformed") +
		total(snapshot, "lines:overlong"));
	PROMISE(total(snapshot, "lines:unrecognised") <= known);
	/* One line may stand for a million. */
	if (slice_find(data, "message repeated ") == -1) {
		PROMISE(family_total(snapshot, "sent:") <= known);
		PROMISE(family_total(snapshot, "recv:") <= known);
	}
	for (size_t i = 1; i < snapshot->number_count; i++)
		PROMISE(strcmp(snapshot->numbers[i - 1].key,
			    snapshot->numbers[i].key) < 0);
	return (snapshot);
}

#endif
