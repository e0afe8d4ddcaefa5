/*
 * The lists `rules` and `reasons`: what they may hold.  What a pattern means
 * is none of the configuration's business.
 */
#ifndef CONFIG_CONFIG_RULES_H
#define CONFIG_CONFIG_RULES_H

#include <cyaml/cyaml.h>

#include "lib/config/config.h"

extern const cyaml_schema_value_t config_rule_schema;
extern const cyaml_schema_value_t config_reason_schema;

/* Check what the file says and fill in defaults.  Returns NULL, or the key at
   fault of the rule *item_r and what it should be. */
const char *config_take_rules(struct config_rule *rules, unsigned count,
    unsigned *item_r, const char **wanted_r);

#endif
