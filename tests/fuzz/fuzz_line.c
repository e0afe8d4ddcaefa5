/*
 * Lines on their way to the counters, one by one and all at once, with a key
 * by which some seeds have mail of probes, which counts apart.  What is kept
 * between lines is the same once it was saved and loaded.
 */
#include "lib/stats/line.h"
#include "tests/fuzz/totals.h"

#define NO_INSTANCE ((struct slice){ NULL, 0 })

static const struct secret_key probe_key = {
	"a key of 32 bytes for the fuzzer"
};

static struct line_counter *
new_lines(struct counters *counters)
{
	struct line_counter *lines = line_counter_new(counters);

	PROMISE(counters != NULL && lines != NULL &&
	    line_probe_key(lines, &probe_key) && line_apart(lines));
	return (lines);
}

static struct snapshot *
kept(struct line_counter *lines)
{
	struct snapshot *snapshot = snapshot_new();

	PROMISE(snapshot != NULL);
	snapshot->capacity = 2048;
	line_mark(lines, 1763881262, 1763881262);
	line_save(lines, snapshot);
	snapshot_sort(snapshot);
	return (snapshot);
}

/* All texts of probes' mail and of what waits for a name are in `other`. */
static void
compare(const struct snapshot *snapshot, const struct snapshot *other)
{
	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];
		struct slice key = { text->key, text->key_len }, found;

		if (!slice_starts(key, "=trail") &&
		    !slice_starts(key, "=waiting"))
			continue;
		PROMISE(snapshot_text(other, key, &found));
		PROMISE(memcmp(text->text, found.at, TEXT_MAX) == 0);
	}
}

static void
reload(struct line_counter *lines)
{
	struct counters *counters = counters_new(512);
	struct line_counter *others = new_lines(counters);
	struct snapshot *first = kept(lines), *second;

	line_load(others, first);
	second = kept(others);
	compare(first, second);
	compare(second, first);
	snapshot_free(first);
	snapshot_free(second);
	line_counter_free(others);
	counters_free(counters);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct counters *counters = counters_new(512);
	struct line_counter *lines = new_lines(counters);
	char *copy = fuzz_copy(data, size);
	struct slice whole = { copy, size }, rest = whole, line;
	size_t count = 0, read = 0;

	for (; slice_cut(&rest, '\n', &line); count++)
		read += line_count(lines, line, NO_INSTANCE);
	read += line_count(lines, rest, SLICE("postfix-out"));
	count += rest.len > 0;
	PROMISE(line_count(lines, whole, NO_INSTANCE) == count);
	snapshot_free(totals(counters, whole, read + count));
	reload(lines);
	line_counter_free(lines);
	counters_free(counters);
	free(copy);
	return (0);
}
