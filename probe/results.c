/*
 * What attempts come to.
 */
#include <stdlib.h>
#include <string.h>

#include "probe/results_parts.h"

struct results *
results_new(const struct config_probe *probes, unsigned count)
{
	struct results *results = calloc(
	    1, sizeof(*results) + count * sizeof(struct known));

	if (results == NULL)
		return (NULL);
	results->count = count;
	for (unsigned i = 0; i < count; i++) {
		results->known[i].config = &probes[i];
		results->known[i].success = SUCCESS_UNKNOWN;
	}
	return (results);
}

void
results_free(struct results *results)
{
	if (results == NULL)
		return;
	for (unsigned i = 0; i < results->count; i++)
		free(results->known[i].last);
	free(results);
}

int
results_load(struct results *results, const struct snapshot *snapshot)
{
	for (unsigned i = 0; i < results->count; i++)
		if (known_load(&results->known[i], snapshot) == -1)
			return (-1);
	return (0);
}

void
results_inherit(struct results *results, unsigned probe, struct results *old,
    unsigned old_probe)
{
	struct known *known = &results->known[probe];
	struct known *before = &old->known[old_probe];
	const struct config_probe *config = known->config;

	free(known->last);
	*known = *before;
	known->config = config;
	before->last = NULL;
}

int
results_take(struct results *results, unsigned probe,
    const struct outcome *outcome, bool counts)
{
	struct known *known = &results->known[probe];
	bool is_ok = outcome->result == RESULT_OK;

	if (known->last == NULL)
		known->last = malloc(sizeof(*known->last));
	if (known->last == NULL)
		return (-1);
	*known->last = *outcome;
	known->attempts++;
	known->results[outcome->result]++;
	if (!counts)
		return (0);
	known->success = is_ok ? SUCCESS_YES : SUCCESS_NO;
	if (is_ok)
		known->last_success = outcome->began;
	else
		known->failures++;
	return (0);
}

void
results_give_up(struct results *results, unsigned probe, uint64_t when)
{
	if (results->known[probe].last != NULL)
		results->known[probe].last->began = when;
}

const struct outcome *
results_last(const struct results *results, unsigned probe)
{
	return (results->known[probe].last);
}

void
results_save(const struct results *results, struct snapshot *snapshot)
{
	for (unsigned i = 0; i < results->count; i++)
		known_save(&results->known[i], snapshot);
}
