/*
 * Series: read from the keys, put in order, and summed up for the names of
 * others.
 */
#include <stdlib.h>

#include "lib/stats/key.h"
#include "lib/stats/series.h"
#include "lib/stats/whm_rows.h"

enum { STEP_COUNT = 1000, STEP_SUM };
enum { STORE_NONE = UINT16_MAX }; /* a 0 that is in no store */

struct list {
	struct series *at;
	size_t count, room;
	bool failed;
};

static void
list_add(struct list *list, const struct series *series)
{
	if (list->count == list->room) {
		size_t room = 2 * list->room + 1024;
		struct series *more = realloc(list->at, room * sizeof(*more));

		if (more == NULL) {
			list->failed = true;
			return;
		}
		list->at = more;
		list->room = room;
	}
	list->at[list->count++] = *series;
}

/* --- order ------------------------------------------------------------- */

static int
compare_slices(struct slice a, struct slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.at, b.at, len) : 0;

	if (order != 0)
		return (order);
	return ((a.len > b.len) - (a.len < b.len));
}

static int
compare_series(const struct series *a, const struct series *b)
{
	int order = 0;

	if (a->family != b->family)
		return (a->family < b->family ? -1 : 1);
	if (a->peer == NULL && family_role(a->metric) == ROLE_PLAIN &&
	    a->metric != b->metric)
		return (a->metric < b->metric ? -1 : 1);
	for (unsigned i = 0; order == 0 && i < a->labels; i++)
		order = compare_slices(a->label[i], b->label[i]);
	if (order == 0)
		order = compare_slices(a->instance, b->instance);
	if (order == 0)
		order = (a->step > b->step) - (a->step < b->step);
	return (order);
}

/* Whether two are the same but for their value. */
static bool
is_same(const struct series *a, const struct series *b)
{
	return (compare_series(a, b) == 0);
}

static int
in_order(const void *a, const void *b)
{
	const struct series *one = a, *other = b;
	int order = compare_series(one, other);

	return (order != 0 ? order : (int)one->store - (int)other->store);
}

static void
list_sort(struct list *list)
{
	if (list->count > 0)
		qsort(list->at, list->count, sizeof(*list->at), in_order);
}

/* Of a key that is there several times, keep the first. */
static void
list_first(struct list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (kept == 0 || !is_same(&list->at[kept - 1], &list->at[i]))
			list->at[kept++] = list->at[i];
	list->count = kept;
}

/* Of several parts, make their sum. */
static void
list_sum(struct list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (kept == 0 || !is_same(&list->at[kept - 1], &list->at[i]))
			list->at[kept++] = list->at[i];
		else
			list->at[kept - 1].value += list->at[i].value;
	list->count = kept;
}

/* --- of the table's own names ------------------------------------------ */

/* Which of the values that `label` lists `value` is. */
static unsigned
bound_step(enum label_id label, struct slice value)
{
	struct slice rest = slice_of(labels[label].values), known;
	unsigned step = 0;

	while (label_value_next(&rest, &known) && !slice_same(known, value))
		step++;
	return (step);
}

/* The labels of `s` are the values of its metric's open labels. */
static void
series_begin(struct series *s)
{
	const struct key_labels *open = key_labels(s->metric);

	s->family = family_of(s->metric);
	s->labels = open->count;
	switch (family_role(s->metric)) {
	case ROLE_BUCKET:
		s->labels--;
		s->step = bound_step(open->id[s->labels], s->label[s->labels]);
		break;
	case ROLE_SUM:
		s->step = STEP_SUM;
		break;
	case ROLE_COUNT:
		s->step = STEP_COUNT;
		break;
	default:
		s->step = 0;
		break;
	}
}

/* Names of the most frequent are in texts; what only has their rank would be
   another thing at each publication. */
static bool
is_shown(enum metric_id metric)
{
	const struct key_labels *open = key_labels(metric);

	for (unsigned i = 0; i < open->count; i++)
		if (open->id[i] == LABEL_TOP_RANK)
			return (false);
	return (true);
}

