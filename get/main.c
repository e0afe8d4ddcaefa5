/*
 * postfix-stats-get: one number, or all of them, out of the store.
 *
 * What it prints for a key, and that an unknown key is said on standard
 * output with exit code 1, is as the tool of this name always did it, so that
 * snmpd.conf's `exec` and `extend` lines of twenty years go on working.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/config/config.h"
#include "lib/stats/join.h"
#include "lib/stats/key.h"
#include "lib/stats/render.h"
#include "lib/stats/render_json.h"
#include "lib/stats/store.h"
#include "lib/stats/whm_rows.h"
#include "lib/util/log.h"
#include "lib/util/usage.h"
#include "lib/util/version.h"

static const char usage[] =
    "usage: postfix-stats-get [-c FILE] [-d STATEDIR] KEY...\n"
    "       postfix-stats-get [-c FILE] [-d STATEDIR]\n"
    "           --all | --json | --walk | --top | --unrecognised\n"
    "\n"
    "Print what postfix-statsd has counted, and what postfix-stats-probe and\n"
    "postfix-stats-whm have found out.\n"
    "\n"
    "  KEY...          one number a line, for example sent:smtp\n"
    "  --all           every key and its number, sorted\n"
    "  --json          the same as one JSON object\n"
    "  --walk          the SNMP objects, as snmpwalk shows them\n"
    "  --top           the names that were met most often\n"
    "  --unrecognised  the last lines of Postfix that no counter knew\n"
    "  -c FILE         configuration (/etc/postfix-stats.yml)\n"
    "  -d STATEDIR     where the store is (/var/lib/postfix-stats)\n"
    "  --help, --version\n"
    "\n"
    "Exit codes: 0, 1 for an unknown key, 2 for a store that is missing or\n"
    "damaged, 64 for bad usage.\n";

enum mode {
	MODE_KEYS,
	MODE_ALL,
	MODE_JSON,
	MODE_WALK,
	MODE_TOP,
	MODE_UNRECOGNISED
};

enum { OPTION_MODE = OPTION_LONG, OPTION_HELP = 300, OPTION_VERSION };

static const struct option long_options[] = {
	{ "all", no_argument, NULL, OPTION_MODE + MODE_ALL },
	{ "json", no_argument, NULL, OPTION_MODE + MODE_JSON },
	{ "walk", no_argument, NULL, OPTION_MODE + MODE_WALK },
	{ "top", no_argument, NULL, OPTION_MODE + MODE_TOP },
	{ "unrecognised", no_argument, NULL, OPTION_MODE + MODE_UNRECOGNISED },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

struct options {
	enum mode mode;
	const char *config;
	const char *state_directory;
};

static void
options_read(int argc, char **argv, struct options *options)
{
	int option;

	opterr = 0;
	while ((option = getopt_long(
		    argc, argv, ":c:d:", long_options, NULL)) != -1) {
		switch (option) {
		case 'c':
			options->config = optarg;
			break;
		case 'd':
			options->state_directory = optarg;
			break;
		case OPTION_HELP:
			fputs(usage, stdout);
			exit(0);
		case OPTION_VERSION:
			puts("postfix-stats-get " VERSION);
			exit(0);
		case '?':
		case ':':
			usage_fault(option, argv);
		default:
			if (options->mode != MODE_KEYS)
				log_fatal(EXIT_BAD_USAGE,
				    "only one of --all, "
				    "--json, --walk, --top and "
				    "--unrecognised");
			options->mode = (enum mode)(option - OPTION_MODE);
		}
	}
	if (options->mode == MODE_KEYS && optind == argc)
		log_fatal(EXIT_BAD_USAGE, "no key is named (see --help)");
	if (options->mode != MODE_KEYS && optind < argc)
		log_fatal(EXIT_BAD_USAGE,
		    "a key (%s) or all of them, not "
		    "both",
		    argv[optind]);
}

/* The stores, as far as they were looked at. */
struct found {
	const char *directory;
	bool looked[JOINED_COUNT];
	struct snapshot *snapshot[JOINED_COUNT];
	enum store_result result[JOINED_COUNT];
	char error[JOINED_COUNT][512];
	struct joined joined; /* the good ones */
};

/* Returns what store `i` is like. */
static enum store_result
look(struct found *found, enum joined_store i)
{
	char path[PATH_MAX];
	const char *error = "";

	if (found->looked[i])
		return (found->result[i]);
	if (snprintf(path, sizeof(path), "%s/%s", found->directory,
		joined_files[i].name) >= (int)sizeof(path))
		log_fatal(EXIT_STORE, "%s: name too long", found->directory);
	found->looked[i] = true;
	found->result[i] = store_read(path, &found->snapshot[i], &error);
	if (found->result[i] == STORE_OK) {
		(void)whm_expire(
		    found->snapshot[i], (uint64_t)time(NULL), &(bool){ false });
		found->joined.of[i] = found->snapshot[i];
	}
	(void)snprintf(found->error[i], sizeof(found->error[i]), "%s", error);
	return (found->result[i]);
}

