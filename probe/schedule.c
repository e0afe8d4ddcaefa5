/*
 * Probes in the order of their configuration; some thousand at most, so a look
 * at all of them is cheap beside one conversation.
 */
#include <stdlib.h>
#include <string.h>

#include "probe/schedule.h"

enum { LONG_AGO = -1 }; /* of times that were not yet */

struct planned {
	const struct config_probe *config;
	unsigned server; /* number of the first probe of the same server */
	bool under_way;
	int64_t began;          /* the last attempt; LONG_AGO: none */
	int64_t due;            /* the next one */
	int64_t deferred_since; /* LONG_AGO: the last was not */
	bool has_asked;         /* of `server`: its last start */
	int64_t asked;
};

struct schedule {
	const struct config_probing *probing;
	uint64_t random;
	unsigned count;
	struct planned planned[];
};

static int64_t
milliseconds(double seconds)
{
	return ((int64_t)(seconds * 1000));
}

/* 0 to 1 (xorshift64*): to spread, not to be secret. */
static double
random_part(struct schedule *schedule)
{
	uint64_t x = schedule->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	schedule->random = x;
	return ((double)((x * UINT64_C(2685821657736338717)) >> 11) /
	    (double)(UINT64_C(1) << 53));
}

/* From start to start, half of the jitter to either side. */
static int64_t
interval(struct schedule *schedule, const struct config_probe *config)
{
	double part = config->jitter / 100 * (random_part(schedule) - 0.5);

	return (milliseconds(config->interval * (1 + part)));
}

/* How long a probe waits so that not all begin at once: a step more than the one
   before it, but all begin within their interval. */
static int64_t
spread(const struct schedule *schedule, unsigned probe)
{
	double seconds = schedule->planned[probe].config->interval;
	int64_t part = milliseconds(seconds * probe / schedule->count);
	int64_t steps = (int64_t)probe * SCHEDULE_STEP;

	return (part < steps ? part : steps);
}

/* --- servers ------------------------------------------------------------- */

static bool
same_server(const struct config_probe *a, const struct config_probe *b)
{
	return (a->port == b->port && strcmp(a->server, b->server) == 0);
}

static int
server_order(const void *a, const void *b)
{
	const struct planned *left = *(struct planned *const *)a;
	const struct planned *right = *(struct planned *const *)b;
	int order = strcmp(left->config->server, right->config->server);

	if (order != 0)
		return (order);
	if (left->config->port != right->config->port)
		return (left->config->port < right->config->port ? -1 : 1);
	return (left < right ? -1 : 1);
}

static bool
find_servers(struct schedule *schedule)
{
	struct planned **sorted = calloc(
	    schedule->count + 1, sizeof(struct planned *));
	unsigned first = 0;

	if (sorted == NULL)
		return (false);
	for (unsigned i = 0; i < schedule->count; i++)
		sorted[i] = &schedule->planned[i];
	qsort(sorted, schedule->count, sizeof(struct planned *), server_order);
	for (unsigned i = 0; i < schedule->count; i++) {
		if (!same_server(sorted[first]->config, sorted[i]->config))
			first = i;
		sorted[i]->server = (unsigned)(sorted[first] -
		    schedule->planned);
	}
	free(sorted);
	return (true);
}

/* When its server may be asked again. */
static int64_t
server_free(const struct schedule *schedule, const struct planned *planned)
{
	const struct planned *server = &schedule->planned[planned->server];

	return (server->has_asked ?
		server->asked + milliseconds(schedule->probing->server_pause) :
		INT64_MIN);
}

/* --- begin and end ------------------------------------------------------- */

struct schedule *
schedule_new(const struct config_probe *probes, unsigned count,
    const struct config_probing *probing, uint64_t seed, int64_t now)
{
	struct schedule *schedule = calloc(
	    1, sizeof(*schedule) + count * sizeof(struct planned));

	if (schedule == NULL)
		return (NULL);
	schedule->probing = probing;
	schedule->random = seed | 1;
	schedule->count = count;
	for (unsigned i = 0; i < count; i++) {
		struct planned *planned = &schedule->planned[i];

		planned->config = &probes[i];
		planned->began = planned->deferred_since = LONG_AGO;
		planned->due = now + spread(schedule, i);
	}
	if (!find_servers(schedule)) {
		free(schedule);
		return (NULL);
	}
	return (schedule);
}

