/*
 * The layout of a snapshot's cells.  Every key of a column becomes an entry
 * under its row; entries in row order are rows side by side, to be summed up
 * and written out one after the other.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/cells_array.h"
#include "lib/stats/cells_ietf.h"
#include "lib/stats/cells_text.h"
#include "lib/stats/event.h"
#include "lib/stats/key.h"
#include "lib/util/error.h"

struct row {
	enum table_id table;
	uint32_t instance;               /* 0: of a table without */
	struct slice name[INDEX_LABELS]; /* by index, as keys write it */
};

struct entry {
	struct row row;
	enum metric_id metric; /* METRIC_COUNT: only a row */
	uint64_t value;
};

struct build {
	const struct joined *joined;
	const struct snapshot *log; /* the tailer's of them, or NULL */
	struct cells *cells;
	struct cells_ietf *ietf; /* NULL: not wanted */
	struct instances instances;
	struct entry *entries;
	size_t entry_count;
};

static enum cell_type
metric_type(enum metric_id metric)
{
	return (metric_is_counter(&metrics[metric]) ||
		    metrics[metric].kind == KIND_GAUGE64 ?
		CELL_COUNTER64 :
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
		    build->log, (struct slice){ key, len }, &value);
		if (!cells_append(
			build->cells, &place, metric_type(m), value, none))
			return (false);
	}
	return (true);
}

/* Pick from a key's open labels those that its table has rows for, which have
   the same names: labels of one name may be kept apart. */
static void
name_row(struct row *row, enum metric_id metric, const struct slice *value)
{
	const struct key_labels *open = key_labels(metric);
	const struct table_index *index = &tables[row->table].index;

	for (unsigned i = 0; i < index->count; i++)
		for (unsigned l = 0; l < open->count; l++)
			if (strcmp(labels[open->id[l]].name,
				labels[index->label[i]].name) == 0)
				row->name[i] = value[l];
}

static void
add_entry(struct build *build, enum metric_id metric, const struct slice *value,
    uint32_t instance, uint64_t number)
{
	struct entry *entry = &build->entries[build->entry_count++];

	*entry = (struct entry){
		.row = { .table = (enum table_id)metrics[metric].object.home,
		    .instance = instance },
		.metric = metric,
		.value = number
	};
	name_row(&entry->row, metric, value);
}

/* If a number of `store` belongs into a column, note under which row.  False:
   no memory. */
static bool
take_number(
    struct build *build, enum joined_store store, const struct number *number)
{
	struct slice key = { number->key, number->key_len }, name;
	struct slice value[METRIC_LABELS];
	enum metric_id metric = key_find(key, value, &name);
	const struct instance *instance;

	if (metric == METRIC_COUNT || joined_home(metric) != store)
		return (true);
	instance = instances_named(&build->instances, name);
	if (instance == NULL)
		return (true);
	if (metrics[metric].object.place == OBJECT_COLUMN)
		add_entry(
		    build, metric, value, instance->number, number->value);
	return (build->ietf == NULL || !cells_ietf_wants(build->ietf, metric) ||
	    cells_ietf_take(
		build->ietf, metric, value, instance, number->value));
}

static int
name_order(struct slice a, struct slice b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common > 0 ? memcmp(a.at, b.at, common) : 0;

	return (order != 0 ? order : (a.len > b.len) - (a.len < b.len));
}

static int
row_order(const struct row *a, const struct row *b)
{
	int order = 0;

	if (a->table != b->table)
		return (a->table < b->table ? -1 : 1);
	if (a->instance != b->instance)
		return (a->instance < b->instance ? -1 : 1);
	for (unsigned i = 0; order == 0 && i < tables[a->table].index.count;
	     i++)
		order = name_order(a->name[i], b->name[i]);
	return (order);
}

static int
entry_order(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return (row_order(&left->row, &right->row));
}

static void
place_name(struct place *place, struct slice name)
{
	char raw[LABEL_MAX];
	size_t len = label_unescape(name, raw);

	place->arc[place->count++] = (uint32_t)len;
	for (size_t i = 0; i < len; i++)
		place->arc[place->count++] = (unsigned char)raw[i];
}

/* Where a row's cell of `column` stands. */
static struct place
row_place(const struct row *row, uint32_t column)
{
	const struct table *table = &tables[row->table];
	struct place place = { 4, { OBJECTS, table->arc, ENTRY, column } };

	if (table->split == SPLIT_PER_INSTANCE)
		place.arc[place.count++] = row->instance;
	for (unsigned i = 0; i < table->index.count; i++)
		place_name(&place, row->name[i]);
	return (place);
}

_Static_assert(5 + INDEX_LABELS * (1 + LABEL_MAX) <= OID_MAX - OID_BASE_MAX,
    "the longest index fits into an OID");

