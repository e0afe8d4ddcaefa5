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
    "  --help, --version\n"
    "\n"
    "Exit codes with --once: 0 all is as configured, 1 warning, 2 critical, 3\n"
    "unknown; 64 if this usage, or with --json the configuration, is wrong.\n";

enum { OPTION_ONCE = OPTION_LONG, OPTION_JSON, OPTION_HELP, OPTION_VERSION };

static const struct option long_options[] = {
	{ "once", no_argument, NULL, OPTION_ONCE },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* What makes no sense without --once, or with it. */
static void
check(const struct options *options)
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

void
options_read(int argc, char **argv, struct options *options_r)
{
	int option;

	*options_r = (struct options){ .foreground = false };
	opterr = 0;
	while ((option = getopt_long(
		    argc, argv, ":fc:d:", long_options, NULL)) != -1) {
		switch (option) {
		case 'f':
			options_r->foreground = true;
			break;
		case 'c':
			options_r->config = optarg;
			break;
		case 'd':
			options_r->state_directory = optarg;
			break;
		case OPTION_ONCE:
			options_r->once = true;
			break;
		case OPTION_JSON:
			options_r->json = true;
			break;
		case OPTION_HELP:
			fputs(usage, stdout);
			exit(0);
		case OPTION_VERSION:
			puts("postfix-stats-probe " VERSION);
			exit(0);
		default:
			usage_fault(option, argv);
		}
	}
	options_r->names = argv + optind;
	check(options_r);
}
