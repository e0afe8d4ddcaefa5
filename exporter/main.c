/*
 * postfix-stats-exporter: the stores' numbers for Prometheus.
 *
 * It reads the stores and answers HTTP requests, nothing else: it writes no
 * file and keeps the user that started it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/http.h"
#include "exporter/options.h"
#include "exporter/stores.h"
#include "lib/config/config.h"
#include "lib/util/daemon.h"
#include "lib/util/log.h"
#include "lib/util/path.h"

static int signal_pipe[2];

static void
note_signal(int number)
{
	unsigned char byte = (unsigned char)number;
	int error = errno;

	if (write(signal_pipe[1], &byte, 1) == -1)
		errno = error; /* full: one is being read */
}

/* Signals are read like any other input. */
static void
catch_signals(void)
{
	struct sigaction note = { .sa_handler = note_signal,
		.sa_flags = SA_RESTART };

	if (pipe2(signal_pipe, O_NONBLOCK | O_CLOEXEC) == -1)
		log_fatal(
		    EXIT_FAULT, "cannot wait for signals: %s", strerror(errno));
	(void)sigaction(SIGTERM, &note, NULL);
	(void)sigaction(SIGINT, &note, NULL);
	(void)sigaction(SIGHUP, &note, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

/* Returns the number of a signal that came, or 0. */
static int
read_signal(void)
{
	unsigned char number;

	return (read(signal_pipe[0], &number, 1) == 1 ? number : 0);
}

/* The state directory that options and configuration come to, to be freed;
   NULL and *error_r. */
static char *
directory_read(const struct options *options, const char **error_r)
{
	struct config *config;
	char *directory;

	if (config_load(options->config, &config, error_r) == -1)
		return (NULL);
	*error_r = strerror(ENOMEM);
	directory = path_absolute(options->state_directory ?
		options->state_directory :
		config->state_directory);
	config_free(config);
	return (directory);
}

static struct stores *
stores_open(const struct options *options, const char **error_r)
{
	char *directory = directory_read(options, error_r);
	struct stores *stores;

	if (directory == NULL)
		return (NULL);
	*error_r = strerror(ENOMEM);
	stores = stores_new(directory);
	free(directory);
	return (stores);
}

/* HUP: the configuration may name another state directory.  One that can't be
   read changes nothing. */
static void
reload(const struct options *options, struct http *http, struct stores **stores)
{
	const char *error;
	struct stores *fresh = stores_open(options, &error);

	if (fresh == NULL) {
		log_warnx("%s; the configuration stays as it was", error);
		return;
	}
	stores_update(fresh);
	http_change(http, fresh);
	stores_free(*stores);
	*stores = fresh;
	log_info("configuration read again");
}

static void
serve(const struct options *options, struct http *http, struct stores **stores)
{
	struct pollfd fds[] = { { signal_pipe[0], POLLIN, 0 },
		{ http_fd(http), POLLIN, 0 } };
	int signal_number = 0;

	while (signal_number != SIGTERM && signal_number != SIGINT) {
		(void)poll(fds, 2, http_patience(http));
		signal_number = read_signal();
		if (signal_number == SIGHUP)
			reload(options, http, stores);
		http_run(http);
	}
}

/* As what they are from any working directory. */
static void
make_absolute(struct options *options)
{
	if (options->config != NULL)
		options->config = path_absolute(options->config);
	if (options->state_directory != NULL)
		options->state_directory = path_absolute(
		    options->state_directory);
}

int
main(int argc, char **argv)
{
	struct options options;
	struct stores *stores;
	struct http *http;
	const char *error;

	log_init("postfix-stats-exporter", LOG_TO_STDERR);
	options_read(argc, argv, &options);
	if (http_check(options.listen, &error) == -1)
		log_fatal(EXIT_BAD_USAGE, "%s", error);
	stores = stores_open(&options, &error);
	if (stores == NULL)
		log_fatal(EXIT_BAD_USAGE, "%s", error);
	make_absolute(&options);
	if (!options.foreground && daemon_start(&error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	catch_signals();
	http = http_open(options.listen, stores, &error);
	if (http == NULL)
		log_fatal(EXIT_FAULT, "%s", error);
	stores_update(stores);
	log_info("answering at http://%s/metrics", options.listen);
	if (!options.foreground) {
		log_init("postfix-stats-exporter", LOG_TO_SYSLOG);
		daemon_ready();
	}
	serve(&options, http, &stores);
	http_close(http);
	stores_free(stores);
	return (0);
}
