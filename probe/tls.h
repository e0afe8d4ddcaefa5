/*
 * What TLS a probe wants, and what it got: certificates are always verified -
 * chain, time and name - and what is wrong with them is said; whether that ends
 * the conversation is up to the probe.
 */
#ifndef PROBE_TLS_H
#define PROBE_TLS_H

#include "lib/config/config_probe.h"
#include "probe/outcome.h"

struct tls;
struct ssl_st;

/* Made once, when the configuration is read, so that each child has it.  What
   the probe names (files, ciphers, version) is checked.  Returns 0, or -1, the
   key at fault in *key_r and *error_r. */
int tls_new(const struct config_probe *probe, struct tls **tls_r,
    const char **key_r, const char **error_r);
void tls_free(struct tls *tls);

/* A session for `name`: SNI, and what the certificate must be for (a name or an
   address).  NULL: no memory. */
struct ssl_st *tls_session(const struct tls *tls, const char *name);

/* After a handshake, or one that failed: version, cipher and certificate. */
void tls_outcome(struct ssl_st *ssl, struct outcome *outcome_r);

/* Why OpenSSL refused, from what it noticed first; that is then forgotten. */
const char *tls_words(void);

#endif
