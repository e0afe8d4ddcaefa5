/*
 * The loop: start what is due, take what has ended, publish.
 */
#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/stats/publisher.h"
#include "lib/stats/store.h"
#include "lib/util/clock.h"
#include "lib/util/daemon.h"
#include "lib/util/log.h"
#include "lib/util/path.h"
#include "lib/util/home.h"
#include "lib/util/signals.h"
#include "probe/child.h"
#include "probe/delivery.h"
#include "probe/run.h"

/* A probe that is tried, by its name: the configuration may change meanwhile. */
struct attempt {
	char name[CONFIG_NAME_MAX + 1];
	uint64_t serial; /* of its mail; 0: it has none that is looked for */
};

struct run {
	struct origin origin; /* of the configuration, its path absolute */
	struct plan *plan;
	struct children *children;
	struct publisher publisher;
	struct delivery *delivery;
	/* Attempts whose mail is noted, but not published yet. */
	struct attempt *noted[CHILDREN_MAX];
	unsigned noted_count;
};

/* --- probes -------------------------------------------------------------- */

/* A probe has ended that may be configured no more; `attempt` is ours. */
static void
ended(struct run *run, struct attempt *attempt, const struct outcome *outcome)
{
	int probe = plan_find(run->plan, attempt->name);

	if (outcome->result == RESULT_ERROR)
		log_warnx("probe %s: %s", attempt->name, outcome->reason);
	if (probe != -1 &&
	    plan_ended(run->plan, (unsigned)probe, attempt->serial, outcome) ==
		-1)
		log_warnx("probe %s: no memory for its result", attempt->name);
	run->publisher.changed = true;
	free(attempt);
}

static void
fail(struct run *run, struct attempt *attempt, const char *error)
{
	struct outcome outcome = { .result = RESULT_ERROR,
		.began = (uint64_t)time(NULL) };

	outcome_text(
	    outcome.reason, sizeof(outcome.reason), error, strlen(error));
	ended(run, attempt, &outcome);
}

/* Let a child send what is to be sent. */
static void
speak(struct run *run, struct attempt *attempt, unsigned probe)
{
	const struct config_probe *config = &run->plan->config->probes[probe];
	struct slice message = slice_of(config->payload);
	const char *error = strerror(ENOMEM);
	char *mail = NULL;

	if (attempt->serial != 0) {
		mails_speak(
		    run->plan->mails, probe, attempt->serial, plan_now());
		message.at = mail = delivery_mail(
		    run->delivery, probe, attempt->serial, &message.len);
	}
	if (message.at == NULL ||
	    children_start(run->children, run->plan->targets->at[probe],
		message, attempt, &error) == -1)
		fail(run, attempt, error);
	free(mail);
}

/* A mail that is to be looked for is sent when it is known that it will be. */
static void
start(struct run *run, unsigned probe)
{
	const struct config_probe *config = &run->plan->config->probes[probe];
	struct attempt *attempt = calloc(1, sizeof(*attempt));
	const struct outcome outcome = { .result = RESULT_ERROR,
		.reason = "no memory",
		.began = (uint64_t)time(NULL) };

	if (attempt == NULL) {
		(void)plan_ended(run->plan, probe, 0, &outcome);
		return;
	}
	(void)snprintf(
	    attempt->name, sizeof(attempt->name), "%s", config->name);
	if (config->delivery == NULL) {
		speak(run, attempt, probe);
		return;
	}
	attempt->serial = mails_begin(run->plan->mails, probe, plan_now());
	run->noted[run->noted_count++] = attempt;
	run->publisher.changed = run->publisher.urgent = true;
}

static unsigned
under_way(const struct run *run)
{
	return (children_count(run->children) + run->noted_count);
}

static void
start_due(struct run *run)
{
	int probe;

	while ((probe = schedule_next(run->plan->schedule, under_way(run),
		    clock_milliseconds())) != SCHEDULE_NEVER)
		start(run, (unsigned)probe);
}

/* One that was noted is not sent. */
static void
drop(struct run *run, struct attempt *attempt)
{
	int probe = plan_find(run->plan, attempt->name);

	if (probe != -1)
		mails_drop(run->plan->mails, (unsigned)probe, attempt->serial);
	free(attempt);
}

/* What was noted is published, or can't be. */
static void
speak_noted(struct run *run, bool published)
{
	for (unsigned i = 0; i < run->noted_count; i++) {
		struct attempt *attempt = run->noted[i];
		int probe = plan_find(run->plan, attempt->name);

		if (probe == -1)
			free(attempt);
		else if (published)
			speak(run, attempt, (unsigned)probe);
		else
			fail(run, attempt,
			    "not sent: it can't be noted in the store");
	}
	run->noted_count = 0;
}

static void
take_ended(struct run *run)
{
	struct outcome outcome;
	void *owner;

	while (children_take(run->children, &owner, &outcome))
		ended(run, owner, &outcome);
}

/* End those under way.  What they have sent may have arrived, so the next start
   of this program is not to send it again at once. */
static void
give_up(struct run *run)
{
	struct outcome outcome;
	void *owner;

	for (unsigned i = 0; i < run->noted_count; i++)
		drop(run, run->noted[i]);
	run->noted_count = 0;
	children_end(run->children);
	while (children_take(run->children, &owner, &outcome)) {
		struct attempt *attempt = owner;
		int probe = plan_find(run->plan, attempt->name);

		if (outcome.result != RESULT_NONE) {
			ended(run, attempt, &outcome);
			continue;
		}
		if (probe != -1)
			results_give_up(
			    run->plan->results, (unsigned)probe, outcome.began);
		free(attempt);
	}
}

