/*
 * Counters into a snapshot and out of one.
 */
#include <stdio.h>
#include <string.h>

#include "lib/stats/counters.h"
#include "lib/stats/counters_layout.h"

/* Whether anything is known of `instance`. */
static bool
instance_exists(const struct counters *c, unsigned instance)
{
	if (instance < c->instances.count)
		return (true);
	if (instance != INSTANCE_OTHER)
		return (false);
	for (unsigned i = 0; i < c->space_count; i++) {
		const struct space *space = &c->spaces[i];

		if (space->split == SPLIT_PER_INSTANCE &&
		    memchr(space->seen + INSTANCE_OTHER * space->size, true,
			space->size) != NULL)
			return (true);
	}
	return (false);
}

static struct slice
instance_name(const struct counters *c, unsigned instance)
{
	return (instance == INSTANCE_OTHER ?
		SLICE("other") :
		names_text(&c->instances, instance));
}

/* The label values of a tuple. */
static void
tuple_values(const struct counters *c, const struct space *space, size_t tuple,
    struct slice value_r[METRIC_LABELS])
{
	for (unsigned l = space->labels.count; l-- > 0;) {
		const struct names *names = &c->names[space->labels.id[l]];

		value_r[l] = names_text(
		    names, (unsigned)(tuple % names->limit));
		tuple /= names->limit;
	}
}

static void
save_key(const struct counters *c, struct snapshot *snapshot,
    enum metric_id metric, size_t tuple, bool split)
{
	const struct row *row = &c->rows[metric];
	const struct space *space = &c->spaces[row->space];
	struct slice value[METRIC_LABELS];
	char key[KEY_MAX + 1];
	uint64_t total = 0;
	bool always = space->labels.count == 0, seen = always;
	size_t len;

	tuple_values(c, space, tuple, value);
	for (unsigned i = 0; i < instances_of(space); i++) {
		size_t at = i * space->size + tuple;

		total += row->cell[at];
		seen |= space->seen[at];
		if (!split || !instance_exists(c, i) ||
		    !(always || space->seen[at]))
			continue;
		len = key_make(metric, value, instance_name(c, i), key);
		snapshot_add_number(
		    snapshot, (struct slice){ key, len }, row->cell[at]);
	}
	if (!seen)
		return;
	len = key_make(metric, value, (struct slice){ NULL, 0 }, key);
	snapshot_add_number(snapshot, (struct slice){ key, len }, total);
}

void
counters_save(const struct counters *c, struct snapshot *snapshot)
{
	bool many = c->instances.count > 1 ||
	    instance_exists(c, INSTANCE_OTHER);

	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		const struct space *space = &c->spaces[c->rows[i].space];
		bool split = many && space->split == SPLIT_PER_INSTANCE;

		for (size_t tuple = 0; tuple < space->size; tuple++)
			save_key(c, snapshot, i, tuple, split);
	}
	for (unsigned i = 0; i < INSTANCE_MAX; i++) {
		char key[KEY_MAX + 1];

		if (!instance_exists(c, i))
			continue;
		(void)snprintf(
		    key, sizeof(key), "=instance:%u", i + INSTANCE_INDEX_FIRST);
		snapshot_add_text(snapshot, slice_of(key), instance_name(c, i));
	}
}

/* Find the tuple of label values; new ones are taken in. */
static bool
tuple_of(struct counters *c, struct space *space,
    const struct slice value[METRIC_LABELS], size_t *tuple_r)
{
	*tuple_r = 0;
	for (unsigned l = 0; l < space->labels.count; l++) {
		struct names *names = &c->names[space->labels.id[l]];
		int number = names_find_escaped(names, value[l]);

		if (number < 0)
			return (false);
		*tuple_r = *tuple_r * names->limit + (unsigned)number;
	}
	return (true);
}

/* Put `value` into a cell that a key named. */
static void
load_cell(struct counters *c, enum metric_id metric, size_t base, size_t tuple,
    uint64_t value)
{
	struct space *space = &c->spaces[c->rows[metric].space];

	tuple = space_admit(c, space, base, tuple);
	c->rows[metric].cell[base + tuple] += value;
}

/*
 * A total holds what its instances hold; with one instance there are no
 * KEY@INSTANCE, and what the instances do not account for is the first's.
 */
static void
load_total(
    struct counters *c, enum metric_id metric, size_t tuple, uint64_t total)
{
	const struct space *space = &c->spaces[c->rows[metric].space];
	uint64_t known = 0;
	bool seen = false;

	for (unsigned i = 0; i < instances_of(space); i++) {
		known += c->rows[metric].cell[i * space->size + tuple];
		seen |= space->seen[i * space->size + tuple];
	}
	if (!seen || total > known)
		load_cell(
		    c, metric, 0, tuple, total > known ? total - known : 0);
}

static void
load_number(struct counters *c, const struct number *number, bool totals)
{
	struct slice value[METRIC_LABELS], instance;
	struct slice key = { number->key, number->key_len };
	size_t tuple;

	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		struct space *space = &c->spaces[c->rows[i].space];
		unsigned of = INSTANCE_OTHER;

		if (!key_match(i, key, value, &instance) ||
		    totals != (instance.len == 0) ||
		    !tuple_of(c, space, value, &tuple))
			continue;
		if (totals) {
			load_total(c, i, tuple, number->value);
			return;
		}
		if (!slice_equal(instance, "other")) {
			int found = names_find_escaped(&c->instances, instance);

			of = found < 0 ? INSTANCE_OTHER : (unsigned)found;
		}
		load_cell(c, i, of * space->size, tuple, number->value);
		return;
	}
}

static void
load_instances(struct counters *c, const struct snapshot *snapshot)
{
	for (unsigned i = 0; i < INSTANCE_OTHER; i++) {
		char key[KEY_MAX + 1];
		struct slice name;

		(void)snprintf(
		    key, sizeof(key), "=instance:%u", i + INSTANCE_INDEX_FIRST);
		if (!snapshot_text(snapshot, slice_of(key), &name) ||
		    c->keys + instance_cost(c) > c->key_limit)
			break;
		if (names_find_escaped(&c->instances, name) >= 0)
			c->keys += instance_cost(c);
	}
}

/*
 * Instances first, then what the totals hold beyond them.  If the capacity is
 * now too small for all keys, the totals alone are kept.
 */
void
counters_load(struct counters *c, const struct snapshot *snapshot)
{
	bool fits = snapshot->number_count <= c->key_limit;

	load_instances(c, snapshot);
	for (int totals = fits ? 0 : 1; totals <= 1; totals++)
		for (size_t i = 0; i < snapshot->number_count; i++)
			load_number(c, &snapshot->numbers[i], totals);
}
