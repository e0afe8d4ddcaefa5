/*
 * The way of the daemon, children and all, without its store and its pauses.
 */
#include <sys/random.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/stats/probe_token.h"
#include "lib/util/clock.h"
#include "lib/util/error.h"
#include "probe/child.h"
#include "probe/delivery.h"
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

static struct tried *
tried_new(const struct config *config, const bool *wanted, unsigned *count_r)
{
	struct tried *tried = calloc(
	    count_wanted(wanted, config->probes_count), sizeof(*tried));
	unsigned n = 0;

	for (unsigned i = 0; tried != NULL && i < config->probes_count; i++)
		if (wanted[i])
			tried[n++] = (struct tried){ .number = i,
				.config = &config->probes[i],
				.warn_days = config->snmp->notifications
						 .certificate_days };
	*count_r = n;
	return (tried);
}

/* --- running -------------------------------------------------------------- */

enum { LOG_PATIENCE = 2500 /* milliseconds, for the log's word on a mail */ };

struct once {
	struct plan plan; /* without schedule and results */
	struct children *children;
	struct delivery *delivery;
	struct tried *tried;
	unsigned count, next;
	uint64_t serial; /* of the mails */
};

static void
end(struct once *once, struct tried *tried)
{
	tried->ended = (uint64_t)time(NULL);
	mails_ended(once->plan.mails, tried->number, once->serial,
	    &tried->outcome, true, plan_now());
}

static void
start(struct once *once, struct tried *tried)
{
	const struct target *target = once->plan.targets->at[tried->number];
	struct slice message = slice_of(tried->config->payload);
	struct outcome *outcome = &tried->outcome;
	const char *error = strerror(ENOMEM);
	char *mail = NULL;

	if (tried->config->delivery != NULL) {
		(void)mails_begin(once->plan.mails, tried->number, plan_now());
		message.at = mail = delivery_mail(
		    once->delivery, tried->number, once->serial, &message.len);
	}
	if (message.at == NULL ||
	    children_start(once->children, target, message, tried, &error) ==
		-1) {
		*outcome = (struct outcome){ .result = RESULT_ERROR,
			.began = (uint64_t)time(NULL) };
		outcome_text(outcome->reason, sizeof(outcome->reason), error,
		    strlen(error));
		end(once, tried);
	}
	free(mail);
}

/* Whether there is a mail that may arrive in time yet. */
static bool
is_waiting(const struct once *once)
{
	struct mail_story story;

	for (unsigned i = 0; i < once->count; i++) {
		mails_tell(once->plan.mails, once->tried[i].number, &story);
		if (story.result == MAIL_WAITING)
			return (true);
	}
	return (false);
}

/* Whether the log could tell of a mail what it has not told. */
static bool
is_curious(const struct once *once)
{
	struct mail_story story;

	if (!delivery_has_log(once->delivery))
		return (false);
	for (unsigned i = 0; i < once->count; i++) {
		mails_tell(once->plan.mails, once->tried[i].number, &story);
		if (story.result != MAIL_NONE && story.result != MAIL_UNSENT &&
		    !story.trail.has_delays)
			return (true);
	}
	return (false);
}

static void
wait_and_take(struct once *once)
{
	struct pollfd fds[] = { { children_fd(once->children), POLLIN, 0 },
		{ delivery_fd(once->delivery), POLLIN, 0 } };
	struct outcome outcome;
	void *owner;

	(void)poll(fds, COUNT(fds),
	    (int)clock_shorter(children_patience(once->children),
		delivery_wait(once->delivery, clock_milliseconds())));
	while (children_take(once->children, &owner, &outcome)) {
		((struct tried *)owner)->outcome = outcome;
		end(once, owner);
	}
	(void)delivery_look(once->delivery);
	delivery_published(once->delivery);
}

static void
run(struct once *once)
{
	unsigned most = once->plan.config->probing->under_way;
	int64_t until;

	(void)delivery_look(once->delivery);
	while (once->next < once->count || children_count(once->children) > 0 ||
	    is_waiting(once)) {
		while (once->next < once->count &&
		    children_count(once->children) < most)
			start(once, &once->tried[once->next++]);
		wait_and_take(once);
	}
	until = clock_milliseconds() + LOG_PATIENCE;
	while (is_curious(once) && clock_milliseconds() < until)
		wait_and_take(once);
	for (unsigned i = 0; i < once->count; i++)
		mails_tell(once->plan.mails, once->tried[i].number,
		    &once->tried[i].mail);
}

/* --- begin and end -------------------------------------------------------- */

/* Serials of mails that no daemon and no other run counts. */
static uint64_t
serial_of_run(void)
{
	uint32_t bytes;

	if (getrandom(&bytes, sizeof(bytes), GRND_NONBLOCK) != sizeof(bytes))
		bytes = (uint32_t)getpid();
	return (PROBE_TOKEN_ONCE + bytes);
}

static int
begin(struct once *once, const bool *wanted, const char **error_r)
{
	const struct config *config = once->plan.config;

	*error_r = strerror(ENOMEM);
	once->serial = serial_of_run();
	once->tried = tried_new(config, wanted, &once->count);
	once->plan.places = places_new(config, once->plan.targets, wanted);
	once->plan.mails = mails_new(
	    config->probes, config->probes_count, once->serial);
	once->delivery = delivery_new(config->state_directory, true);
	if (once->tried == NULL || once->plan.places == NULL ||
	    once->plan.mails == NULL || once->delivery == NULL)
		return (-1);
	if (delivery_watch(once->delivery, &once->plan, error_r) == -1)
		return (-1);
	return (
	    children_new(config->probing->under_way, &once->children, error_r));
}

int
once_try(struct config *config, struct targets *targets, char *const *names,
    struct tried **tried_r, unsigned *count_r, const char **error_r)
{
	struct once once = { .plan = { .config = config, .targets = targets } };
	bool *wanted = calloc(config->probes_count + 1, sizeof(*wanted));
	int failed = -1;

	*error_r = strerror(ENOMEM);
	if (wanted != NULL &&
	    select_probes(config, names, wanted, error_r) == 0)
		failed = begin(&once, wanted, error_r);
	if (failed == 0) {
		run(&once);
		*tried_r = once.tried;
		*count_r = once.count;
	} else
		free(once.tried);
	children_free(once.children);
	delivery_free(once.delivery);
	mails_free(once.plan.mails);
	places_free(once.plan.places);
	free(wanted);
	return (failed);
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
