/*
 * How much mail waits for delivery, as the last sample of the queue found it:
 * in the incoming, active and deferred queues of all instances.  What is on
 * hold waits for somebody, and is not among it.
 */
#ifndef AGENTX_QUEUED_H
#define AGENTX_QUEUED_H

#include "lib/stats/snapshot.h"

struct queued {
	bool sampled; /* else the rest is 0 */
	uint64_t messages;
	uint64_t oldest; /* seconds that the oldest one was old then */
};

/* As a sorted snapshot has it. */
struct queued queued_in(const struct snapshot *snapshot);

#endif
