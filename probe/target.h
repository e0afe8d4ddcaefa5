/*
 * A probe, ready to run: what the configuration says, and what was made of it
 * before anything is sent, so that what is wrong with it is said at the start.
 */
#ifndef PROBE_TARGET_H
#define PROBE_TARGET_H

#include "lib/config/config_probe.h"
#include "probe/tls.h"

struct target {
	const struct config_probe *config;
	struct tls *tls;  /* NULL: no TLS is configured, not even if offered */
	char *password;   /* NULL: none */
	const char *ehlo; /* the configured one, or this host's name; NULL: it
	                     has none, the connection's address must do */
	bool is_password_open; /* everyone may read its file */
	struct target *imap;   /* where its mail arrives; NULL: not there */
};

/* Returns 0, or -1, the key at fault and *error_r.  `config` must outlive it. */
int target_new(const struct config_probe *config, struct target **target_r,
    const char **key_r, const char **error_r);
void target_free(struct target *target);

/* What is worth a warning at the start, by number from 0; NULL: that was all. */
const char *target_warning(const struct target *target, unsigned number);

#endif
