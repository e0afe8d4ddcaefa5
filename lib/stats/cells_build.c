/*
 * The layout of a snapshot's cells.  Every key of a column becomes an entry
 * under its row; entries in row order are rows side by side, to be summed up
 * and written out one after the other.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/cells_array.h"
#include "lib/stats/key.h"
#include "lib/util/error.h"

enum { INSTANCE_ALL = 1 };

struct instance {
	uint32_t number;
	struct slice name;
};

struct row {
	enum table_id table;
	uint32_t instance;
	struct slice name; /* as keys write it */
};

struct entry {
	struct row row;
	enum metric_id metric; /* METRIC_COUNT: only a row */
	uint64_t value;
};

struct build {
	const struct snapshot *snapshot;
	struct cells *cells;
	struct instance instances[INSTANCE_MAX + 1];
	size_t instance_count;
	struct entry *entries;
	size_t entry_count;
};

static enum cell_type
metric_type(enum metric_id metric)
{
	return (metrics[metric].kind == KIND_COUNTER ? CELL_COUNTER64 :
						       CELL_GAUGE32);
}

static bool
add_scalars(struct build *build)
{
	for (unsigned m = 0; m < METRIC_COUNT; m++) {
		const struct object *object = &metrics[m].object;
		struct place place = { 4, { OBJECTS, 0, object->number, 0 } };
		struct slice none = { NULL, 0 };
		char key[KEY_MAX + 1];
		uint64_t value = 0;
		size_t len;

		if (object->place != OBJECT_SCALAR)
			continue;
		place.arc[1] = groups[object->home].arc;
		len = key_make(m, NULL, none, key);
		(void)snapshot_number(
		    build->snapshot, (struct slice){ key, len }, &value);
		if (!cells_append(
			build->cells, &place, metric_type(m), value, none))
			return (false);
	}
	return (true);
}

static void
find_instances(struct build *build)
{
	build->instances[build->instance_count++] = (struct instance){
		INSTANCE_ALL, SLICE("all")
	};
	for (size_t i = 0; i < build->snapshot->text_count; i++) {
		const struct text *text = &build->snapshot->texts[i];
		struct slice key = { text->key, text->key_len };
		size_t len = strnlen(text->text, TEXT_MAX);
		uint64_t number;

		if (!slice_skip(&key, "=instance:") ||
		    !slice_number(key, &number) || number <= INSTANCE_ALL ||
		    number > INT32_MAX || len > LABEL_MAX ||
		    build->instance_count == COUNT(build->instances))
			continue;
		build->instances[build->instance_count++] = (struct instance){
			(uint32_t)number, { text->text, len }
		};
	}
}

/* The instance with that name; no name is all together. */
static const struct instance *
instance_named(const struct build *build, struct slice name)
{
	if (name.len == 0)
		return (&build->instances[0]);
	for (size_t i = 1; i < build->instance_count; i++)
		if (slice_same(build->instances[i].name, name))
			return (&build->instances[i]);
	return (NULL);
}

/* Which of a metric's open labels its table has rows for; -1: none. */
static int
row_label(enum metric_id metric)
{
	const struct key_labels *open = key_labels(metric);

	for (unsigned i = 0; i < open->count; i++)
		if (open->id[i] == tables[metrics[metric].object.home].label)
			return ((int)i);
	return (-1);
}

/* If `number` belongs into a column, note under which row. */
static void
add_entry(struct build *build, const struct number *number)
{
	struct slice key = { number->key, number->key_len }, name;
	struct slice value[METRIC_LABELS];

	for (unsigned m = 0; m < METRIC_COUNT; m++) {
		const struct instance *instance;
		int label;

		if (metrics[m].object.place != OBJECT_COLUMN ||
		    !key_match(m, key, value, &name))
			continue;
		instance = instance_named(build, name);
		label = row_label(m);
		if (instance == NULL)
			return;
		build->entries[build->entry_count++] = (struct entry){
			.row = { (enum table_id)metrics[m].object.home,
			    instance->number,
			    label < 0 ? instance->name : value[label] },
			.metric = m,
			.value = number->value
		};
		return;
	}
}

