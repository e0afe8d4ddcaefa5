/*
 * Counting, in dense arrays.  An event's tuple is found once per space; then
 * every row that the event meets is one addition.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/counters.h"
#include "lib/stats/counters_layout.h"

/* --- making ----------------------------------------------------------- */

static unsigned
space_for(struct counters *c, enum metric_id metric)
{
	const struct key_labels *key = key_labels(metric);
	struct space *space;
	unsigned i;

	for (i = 0; i < c->space_count; i++) {
		space = &c->spaces[i];
		if (space->split == metrics[metric].split &&
		    space->labels.count == key->count &&
		    memcmp(space->labels.id, key->id,
			key->count * sizeof(key->id[0])) == 0)
			return (i);
	}
	space = &c->spaces[c->space_count++];
	space->labels = *key;
	space->split = metrics[metric].split;
	space->closed = true;
	/* What no line of a log can make is not kept here. */
	space->size = space->others = !event_is_foreign(metrics[metric].event);
	for (unsigned l = 0; l < key->count; l++) {
		space->size *= c->names[key->id[l]].limit;
		if (label_is_closed(key->id[l]))
			space->others *= c->names[key->id[l]].limit;
		else
			space->closed = false;
	}
	return (i);
}

static void
label_init(struct names *names, enum label_id label)
{
	struct slice rest = slice_of(labels[label].values), value;

	if (!label_is_closed(label)) {
		names_init(names, labels[label].limit);
		(void)names_find_escaped(names, SLICE("other"));
		return;
	}
	names_init(names, NAMES_MAX);
	while (label_value_next(&rest, &value))
		(void)names_find_escaped(names, value);
	names->limit = names->count;
}

/* Cells of all rows, in one piece: so a sum finds those that it is for by 32
   bits. */
static bool
allocate_cells(struct counters *c)
{
	size_t count = 0;

	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		const struct space *space = &c->spaces[c->rows[i].space];

		count += instances_of(space) * space->size;
	}
	assert(count <= UINT32_MAX);
	c->cells = calloc(count, sizeof(*c->cells));
	count = 0;
	for (unsigned i = 0; c->cells != NULL && i < METRIC_COUNT; i++) {
		const struct space *space = &c->spaces[c->rows[i].space];

		c->rows[i].cell = c->cells + count;
		count += instances_of(space) * space->size;
	}
	return (c->cells != NULL);
}

/* Memory of all spaces and rows, and the keys that exist or are set aside
   from the start. */
static bool
allocate(struct counters *c)
{
	for (unsigned i = 0; i < c->space_count; i++) {
		struct space *space = &c->spaces[i];

		space->seen = calloc(
		    instances_of(space) * space->size, sizeof(bool));
		space->is_used = calloc(space->size, sizeof(bool));
		space->used = calloc(space->size, sizeof(*space->used));
		if (space->seen == NULL || space->is_used == NULL ||
		    space->used == NULL)
			return (false);
		if (space->labels.count == 0) /* exists from the start */
			space_use(space, 0);
		c->keys += space->metric_count * space->others;
	}
	return (allocate_cells(c) && marks_allocate(c));
}

size_t
instance_cost(const struct counters *c)
{
	size_t cost = 0;

	for (unsigned i = 0; i < c->space_count; i++)
		if (c->spaces[i].split == SPLIT_PER_INSTANCE)
			cost += c->spaces[i].metric_count * c->spaces[i].others;
	return (cost);
}

struct counters *
counters_new(uint32_t capacity)
{
	struct counters *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return (NULL);
	histograms_read();
	for (enum label_id label = 0; label < LABEL_COUNT; label++)
		label_init(&c->names[label], label);
	names_init(&c->instances, INSTANCE_OTHER);
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		struct row *row = &c->rows[i];

		row->space = space_for(c, i);
		c->spaces[row->space].metric_count++;
	}
	if (!allocate(c)) {
		counters_free(c);
		return (NULL);
	}
	c->key_limit = capacity - TEXTS_RESERVED;
	c->keys += instance_cost(c); /* of the instance `other` */
	return (c);
}

