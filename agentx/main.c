/*
 * postfix-stats-agentx: the store's numbers over SNMP, as a subagent of
 * snmpd.
 *
 * It reads the store and talks to one UNIX-domain socket, nothing else: it
 * writes no file, not even in the state directory, and keeps the user that
 * started it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agentx/check.h"
#include "agentx/handler.h"
#include "agentx/master.h"
#include "agentx/notify.h"
#include "agentx/options.h"
#include "agentx/persist.h"
#include "agentx/trap.h"
#include "agentx/view.h"
#include "agentx/watch.h"
#include "lib/config/config.h"
#include "lib/util/daemon.h"
#include "lib/util/error.h"
#include "lib/util/log.h"
#include "lib/util/path.h"
#include "lib/util/signals.h"

/* The library may hang with snmpd.  Nothing is lost by leaving in the middle: no
   file is written here, and snmpd forgets who hangs up. */
enum { END_SECONDS = 2 };

/* What options and configuration come to. */
struct settings {
	char *state_directory;
	char *socket;
	unsigned ping_interval;
	struct oid base;
	struct config_notifications notifications;
	bool ietf; /* the IETF's tables, too */
};

static void
settings_free(struct settings *settings)
{
	free(settings->state_directory);
	free(settings->socket);
}

/* Returns 0, or -1 and *error_r. */
static int
settings_read(const struct options *options, struct settings *settings_r,
    const char **error_r)
{
	struct config *config;
	const char *directory = options->state_directory;

	*settings_r = (struct settings){ .socket = NULL };
	if (config_load(options->config, &config, error_r) == -1)
		return (-1);
	if (directory == NULL)
		directory = config->state_directory;
	settings_r->ping_interval = options->ping_interval ?
	    options->ping_interval :
	    config->snmp->ping_interval;
	settings_r->notifications = config->snmp->notifications;
	settings_r->ietf = config->snmp->ietf_tables;
	*error_r = strerror(ENOMEM);
	if (oid_parse(config->snmp->base_oid, &settings_r->base, error_r) == -1)
		*error_r = error_text("%s: snmp.base_oid: %s",
		    options->config ? options->config : CONFIG_FILE, *error_r);
	else if ((settings_r->state_directory = path_absolute(directory)) !=
	    NULL)
		settings_r->socket = master_address(options->socket ?
			options->socket :
			config->snmp->agentx_socket,
		    error_r);
	config_free(config);
	if (settings_r->socket == NULL) {
		settings_free(settings_r);
		return (-1);
	}
	return (0);
}

/* What is served.  Over pass_persist nobody says what sysUpTime is. */
static unsigned
parts_of(const struct settings *settings, bool pass_persist)
{
	if (!settings->ietf)
		return (0);
	return (pass_persist ? CELLS_IETF : CELLS_IETF | CELLS_STAMPS);
}

/* HUP: a changed base OID is served at once, and so do changed limits of
   notifications hold; the socket and the ping interval go for the next
   connection.  A configuration that can't be read changes nothing. */
static void
reload(
    const struct options *options, struct settings *settings, struct view *view)
{
	struct settings fresh;
	const char *error;

	if (settings_read(options, &fresh, &error) == -1) {
		log_warnx("%s; the configuration stays as it was", error);
		return;
	}
	if (strcmp(fresh.state_directory, settings->state_directory) != 0)
		log_warnx("another state directory wants a restart; still "
			  "serving %s",
		    settings->state_directory);
	if (fresh.ietf != settings->ietf ||
	    oid_compare(fresh.base.arc, fresh.base.count, settings->base.arc,
		settings->base.count) != 0) {
		if (view_rebase(view, &fresh.base, parts_of(&fresh, false),
			&error) == -1) {
			log_warnx("%s; the OIDs stay", error);
		} else {
			handler_unregister();
			settings->base = fresh.base;
			settings->ietf = fresh.ietf;
			if (handler_register(
				&settings->base, settings->ietf, view) == -1)
				log_warnx("cannot register our OIDs");
		}
	}
	settings->notifications = fresh.notifications;
	master_change(fresh.socket, fresh.ping_interval);
	settings_free(&fresh);
	log_info("configuration read again");
}

