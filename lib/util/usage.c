/*
 * Messages about command lines.  getopt's own would be lines of their own.
 */
#include <getopt.h>

#include "lib/util/log.h"
#include "lib/util/usage.h"

void
usage_fault(int option, char *const *argv)
{
	const char *word = argv[optind - 1];

	if (optopt != 0 && optopt < OPTION_LONG)
		log_fatal(EXIT_BAD_USAGE,
		    option == ':' ? "option -%c wants a value (see --help)" :
				    "unknown option -%c (see --help)",
		    optopt);
	log_fatal(EXIT_BAD_USAGE,
	    option == ':' ? "option %s wants a value (see --help)" :
			    "unknown option %s (see --help)",
	    word);
}
