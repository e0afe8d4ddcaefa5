/*
 * Delays and volume, summed up by transport until they are counted.
 */
#include "lib/stats/delay.h"
#include "lib/stats/deliveries.h"

static inline void
note_stage(struct observations *seen, const struct event *event,
    enum delay_stage stage, uint64_t times)
{
	uint64_t delay = event->delay[stage];

	seen[stage].sum += delay_microseconds(delay) * times;
	seen[stage].times[delay_step(delay)] += times;
}

static inline void
note_delays(struct deliveries *deliveries, unsigned transport,
    const struct event *event, uint64_t times)
{
	struct observations *seen = deliveries->delay[transport];

	note_stage(seen, event, DELAY_TOTAL, times);
	window_note(&deliveries->window, transport,
	    delay_window_step(event->delay[DELAY_TOTAL]), times);
	if (event->delays < DELAY_STAGES)
		return;
	note_stage(seen, event, DELAY_BEFORE_QUEUE_MANAGER, times);
	note_stage(seen, event, DELAY_QUEUE_MANAGER, times);
	note_stage(seen, event, DELAY_CONNECTION_SETUP, times);
	note_stage(seen, event, DELAY_TRANSMISSION, times);
}

void
deliveries_note(struct deliveries *deliveries, unsigned instance,
    unsigned transport, const struct event *event, uint64_t times)
{
	struct delivered *delivered =
	    &deliveries->delivered[transport][instance];
	uint64_t size = 0;
	int first;

	deliveries->any[transport] = true;
	if (event->delays > 0)
		note_delays(deliveries, transport, event, times);
	if ((event->traits & TRAIT_IS_SENT) == 0)
		return;
	first = volume_take(
	    &deliveries->volume, instance, event->queue_id, transport, &size);
	if (first > 0) {
		delivered->messages++;
		delivered->bytes += size;
	} else if (first < 0)
		deliveries->missed += times;
}

static uint64_t
times_of(const struct observations *seen)
{
	uint64_t times = 0;

	for (size_t i = 0; i < COUNT(seen->times); i++)
		times += seen->times[i];
	return (times);
}

static void
count_delivered(struct deliveries *deliveries, struct counters *counters,
    unsigned transport)
{
	for (unsigned i = 0; i < INSTANCE_MAX; i++) {
		struct delivered *delivered =
		    &deliveries->delivered[transport][i];

		if (delivered->messages == 0)
			continue;
		counters_add_number(counters, METRIC_VOLUME_BYTES, i,
		    &transport, delivered->bytes);
		counters_add_number(counters, METRIC_VOLUME_MESSAGES, i,
		    &transport, delivered->messages);
		*delivered = (struct delivered){ 0, 0 };
	}
}

/* A delivery without room for its delays is one event that overflows. */
static void
count_transport(struct deliveries *deliveries, struct counters *counters,
    unsigned transport)
{
	struct observations *seen = deliveries->delay[transport];
	uint64_t overflow = 0;

	for (unsigned i = 0; i < DELAY_STAGES; i++) {
		unsigned number[] = { transport, i };
		uint64_t times = times_of(&seen[i]);

		if (times > 0 &&
		    !counters_observe_all(
			counters, HISTOGRAM_DELAY, 0, number, &seen[i]))
			overflow = times;
		seen[i] = (struct observations){ .sum = 0 };
	}
	counters_add(counters, METRIC_TAILER_OVERFLOW, overflow);
}

void
deliveries_count(struct deliveries *deliveries, struct counters *counters)
{
	for (unsigned i = 0; i < NAMES_MAX; i++)
		if (deliveries->any[i]) {
			deliveries->any[i] = false;
			deliveries->known[i] = true;
			count_transport(deliveries, counters, i);
			count_delivered(deliveries, counters, i);
		}
	counters_add(counters, METRIC_VOLUME_MISSED, deliveries->missed);
	deliveries->missed = 0;
}

void
deliveries_mark(struct deliveries *deliveries, struct counters *counters,
    uint64_t newest, uint64_t now)
{
	static const struct {
		enum metric_id metric;
		unsigned percent;
	} gauges[] = { { METRIC_DELAY_5M_P50, 50 }, { METRIC_DELAY_5M_P95, 95 },
		{ METRIC_DELAY_5M_P99, 99 } };
	const struct window *window = &deliveries->window;

	window_mark(&deliveries->window, newest, now);
	for (unsigned t = 0; t < NAMES_MAX; t++)
		for (size_t g = 0; g < COUNT(gauges); g++)
			if (deliveries->known[t] ||
			    counters_has(counters, gauges[g].metric, &t))
				counters_put_number(counters, gauges[g].metric,
				    0, &t,
				    window_quantile(
					window, t, gauges[g].percent));
}
