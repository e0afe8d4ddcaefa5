/*
 * postfix-statsd: follow the mail log, keep what Postfix did.
 *
 * It reads logs and writes its store, nothing else: it opens no socket but
 * that of Postfix's queue, in a process of its own, and runs no program.  It
 * keeps the user that started it.
 */
#include <sys/inotify.h>
#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/stats/store.h"
#include "lib/util/daemon.h"
#include "lib/util/error.h"
#include "lib/util/log.h"
#include "lib/util/home.h"
#include "tailer/notify.h"
#include "tailer/tailer.h"

static volatile sig_atomic_t want_end, want_reload, want_publish;

static void
note_signal(int number)
{
	if (number == SIGHUP)
		want_reload = 1;
	else if (number == SIGUSR1)
		want_publish = 1;
	else
		want_end = 1;
}

/* Block our signals but for the time of the wait; `waiting_r` is the mask for
   that. */
static void
catch_signals(sigset_t *waiting_r)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	struct sigaction action = { .sa_handler = note_signal };
	sigset_t ours;

	sigemptyset(&ours);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		sigaddset(&ours, numbers[i]);
		(void)sigaction(numbers[i], &action, NULL);
	}
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_BLOCK, &ours, waiting_r);
	for (size_t i = 0; i < COUNT(numbers); i++)
		sigdelset(waiting_r, numbers[i]);
}

/* `path` as seen from here, symbolic links left as they are.  `options` keep
   what is made for it. */
static const char *
absolute(struct options *options, const char *path)
{
	char here[PATH_MAX], *joined;

	if (path == NULL || path[0] == '/' ||
	    getcwd(here, sizeof(here)) == NULL)
		return (path);
	if (asprintf(&joined, "%s/%s", here, path) == -1)
		log_fatal(EXIT_FAULT, "%s", strerror(ENOMEM));
	options->owned[options->owned_count++] = joined;
	return (joined);
}

static void
make_absolute(struct options *options)
{
	options->config = absolute(options, options->config);
	options->journal_directory = absolute(
	    options, options->journal_directory);
	for (unsigned i = 0; i < options->log_count; i++)
		options->logs[i].path = absolute(
		    options, options->logs[i].path);
}

/* Wait for an event, a signal or the time-out.  Returns whether something
   happened to a file; `inotify_fd` may be -1. */
static bool
wait_for_work(
    struct tailer *tailer, int inotify_fd, int timeout, const sigset_t *waiting)
{
	struct pollfd set[1 + TAILER_DESCRIPTORS] = { { inotify_fd, POLLIN,
	    0 } };
	struct timespec time = { timeout / 1000, timeout % 1000 * 1000000L };
	nfds_t count = 1 + tailer_descriptors(tailer, set + 1);
	char events[4096];
	bool woken = false;

	if (ppoll(set, count, timeout < 0 ? NULL : &time, waiting) <= 0)
		return (false);
	if (set[0].revents != 0)
		while (read(inotify_fd, events, sizeof(events)) > 0)
			woken = true;
	return (woken);
}

static int
run_once(struct tailer *tailer, const sigset_t *waiting)
{
	while (!want_end) {
		int timeout = tailer_work(tailer, false);

		if (timeout == 0)
			continue;
		if (tailer_state(tailer) != SOURCE_BUSY)
			break;
		(void)wait_for_work(tailer, -1, timeout, waiting);
	}
	return (tailer_publish(tailer) == 0 ? 0 : EXIT_FAULT);
}

static int
open_inotify(struct tailer *tailer, const char **error_r)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd == -1) {
		*error_r = error_text(
		    "cannot watch files: %s", strerror(errno));
		return (-1);
	}
	if (tailer_watch(tailer, fd, error_r) == -1) {
		close(fd);
		return (-1);
	}
	return (fd);
}

/* One life between start, or reload, and the next or the end.  Returns an
   exit code, or -1 for a reload. */
