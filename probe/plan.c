/*
 * From file to plan.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "lib/util/error.h"
#include "probe/plan.h"
#include "probe/wire.h"

enum { YEAR = 365 * 86400 };

/* So that hosts of one configuration do not probe in step. */
static uint64_t
seed(void)
{
	uint64_t bytes;

	if (getrandom(&bytes, sizeof(bytes), GRND_NONBLOCK) != sizeof(bytes))
		bytes = (uint64_t)time(NULL) ^ (uint64_t)getpid() << 32;
	return (bytes);
}

static int
make(struct plan *plan, const struct origin *origin, const char **error_r)
{
	const struct config *config;

	if (origin_load(origin, &plan->config, error_r) == -1)
		return (-1);
	config = plan->config;
	if (config->probes_count == 0) {
		*error_r = config->file == NULL ?
		    "there is no configuration, so there are no probes" :
		    error_text("%s: there are no probes", config->file);
		return (-1);
	}
	if (targets_new(config, &plan->targets, error_r) == -1)
		return (-1);
	plan->schedule = schedule_new(config->probes, config->probes_count,
	    config->probing, seed(), clock_milliseconds());
	plan->results = results_new(config->probes, config->probes_count);
	plan->places = places_new(config, plan->targets, NULL);
	/* Serials begin with the time in milliseconds: those of a store that was
	   lost do not come again. */
	plan->mails = mails_new(
	    config->probes, config->probes_count, clock_wall() / 1000);
	*error_r = strerror(ENOMEM);
	return (plan->schedule != NULL && plan->results != NULL &&
		    plan->places != NULL && plan->mails != NULL ?
		0 :
		-1);
}

int
plan_open(
    const struct origin *origin, struct plan **plan_r, const char **error_r)
{
	struct plan *plan = calloc(1, sizeof(*plan));

	*error_r = strerror(ENOMEM);
	if (plan == NULL)
		return (-1);
	if (make(plan, origin, error_r) == -1) {
		plan_close(plan);
		return (-1);
	}
	*plan_r = plan;
	return (0);
}

void
plan_close(struct plan *plan)
{
	mails_free(plan->mails);
	places_free(plan->places);
	results_free(plan->results);
	schedule_free(plan->schedule);
	targets_free(plan->targets);
	config_free(plan->config);
	free(plan);
}

/* Milliseconds since a time that a file has: any number.  -1: it is to come. */
static int64_t
since(uint64_t when)
{
	uint64_t now = (uint64_t)time(NULL);

	if (when > now)
		return (-1);
	return (now - when > YEAR ? (int64_t)YEAR * 1000 :
				    (int64_t)(now - when) * 1000);
}

int
plan_resume(struct plan *plan, const struct snapshot *snapshot)
{
	int64_t now = clock_milliseconds();

	if (results_load(plan->results, snapshot) == -1)
		return (-1);
	mails_load(plan->mails, snapshot);
	for (unsigned i = 0; i < plan->config->probes_count; i++) {
		const struct outcome *last = results_last(plan->results, i);

		if (last != NULL)
			schedule_resume(plan->schedule, i, since(last->began),
			    last->result, now);
	}
	return (0);
}

int
plan_find(const struct plan *plan, const char *name)
{
	const struct config *config = plan->config;

	for (unsigned i = 0; i < config->probes_count; i++)
		if (strcmp(config->probes[i].name, name) == 0)
			return ((int)i);
	return (-1);
}

void
plan_inherit(struct plan *plan, struct plan *old)
{
	for (unsigned i = 0; i < plan->config->probes_count; i++) {
		int before = plan_find(old, plan->config->probes[i].name);

		if (before == -1)
			continue;
		schedule_inherit(
		    plan->schedule, i, old->schedule, (unsigned)before);
		results_inherit(
		    plan->results, i, old->results, (unsigned)before);
		mails_inherit(plan->mails, i, old->mails, (unsigned)before);
	}
}

int
plan_ended(struct plan *plan, unsigned probe, uint64_t serial,
    const struct outcome *outcome)
{
	bool counts = schedule_ended(plan->schedule, probe, outcome->result);

	mails_ended(plan->mails, probe, serial, outcome, counts, plan_now());
	return (results_take(plan->results, probe, outcome, counts));
}

struct moment
plan_now(void)
{
	return ((struct moment){ clock_wall(), wire_now() });
}
