/*
 * Command line of postfix-stats-probe: options, and what goes together.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/util/log.h"
#include "lib/util/usage.h"
#include "lib/util/version.h"
#include "probe/options.h"

static const char usage[] =
    "usage: postfix-stats-probe [-f] [-c FILE] [-d STATEDIR]\n"
    "       postfix-stats-probe --once [--json] [-c FILE] [NAME]...\n"
    "       postfix-stats-probe -config.file FILE [-d STATEDIR]\n"
    "\n"
    "Speak SMTP to the servers that the configuration names, as a sender does,\n"
    "and keep what came of it in STATEDIR/probe.db.\n"
    "\n"
    "  -f            stay in the foreground\n"
    "  -c FILE       configuration (/etc/postfix-stats.yml)\n"
    "  -d STATEDIR   where the store is (/var/lib/postfix-stats)\n"
    "  --once        try the probes of these names, or all, once and now; print\n"
    "                what came of it and keep nothing\n"
    "  --json        print JSON, not what Nagios wants\n"
    "  -config.file FILE, -config-file FILE\n"
    "                configuration of mailexporter; stay in the foreground\n"
    "  -web.listen-address X, -web.telemetry-path X, -log.timestamps, -v N\n"
    "                taken with it, and of no use\n"
    "  --help, --version\n"
    "\n"
    "Exit codes with --once: 0 all is as configured, 1 warning, 2 critical, 3\n"
    "unknown; 64 if this usage, or with --json the configuration, is wrong.\n";

enum {
	OPTION_ONCE = OPTION_LONG,
	OPTION_JSON,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_FILE,
	OPTION_WEB,
	OPTION_LOG
};

static const struct option long_options[] = {
	{ "once", no_argument, NULL, OPTION_ONCE },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	/* mailexporter's, in its program and in what is written of it */
	{ "config.file", required_argument, NULL, OPTION_FILE },
	{ "config-file", required_argument, NULL, OPTION_FILE },
	{ "web.listen-address", required_argument, NULL, OPTION_WEB },
	{ "web.telemetry-path", required_argument, NULL, OPTION_WEB },
	{ "log.timestamps", optional_argument, NULL, OPTION_LOG },
	{ "v", required_argument, NULL, OPTION_LOG },
	{ NULL, 0, NULL, 0 },
};

/* What makes no sense without --once, or with it. */
static void
check_once(const struct options *options)
{
	if (!options->once && options->json)
		log_fatal(EXIT_BAD_USAGE, "--json wants --once (see --help)");
	if (!options->once && options->names[0] != NULL)
		log_fatal(EXIT_BAD_USAGE,
		    "\"%s\" is one word too many without --once (see --help)",
		    options->names[0]);
	if (options->once &&
	    (options->foreground || options->state_directory != NULL))
		log_fatal(EXIT_BAD_USAGE,
		    "-%c makes no sense with --once, which keeps nothing (see "
		    "--help)",
		    options->foreground ? 'f' : 'd');
}

/* What is not told to anybody else. */
struct given {
	const char *ours, *theirs; /* configurations */
	bool web, log;             /* mailexporter's other options */
};

/* The same of -config.file.  As mailexporter, it stays in the foreground. */
static void
check_mailexporter(const struct given *given, struct options *options)
{
	if (given->theirs == NULL && (given->web || given->log))
		log_fatal(EXIT_BAD_USAGE,
		    "options of mailexporter want -config.file (see --help)");
	if (given->theirs != NULL && given->ours != NULL)
		log_fatal(EXIT_BAD_USAGE,
		    "-c and -config.file are two configurations (see --help)");
	if (given->theirs != NULL && !options->once)
		options->foreground = true;
	if (given->web)
		log_info("-web.listen-address and -web.telemetry-path are of "
			 "no use here: postfix-stats-exporter serves the "
			 "metrics from probe.db");
	if (given->log)
		log_info("-log.timestamps and -v are of no use here");
}

static void
take(int option, char **argv, struct given *given, struct options *options)
{
	switch (option) {
	case 'f':
		options->foreground = true;
		break;
	case 'c':
		given->ours = optarg;
		break;
	case 'd':
		options->state_directory = optarg;
		break;
	case OPTION_ONCE:
		options->once = true;
		break;
	case OPTION_JSON:
		options->json = true;
		break;
	case OPTION_HELP:
		fputs(usage, stdout);
		exit(0);
	case OPTION_VERSION:
		puts("postfix-stats-probe " VERSION);
		exit(0);
	case OPTION_FILE:
		given->theirs = optarg;
		break;
	case OPTION_WEB:
		given->web = true;
		break;
	case OPTION_LOG:
		given->log = true;
		break;
	default:
		usage_fault(option, argv);
	}
}

/* mailexporter's options have one dash or two, as all in Go. */
void
options_read(int argc, char **argv, struct options *options_r)
{
	struct given given = { .ours = NULL };
	int option;

	*options_r = (struct options){ .foreground = false };
	opterr = 0;
	while ((option = getopt_long_only(
		    argc, argv, ":fc:d:", long_options, NULL)) != -1)
		take(option, argv, &given, options_r);
	options_r->names = argv + optind;
	check_once(options_r);
	check_mailexporter(&given, options_r);
	options_r->origin.mailexporter = given.theirs != NULL;
	options_r->origin.path = given.theirs != NULL ? given.theirs :
							given.ours;
}
