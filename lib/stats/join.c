/*
 * Look-ups in several snapshots, and one made of them.
 */
#include "lib/stats/event.h"
#include "lib/stats/join.h"
#include "lib/stats/key.h"
#include "lib/stats/store.h"

const struct store_file joined_files[JOINED_COUNT] = {
	[JOINED_LOG] = { STORE_NAME, STORE_LOCK },
	[JOINED_PROBES] = { PROBE_STORE_NAME, PROBE_STORE_LOCK },
	[JOINED_WHM] = { WHM_STORE_NAME, WHM_STORE_LOCK },
};

bool
joined_number(const struct joined *joined, struct slice key, uint64_t *value_r)
{
	for (unsigned i = 0; i < JOINED_COUNT; i++)
		if (joined->of[i] != NULL &&
		    snapshot_number(joined->of[i], key, value_r))
			return (true);
	return (false);
}

bool
joined_text(const struct joined *joined, struct slice key, struct slice *text_r)
{
	for (unsigned i = 0; i < JOINED_COUNT; i++)
		if (joined->of[i] != NULL &&
		    snapshot_text(joined->of[i], key, text_r))
			return (true);
	return (false);
}

/* Add what `sorted`, as it was before, does not have yet. */
static void
add_new(struct snapshot *all, const struct joined *before,
    const struct snapshot *more)
{
	struct slice text;
	uint64_t value;

	for (size_t i = 0; i < more->number_count; i++) {
		const struct number *number = &more->numbers[i];
		struct slice key = { number->key, number->key_len };

		if (!joined_number(before, key, &value))
			snapshot_add_number(all, key, number->value);
	}
	for (size_t i = 0; i < more->text_count; i++) {
		const struct text *record = &more->texts[i];
		struct slice key = { record->key, record->key_len };

		if (!joined_text(before, key, &text))
			snapshot_add_text(
			    all, key, (struct slice){ record->text, TEXT_MAX });
	}
}

struct snapshot *
joined_merge(const struct joined *joined)
{
	struct snapshot *all = snapshot_new();
	struct joined before = { { NULL } };

	for (unsigned i = JOINED_COUNT; all != NULL && i-- > 0;) {
		const struct snapshot *one = joined->of[i];

		if (one == NULL)
			continue;
		all->generation = one->generation;
		all->capacity = one->capacity;
		all->epoch = one->epoch;
		all->published = one->published;
	}
	for (unsigned i = 0; all != NULL && i < JOINED_COUNT; i++) {
		if (joined->of[i] != NULL)
			add_new(all, &before, joined->of[i]);
		before.of[i] = joined->of[i];
	}
	if (all != NULL && all->failed) {
		snapshot_free(all);
		return (NULL);
	}
	if (all != NULL)
		snapshot_sort(all);
	return (all);
}

enum joined_store
joined_home(enum metric_id metric)
{
	if (metric == METRIC_COUNT)
		return (JOINED_LOG);
	switch (metrics[metric].event) {
	case EVENT_PROBE:
		return (JOINED_PROBES);
	case EVENT_WHM:
		return (JOINED_WHM);
	default:
		return (JOINED_LOG);
	}
}

enum joined_store
joined_home_of(struct slice key)
{
	struct slice value[METRIC_LABELS], instance;

	return (joined_home(key_find(key, value, &instance)));
}
