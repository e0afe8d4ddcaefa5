#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/util/log.h"
#include "lib/util/usage.h"
#include "lib/util/version.h"
#include "whm/options.h"

static const char usage[] =
    "usage: postfix-stats-whm [-f] [--once] [-c FILE] [-d STATEDIR]\n"
    "\n"
    "Ask the servers with cPanel that the configuration names (whm_servers) for\n"
    "their mail statistics, and keep them in STATEDIR/whm.db.\n"
    "\n"
    "  -f            stay in the foreground\n"
    "  -c FILE       configuration (/etc/postfix-stats.yml)\n"
    "  -d STATEDIR   where the store is (/var/lib/postfix-stats)\n"
    "  --once        ask each server once, in the foreground, and end\n"
    "  --help, --version\n"
    "\n"
    "Exit codes: 0; 1 for a fault, with --once also if a server had no good\n"
    "answer; 64 if this usage or the configuration is wrong.\n";

enum { OPTION_ONCE = OPTION_LONG, OPTION_HELP, OPTION_VERSION };

static const struct option long_options[] = {
	{ "once", no_argument, NULL, OPTION_ONCE },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

void
options_read(int argc, char **argv, struct options *options_r)
{
	int option;

	*options_r = (struct options){ .foreground = false };
	opterr = 0;
	while ((option = getopt_long(
		    argc, argv, ":fc:d:", long_options, NULL)) != -1)
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
			options_r->once = options_r->foreground = true;
			break;
		case OPTION_HELP:
			fputs(usage, stdout);
			exit(0);
		case OPTION_VERSION:
			puts("postfix-stats-whm " VERSION);
			exit(0);
		default:
			usage_fault(option, argv);
		}
	if (optind < argc)
		log_fatal(EXIT_BAD_USAGE,
		    "\"%s\" is one word too many (see --help)", argv[optind]);
}
