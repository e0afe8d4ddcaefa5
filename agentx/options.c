/*
 * Command line of postfix-stats-agentx.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "agentx/options.h"
#include "agentx/persist.h"
#include "lib/util/log.h"
#include "lib/util/slice.h"
#include "lib/util/usage.h"
#include "lib/util/version.h"

enum { PING_MAX = 3600 };

static const char usage[] =
    "usage: postfix-stats-agentx [-f] [-c FILE] [-d STATEDIR]\n"
    "           [--agentx-socket ADDR] [--ping SECONDS]\n"
    "       postfix-stats-agentx --pass-persist [-c FILE] [-d STATEDIR]\n"
    "       postfix-stats-agentx --check [--host HOST[:PORT]]\n"
    "           [--community NAME] [-c FILE] [-d STATEDIR]\n"
    "           [--agentx-socket ADDR] [--ping SECONDS]\n"
    "\n"
    "Serve the store in STATEDIR over SNMP, as a subagent of snmpd.\n"
    "\n"
    "  -f                    stay in the foreground\n"
    "  -c FILE               configuration (/etc/postfix-stats.yml)\n"
    "  -d STATEDIR           where the store is kept\n"
    "                        (/var/lib/postfix-stats)\n"
    "  --agentx-socket ADDR  snmpd's socket: PATH or unix:PATH\n"
    "                        (/var/agentx/master)\n"
    "  --ping SECONDS        how often to see whether snmpd is there (5)\n"
    "  --pass-persist        serve it to the snmpd that started this, by a\n"
    "                        pass_persist line of snmpd.conf\n"
    "  --check               see what an NMS sees; say what is wrong, and\n"
    "                        how to mend it\n"
    "  --host HOST[:PORT]    where snmpd listens (127.0.0.1:161)\n"
    "  --community NAME      of SNMP version 2c (public)\n"
    "  --help, --version\n";

enum {
	OPTION_SOCKET = OPTION_LONG,
	OPTION_PING,
	OPTION_PASS_PERSIST,
	OPTION_CHECK,
	OPTION_HOST,
	OPTION_COMMUNITY,
	OPTION_HELP,
	OPTION_VERSION
};

static const struct option long_options[] = {
	{ "agentx-socket", required_argument, NULL, OPTION_SOCKET },
	{ "ping", required_argument, NULL, OPTION_PING },
	{ "pass-persist", no_argument, NULL, OPTION_PASS_PERSIST },
	{ "check", no_argument, NULL, OPTION_CHECK },
	{ "host", required_argument, NULL, OPTION_HOST },
	{ "community", required_argument, NULL, OPTION_COMMUNITY },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

static unsigned
read_ping(const char *argument)
{
	uint64_t number;

	if (!slice_number(slice_of(argument), &number) || number < 1 ||
	    number > PING_MAX)
		log_fatal(EXIT_BAD_USAGE,
		    "--ping takes 1 to %d seconds, not \"%s\"", PING_MAX,
		    argument);
	return ((unsigned)number);
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
		case OPTION_SOCKET:
			options_r->socket = optarg;
			break;
		case OPTION_PING:
			options_r->ping_interval = read_ping(optarg);
			break;
		case OPTION_PASS_PERSIST:
			options_r->pass_persist = true;
			persist_log("postfix-stats-agentx");
			break;
		case OPTION_CHECK:
			options_r->check = true;
			break;
		case OPTION_HOST:
			options_r->host = optarg;
			break;
		case OPTION_COMMUNITY:
			options_r->community = optarg;
			break;
		case OPTION_HELP:
			fputs(usage, stdout);
			exit(0);
		case OPTION_VERSION:
			puts("postfix-stats-agentx " VERSION);
			exit(0);
		default:
			usage_fault(option, argv);
		}
	}
	if (!options_r->check &&
	    (options_r->host != NULL || options_r->community != NULL))
		log_fatal(
		    EXIT_BAD_USAGE, "--host and --community go with --check");
	if (optind < argc)
		log_fatal(EXIT_BAD_USAGE,
		    "\"%s\" is one word too many "
		    "(see --help)",
		    argv[optind]);
}
