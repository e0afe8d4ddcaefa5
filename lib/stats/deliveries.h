/*
 * What is known of deliveries besides their number: how long they took, and how
 * much was delivered.
 */
#ifndef STATS_DELIVERIES_H
#define STATS_DELIVERIES_H

#include "lib/stats/counters.h"
#include "lib/stats/volume.h"
#include "lib/stats/window.h"

/* Messages of a transport, and their bytes. */
struct delivered {
	uint64_t messages, bytes;
};

/* By the numbers of transports. */
struct deliveries {
	bool any[NAMES_MAX];   /* since they were counted */
	bool known[NAMES_MAX]; /* since the start */
	struct observations delay[NAMES_MAX][DELAY_STAGES];
	struct window window;
	struct volume volume;
	struct delivered delivered[NAMES_MAX][INSTANCE_MAX];
	uint64_t missed; /* recipients of messages that were not known */
};

/* Take note of a delivery or bounce by this transport, that came `times`
   times. */
void deliveries_note(struct deliveries *deliveries, unsigned instance,
    unsigned transport, const struct event *event, uint64_t times);

/* Count what was taken note of. */
void deliveries_count(struct deliveries *deliveries, struct counters *counters);

/* Set the gauges of the last five minutes; both times are in seconds since
   1970, `newest` is that of the newest line. */
void deliveries_mark(struct deliveries *deliveries, struct counters *counters,
    uint64_t newest, uint64_t now);

#endif