static void
read_snapshot(
    struct list *list, const struct snapshot *snapshot, unsigned store)
{
	bool several = whm_has_several(snapshot);

	for (size_t i = 0; i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];
		struct series s = { .value = number->value,
			.since = snapshot->epoch,
			.store = store,
			.from = snapshot,
			.several = several };

		s.metric = key_find(
		    (struct slice){ number->key, number->key_len }, s.label,
		    &s.instance);
		if (s.metric == METRIC_COUNT || !is_shown(s.metric))
			continue;
		series_begin(&s);
		list_add(list, &s);
	}
}

/* --- zeros -------------------------------------------------------------- */

/* What is in the list already. */
struct seen {
	const struct snapshot *snapshot; /* of a tailer; NULL: none */
	struct mtagroups groups;         /* of that */
	bool any[METRIC_COUNT];
	struct slice instance[INSTANCE_MAX + 1];
	unsigned instances;
};

static void
note_instance(struct seen *seen, struct slice instance)
{
	for (unsigned i = 0; i < seen->instances; i++)
		if (slice_same(seen->instance[i], instance))
			return;
	if (seen->instances < COUNT(seen->instance))
		seen->instance[seen->instances++] = instance;
}

static void
note_seen(struct seen *seen, const struct list *list,
    const struct snapshot *const *snapshots, size_t count)
{
	uint64_t started;

	memset(seen, 0, sizeof(*seen));
	for (size_t i = 0; i < count && seen->snapshot == NULL; i++)
		if (snapshots[i] != NULL &&
		    snapshot_number(
			snapshots[i], SLICE("tailer:started"), &started))
			seen->snapshot = snapshots[i];
	if (seen->snapshot != NULL)
		mtagroups_load(seen->snapshot, &seen->groups);
	for (size_t i = 0; i < list->count; i++) {
		seen->any[list->at[i].metric] = true;
		if (list->at[i].instance.len > 0)
			note_instance(seen, list->at[i].instance);
	}
}

typedef void zero_fn(
    struct list *list, const struct seen *seen, struct series *s);

/* Call `add` with each tuple of the values that the closed labels of a metric
   have, from label `at` on; open ones are empty. */
static void
each_tuple(struct list *list, const struct seen *seen, struct series *s,
    unsigned at, zero_fn *add)
{
	const struct key_labels *open = key_labels(s->metric);
	struct slice rest;

	if (at == open->count) {
		add(list, seen, s);
		return;
	}
	rest = slice_of(labels[open->id[at]].values);
	s->label[at] = (struct slice){ "", 0 };
	if (!label_is_closed(open->id[at]))
		each_tuple(list, seen, s, at + 1, add);
	else
		while (label_value_next(&rest, &s->label[at]))
			each_tuple(list, seen, s, at + 1, add);
}

/* The same for each instance.  A gauge is sampled of some instances, or not at
   all. */
static void
add_zeros(struct list *list, const struct seen *seen, enum metric_id metric,
    zero_fn *add)
{
	struct series s = { .metric = metric,
		.since = seen->snapshot->epoch,
		.store = STORE_NONE };
	bool split = metrics[metric].split == SPLIT_PER_INSTANCE &&
	    seen->instances > 0;

	if (split && !metric_is_counter(&metrics[metric])) {
		if (!seen->any[metric])
			each_tuple(list, seen, &s, 0, add);
		return;
	}
	for (unsigned i = 0; i < (split ? seen->instances : 1); i++) {
		if (split)
			s.instance = seen->instance[i];
		each_tuple(list, seen, &s, 0, add);
	}
}

static void
add_zero(struct list *list, const struct seen *seen, struct series *s)
{
	(void)seen;
	series_begin(s);
	list_add(list, s);
}

static bool
is_closed(enum metric_id metric)
{
	const struct key_labels *open = key_labels(metric);

	for (unsigned i = 0; i < open->count; i++)
		if (!label_is_closed(open->id[i]))
			return (false);
	return (true);
}

/* The results that a known probe has not had yet; it is known by the number of
   its attempts. */
