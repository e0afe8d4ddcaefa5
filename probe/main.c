/*
 * postfix-stats-probe: what a sender of mail sees, from outside.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/util/log.h"
#include "probe/once.h"
#include "probe/options.h"
#include "probe/run.h"

/* Nagios shows what is printed; JSON is for programs, which look at the exit
   code. */
_Noreturn static void
refuse(const struct options *options, int code, const char *error)
{
	if (options->json)
		log_fatal(code, "%s", error);
	(void)nagios_unknown(error);
	exit(VERDICT_UNKNOWN);
}

static int
once(const struct options *options)
{
	struct config *config;
	struct targets *targets = NULL;
	struct tried *tried;
	unsigned count;
	const char *error;
	enum verdict verdict;

	if (origin_load(&options->origin, &config, &error) == -1 ||
	    targets_new(config, &targets, &error) == -1)
		refuse(options, EXIT_BAD_USAGE, error);
	targets_warn(config, targets);
	if (once_try(config, targets, options->names, &tried, &count, &error) ==
	    -1)
		refuse(options, VERDICT_UNKNOWN, error);
	if (options->json && once_json(tried, count) == -1)
		log_fatal(VERDICT_UNKNOWN, "no memory for JSON");
	verdict = options->json ? nagios_worst(tried, count) :
				  nagios_print(tried, count);
	if (fflush(stdout) == EOF || ferror(stdout))
		log_fatal(VERDICT_UNKNOWN, "cannot write the output");
	free(tried);
	targets_free(targets);
	config_free(config);
	return ((int)verdict);
}

int
main(int argc, char **argv)
{
	struct options options;

	log_init("postfix-stats-probe", LOG_TO_STDERR);
	options_read(argc, argv, &options);
	if (options.once)
		return (once(&options));
	return (run_daemon(&options));
}
