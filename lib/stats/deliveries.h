/*
 * What is known of deliveries besides their number: how long they took.
 */
#ifndef STATS_DELIVERIES_H
#define STATS_DELIVERIES_H

#include "lib/stats/counters.h"
#include "lib/stats/names.h"

/* By the numbers of transports. */
struct deliveries {
	bool any[NAMES_MAX];
	struct observations delay[NAMES_MAX][DELAY_STAGES];
};

/* Take note of a delivery by this transport, that came `times` times. */
void deliveries_note(struct deliveries *deliveries, unsigned transport,
    const struct event *event, uint64_t times);

/* Count what was taken note of. */
void deliveries_count(struct deliveries *deliveries, struct counters *counters);

#endif