void
schedule_free(struct schedule *schedule)
{
	free(schedule);
}

/* When a probe has to be tried again that was deferred. */
static int64_t
retry_interval(const struct config_probe *config)
{
	return (milliseconds(config->retry_interval < config->interval ?
		config->retry_interval :
		config->interval));
}

/* How long it was deferred before is not known: it counts from its last. */
void
schedule_resume(struct schedule *schedule, unsigned probe, int64_t ago,
    enum result result, int64_t now)
{
	struct planned *planned = &schedule->planned[probe];
	const struct config_probe *config = planned->config;
	int64_t wait = result == RESULT_DEFERRED ? retry_interval(config) :
						   interval(schedule, config);

	if (ago < 0) /* a clock that was set back */
		ago = 0;
	if (ago < wait)
		planned->due = now + wait - ago;
}

/* A server that is asked by both knows when it was asked last. */
static void
inherit_server(struct schedule *schedule, struct planned *planned,
    const struct schedule *old, const struct planned *before)
{
	const struct planned *asked = &old->planned[before->server];
	struct planned *server = &schedule->planned[planned->server];

	if (!asked->has_asked || !same_server(planned->config, before->config))
		return;
	server->has_asked = true;
	server->asked = asked->asked;
}

void
schedule_inherit(struct schedule *schedule, unsigned probe,
    const struct schedule *old, unsigned old_probe)
{
	struct planned *planned = &schedule->planned[probe];
	const struct planned *before = &old->planned[old_probe];

	planned->under_way = before->under_way;
	planned->began = before->began;
	planned->deferred_since = before->deferred_since;
	inherit_server(schedule, planned, old, before);
	if (planned->config->interval == before->config->interval)
		planned->due = before->due;
	else if (before->began != LONG_AGO)
		planned->due = before->began +
		    interval(schedule, planned->config);
}

int
schedule_next(struct schedule *schedule, unsigned under_way, int64_t now)
{
	struct planned *next = NULL;

	if (under_way >= schedule->probing->under_way)
		return (SCHEDULE_NEVER);
	for (unsigned i = 0; i < schedule->count; i++) {
		struct planned *planned = &schedule->planned[i];

		if (!planned->under_way && planned->due <= now &&
		    server_free(schedule, planned) <= now &&
		    (next == NULL || planned->due < next->due))
			next = planned;
	}
	if (next == NULL)
		return (SCHEDULE_NEVER);
	next->under_way = true;
	next->began = now;
	schedule->planned[next->server].has_asked = true;
	schedule->planned[next->server].asked = now;
	return ((int)(next - schedule->planned));
}

int64_t
schedule_wait(const struct schedule *schedule, unsigned under_way, int64_t now)
{
	int64_t first = INT64_MAX;

	if (under_way >= schedule->probing->under_way)
		return (SCHEDULE_NEVER);
	for (unsigned i = 0; i < schedule->count; i++) {
		const struct planned *planned = &schedule->planned[i];
		int64_t due = server_free(schedule, planned);

		if (due < planned->due)
			due = planned->due;
		if (!planned->under_way && due < first)
			first = due;
	}
	if (first == INT64_MAX)
		return (SCHEDULE_NEVER);
	return (first > now ? first - now : 0);
}

bool
schedule_ended(struct schedule *schedule, unsigned probe, enum result result)
{
	struct planned *planned = &schedule->planned[probe];
	const struct config_probe *config = planned->config;
	bool counts = true;

	planned->under_way = false;
	if (result != RESULT_DEFERRED)
		planned->deferred_since = LONG_AGO;
	else {
		if (planned->deferred_since == LONG_AGO)
			planned->deferred_since = planned->began;
		counts = planned->began - planned->deferred_since >=
		    milliseconds(config->retry_deadline);
	}
	planned->due = planned->began +
	    (counts ? interval(schedule, config) : retry_interval(config));
	return (counts);
}
