/*
 * A connection, in clear or by TLS, with deadlines: nothing waits longer than
 * until the time given.  IMAP speaks over it as SMTP does, so it knows
 * neither.
 */
#ifndef PROBE_WIRE_H
#define PROBE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/util/slice.h"

struct sockaddr;
struct wire;
struct tls;

enum wire_result {
	WIRE_OK = 1,
	WIRE_CLOSED = 0,   /* by the other side, in order */
	WIRE_TIMEOUT = -1, /* the deadline has come */
	WIRE_REFUSED = -2, /* connect: refused, unreachable */
	WIRE_FAULT = -3    /* any other; *error_r says what */
};

/* Microseconds of CLOCK_MONOTONIC, as all deadlines are. */
uint64_t wire_now(void);

/* One of these is the address of a server. */
struct wire_address {
	const struct sockaddr *at;
	unsigned len;
};

/* Connect; `source` may be NULL.  On WIRE_OK the caller has *wire_r, to be ended
   with wire_close(). */
enum wire_result wire_connect(const struct wire_address *server,
    const struct wire_address *source, uint64_t deadline, struct wire **wire_r,
    const char **error_r);
void wire_close(struct wire *wire);
int wire_fd(const struct wire *wire);

/* Write all of it. */
enum wire_result wire_write(struct wire *wire, struct slice bytes,
    uint64_t deadline, const char **error_r);

/* Wait for bytes that were not read yet: *bytes_r is what there is, one at
   least, borrowed until the next call.  wire_used() says how many of them are
   done with; the rest comes again. */
enum wire_result wire_read(struct wire *wire, uint64_t deadline,
    struct slice *bytes_r, const char **error_r);
void wire_used(struct wire *wire, size_t count);

/* Whether bytes are there that nobody asked for: read by now, or waiting in the
   socket. */
bool wire_unread(struct wire *wire);

/* Handshake as a client (tls.h).  Bytes that are unread are a fault. */
enum wire_result wire_start_tls(struct wire *wire, const struct tls *tls,
    const char *name, uint64_t deadline, const char **error_r);

/* The SSL of OpenSSL, for who looks at the certificate; NULL: in clear. */
struct ssl_st *wire_ssl(const struct wire *wire);

#endif
