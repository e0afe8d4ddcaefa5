/*
 * The same as libcyaml fills it in; what is left out is NULL.
 */
#ifndef CONFIG_CONFIG_WHM_RAW_H
#define CONFIG_CONFIG_WHM_RAW_H

#include <cyaml/cyaml.h>

#include "lib/config/config_whm.h"

struct raw_whm {
	char *capacity, *publish_interval, *intervals, *events, *hash_addresses,
	    *email_logs_series;
};

struct raw_whm_server {
	char *name, *url, *user, *token_file, *ca_file, *interval, *timeout,
	    *max_bytes, *page_size, *window, *users, *search, *backfill,
	    *overlap, *remembered, *clock_skew;
};

extern const cyaml_schema_field_t config_whm_fields[];
extern const cyaml_schema_value_t config_whm_server_schema;

/* Check what the file says and fill in defaults.  Returns NULL, or the key at
   fault (of the server *item_r) and what it should be.  Both borrow from `raw`,
   which may be NULL in the second. */
const char *config_take_whm_servers(const struct raw_whm_server *raw,
    unsigned count, struct config_whm_server *servers_r, unsigned *item_r,
    const char **wanted_r);
const char *config_take_whm(const struct raw_whm *raw,
    const struct config_whm_server *servers, unsigned count,
    struct config_whm *whm_r, const char **wanted_r);

#endif
