/*
 * The capacity of the store, filled to the last key: events of every kind
 * with every value of the closed labels, more than lines make today.
 */
#include "tests/unit/unit.h"
#include "lib/stats/counters_layout.h"
#include "lib/stats/key.h"
#include "lib/stats/store.h"

/* A new name each time. */
static struct slice
fresh_name(const char *prefix)
{
	static char text[8][32];
	static unsigned number;
	char *name = text[number % 8];

	(void)snprintf(name, sizeof(text[0]), "%s%u", prefix, number++);
	return (slice_of(name));
}

/* Every rejection that the table can tell apart. */
static void
all_rejections(
    struct counters *counters, unsigned instance, struct slice service)
{
	struct event event = { .type = EVENT_REJECT };
	struct slice daemons = slice_of(labels[LABEL_REJECT_DAEMON].values);

	event.label[LABEL_SERVICE] = service;
	while (label_value_next(&daemons, &event.label[LABEL_REJECT_DAEMON])) {
		struct slice classes = slice_of(labels[LABEL_CLASS].values);

		while (label_value_next(&classes, &event.label[LABEL_CLASS])) {
			struct slice reasons = slice_of(
			    labels[LABEL_REASON].values);

			while (label_value_next(
			    &reasons, &event.label[LABEL_REASON])) {
				event.traits = ~0u;
				counters_event(counters, instance, &event, 1);
			}
		}
	}
}

/* A value in every histogram, with names that were never seen. */
static void
fresh_values(struct counters *counters, unsigned instance)
{
	struct event event = { .type = EVENT_NONE };

	for (unsigned h = 0; h < HISTOGRAM_COUNT; h++) {
		const struct key_labels *open = key_labels(histograms[h].sum);

		for (unsigned l = 0; l < open->count; l++) {
			struct slice values = slice_of(
			    labels[open->id[l]].values);

			if (!label_value_next(
				&values, &event.label[open->id[l]]))
				event.label[open->id[l]] = fresh_name("v");
		}
		counters_observe(counters, h, instance, &event, h, 1);
	}
}

/* One event of each other kind, with names that were never seen. */
static void
fresh_events(struct counters *counters, unsigned instance)
{
	struct event event = { .type = EVENT_DELIVERY, .traits = ~0u };

	event.label[LABEL_TRANSPORT] = fresh_name("t");
	event.label[LABEL_AGENT] = fresh_name("a");
	counters_event(counters, instance, &event, 1);
	event.type = EVENT_RECEIVE;
	event.label[LABEL_SERVICE] = fresh_name("s");
	event.label[LABEL_SASL_METHOD] = fresh_name("m");
	counters_event(counters, instance, &event, 1);
	event.type = EVENT_UNRECOGNISED;
	event.label[LABEL_DAEMON] = fresh_name("d");
	counters_event(counters, instance, &event, 1);
}

/* All that a sample of the queue brings. */
static void
sample_queue(struct counters *counters, unsigned instance)
{
	for (enum metric_id m = METRIC_QUEUE_MESSAGES;
	     m <= METRIC_QUEUE_SIZE_COUNT; m++) {
		const struct key_labels *open = key_labels(m);
		struct slice rest = slice_of(labels[open->id[0]].values);
		struct slice value[2], steps;

		while (label_value_next(&rest, &value[0])) {
			steps = open->count < 2 ?
			    SLICE("-") :
			    slice_of(labels[open->id[1]].values);
			while (label_value_next(&steps, &value[1]))
				counters_put(counters, m, instance, value, 1);
		}
	}
}

/* Fill up from `instances` instances; the first one gets everything first. */
static void
fill(struct counters *counters, unsigned instances)
{
	for (unsigned i = 0; i < instances; i++) {
		char name[32];
		unsigned instance;

		(void)snprintf(name, sizeof(name), "postfix-%u", i);
		instance = counters_instance(counters, slice_of(name));
		for (unsigned n = 0; n < 400; n++) {
			fresh_events(counters, instance);
			fresh_values(counters, instance);
		}
		all_rejections(counters, instance, SLICE("smtpd"));
		sample_queue(counters, instance);
	}
}

static size_t
keys_of(struct counters *counters)
{
	struct snapshot *all = snapshot_of(counters);
	size_t count = all->number_count;

	snapshot_free(all);
	return (count);
}

static const uint32_t capacities[] = { 1024, 1032, 1200, 1536, 2048, 3000, 4096,
	8192 };
static const unsigned instance_counts[] = { 1, 2, 3, 15, 16, 40 };

static void
test_full(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(capacities); i++) {
		for (size_t n = 0; n < COUNT(instance_counts); n++) {
			struct counters *c = counters_new(capacities[i]);
			size_t limit = capacities[i] - TEXTS_RESERVED;

			assert_non_null(c);
			fill(c, instance_counts[n]);
			if (keys_of(c) > limit)
				fail_msg("%zu keys of %u instances in a store "
					 "of %u",
				    keys_of(c), instance_counts[n],
				    capacities[i]);
			counters_free(c);
		}
	}
}

static void
test_full_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(capacities); i++) {
		for (size_t n = 0; n < COUNT(instance_counts); n++) {
			struct counters *c = counters_new(capacities[i]);
			struct counters *next = counters_new(capacities[i]);
			struct snapshot *all;

			for (unsigned k = 0; k < instance_counts[n]; k++)
				all_rejections(c,
				    counters_instance(c, fresh_name("p")),
				    SLICE("smtpd"));
			all = snapshot_of(c);
			counters_load(next, all);
			snapshot_free(all);
			counters_free(c);
			fill(next, 40);
			assert_true(
			    keys_of(next) <= capacities[i] - TEXTS_RESERVED);
			counters_free(next);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("no order of events makes more keys than the store takes",
		    test_full),
		TEST("nor does a restart in between", test_full_again),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
