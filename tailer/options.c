/*
 * Command line of postfix-statsd.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/log.h"
#include "lib/util/usage.h"
#include "lib/util/version.h"
#include "tailer/options.h"

static const char usage[] =
    "usage: postfix-statsd [-f] [-c FILE] [-d STATEDIR]\n"
    "           [--log [INSTANCE=]FILE]... [--journal[=DIR]] [--stdin]\n"
    "           [--from start|end [--backfill]] [--once]\n"
    "\n"
    "Follow the mail log and keep what Postfix did in STATEDIR.\n"
    "\n"
    "  -f                     stay in the foreground\n"
    "  -c FILE                configuration (/etc/postfix-stats.yml)\n"
    "  -d STATEDIR            where the store is kept\n"
    "                         (/var/lib/postfix-stats)\n"
    "  --log [INSTANCE=]FILE  the log to follow; may be repeated\n"
    "  --journal[=DIR]        follow the journal, or the journal files in DIR\n"
    "  --stdin                count the lines of standard input to its end\n"
    "  --from start|end       where the first start begins (end)\n"
    "  --backfill             with --from start: in the oldest rotated file\n"
    "  --once                 read to the end of the log, publish and exit\n"
    "  --help, --version\n";

enum {
	OPTION_LOG = OPTION_LONG,
	OPTION_JOURNAL,
	OPTION_STDIN,
	OPTION_FROM,
	OPTION_BACKFILL,
	OPTION_ONCE,
	OPTION_HELP,
	OPTION_VERSION
};

static const struct option long_options[] = {
	{ "log", required_argument, NULL, OPTION_LOG },
	{ "journal", optional_argument, NULL, OPTION_JOURNAL },
	{ "stdin", no_argument, NULL, OPTION_STDIN },
	{ "from", required_argument, NULL, OPTION_FROM },
	{ "backfill", no_argument, NULL, OPTION_BACKFILL },
	{ "once", no_argument, NULL, OPTION_ONCE },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* "[INSTANCE=]FILE".  An instance's name has no slash, so a path with `=` in
   it can be given as ./a=b. */
static void
add_log(struct options *options, char *argument)
{
	struct option_log *log = &options->logs[options->log_count];
	char *equals = strchr(argument, '='), *slash = strchr(argument, '/');

	if (options->log_count == OPTION_LOGS_MAX)
		log_fatal(EXIT_BAD_USAGE, "more than %d --log options",
		    OPTION_LOGS_MAX);
	options->log_count++;
	*log = (struct option_log){ .path = argument };
	if (equals != NULL && (slash == NULL || equals < slash)) {
		log->instance = (struct slice){ argument,
			(size_t)(equals - argument) };
		log->path = equals + 1;
		if (log->instance.len == 0)
			log_fatal(EXIT_BAD_USAGE,
			    "--log =%s: the instance "
			    "has no name",
			    log->path);
	}
	if (log->path[0] == '\0')
		log_fatal(EXIT_BAD_USAGE, "--log: no file is named");
}

void
options_read(int argc, char **argv, struct options *options_r)
{
	bool backfill = false;
	int option;

	*options_r = (struct options){ .from = FROM_END };
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
		case OPTION_LOG:
			add_log(options_r, optarg);
			break;
		case OPTION_JOURNAL:
			options_r->journal = true;
			options_r->journal_directory = optarg;
			break;
		case OPTION_STDIN:
			/* A daemon has none. */
			options_r->read_stdin = options_r->foreground = true;
			if (fcntl(STDIN_FILENO, F_GETFD) == -1)
				log_fatal(EXIT_FAULT,
				    "--stdin: standard input is closed");
			break;
		case OPTION_FROM:
			if (strcmp(optarg, "start") == 0)
				options_r->from = FROM_START;
			else if (strcmp(optarg, "end") != 0)
				log_fatal(EXIT_BAD_USAGE,
				    "--from takes start or "
				    "end, not \"%s\"",
				    optarg);
			break;
		case OPTION_BACKFILL:
			backfill = true;
			break;
		case OPTION_ONCE:
			options_r->once = true;
			break;
		case OPTION_HELP:
			fputs(usage, stdout);
			exit(0);
		case OPTION_VERSION:
			puts("postfix-statsd " VERSION);
			exit(0);
		default:
			usage_fault(option, argv);
		}
	}
	if (backfill && options_r->from != FROM_START)
		log_fatal(EXIT_BAD_USAGE, "--backfill wants --from start");
	if (backfill)
		options_r->from = FROM_OLDEST;
	if (optind < argc)
		log_fatal(EXIT_BAD_USAGE, "\"%s\" is no option (see --help)",
		    argv[optind]);
}

void
options_free(struct options *options)
{
	while (options->owned_count > 0)
		free(options->owned[--options->owned_count]);
}