static int
row_order(const struct row *a, const struct row *b)
{
	size_t common = a->name.len < b->name.len ? a->name.len : b->name.len;
	int order;

	if (a->table != b->table)
		return (a->table < b->table ? -1 : 1);
	if (a->instance != b->instance)
		return (a->instance < b->instance ? -1 : 1);
	order = memcmp(a->name.at, b->name.at, common);
	if (order != 0)
		return (order);
	return ((a->name.len > b->name.len) - (a->name.len < b->name.len));
}

static int
entry_order(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return (row_order(&left->row, &right->row));
}

/* Where a row's cell of `column` stands. */
static struct place
row_place(const struct row *row, uint32_t column)
{
	struct place place = { 5,
		{ OBJECTS, tables[row->table].arc, ENTRY, column,
		    row->instance } };
	char raw[LABEL_MAX];
	size_t len;

	if (tables[row->table].label == LABEL_NONE)
		return (place);
	len = label_unescape(row->name, raw);
	place.arc[place.count++] = (uint32_t)len;
	for (size_t i = 0; i < len; i++)
		place.arc[place.count++] = (unsigned char)raw[i];
	return (place);
}

/* The row that `count` entries make up: its name and its columns. */
static bool
add_row(struct build *build, const struct entry *entry, size_t count)
{
	struct place place = row_place(&entry->row, COLUMN_NAME);

	if (!cells_append(
		build->cells, &place, CELL_STRING, 0, entry->row.name))
		return (false);
	for (unsigned m = 0; m < METRIC_COUNT; m++) {
		const struct object *object = &metrics[m].object;
		uint64_t sum = 0;

		if (object->place != OBJECT_COLUMN ||
		    object->home != (int)entry->row.table)
			continue;
		for (size_t i = 0; i < count; i++)
			if (entry[i].metric == m)
				sum += entry[i].value;
		place = row_place(&entry->row, object->number);
		if (!cells_append(build->cells, &place, metric_type(m), sum,
			(struct slice){ NULL, 0 }))
			return (false);
	}
	return (true);
}

static bool
add_tables(struct build *build)
{
	size_t most = build->snapshot->number_count +
	    TABLE_COUNT * COUNT(build->instances);
	bool enough = true;

	build->entries = calloc(most, sizeof(*build->entries));
	if (build->entries == NULL)
		return (false);
	find_instances(build);
	for (unsigned t = 0; t < TABLE_COUNT; t++)
		for (size_t i = 0;
		     tables[t].label == LABEL_NONE && i < build->instance_count;
		     i++)
			build->entries[build->entry_count++] = (struct entry){
				.row = { t, build->instances[i].number,
				    build->instances[i].name },
				.metric = METRIC_COUNT
			};
	for (size_t i = 0; i < build->snapshot->number_count; i++)
		add_entry(build, &build->snapshot->numbers[i]);
	qsort(build->entries, build->entry_count, sizeof(*build->entries),
	    entry_order);
	for (size_t i = 0, next; enough && i < build->entry_count; i = next) {
		for (next = i + 1; next < build->entry_count &&
		     row_order(&build->entries[i].row,
			 &build->entries[next].row) == 0;
		     next++)
			;
		enough = add_row(build, &build->entries[i], next - i);
	}
	free(build->entries);
	return (enough);
}

int
cells_build(const struct snapshot *snapshot, const struct oid *base,
    struct cells **cells_r, const char **error_r)
{
	struct build build = { .snapshot = snapshot };

	build.cells = cells_new(base);
	if (build.cells == NULL ||
	    (snapshot != NULL &&
		(!add_scalars(&build) || !add_tables(&build)))) {
		cells_free(build.cells);
		*error_r = error_text(
		    "cannot lay out SNMP objects: %s", strerror(ENOMEM));
		return (-1);
	}
	cells_sort(build.cells);
	*cells_r = build.cells;
	return (0);
}
