/*
 * Keys of a metric stand together in a sorted snapshot, or nearly so: what they
 * begin with, up to the first open label, is searched for.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/stats/key.h"
#include "lib/stats/tally.h"

struct walk {
	const struct snapshot *snapshot;
	enum metric_id metric;
	struct slice prefix;
	size_t at;
	struct slice value[METRIC_LABELS];
};

static struct slice
prefix_of(enum metric_id metric)
{
	return (slice_until(slice_of(metrics[metric].key), '{'));
}

static struct walk
walk_start(const struct snapshot *snapshot, enum metric_id metric)
{
	struct walk walk = { .snapshot = snapshot,
		.metric = metric,
		.prefix = prefix_of(metric) };
	size_t end = snapshot->number_count;

	while (walk.at < end) {
		size_t middle = walk.at + (end - walk.at) / 2;

		if (strncmp(snapshot->numbers[middle].key, walk.prefix.at,
			walk.prefix.len) < 0)
			walk.at = middle + 1;
		else
			end = middle;
	}
	return (walk);
}

/* The next key of the metric that is of no instance; NULL at the end. */
static const struct number *
walk_next(struct walk *walk)
{
	const struct snapshot *snapshot = walk->snapshot;

	while (walk->at < snapshot->number_count) {
		const struct number *number = &snapshot->numbers[walk->at++];
		struct slice key = { number->key, number->key_len }, instance;

		if (strncmp(key.at, walk->prefix.at, walk->prefix.len) != 0)
			break;
		if (key_match(walk->metric, key, walk->value, &instance) &&
		    instance.len == 0)
			return (number);
	}
	return (NULL);
}

static void
add(struct tally_sum *tally, const struct tally_source *source,
    const struct number *number)
{
	struct slice key = { number->key, number->key_len };

	tally->all += number->value;
	if (source->past == NULL)
		return;
	for (unsigned s = 0; s < PAST_SPANS; s++) {
		enum past_span span = (enum past_span)s;
		uint64_t before = past_age(source->past, span, source->now) >
			0 ?
		    past_value(source->past, span, source->now, key) :
		    number->value;

		if (number->value > before)
			tally->lately[s] += number->value - before;
	}
}

struct tally_sum
tally_of(const struct tally_source *source, enum metric_id metric)
{
	struct walk walk = walk_start(source->snapshot, metric);
	struct tally_sum tally = { .all = 0 };
	const struct number *number;

	while ((number = walk_next(&walk)) != NULL)
		add(&tally, source, number);
	return (tally);
}

/* The row of that name; NULL: there are too many. */
static struct tally_row *
row_of(struct tally_rows *rows, struct slice name)
{
	struct tally_row *row = rows->at;

	for (; row < rows->at + rows->count; row++)
		if (slice_same(row->name, name))
			return (row);
	if (rows->count == TALLY_ROWS)
		return (NULL);
	rows->count++;
	memset(row, 0, sizeof(*row));
	row->name = name;
	return (row);
}

void
tally_add(struct tally_rows *rows, const struct tally_source *source,
    enum metric_id metric, unsigned label, unsigned column)
{
	struct walk walk = walk_start(source->snapshot, metric);
	const struct number *number;

	while ((number = walk_next(&walk)) != NULL) {
		struct tally_row *row = row_of(rows, walk.value[label]);

		if (row != NULL)
			add(&row->column[column], source, number);
	}
}

void
tally_add_named(struct tally_rows *rows, const struct tally_source *source,
    enum metric_id metric, struct slice name, unsigned column)
{
	struct walk walk = walk_start(source->snapshot, metric);
	struct tally_row *row = row_of(rows, name);
	const struct number *number;

	while (row != NULL && (number = walk_next(&walk)) != NULL)
		add(&row->column[column], source, number);
}

static struct tally_sum
sum_of(const struct tally_row *row)
{
	struct tally_sum sum = { .all = 0 };

	for (unsigned c = 0; c < TALLY_COLUMNS; c++) {
		sum.all += row->column[c].all;
		sum.lately[PAST_DAY] += row->column[c].lately[PAST_DAY];
	}
	return (sum);
}

static int
order(const void *a, const void *b)
{
	const struct tally_row *left = a, *right = b;
	struct tally_sum l = sum_of(left), r = sum_of(right);
	uint64_t l_day = l.lately[PAST_DAY], r_day = r.lately[PAST_DAY];
	size_t len = left->name.len < right->name.len ? left->name.len :
							right->name.len;

	if (l_day != r_day)
		return (l_day > r_day ? -1 : 1);
	if (l.all != r.all)
		return (l.all > r.all ? -1 : 1);
	return (memcmp(left->name.at, right->name.at, len));
}

void
tally_sort(struct tally_rows *rows)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < rows->count; i++)
		if (sum_of(&rows->at[i]).all > 0)
			rows->at[kept++] = rows->at[i];
	rows->count = kept;
	qsort(rows->at, rows->count, sizeof(rows->at[0]), order);
}

uint64_t
tally_highest(const struct tally_source *source, enum metric_id metric)
{
	struct walk walk = walk_start(source->snapshot, metric);
	uint64_t highest = 0;
	const struct number *number;

	while ((number = walk_next(&walk)) != NULL)
		if (number->value > highest)
			highest = number->value;
	return (highest);
}

static const char *const waiting[] = { "queue:incoming:messages",
	"queue:active:messages", "queue:deferred:messages" };

uint64_t
tally_waiting(const struct snapshot *snapshot)
{
	uint64_t sum = 0, value;

	for (size_t i = 0; i < COUNT(waiting); i++)
		if (snapshot_number(snapshot, slice_of(waiting[i]), &value))
			sum += value;
	return (sum);
}

uint64_t
tally_waited(const struct tally_source *source, enum past_span span)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < COUNT(waiting); i++)
		sum += past_value(
		    source->past, span, source->now, slice_of(waiting[i]));
	return (sum);
}