static void
add_probe_zeros(struct list *list)
{
	const struct label *result = &labels[LABEL_PROBE_RESULT];
	size_t count = list->count;

	for (size_t i = 0; i < count; i++) {
		struct slice rest = slice_of(result->values);
		struct series s = list->at[i];

		if (s.metric != METRIC_PROBE_ATTEMPTS)
			continue;
		s.metric = METRIC_PROBE_RESULTS;
		s.value = 0;
		s.store = STORE_NONE;
		while (label_value_next(&rest, &s.label[1])) {
			series_begin(&s);
			list_add(list, &s);
		}
	}
}

/* --- of other exporters' names ----------------------------------------- */

/* Add that part of a series of `peer` which `own` is. */
static void
add_peer(struct list *list, const struct seen *seen, const struct series *own,
    const struct peer *peer)
{
	struct series s = *own;

	if (!peer_takes(peer, &seen->groups, own->label, s.label))
		return;
	s.family = peer->family;
	s.peer = peer;
	s.labels = peer->label_count;
	if (family_role(own->metric) == ROLE_BUCKET)
		s.label[s.labels] = own->label[own->labels];
	list_add(list, &s);
}

/* Whether all values of its labels are known. */
static bool
is_closed_peer(const struct peer *peer)
{
	const struct key_labels *open = key_labels(peer->metric);

	for (unsigned i = 0; i < peer->label_count; i++)
		if (peer->label[i].source != PEER_FIXED &&
		    !label_is_closed(open->id[peer->label[i].at]))
			return (false);
	return (true);
}

static void
add_zero_peers(struct list *list, const struct seen *seen, struct series *s)
{
	struct series own = *s;

	series_begin(&own);
	for (const struct peer *peer = peers_of(own.metric); peer != NULL;
	     peer = peer->next)
		if (is_closed_peer(peer))
			add_peer(list, seen, &own, peer);
}

/* --- all ---------------------------------------------------------------- */

/* Leave out the totals of metrics that are there by instance. */
static void
drop_totals(struct list *list)
{
	bool split[METRIC_COUNT] = { false };
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		split[list->at[i].metric] |= list->at[i].instance.len > 0;
	for (size_t i = 0; i < list->count; i++)
		if (list->at[i].instance.len > 0 || !split[list->at[i].metric])
			list->at[kept++] = list->at[i];
	list->count = kept;
}

static void
make_own(struct list *list, struct seen *seen,
    const struct snapshot *const *snapshots, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (snapshots[i] != NULL)
			read_snapshot(list, snapshots[i], (unsigned)i);
	drop_totals(list);
	note_seen(seen, list, snapshots, count);
	for (enum metric_id m = 0; m < METRIC_COUNT; m++)
		if (seen->snapshot != NULL && is_shown(m) && is_closed(m))
			add_zeros(list, seen, m, add_zero);
	add_probe_zeros(list);
	list_sort(list);
	list_first(list);
}

static void
make_peers(struct list *list, const struct seen *seen, const struct list *own)
{
	for (size_t i = 0; i < own->count; i++)
		for (const struct peer *peer = peers_of(own->at[i].metric);
		     peer != NULL; peer = peer->next)
			add_peer(list, seen, &own->at[i], peer);
	for (enum metric_id m = 0; m < METRIC_COUNT; m++)
		if (seen->snapshot != NULL && peers_of(m) != NULL)
			add_zeros(list, seen, m, add_zero_peers);
	list_sort(list);
	list_sum(list);
}

int
series_make(const struct snapshot *const *snapshots, size_t count,
    struct series **series_r, size_t *count_r)
{
	struct list own = { .count = 0 }, peers = { .count = 0 };
	struct seen seen;

	make_own(&own, &seen, snapshots, count);
	make_peers(&peers, &seen, &own);
	for (size_t i = 0; i < peers.count; i++)
		list_add(&own, &peers.at[i]);
	free(peers.at);
	if (own.failed || peers.failed) {
		free(own.at);
		return (-1);
	}
	*series_r = own.at;
	*count_r = own.count;
	return (0);
}