static int
follow(struct tailer *tailer, const sigset_t *waiting)
{
	const char *error;
	int fd = open_inotify(tailer, &error);
	bool check = true;

	if (fd == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	while (!want_end && !want_reload) {
		int timeout = tailer_work(tailer, check);

		if (tailer_state(tailer) == SOURCE_ENDED)
			want_end = 1;
		else
			check = wait_for_work(tailer, fd, timeout, waiting);
		if (want_publish) {
			want_publish = 0;
			(void)tailer_publish(tailer);
		}
	}
	tailer_unwatch(tailer);
	close(fd);
	(void)tailer_work(tailer, false); /* what came last */
	if (tailer_publish(tailer) == -1) {
		if (want_end)
			return (EXIT_FAULT);
		log_warnx("no reload while the store can't be published; "
			  "going on as before");
		want_reload = 0;
	}
	return (want_end ? 0 : -1);
}

/* What the configuration file says, ready to be used. */
struct setup {
	struct config *config;
	struct patterns *patterns;
};

static int
setup_open(
    const struct options *options, struct setup *setup_r, const char **error_r)
{
	if (config_load(options->config, &setup_r->config, error_r) == -1)
		return (-1);
	if (patterns_open(setup_r->config, &setup_r->patterns, error_r) == 0)
		return (0);
	config_free(setup_r->config);
	return (-1);
}

static void
setup_close(struct setup *setup)
{
	patterns_free(setup->patterns);
	config_free(setup->config);
}

/*
 * Start over with the configuration as it is now.  The tailer of before has
 * published; if anything is wrong with the new one, it goes on.
 */
static struct tailer *
reload(const struct options *options, const char *state_directory,
    struct tailer *tailer, struct setup *setup)
{
	struct tailer *fresh_tailer;
	struct setup fresh;
	const char *error;

	want_reload = 0;
	notify_reloading();
	if (setup_open(options, &fresh, &error) == -1) {
		log_warnx("%s; going on as before", error);
	} else if (tailer_open(options, fresh.config, fresh.patterns,
		       state_directory, &fresh_tailer, &error) == -1) {
		log_warnx("%s; going on as before", error);
		setup_close(&fresh);
	} else {
		tailer_close(tailer);
		setup_close(setup);
		*setup = fresh;
		tailer = fresh_tailer;
		log_info("configuration read again");
	}
	notify_ready();
	return (tailer);
}

/* Follow the logs until the end; returns an exit code. */
static int
run(const struct options *options, const char *state_directory,
    struct tailer **tailer, struct setup *setup, const sigset_t *waiting)
{
	int code;

	(void)tailer_publish(*tailer);
	if (!options->foreground)
		log_init("postfix-statsd", LOG_TO_SYSLOG);
	daemon_ready();
	notify_ready();
	while ((code = follow(*tailer, waiting)) == -1)
		if (want_reload)
			*tailer = reload(
			    options, state_directory, *tailer, setup);
	notify_stopping();
	return (code);
}

int
main(int argc, char **argv)
{
	struct options options;
	struct setup setup;
	struct tailer *tailer;
	struct home home;
	const char *error;
	sigset_t waiting;
	bool daemon;
	int code;

	log_init("postfix-statsd", LOG_TO_STDERR);
	options_read(argc, argv, &options);
	make_absolute(&options);
	if (setup_open(&options, &setup, &error) == -1)
		log_fatal(EXIT_BAD_USAGE, "%s", error);
	if (home_find(options.state_directory ? options.state_directory :
						setup.config->state_directory,
		&home, &error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	(void)umask(027);
	daemon = !options.foreground && !options.once;
	if (daemon && daemon_start(&error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	if (home_take(&home, "postfix-statsd", daemon, &error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	catch_signals(&waiting);
	if (tailer_open(&options, setup.config, setup.patterns, home.directory,
		&tailer, &error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	code = options.once ?
	    run_once(tailer, &waiting) :
	    run(&options, home.directory, &tailer, &setup, &waiting);
	tailer_close(tailer);
	setup_close(&setup);
	home_leave(&home);
	options_free(&options);
	return (code);
}