void
counters_set_aside(struct counters *c, size_t texts)
{
	c->key_limit -= texts < c->key_limit ? texts : c->key_limit;
}

void
counters_free(struct counters *c)
{
	if (c == NULL)
		return;
	for (unsigned i = 0; i < c->space_count; i++) {
		free(c->spaces[i].seen);
		free(c->spaces[i].is_used);
		free(c->spaces[i].used);
	}
	free(c->cells);
	for (unsigned i = 0; i < MARK_COUNT; i++)
		free(c->marked[i]);
	free(c);
}

/* --- counting --------------------------------------------------------- */

unsigned
counters_instance(struct counters *c, struct slice name)
{
	unsigned known = c->instances.count;
	int number;

	/* Most lines are of the same instance as the one before. */
	if (c->instance_last < known &&
	    slice_same(name, names_text(&c->instances, c->instance_last)))
		return (c->instance_last);
	if (slice_equal(name, "other"))
		return (INSTANCE_OTHER);
	if (c->keys + instance_cost(c) > c->key_limit)
		c->instances.limit = known;
	number = names_find(&c->instances, name);
	if (number < 0)
		return (INSTANCE_OTHER);
	if (c->instances.count > known)
		c->keys += instance_cost(c);
	c->instance_last = (unsigned)number;
	return (c->instance_last);
}

size_t
other_tuple(const struct counters *c, const struct space *space, size_t tuple)
{
	size_t other = 0, unit = 1;

	for (unsigned l = space->labels.count; l-- > 0;) {
		enum label_id label = space->labels.id[l];
		size_t limit = c->names[label].limit;

		other += unit *
		    (label_is_closed(label) ? tuple % limit : OTHER);
		tuple /= limit;
		unit *= limit;
	}
	return (other);
}

size_t
space_admit(struct counters *c, struct space *space, size_t base, size_t tuple)
{
	if (space->seen[base + tuple])
		return (tuple);
	if (!space->closed) {
		size_t other = other_tuple(c, space, tuple);

		if (c->keys + tuple_cost(space) > c->key_limit)
			tuple = other;
		else if (tuple != other)
			c->keys += tuple_cost(space);
	}
	space_see(space, base, tuple);
	return (tuple);
}

bool
tuple_find(struct counters *c, const struct space *space,
    const struct event *event, size_t *tuple_r)
{
	bool fits = true;

	*tuple_r = 0;
	for (unsigned l = 0; l < space->labels.count; l++) {
		enum label_id label = space->labels.id[l];
		int found = names_find(&c->names[label], event->label[label]);

		if (found < 0) {
			fits = false;
			found = label_is_closed(label) ?
			    (int)c->names[label].count - 1 :
			    OTHER;
		}
		*tuple_r = *tuple_r * c->names[label].limit + (unsigned)found;
	}
	return (fits);
}

/* Where `event` counts in `space`: an index into its rows' cells. */
static size_t
locate(struct counters *c, struct space *space, unsigned instance,
    const struct event *event)
{
	size_t base = space_base(space, instance), tuple, admitted;
	bool fits = tuple_find(c, space, event, &tuple);

	admitted = space_admit(c, space, base, tuple);
	c->overflowed |= !fits || admitted != tuple;
	return (base + admitted);
}

static void
meet(struct counters *c, struct meeting *m, const struct event *event)
{
	*m = (struct meeting){
		.known = true, .type = event->type, .traits = event->traits
	};
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		unsigned slot = 0;

		if (metrics[i].event != (int)event->type ||
		    (event->traits & metrics[i].when) != metrics[i].when)
			continue;
		while (
		    slot < m->space_count && m->space[slot] != c->rows[i].space)
			slot++;
		if (slot == m->space_count)
			m->space[m->space_count++] = (uint16_t)c->rows[i].space;
		assert(m->row_count < MEETING_ROWS);
		m->slot[m->row_count] = (uint8_t)slot;
		m->row[m->row_count++] = (uint16_t)i;
	}
}

