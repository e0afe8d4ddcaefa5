/*
 * Delays, summed up by transport until they are counted.
 */
#include "lib/stats/delay.h"
#include "lib/stats/deliveries.h"

static inline void
note_delay(struct observations *seen, uint64_t delay, uint64_t times)
{
	seen->sum += delay_microseconds(delay) * times;
	seen->times[delay_step(delay)] += times;
}

void
deliveries_note(struct deliveries *deliveries, unsigned transport,
    const struct event *event, uint64_t times)
{
	struct observations *seen = deliveries->delay[transport];

	if (event->delays == 0)
		return;
	deliveries->any[transport] = true;
	note_delay(&seen[DELAY_TOTAL], event->delay[DELAY_TOTAL], times);
	window_note(&deliveries->window, transport,
	    delay_window_step(event->delay[DELAY_TOTAL]), times);
	for (unsigned i = 0; i + 1 < event->delays; i++)
		note_delay(&seen[i], event->delay[i], times);
}

static uint64_t
times_of(const struct observations *seen)
{
	uint64_t times = 0;

	for (size_t i = 0; i < COUNT(seen->times); i++)
		times += seen->times[i];
	return (times);
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
		}
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
