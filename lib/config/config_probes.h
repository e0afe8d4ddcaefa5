/*
 * `probing` and the list `probes`: what they may hold.
 */
#ifndef CONFIG_CONFIG_PROBES_H
#define CONFIG_CONFIG_PROBES_H

#include <cyaml/cyaml.h>

#include "lib/config/config.h"
#include "lib/config/config_delivery.h"

/* As libcyaml fills them in; what is left out is NULL. */
struct raw_probing {
	char *capacity, *publish_interval, *under_way, *server_pause;
};

struct raw_expect {
	char *banner, *ehlo, *starttls, *ehlo_tls, *sasl_auth, *mailfrom,
	    *rcptto, *data, *body;
};

struct raw_probe {
	char *name, *server, *port, *protocol, *family, *source_address, *ehlo,
	    *from, *to, *payload, *until;
	char *starttls, *implicit_tls, *verify, *tls_name, *ca_file,
	    *certificate_file, *key_file, *ciphers, *tls_least;
	bool starttls_if_offered; /* not in our file */
	char *sasl_authentication, *sasl_user, *sasl_auth_id, *sasl_password,
	    *sasl_password_file;
	char *proxy_protocol, *proxy_family, *proxy_source_address,
	    *proxy_dest_address, *proxy_source_port, *proxy_dest_port;
	struct raw_expect *expect;
	char *ehlo_requires, *ehlo_forbids, *ehlo_tls_requires,
	    *ehlo_tls_forbids;
	char *phase_deadline, *deadline, *interval, *jitter, *retry_interval,
	    *retry_deadline;
	struct raw_delivery *delivery;
};

extern const cyaml_schema_field_t config_probing_fields[];
extern const cyaml_schema_value_t config_probe_schema;
extern const cyaml_schema_field_t config_delivery_fields[];

/* How many keys the probes take at most. */
unsigned config_keys_of_probes(const struct raw_probe *raw, unsigned count);

/* Check what the file says of probes, which take `keys`, and fill in defaults.
   Return NULL, or the key at fault (of the probe *item_r) and what it should be.
   `probes_r` borrows from `raw`, which may be NULL in the first; each one's
   delivery is to be freed. */
const char *config_take_probing(const struct raw_probing *raw, unsigned keys,
    struct config_probing *probing_r, const char **wanted_r);
const char *config_take_probes(const struct raw_probe *raw, unsigned count,
    struct config_probe *probes_r, unsigned *item_r, const char **wanted_r);

/* The same of one, in config_probe.c. */
const char *config_take_probe(const struct raw_probe *raw,
    struct config_probe *probe_r, const char **wanted_r);

#endif