/* A row's name: its labels as a key has them, or its instance's. */
static bool
add_name(struct build *build, const struct row *row)
{
	const struct table_index *index = &tables[row->table].index;
	struct place place = row_place(row, COLUMN_NAME);
	char text[INDEX_LABELS * (LABEL_MAX + 1)];
	size_t len = 0;

	for (unsigned i = 0; i < index->count; i++) {
		if (i > 0)
			text[len++] = ':';
		memcpy(text + len, row->name[i].at, row->name[i].len);
		len += row->name[i].len;
	}
	return (cells_append(build->cells, &place, CELL_STRING, 0,
	    index->count > 0 ? (struct slice){ text, len } : row->name[0]));
}

static bool
add_texts(struct build *build, const struct row *row)
{
	for (unsigned t = 0; t < TEXT_COLUMN_COUNT; t++) {
		struct place place = row_place(row, text_columns[t].number);

		if (text_columns[t].table == row->table &&
		    !cells_append(build->cells, &place, CELL_STRING, 0,
			cells_text(build->joined, &text_columns[t],
			    row->instance, row->name)))
			return (false);
	}
	return (true);
}

/* The row that `count` entries make up: its name and its columns, but for
   those that nobody counts by instance. */
static bool
add_row(struct build *build, const struct entry *entry, size_t count)
{
	struct place place;

	if (!add_name(build, &entry->row))
		return (false);
	for (unsigned m = 0; m < METRIC_COUNT; m++) {
		const struct object *object = &metrics[m].object;
		uint64_t sum = 0;

		if (object->place != OBJECT_COLUMN ||
		    object->home != (int)entry->row.table ||
		    (entry->row.instance > INSTANCE_ALL &&
			metrics[m].split == SPLIT_TOTAL_ONLY))
			continue;
		for (size_t i = 0; i < count; i++)
			if (entry[i].metric == m)
				sum += entry[i].value;
		place = row_place(&entry->row, object->number);
		if (!cells_append(build->cells, &place, metric_type(m), sum,
			(struct slice){ NULL, 0 }))
			return (false);
	}
	return (add_texts(build, &entry->row));
}

/* Rows that are there without a number in them: those of instances. */
static void
add_instances(struct build *build)
{
	const struct instances *instances = &build->instances;

	for (unsigned t = 0; t < TABLE_COUNT; t++)
		for (size_t i = 0;
		     tables[t].index.count == 0 && i < instances->count; i++)
			build->entries[build->entry_count++] = (struct entry){
				.row = { t, instances->at[i].number,
				    { instances->at[i].name } },
				.metric = METRIC_COUNT
			};
}

/* Make entries of all numbers.  False: no memory. */
static bool
take_all(struct build *build)
{
	size_t most = TABLE_COUNT * COUNT(build->instances.at);
	bool enough;

	for (unsigned s = 0; s < JOINED_COUNT; s++)
		if (build->joined->of[s] != NULL)
			most += build->joined->of[s]->number_count;
	build->entries = calloc(most, sizeof(*build->entries));
	enough = build->entries != NULL;
	if (enough && build->log != NULL)
		add_instances(build);
	for (unsigned s = 0; s < JOINED_COUNT; s++) {
		const struct snapshot *snapshot = build->joined->of[s];

		for (size_t i = 0;
		     enough && snapshot != NULL && i < snapshot->number_count;
		     i++)
			enough = take_number(build, s, &snapshot->numbers[i]);
	}
	return (enough);
}

static bool
add_tables(struct build *build)
{
	bool enough = take_all(build);

	if (!enough) {
		free(build->entries);
		return (false);
	}
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

/* Lay out the snapshots; without the tailer's no number of its own is there,
   not even as 0.  False: no memory. */
static bool
add_all(struct build *build, unsigned parts)
{
	bool enough;

	instances_find(build->log, &build->instances);
	if (build->log != NULL && (parts & CELLS_IETF)) {
		build->ietf = cells_ietf_new(build->log, &build->instances,
		    build->cells, (parts & CELLS_STAMPS) != 0);
		if (build->ietf == NULL)
			return (false);
	}
	enough = (build->log == NULL || add_scalars(build)) &&
	    add_tables(build) &&
	    (build->ietf == NULL || cells_ietf_append(build->ietf));
	cells_ietf_free(build->ietf);
	return (enough);
}

int
cells_build(const struct joined *joined, const struct oid *base, unsigned parts,
    struct cells **cells_r, const char **error_r)
{
	struct build build = { .joined = joined,
		.log = joined->of[JOINED_LOG] };

	build.cells = cells_new(base);
	if (build.cells == NULL || !add_all(&build, parts)) {
		cells_free(build.cells);
		*error_r = error_text(
		    "cannot lay out SNMP objects: %s", strerror(ENOMEM));
		return (-1);
	}
	cells_sort(build.cells);
	*cells_r = build.cells;
	return (0);
}
