/*
 * Command line of postfix-stats-exporter.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "exporter/options.h"
#include "lib/util/log.h"
#include "lib/util/usage.h"
#include "lib/util/version.h"

static const char usage[] =
    "usage: postfix-stats-exporter [-f] [-c FILE] [-d STATEDIR]\n"
    "           [--listen ADDR:PORT|unix:/PATH]...\n"
    "\n"
    "Serve the stores in STATEDIR to Prometheus, at /metrics, and to people, at"
    " /.\n"
    "\n"
    "  -f                  stay in the foreground\n"
    "  -c FILE             configuration (/etc/postfix-stats.yml)\n"
    "  -d STATEDIR         where the stores are (/var/lib/postfix-stats)\n"
    "  --listen ADDR:PORT  where to answer (" LISTEN_DEFAULT ");\n"
    "                      IPv6 as [ADDR]:PORT, a socket file as unix:/PATH\n"
    "  --help, --version\n";

enum { OPTION_LISTEN = OPTION_LONG, OPTION_HELP, OPTION_VERSION };

static const struct option long_options[] = {
	{ "listen", required_argument, NULL, OPTION_LISTEN },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

static void
add_listen(struct options *options, const char *address)
{
	const char *error;

	if (options->listen_count == LISTEN_MAX)
		log_fatal(EXIT_BAD_USAGE, "--listen can be given %u times",
		    (unsigned)LISTEN_MAX);
	if (listen_check(address, &error) == -1)
		log_fatal(EXIT_BAD_USAGE, "%s", error);
	options->listen[options->listen_count++] = address;
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
		case OPTION_LISTEN:
			add_listen(options_r, optarg);
			break;
		case OPTION_HELP:
			fputs(usage, stdout);
			exit(0);
		case OPTION_VERSION:
			puts("postfix-stats-exporter " VERSION);
			exit(0);
		default:
			usage_fault(option, argv);
		}
	}
	if (optind < argc)
		log_fatal(EXIT_BAD_USAGE,
		    "\"%s\" is one word too many "
		    "(see --help)",
		    argv[optind]);
}