/* End if there is no good store `i`. */
static void
want(struct found *found, enum joined_store i)
{
	if (look(found, i) != STORE_OK)
		log_fatal(EXIT_STORE, "%s", found->error[i]);
}

/* End if a key is asked for whose store is no good.  That there is none but the
   tailer's is no fault. */
static void
want_keys(struct found *found, char **keys)
{
	for (; *keys != NULL; keys++) {
		enum joined_store home = joined_home_of(slice_of(*keys));

		want(found,
		    look(found, home) == STORE_MISSING ? JOINED_LOG : home);
	}
}

/* The same if all is asked for.  There may be others alone, and what is left
   without them is shown. */
static void
want_all(struct found *found)
{
	bool others = look(found, JOINED_PROBES) == STORE_OK;

	others |= look(found, JOINED_WHM) == STORE_OK;
	if (!others || look(found, JOINED_LOG) != STORE_MISSING)
		want(found, JOINED_LOG);
}

static int
print_keys(const struct joined *joined, char **keys)
{
	char text[NUMBER_TEXT_MAX];
	int code = 0;

	for (; *keys != NULL; keys++) {
		struct slice key = slice_of(*keys);
		uint64_t value = 0;

		if (joined_number(joined, key, &value) || key_is_fixed(key)) {
			puts(render_number(key, value, text));
			continue;
		}
		printf("No such key \"%s\"\n", *keys);
		code = EXIT_FAULT;
	}
	return (code);
}

static void
print_numbers(const struct joined *joined,
    void (*render)(FILE *, const struct snapshot *))
{
	struct snapshot *all = joined_merge(joined);

	if (all == NULL)
		log_fatal(EXIT_FAULT, "%s", strerror(ENOMEM));
	render(stdout, all);
	snapshot_free(all);
}

static void
print_walk(const struct joined *joined, const struct config_snmp *snmp)
{
	struct cells *cells;
	struct oid base;
	const char *error;

	if (oid_parse(snmp->base_oid, &base, &error) == -1)
		log_fatal(EXIT_BAD_USAGE, "base_oid: %s", error);
	if (cells_build(joined, &base, snmp->ietf_tables ? CELLS_IETF : 0,
		&cells, &error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	render_walk(stdout, cells);
	cells_free(cells);
}

/* Name the stores that are no good, beside the tailer's. */
static int
complain(const struct found *found)
{
	int code = 0;

	for (unsigned i = JOINED_LOG + 1; i < JOINED_COUNT; i++)
		if (found->result[i] < STORE_MISSING) {
			log_warnx("%s", found->error[i]);
			code = EXIT_STORE;
		}
	return (code);
}

/* All of it, or of its part that `mode` is. */
static int
print_all(struct found *found, enum mode mode, const struct config_snmp *snmp)
{
	if (mode == MODE_TOP || mode == MODE_UNRECOGNISED) {
		want(found, JOINED_LOG);
		(mode == MODE_TOP ? render_top : render_samples)(
		    stdout, found->joined.of[JOINED_LOG]);
		return (0);
	}
	want_all(found);
	if (mode == MODE_WALK)
		print_walk(&found->joined, snmp);
	else
		print_numbers(&found->joined,
		    mode == MODE_ALL ? render_keys : render_json);
	return (complain(found));
}

int
main(int argc, char **argv)
{
	struct options options = { .mode = MODE_KEYS };
	struct found found = { .directory = NULL };
	struct config *config;
	const char *error;
	int code;

	log_init("postfix-stats-get", LOG_TO_STDERR);
	options_read(argc, argv, &options);
	if (config_load(options.config, &config, &error) == -1)
		log_fatal(EXIT_BAD_USAGE, "%s", error);
	found.directory = options.state_directory ? options.state_directory :
						    config->state_directory;
	if (options.mode == MODE_KEYS) {
		want_keys(&found, argv + optind);
		code = print_keys(&found.joined, argv + optind);
	} else
		code = print_all(&found, options.mode, config->snmp);
	for (unsigned i = 0; i < JOINED_COUNT; i++)
		if (found.joined.of[i] != NULL)
			snapshot_free(found.snapshot[i]);
	config_free(config);
	if (fflush(stdout) != 0 || ferror(stdout))
		log_fatal(EXIT_FAULT, "cannot write the output");
	return (code);
}