/* What tells an event of a serial from others, besides its code: serial, value
   of the label that varies, traits, type and instance side by side. */
static inline uint64_t
sum_key(unsigned instance, const struct event *event, unsigned value)
{
	return ((uint64_t)event->serial << 34 | (uint64_t)value << 26 |
	    event->traits << 10 | (unsigned)event->type << 4 | instance);
}

_Static_assert(INSTANCE_MAX <= 16 && EVENT_COUNT <= 64 &&
	TRAIT_LAST < 1 << 16 && NAMES_MAX + 1 < 256 && SERIAL_MAX < 1 << 30,
    "a sum's key holds all parts");

static void
settle(struct counters *c, size_t at)
{
	const struct sum_cells *cells = &c->sum_cells[at];

	for (unsigned i = 0; i < cells->count; i++)
		c->cells[cells->cell[i]] += c->sums[at].times;
	c->sums[at].times = 0;
}

void
counters_settle(struct counters *c)
{
	for (size_t i = 0; i < COUNT(c->sums); i++)
		settle(c, i);
}

/* Keys and codes differ in few bits, both must reach the high ones. */
static inline size_t
place_of(uint64_t key, uint64_t code)
{
	return ((key ^ code * 0xc2b2ae3d27d4eb4fu) * 0x9e3779b97f4a7c15u >>
	    (64 - SUM_BITS));
}

/* Whether an event only tells more of what another event counts. */
static bool
is_amount(const struct event *event)
{
	enum event_type type = event->type;

	if (type == EVENT_FILTER || type == EVENT_APART)
		return ((event->traits &
			    (TRAIT_IS_BYTES | TRAIT_IS_RECIPIENTS)) != 0);
	return (type == EVENT_QUEUE_IN_BYTES ||
	    type == EVENT_QUEUE_IN_RECIPIENTS || type == EVENT_FAILURE ||
	    (type >= EVENT_RULE_VALUE && type <= EVENT_RULE_BY));
}

/* Count by the table; sum up from now on if the like of the event can come
   again and nothing overflowed. */
__attribute__((noinline)) static void
count_by_table(struct counters *c, unsigned instance, const struct event *event,
    uint64_t times, uint64_t key)
{
	struct meeting *m =
	    &c->meetings[(event->traits * 0x9e3779b1u +
			     (unsigned)event->type * 0xc2b2ae35u) >>
		24];
	size_t at[MEETING_ROWS], sum = place_of(key, event->code);
	struct sum_cells *cells = &c->sum_cells[sum];

	if (!m->known || m->type != event->type || m->traits != event->traits)
		meet(c, m, event);
	c->overflowed = instance == INSTANCE_OTHER;
	for (unsigned i = 0; i < m->space_count; i++)
		at[i] = locate(c, &c->spaces[m->space[i]], instance, event);
	for (unsigned i = 0; i < m->row_count; i++)
		c->rows[m->row[i]].cell[at[m->slot[i]]] += times;

	if (c->overflowed && !is_amount(event))
		counters_add(c, METRIC_TAILER_OVERFLOW, times);
	if (c->overflowed || event->serial == 0 || m->row_count > SUM_CELLS)
		return;
	settle(c, sum);
	c->sums[sum].key = key;
	c->sums[sum].code = event->code;
	cells->count = m->row_count;
	for (unsigned i = 0; i < m->row_count; i++)
		cells->cell[i] = (uint32_t)(c->rows[m->row[i]].cell - c->cells +
		    (ptrdiff_t)at[m->slot[i]]);
}

/* Count the event that `key` and its code tell from others. */
static inline void
count_key(struct counters *c, unsigned instance, const struct event *event,
    uint64_t times, uint64_t key)
{
	struct sum *sum = &c->sums[place_of(key, event->code)];

	if (sum->key == key && sum->code == event->code)
		sum->times += times;
	else
		count_by_table(c, instance, event, times, key);
}

