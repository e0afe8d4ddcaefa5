/*
 * How strong a cipher is.  The log says it of each connection; but a cipher's
 * name is enough, so the store keeps that only.
 */
#ifndef STATS_CIPHERS_H
#define STATS_CIPHERS_H

#include "lib/util/slice.h"

/* The bits of the key, and those of the algorithm, of a cipher of that name, as
   OpenSSL and Postfix say them; empty: not known. */
struct slice cipher_secret_bits(struct slice name);
struct slice cipher_algorithm_bits(struct slice name);

#endif
