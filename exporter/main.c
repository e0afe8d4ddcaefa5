/*
 * postfix-stats-exporter: the stores' numbers for Prometheus, and a status page.
 *
 * It reads the stores and answers HTTP requests; the only files that it writes
 * are those of the graphs.  It keeps the user that started it.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "exporter/http.h"
#include "exporter/options.h"
#include "exporter/site.h"
#include "lib/config/config.h"
#include "lib/util/daemon.h"
#include "lib/util/log.h"
#include "lib/util/path.h"
#include "lib/util/signals.h"

/* The configuration; NULL and *error_r. */
static struct config *
configuration(const struct options *options, const char **error_r)
{
	struct config *config;

	return (config_load(options->config, &config, error_r) == 0 ? config :
								      NULL);
}

static struct site *
site_open(const struct options *options, const char **error_r)
{
	struct config *config = configuration(options, error_r);
	struct site *site;

	if (config == NULL)
		return (NULL);
	site = site_new(config, options->state_directory, error_r);
	config_free(config);
	return (site);
}

/* HUP: the configuration may name other directories.  One that can't be read
   changes nothing. */
static void
reload(const struct options *options, struct site *site)
{
	const char *error;
	struct config *config = configuration(options, &error);

	if (config == NULL ||
	    site_change(site, config, options->state_directory, &error) == -1)
		log_warnx("%s; the configuration stays as it was", error);
	else
		log_info("configuration read again");
	config_free(config);
}

static void
serve(const struct options *options, struct http *http, struct site *site)
{
	struct pollfd fds[] = { { signals_fd(), POLLIN, 0 },
		{ http_fd(http), POLLIN, 0 } };
	int signal_number = 0;

	while (signal_number != SIGTERM && signal_number != SIGINT) {
		int due = site_tick(site), patience = http_patience(http);

		(void)poll(fds, 2, due < patience ? due : patience);
		signal_number = signals_read();
		if (signal_number == SIGHUP)
			reload(options, site);
		http_run(http);
	}
}

/* The default is for those that have no socket yet. */
static void
listen_at_all(struct options *options, struct listeners *listeners)
{
	const char *error;

	if (listeners->count > 0)
		log_info("answering at %u sockets that were handed over",
		    listeners->count);
	else if (options->listen_count == 0)
		options->listen[options->listen_count++] = LISTEN_DEFAULT;
	for (unsigned i = 0; i < options->listen_count; i++) {
		const char *address = options->listen[i];

		if (listeners_open(listeners, address, &error) == -1)
			log_fatal(EXIT_FAULT, "%s", error);
		if (address[0] == 'u')
			log_info("answering at %s", address);
		else
			log_info("answering at http://%s/metrics", address);
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
	static struct options options; /* its texts live as long as we do */
	struct listeners listeners = { .count = 0 };
	struct site *site;
	struct http *http;
	const char *error;

	log_init("postfix-stats-exporter", LOG_TO_STDERR);
	options_read(argc, argv, &options);
	if (listeners_take(&listeners, &error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	site = site_open(&options, &error);
	if (site == NULL)
		log_fatal(EXIT_BAD_USAGE, "%s", error);
	make_absolute(&options);
	if (!options.foreground && daemon_start(&error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	signals_catch(0);
	(void)signal(SIGXFSZ, SIG_IGN); /* a write fails instead */
	listen_at_all(&options, &listeners);
	http = http_open(&listeners, site, &error);
	if (http == NULL)
		log_fatal(EXIT_FAULT, "%s", error);
	(void)site_tick(site);
	if (!options.foreground) {
		log_init("postfix-stats-exporter", LOG_TO_SYSLOG);
		daemon_ready();
	}
	serve(&options, http, site);
	http_close(http);
	listeners_close(&listeners);
	site_free(site);
	return (0);
}
