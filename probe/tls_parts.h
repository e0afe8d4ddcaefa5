/*
 * Between the parts of tls.h.
 */
#ifndef PROBE_TLS_PARTS_H
#define PROBE_TLS_PARTS_H

#include <stdbool.h>

#include "lib/config/config_probe.h"

struct ssl_st;
struct ssl_ctx_st;

/* A context as `probe` wants it, with the authorities of `like`; NULL: its own.
   Returns 0, or -1, the key at fault and *error_r. */
int tls_context_new(const struct config_probe *probe, struct ssl_ctx_st *like,
    struct ssl_ctx_st **context_r, const char **key_r, const char **error_r);

/* Let certificates be verified, and the handshake go on whatever comes of it;
   what is wrong is kept with each session.  `has_defaults`: by OpenSSL's own
   certificates of authorities.  0, or -1: no memory. */
int tls_verify_by(struct ssl_ctx_st *context, bool has_defaults);

/* What the certificate must be for: an address, or a name, which the server is
   told (SNI).  0, or -1: no memory. */
int tls_verify_for(struct ssl_st *ssl, const char *name);

/* What is wrong, in words that stay the same, "; " between; empty: nothing. */
void tls_verify_faults(struct ssl_st *ssl, char *text_r, size_t size);

#endif
