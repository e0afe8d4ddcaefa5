/*
 * Files of two kinds, one configuration.
 */
#include "lib/config/config_mailexporter.h"
#include "lib/util/log.h"
#include "probe/origin.h"

static void
warn(const char *text)
{
	log_warnx("%s", text);
}

int
origin_load(
    const struct origin *origin, struct config **config_r, const char **error_r)
{
	return (origin->mailexporter ?
		config_load_mailexporter(
		    origin->path, config_r, warn, error_r) :
		config_load(origin->path, config_r, error_r));
}
