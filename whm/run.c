/*
 * The loop: ask who is due, take what has come, publish.
 */
#include <sys/stat.h>

#include <limits.h>
#include <signal.h>
#include <stdlib.h>

#include "lib/stats/publisher.h"
#include "lib/stats/store.h"
#include "lib/util/clock.h"
#include "lib/util/daemon.h"
#include "lib/util/home.h"
#include "lib/util/log.h"
#include "lib/util/path.h"
#include "lib/util/signals.h"
#include "whm/answer.h"
#include "whm/run.h"
#include "whm/setup.h"

struct run {
	const char *path; /* of the configuration */
	const char *directory;
	bool once;
	struct setup *setup;
	struct fetches *fetches;
	struct publisher publisher;
};

/* Publish as the configuration says. */
static void
publish_as(struct run *run)
{
	run->publisher.interval = run->setup->config->whm->publish_interval;
	run->publisher.capacity = run->setup->config->whm->capacity;
	run->publisher.changed = true;
}

static int
publish_now(struct run *run)
{
	return (publish(
	    &run->publisher, setup_save, run->setup, clock_milliseconds()));
}

/* Whether it is polled: with --once only the first time. */
static bool
is_to_poll(const struct run *run, const struct server *server)
{
	return (!run->once || server->asking != ENDPOINT_COUNT ||
	    server->began == 0);
}

/* Ask who is due.  Returns for how many milliseconds there is nothing to do; -1:
   until something comes. */
static int64_t
ask(struct run *run)
{
	struct poll_parts *parts = &run->setup->parts;
	int64_t now = clock_milliseconds(), wait = -1;

	for (unsigned i = 0; i < run->setup->count; i++) {
		struct server *server = &run->setup->servers[i];

		if (is_to_poll(run, server))
			wait = clock_shorter(
			    wait, poll_server(parts, server, now));
	}
	return (clock_shorter(wait, publisher_wait(&run->publisher, now)));
}

static void
take(struct run *run)
{
	struct fetched fetched;

	while (fetches_take(run->fetches, &fetched)) {
		poll_take(&run->setup->parts, fetched.owner, &fetched);
		fetch_end(run->fetches, &fetched);
		run->publisher.changed = true;
	}
}

static bool
is_done(const struct run *run)
{
	for (unsigned i = 0; i < run->setup->count; i++)
		if (is_to_poll(run, &run->setup->servers[i]))
			return (false);
	return (run->once);
}

/* --- the configuration, again ------------------------------------------------ */

/* What was counted goes on; requests under way are forgotten. */
static int
replace(struct run *run, struct setup *fresh, const char **error_r)
{
	struct fetches *fetches;
	struct snapshot *state = snapshot_new();

	*error_r = "no memory";
	if (state == NULL)
		return (-1);
	setup_save(run->setup, state);
	snapshot_sort(state);
	if (state->failed || setup_load(fresh, state, error_r) == -1 ||
	    fetches_new(&fetches, error_r) == -1) {
		snapshot_free(state);
		return (-1);
	}
	snapshot_free(state);
	if (setup_start(fresh, run->directory, fetches, error_r) == -1) {
		fetches_free(fetches);
		return (-1);
	}
	fetches_free(run->fetches);
	setup_close(run->setup);
	run->fetches = fetches;
	run->setup = fresh;
	return (0);
}

static void
schedule(const struct run *run)
{
	for (unsigned i = 0; i < run->setup->count; i++)
		poll_soon(&run->setup->servers[i], clock_milliseconds());
}

static void
reload(struct run *run)
{
	struct setup *fresh;
	const char *error;

	if (setup_open(run->path, &fresh, &error) == -1) {
		log_warnx("%s; going on as before", error);
		return;
	}
	if (replace(run, fresh, &error) == -1) {
		log_warnx("%s; going on as before", error);
		setup_close(fresh);
		return;
	}
	schedule(run);
	publish_as(run);
	log_info("configuration read again");
}

/* --- begin and end ----------------------------------------------------------- */

static void
loop(struct run *run)
{
	int signal_number = 0;

	while (signal_number != SIGTERM && signal_number != SIGINT &&
	    !is_done(run)) {
		int64_t wait = ask(run);

		fetches_wait(run->fetches, signals_fd(),
		    wait < 0 || wait > INT_MAX ? INT_MAX : (int)wait);
		take(run);
		if (publisher_wait(&run->publisher, clock_milliseconds()) == 0)
			(void)publish_now(run);
		signal_number = signals_read();
		if (signal_number == SIGHUP)
			reload(run);
	}
}

static bool
all_up(const struct setup *setup)
{
	for (unsigned i = 0; i < setup->count; i++)
		for (unsigned e = 0; e < ENDPOINT_COUNT; e++)
			if (setup->servers[i].endpoint[e].fault[0] != '\0')
				return (false);
	return (true);
}

static void
begin(struct run *run)
{
	const char *error;

	signals_catch(0);
	answer_begin();
	if (fetches_new(&run->fetches, &error) == -1 ||
	    publisher_begin(&run->publisher, run->directory, WHM_STORE_NAME,
		setup_load, run->setup, &error) == -1 ||
	    setup_start(run->setup, run->directory, run->fetches, &error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	publish_as(run);
	/* what the store has stays until there is something newer */
	run->publisher.changed = false;
	schedule(run);
}

int
run(const struct options *options)
{
	struct run run = { .once = options->once };
	char *path = NULL;
	const char *error;
	struct home home;
	int failed;

	if (options->config != NULL)
		run.path = path = path_absolute(options->config);
	if (setup_open(run.path, &run.setup, &error) == -1)
		log_fatal(EXIT_BAD_USAGE, "%s", error);
	if (home_find(options->state_directory != NULL ?
		    options->state_directory :
		    run.setup->config->state_directory,
		&home, &error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	run.directory = home.directory;
	(void)umask(027);
	if ((!options->foreground && daemon_start(&error) == -1) ||
	    home_take(
		&home, "postfix-stats-whm", !options->foreground, &error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	begin(&run);
	if (!options->foreground) {
		log_init("postfix-stats-whm", LOG_TO_SYSLOG);
		daemon_ready();
	}
	loop(&run);
	failed = publish_now(&run) != 0 || (run.once && !all_up(run.setup));
	fetches_free(run.fetches);
	setup_close(run.setup);
	home_leave(&home);
	free(path);
	return (failed ? EXIT_FAULT : 0);
}
