/*
 * The queue's figures from a snapshot's keys.
 */
#include <stdio.h>

#include "agentx/queued.h"

static uint64_t
figure(const struct snapshot *snapshot, const char *queue, const char *what)
{
	char key[64];
	uint64_t value = 0;

	(void)snprintf(key, sizeof(key), "queue:%s:%s", queue, what);
	(void)snapshot_number(snapshot, slice_of(key), &value);
	return (value);
}

struct queued
queued_in(const struct snapshot *snapshot)
{
	static const char *const queues[] = { "incoming", "active",
		"deferred" };
	struct queued queued = { .sampled = false };
	uint64_t taken = 0;

	(void)snapshot_number(snapshot, SLICE("queue_sample:taken"), &taken);
	if (taken == 0)
		return (queued);
	queued.sampled = true;
	for (size_t i = 0; i < COUNT(queues); i++) {
		uint64_t oldest = figure(snapshot, queues[i], "oldest_seconds");

		queued.messages += figure(snapshot, queues[i], "messages");
		if (oldest > queued.oldest)
			queued.oldest = oldest;
	}
	return (queued);
}
