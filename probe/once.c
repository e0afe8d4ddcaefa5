/*
 * The way of the daemon, children and all, without its store and its pauses.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/util/error.h"
#include "probe/child.h"
#include "probe/once.h"

/* --- which ---------------------------------------------------------------- */

static int
select_probes(const struct config *config, char *const *names, bool *wanted_r,
    const char **error_r)
{
	if (config->probes_count == 0) {
		*error_r = "no probe is configured";
		return (-1);
	}
	for (unsigned i = 0; i < config->probes_count; i++)
		wanted_r[i] = names[0] == NULL;
	for (; *names != NULL; names++) {
		unsigned i = 0;

		while (i < config->probes_count &&
		    strcmp(config->probes[i].name, *names) != 0)
			i++;
		if (i == config->probes_count) {
			*error_r = error_text(
			    "no probe has the name \"%s\"", *names);
			return (-1);
		}
		wanted_r[i] = true;
	}
	return (0);
}

static unsigned
count_wanted(const bool *wanted, unsigned count)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < count; i++)
		sum += wanted[i];
	return (sum);
}

/* *tried_r is NULL if there is no memory. */
static int
tried_new(const struct config *config, char *const *names,
    struct tried **tried_r, unsigned *count_r, const char **error_r)
{
	bool *wanted = calloc(config->probes_count + 1, sizeof(*wanted));
	struct tried *tried = NULL;
	unsigned n = 0;

	*error_r = strerror(ENOMEM);
	if (wanted != NULL &&
	    select_probes(config, names, wanted, error_r) == 0)
		tried = calloc(
		    count_wanted(wanted, config->probes_count), sizeof(*tried));
	for (unsigned i = 0; tried != NULL && i < config->probes_count; i++)
		if (wanted[i])
			tried[n++] = (struct tried){ .number = i,
				.config = &config->probes[i],
				.warn_days = config->snmp->notifications
						 .certificate_days };
	free(wanted);
	*tried_r = tried;
	*count_r = n;
	return (tried != NULL ? 0 : -1);
}

/* --- running -------------------------------------------------------------- */

static void
end(struct tried *tried)
{
	tried->ended = (uint64_t)time(NULL);
}

static void
start(struct children *children, const struct targets *targets,
    struct tried *tried)
{
	struct outcome *outcome = &tried->outcome;
	const char *error;

	if (children_start(children, targets->at[tried->number],
		slice_of(tried->config->payload), tried, &error) == 0)
		return;
	*outcome = (struct outcome){ .result = RESULT_ERROR,
		.began = (uint64_t)time(NULL) };
	outcome_text(
	    outcome->reason, sizeof(outcome->reason), error, strlen(error));
	end(tried);
}

static void
run(struct children *children, unsigned most, const struct targets *targets,
    struct tried *tried, unsigned count)
{
	unsigned next = 0;
	struct outcome outcome;
	void *owner;

	while (next < count || children_count(children) > 0) {
		struct pollfd ended = { children_fd(children), POLLIN, 0 };

		while (next < count && children_count(children) < most)
			start(children, targets, &tried[next++]);
		if (children_count(children) > 0)
			(void)poll(&ended, 1, children_patience(children));
		while (children_take(children, &owner, &outcome)) {
			((struct tried *)owner)->outcome = outcome;
			end(owner);
		}
	}
}

int
once_try(const struct config *config, const struct targets *targets,
    char *const *names, struct tried **tried_r, unsigned *count_r,
    const char **error_r)
{
	unsigned most = config->probing->under_way;
	struct children *children;

	if (tried_new(config, names, tried_r, count_r, error_r) == -1)
		return (-1);
	if (children_new(most, &children, error_r) == -1) {
		free(*tried_r);
		return (-1);
	}
	run(children, most, targets, *tried_r, *count_r);
	children_free(children);
	return (0);
}

uint64_t
once_phase_time(const struct tried *tried, enum phase phase)
{
	const struct phase_outcome *phases = tried->outcome.phase;
	uint64_t sum = phases[phase].microseconds;

	if (phase != PHASE_BANNER)
		return (sum);
	sum += phases[PHASE_CONNECT].microseconds +
	    phases[PHASE_PROXY].microseconds;
	if (tried->config->implicit_tls)
		sum += phases[PHASE_TLS].microseconds;
	return (sum);
}
