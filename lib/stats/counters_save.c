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

static uint64_t
together(enum metric_id metric, uint64_t a, uint64_t b)
{
	if (metrics[metric].kind == KIND_HIGHEST)
		return (a > b ? a : b);
	return (a + b);
}

static void
save_key(const struct counters *c, struct snapshot *snapshot,
    enum metric_id metric, size_t tuple, const bool *split)
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

		total = together(metric, total, row->cell[at]);
		seen |= space->seen[at];
		if (split == NULL || !split[i] || !(always || space->seen[at]))
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
counters_save(struct counters *c, struct snapshot *snapshot)
{
	bool exists[INSTANCE_MAX], many;

	counters_settle(c);
	for (unsigned i = 0; i < INSTANCE_MAX; i++)
		exists[i] = instance_exists(c, i);
	many = c->instances.count > 1 || exists[INSTANCE_OTHER];
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		const struct space *space = &c->spaces[c->rows[i].space];
		bool split = many && space->split == SPLIT_PER_INSTANCE;

		for (size_t at = 0; at < space->used_count; at++)
			save_key(c, snapshot, i, space->used[at],
			    split ? exists : NULL);
	}
	for (unsigned i = 0; i < INSTANCE_MAX; i++) {
		char key[KEY_MAX + 1];

		if (!exists[i])
			continue;
		(void)snprintf(
		    key, sizeof(key), "=instance:%u", i + INSTANCE_INDEX_FIRST);
		snapshot_add_text(snapshot, slice_of(key), instance_name(c, i));
	}
}

/* Find the tuple of label values; new ones are taken in.  Returns false if
   there was no room for one, so that `other` stands in its place. */
static bool
tuple_of(struct counters *c, struct space *space,
    const struct slice value[METRIC_LABELS], size_t *tuple_r)
{
	bool fits = true;

	*tuple_r = 0;
	for (unsigned l = 0; l < space->labels.count; l++) {
		struct names *names = &c->names[space->labels.id[l]];
		int number = names_find_escaped(names, value[l]);

		if (number < 0) {
			fits = false;
			number = OTHER;
		}
		*tuple_r = *tuple_r * names->limit + (unsigned)number;
	}
	return (fits);
}

/* Put `value` into a cell that a key named.  Returns false if there was no
   room for the key, so that `other` has it. */
static bool
load_cell(struct counters *c, enum metric_id metric, size_t base, size_t tuple,
    uint64_t value)
{
	struct space *space = &c->spaces[c->rows[metric].space];
	size_t admitted = space_admit(c, space, base, tuple);
	uint64_t *cell;

	cell = &c->rows[metric].cell[base + admitted];
	*cell = together(metric, *cell, value);
	return (admitted == tuple);
}

/*
 * A total holds what its instances hold; with one instance there are no
 * KEY@INSTANCE, and what the instances do not account for is the first's.
 */
static bool
load_total(
    struct counters *c, enum metric_id metric, size_t tuple, uint64_t total)
{
	const struct space *space = &c->spaces[c->rows[metric].space];
	uint64_t known = 0;
	bool seen = false;

	for (unsigned i = 0; i < instances_of(space); i++) {
		known = together(metric, known,
		    c->rows[metric].cell[i * space->size + tuple]);
		seen |= space->seen[i * space->size + tuple];
	}
	if (seen && total <= known)
		return (true);
	if (metrics[metric].kind != KIND_HIGHEST)
		total = total > known ? total - known : 0;
	return (load_cell(c, metric, 0, tuple, total));
}

/* Which keys of a snapshot a pass takes. */
enum pass {
	PASS_INSTANCES,
	PASS_TOTALS,
	PASS_TOTALS_ALONE /* without regard to instances */
};

/* The number of an instance by the name that a key has. */
static unsigned
instance_number(struct counters *c, struct slice name)
{
	int number = slice_equal(name, "other") ?
	    -1 :
	    names_find_escaped(&c->instances, name);

	return (number < 0 ? INSTANCE_OTHER : (unsigned)number);
}

/* Returns false if there was no room for the key. */
static bool
load_number(struct counters *c, const struct number *number, enum pass pass)
{
	struct slice value[METRIC_LABELS], instance;
	struct slice key = { number->key, number->key_len };
	enum metric_id metric = key_find(key, value, &instance);
	struct space *space;
	size_t tuple;

	if (metric == METRIC_COUNT || /* withdrawn */
	    event_is_foreign(metrics[metric].event))
		return (true);
	if ((pass == PASS_INSTANCES) != (instance.len > 0))
		return (true);
	space = &c->spaces[c->rows[metric].space];
	if (!tuple_of(c, space, value, &tuple) && pass != PASS_TOTALS_ALONE)
		return (false);
	if (pass == PASS_TOTALS)
		return (load_total(c, metric, tuple, number->value));
	if (pass == PASS_TOTALS_ALONE)
		return (load_cell(c, metric, 0, tuple, number->value));
	return (load_cell(c, metric, instance_number(c, instance) * space->size,
	    tuple, number->value));
}

static bool
load_pass(struct counters *c, const struct snapshot *snapshot, enum pass pass)
{
	bool fits = true;

	for (size_t i = 0; i < snapshot->number_count; i++)
		fits &= load_number(c, &snapshot->numbers[i], pass);
	return (fits);
}

static void
forget_cells(struct counters *c)
{
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		struct space *space = &c->spaces[c->rows[i].space];
		size_t count = instances_of(space) * space->size;

		memset(c->rows[i].cell, 0, count * sizeof(uint64_t));
		memset(space->seen, 0, count * sizeof(bool));
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
 * now too small for all keys, what each instance had can't be told apart any
 * more: the totals alone are kept, and sum up as before.
 */
void
counters_load(struct counters *c, const struct snapshot *snapshot)
{
	size_t keys;

	load_instances(c, snapshot);
	keys = c->keys;
	if (!load_pass(c, snapshot, PASS_INSTANCES) ||
	    !load_pass(c, snapshot, PASS_TOTALS)) {
		forget_cells(c);
		c->keys = keys;
		(void)load_pass(c, snapshot, PASS_TOTALS_ALONE);
	}
	marks_begin(c);
}
