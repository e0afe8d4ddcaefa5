/*
 * The files that are made from the table (lib/stats/metrics.def), to standard
 * output:
 *
 *	generate mib [BASE]	mibs/POSTFIX-STATS-MIB.txt
 *	generate metrics	docs/metrics.md
 *	generate objects	one line for each SNMP object, for templates
 *
 * What counts as what is shown by tests/golden/scenes, so this runs at the top
 * of the tree.  The same tables always give the same bytes: no date, no path.
 */
#include <stdio.h>
#include <string.h>

#include "lib/util/log.h"
#include "tools/generate.h"

const char *
readable_key(const struct metric *metric)
{
	static char text[160];
	size_t len = 0;

	for (const char *at = metric->key; *at != '\0'; at++) {
		const char *close = strchr(at, '}');
		const char *equals = strchr(at, '=');

		if (*at != '{' || close == NULL) {
			text[len++] = *at;
			continue;
		}
		if (equals != NULL && equals < close)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%.*s", (int)(close - equals - 1), equals + 1);
		else
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "<%.*s>", (int)(close - at - 1), at + 1);
		at = close;
	}
	text[len] = '\0';
	return (text);
}

const char *
type_name(const struct metric *metric)
{
	if (metric_is_counter(metric))
		return ("Counter64");
	return (metric->kind == KIND_GAUGE64 ? "PfsGauge64" : "Gauge32");
}

int
main(int argc, char **argv)
{
	log_init("generate", LOG_TO_STDERR);
	if (argc >= 2 && argc <= 3 && strcmp(argv[1], "mib") == 0)
		generate_mib(argc == 3 ? argv[2] : BASE_DEFAULT);
	else if (argc == 2 && strcmp(argv[1], "metrics") == 0)
		generate_metrics();
	else if (argc == 2 && strcmp(argv[1], "objects") == 0)
		generate_objects();
	else
		log_fatal(EXIT_BAD_USAGE,
		    "usage: generate mib [BASE] | "
		    "metrics | objects");
	if (fclose(stdout) != 0)
		log_fatal(EXIT_FAULT, "cannot write to standard output");
	return (0);
}
