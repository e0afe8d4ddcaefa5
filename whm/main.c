/*
 * postfix-stats-whm: what servers with cPanel say of their mail.
 */
#include "lib/util/log.h"
#include "whm/run.h"

int
main(int argc, char **argv)
{
	struct options options;

	log_init("postfix-stats-whm", LOG_TO_STDERR);
	options_read(argc, argv, &options);
	return (run(&options));
}
