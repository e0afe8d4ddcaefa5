/*
 * Samples of the queue become keys.
 */
#include "lib/stats/key.h"
#include "lib/stats/queue.h"

static void
put_steps(struct counters *counters, enum metric_id metric, enum label_id label,
    struct slice queue, const uint64_t *step)
{
	struct slice rest = slice_of(labels[label].values);
	struct slice value[2] = { queue };

	while (label_value_next(&rest, &value[1]))
		counters_put(counters, metric, 0, value, *step++);
}

void
queue_put(struct counters *counters, unsigned instance,
    const struct queue_sample *sample)
{
	struct slice rest = slice_of(labels[LABEL_QUEUE].values), name;
	const struct queue_figures *queue = sample->queue;

	for (; label_value_next(&rest, &name); queue++) {
		counters_put(counters, METRIC_QUEUE_MESSAGES, instance, &name,
		    queue->messages);
		counters_put(counters, METRIC_QUEUE_BYTES, instance, &name,
		    queue->bytes);
		counters_put(counters, METRIC_QUEUE_RECIPIENTS, instance, &name,
		    queue->recipients);
		counters_put(counters, METRIC_QUEUE_OLDEST, instance, &name,
		    queue->oldest);
	}
}

void
queue_put_all(struct counters *counters, const struct queue_sample *sum)
{
	struct slice rest = slice_of(labels[LABEL_QUEUE].values), name;
	const struct queue_figures *queue = sum->queue;

	for (; label_value_next(&rest, &name); queue++) {
		put_steps(counters, METRIC_QUEUE_AGE_LE, LABEL_QUEUE_AGE, name,
		    queue->age);
		counters_put(
		    counters, METRIC_QUEUE_AGE_SUM, 0, &name, queue->age_sum);
		counters_put(counters, METRIC_QUEUE_AGE_COUNT, 0, &name,
		    queue->messages);
		put_steps(counters, METRIC_QUEUE_SIZE_LE, LABEL_QUEUE_SIZE,
		    name, queue->size);
		counters_put(
		    counters, METRIC_QUEUE_SIZE_SUM, 0, &name, queue->bytes);
		counters_put(counters, METRIC_QUEUE_SIZE_COUNT, 0, &name,
		    queue->messages);
	}
}
