/*
 * The configuration file of mailexporter, as its users have it: probes with
 * `delivery` each.  It is checked as strictly as ours, but for keys that are not
 * known: those are ignored there, so here they are a warning.
 */
#ifndef CONFIG_CONFIG_MAILEXPORTER_H
#define CONFIG_CONFIG_MAILEXPORTER_H

#include "lib/config/config.h"

typedef void config_warn_fn(const char *text);

/* As config_load(), with `warn` told what is not known, in a line each. */
int config_load_mailexporter(const char *path, struct config **config_r,
    config_warn_fn *warn, const char **error_r);

#endif
