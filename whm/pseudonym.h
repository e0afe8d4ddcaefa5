/*
 * Addresses that nobody is to read: the part before the @ becomes a hash of the
 * address, which is the same each time.  Who has not the key in the state
 * directory can't try out which address it is of.
 */
#ifndef WHM_PSEUDONYM_H
#define WHM_PSEUDONYM_H

#include "lib/util/secret_key.h"
#include "whm/buffer.h"
#include "whm/records.h"

#define PSEUDONYM_KEY_NAME "whm.key" /* in the state directory */

/* Replace all addresses in the texts of `event`; they are then borrowed from
   `scratch`.  False: no memory, and it must not be shown. */
bool pseudonym_apply(const struct secret_key *key, struct buffer *scratch,
    struct message *message);

#endif
