/*
 * What tells a probe's own mail from all others: a token in its header, its
 * Message-ID and its body, which nobody without the key can make.
 *
 *	pfs1.NAME.SERIAL.SENT.MAC	numbers in hexadecimal
 *
 * MAC is HMAC-SHA-256 (RFC 2104) over all before its dot, cut to 128 bits.  The
 * probe makes it; who reads a mailbox, or the log, reads it.
 */
#ifndef STATS_PROBE_TOKEN_H
#define STATS_PROBE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/util/secret_key.h"
#include "lib/util/slice.h"

enum {
	PROBE_TOKEN_MAX = 5 + 32 + 1 + 16 + 1 + 16 + 1 + 32 /* bytes */
};

#define PROBE_KEY_NAME "probe.key" /* in the state directory */

struct probe_token {
	struct slice name; /* of the probe; borrowed from what was read */
	uint64_t serial;   /* of the mail, from 1; with PROBE_TOKEN_ONCE: any */
	uint64_t sent;     /* microseconds since 1970 */
};

/* Serials from here on are of --once, and not for the daemon to count. */
#define PROBE_TOKEN_ONCE (UINT64_C(1) << 62)

/* Write a token, ended by NUL. */
void probe_token_write(const struct secret_key *key,
    const struct probe_token *token, char text_r[PROBE_TOKEN_MAX + 1]);

/* Whether all of `text` is a token, made with this key. */
bool probe_token_read(const struct secret_key *key, struct slice text,
    struct probe_token *token_r);

/* The same of the first token in a longer text, as a Message-ID or a body has
   it: it ends at a byte that can't be of one. */
bool probe_token_find(const struct secret_key *key, struct slice text,
    struct probe_token *token_r);

#endif