/* Count an event of which a label comes from the line.  Its values that find no
   room are one more. */
__attribute__((noinline)) static void
count_varying(struct counters *c, unsigned instance, const struct event *event,
    uint64_t times)
{
	enum label_id label = event->varies;
	int number = names_find(&c->names[label], event->label[label]);
	unsigned value = number < 0 ? NAMES_MAX + 1 : (unsigned)number + 1;

	count_key(c, instance, event, times, sum_key(instance, event, value));
}

void
counters_event(struct counters *c, unsigned instance, const struct event *event,
    uint64_t times)
{
	if (event->type == EVENT_NONE)
		return;
	if (event->varies != LABEL_NONE)
		count_varying(c, instance, event, times);
	else
		count_key(
		    c, instance, event, times, sum_key(instance, event, 0));
}

void
counters_add(struct counters *c, enum metric_id metric, uint64_t more)
{
	c->rows[metric].cell[0] += more;
}

void
counters_set(struct counters *c, enum metric_id metric, uint64_t value)
{
	c->rows[metric].cell[0] = value;
}

/* The cell of a metric for these values of its open labels. */
static uint64_t *
cell_of(struct counters *c, enum metric_id metric, unsigned instance,
    const struct slice *label)
{
	struct space *space = &c->spaces[c->rows[metric].space];
	struct event event = { .type = EVENT_NONE };

	for (unsigned l = 0; l < space->labels.count; l++)
		event.label[space->labels.id[l]] = label[l];
	return (&c->rows[metric].cell[locate(c, space, instance, &event)]);
}

void
counters_put(struct counters *c, enum metric_id metric, unsigned instance,
    const struct slice *label, uint64_t value)
{
	*cell_of(c, metric, instance, label) = value;
}

void
counters_more(struct counters *c, enum metric_id metric, unsigned instance,
    const struct slice *label, uint64_t more)
{
	c->overflowed = instance == INSTANCE_OTHER;
	*cell_of(c, metric, instance, label) += more;
	if (c->overflowed)
		counters_add(c, METRIC_TAILER_OVERFLOW, more);
}

size_t
tuple_at(
    const struct counters *c, const struct space *space, const unsigned *number)
{
	size_t tuple = 0;

	for (unsigned l = 0; l < space->labels.count; l++)
		tuple = tuple * c->names[space->labels.id[l]].limit + number[l];
	return (tuple);
}

/* The cell of the numbers of label values, or of `other` if there is no room. */
static uint64_t *
cell_at(struct counters *c, enum metric_id metric, unsigned instance,
    const unsigned *number)
{
	struct space *space = &c->spaces[c->rows[metric].space];
	size_t base = space_base(space, instance);
	size_t tuple = tuple_at(c, space, number);

	return (
	    &c->rows[metric].cell[base + space_admit(c, space, base, tuple)]);
}

void
counters_put_number(struct counters *c, enum metric_id metric,
    unsigned instance, const unsigned *number, uint64_t value)
{
	*cell_at(c, metric, instance, number) = value;
}

void
counters_add_number(struct counters *c, enum metric_id metric,
    unsigned instance, const unsigned *number, uint64_t more)
{
	*cell_at(c, metric, instance, number) += more;
}

bool
counters_has(
    const struct counters *c, enum metric_id metric, const unsigned *number)
{
	const struct space *space = &c->spaces[c->rows[metric].space];

	return (space->is_used[tuple_at(c, space, number)]);
}

void
counters_forget(struct counters *c, enum metric_id metric, unsigned instance)
{
	struct space *space = &c->spaces[c->rows[metric].space];
	size_t base = space_base(space, instance);

	for (size_t i = 0; !space->closed && i < space->size; i++)
		if (space->seen[base + i])
			c->keys -= tuple_cost(space);
	memset(c->rows[metric].cell + base, 0, space->size * sizeof(uint64_t));
	memset(space->seen + base, 0, space->size * sizeof(bool));
}