/*
 * Two agents can't have the same OIDs; the one that came second ends.  At
 * once: snmpd 5.9.3 would take what we unregister from the first.
 */
static void
end_if_refused(void)
{
	if (!master_refused())
		return;
	log_warnx("another subagent serves our OIDs already");
	_exit(EXIT_FAULT);
}

/* Returns in how many seconds it is to be judged again although nothing
   happens. */
static uint64_t
judge(
    struct notify *notices, const struct settings *settings, struct view *view)
{
	struct vitals vitals;

	const struct notify_facts facts = { &vitals, &settings->base,
		view_cells(view), view_probes(view), time(NULL) };

	view_vitals(view, &vitals);
	if (notify_judge(notices, &settings->notifications, &facts))
		return (1);
	return (conditions_wait(
	    &notices->conditions, &settings->notifications, &vitals));
}

static void
serve(
    const struct options *options, struct settings *settings, struct view *view)
{
	struct notify notices = { .count = 0 };
	struct watch watch;
	int signal_number = 0;

	watch_open(&watch, settings->state_directory);
	while (signal_number != SIGTERM && signal_number != SIGINT) {
		bool readable[MASTER_FDS_MAX];
		int fds[] = { signals_fd(), watch.fd };

		master_wait(fds, 2, watch_seconds(&watch), readable);
		signal_number = readable[0] ? signals_read() : 0;
		if (signal_number == SIGHUP) {
			reload(options, settings, view);
			watch_again(&watch, 0); /* by other limits */
		}
		end_if_refused();
		if (watch_due(&watch, readable[1])) {
			view_update(view);
			watch_again(&watch, judge(&notices, settings, view));
			watch_again(&watch, view_lasts(view));
		}
		notify_flush(&notices, &settings->base, trap_send);
	}
	watch_close(&watch);
	probed_free(&notices.probed);
}

/* Be a subagent until a signal ends it. */
static void
run_subagent(
    const struct options *options, struct settings *settings, struct view *view)
{
	signals_catch(END_SECONDS);
	view_update(view);
	master_init(settings->socket, settings->ping_interval);
	if (handler_register(&settings->base, settings->ietf, view) == -1)
		log_fatal(EXIT_FAULT,
		    "cannot register our OIDs with the SNMP library");
	master_connect();
	if (!options->foreground) {
		log_init("postfix-stats-agentx", LOG_TO_SYSLOG);
		daemon_ready();
	}
	serve(options, settings, view);
	master_close();
}

static int
run_check(const struct options *options, struct settings *settings)
{
	const struct check check = {
		.host = options->host ? options->host : CHECK_HOST,
		.community = options->community ? options->community :
						  CHECK_COMMUNITY,
		.socket = settings->socket,
		.directory = settings->state_directory,
		.base = &settings->base,
		.ietf = settings->ietf,
		.ping_interval = settings->ping_interval,
	};

	int code = check_run(&check);

	settings_free(settings);
	return (code);
}

int
main(int argc, char **argv)
{
	struct options options;
	struct settings settings;
	struct view *view;
	const char *error;
	char *config_path = NULL;

	log_init("postfix-stats-agentx", LOG_TO_STDERR);
	options_read(argc, argv, &options);
	if (settings_read(&options, &settings, &error) == -1)
		log_fatal(EXIT_BAD_USAGE, "%s", error);
	if (options.check)
		return (run_check(&options, &settings));
	if (options.config != NULL)
		options.config = config_path = path_absolute(options.config);
	if (!options.foreground && !options.pass_persist &&
	    daemon_start(&error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	view = view_new(settings.state_directory, &settings.base,
	    parts_of(&settings, options.pass_persist));
	if (view == NULL)
		log_fatal(EXIT_FAULT, "%s", strerror(ENOMEM));
	if (options.pass_persist)
		persist_serve(view, settings.state_directory);
	else
		run_subagent(&options, &settings, view);
	view_free(view);
	settings_free(&settings);
	free(config_path);
	return (0);
}