/* --- the store ------------------------------------------------------------ */

/* What the store has of probes, and what it is to have. */
static int
resume(void *context, const struct snapshot *snapshot, const char **error_r)
{
	struct run *run = context;

	*error_r = strerror(ENOMEM);
	return (plan_resume(run->plan, snapshot));
}

static void
save(void *context, struct snapshot *snapshot)
{
	const struct run *run = context;

	results_save(run->plan->results, snapshot);
	mails_save(run->plan->mails, snapshot);
}

/* --- the loop ------------------------------------------------------------ */

static void
warn(const struct plan *plan)
{
	const struct config *config = plan->config;
	unsigned keys = config->probes_count * RESULTS_KEYS;

	targets_warn(config, plan->targets);
	for (unsigned i = 0; i < config->probes_count; i++)
		if (config->probes[i].delivery != NULL)
			keys += MAILS_KEYS;
	if (config->probing->capacity < keys)
		log_warnx("capacity of %u keys may be too small for %u probes",
		    config->probing->capacity, config->probes_count);
}

/* Publish as `plan` says. */
static void
publish_as(struct publisher *publisher, const struct plan *plan)
{
	publisher->interval = plan->config->probing->publish_interval;
	publisher->capacity = plan->config->probing->capacity;
}

static void
reload(struct run *run)
{
	struct plan *plan;
	const char *error;

	if (plan_open(&run->origin, &plan, &error) == -1) {
		log_warnx("%s; going on as before", error);
		return;
	}
	plan_inherit(plan, run->plan);
	if (delivery_watch(run->delivery, plan, &error) == -1)
		log_warnx("%s; mail is not looked for", error);
	plan_close(run->plan);
	run->plan = plan;
	publish_as(&run->publisher, plan);
	run->publisher.changed = true;
	log_info("configuration read again");
	warn(plan);
}

static int
patience(const struct run *run)
{
	int64_t now = clock_milliseconds();
	int64_t wait = schedule_wait(run->plan->schedule, under_way(run), now);

	wait = clock_shorter(wait, children_patience(run->children));
	wait = clock_shorter(wait, publisher_wait(&run->publisher, now));
	wait = clock_shorter(wait, delivery_wait(run->delivery, now));
	return (wait > INT_MAX ? INT_MAX : (int)wait);
}

static void
publish_due(struct run *run)
{
	int64_t now = clock_milliseconds();

	bool published;

	if (publisher_wait(&run->publisher, now) != 0)
		return;
	published = publish(&run->publisher, save, run, now) == 0;
	if (published)
		delivery_published(run->delivery);
	speak_noted(run, published);
}

/* Mail that was found is published at once: it is not removed before. */
static void
look(struct run *run)
{
	if (delivery_look(run->delivery))
		run->publisher.changed = run->publisher.urgent = true;
}

static void
loop(struct run *run)
{
	struct pollfd fds[] = { { signals_fd(), POLLIN, 0 },
		{ children_fd(run->children), POLLIN, 0 }, { -1, POLLIN, 0 } };
	int signal_number = 0;

	while (signal_number != SIGTERM && signal_number != SIGINT) {
		start_due(run);
		fds[2].fd = delivery_fd(run->delivery);
		(void)poll(fds, COUNT(fds), patience(run));
		take_ended(run);
		look(run);
		publish_due(run);
		signal_number = signals_read();
		if (signal_number == SIGHUP)
			reload(run);
	}
}

/* --- begin and end ------------------------------------------------------- */

static void
begin(struct run *run, const char *directory)
{
	const char *error;

	signals_catch(0);
	run->delivery = delivery_new(directory, false);
	if (run->delivery == NULL)
		log_fatal(EXIT_FAULT, "no memory");
	if (children_new(CHILDREN_MAX, &run->children, &error) == -1 ||
	    publisher_begin(&run->publisher, directory, PROBE_STORE_NAME,
		resume, run, &error) == -1 ||
	    delivery_watch(run->delivery, run->plan, &error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	publish_as(&run->publisher, run->plan);
	(void)publish(&run->publisher, save, run, clock_milliseconds());
}

int
run_daemon(const struct options *options)
{
	struct run run = { .origin = options->origin };
	struct home home;
	char *config = NULL;
	const char *error;
	int failed;

	if (options->origin.path != NULL)
		run.origin.path = config = path_absolute(options->origin.path);
	if (plan_open(&run.origin, &run.plan, &error) == -1)
		log_fatal(EXIT_BAD_USAGE, "%s", error);
	warn(run.plan);
	if (home_find(options->state_directory ?
		    options->state_directory :
		    run.plan->config->state_directory,
		&home, &error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	(void)umask(027);
	if (!options->foreground && daemon_start(&error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	if (home_take(&home, "postfix-stats-probe", !options->foreground,
		&error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	begin(&run, home.directory);
	if (!options->foreground) {
		log_init("postfix-stats-probe", LOG_TO_SYSLOG);
		daemon_ready();
	}
	loop(&run);
	give_up(&run);
	failed = publish(&run.publisher, save, &run, clock_milliseconds());
	if (failed == 0)
		delivery_published(run.delivery);
	children_free(run.children);
	delivery_free(run.delivery);
	plan_close(run.plan);
	home_leave(&home);
	free(config);
	return (failed == 0 ? 0 : EXIT_FAULT);
}
