/*
 * Sizes of messages by their queue ids: the queue manager logs the size, and the
 * delivery agents the transport.  Memory is fixed and in no store, so this is
 * not exact: a message whose entry was pushed out by younger ones, or that was in
 * the queue before the start, is not known any more.
 */
#ifndef STATS_VOLUME_H
#define STATS_VOLUME_H

#include "lib/stats/names.h"

enum {
	VOLUME_SETS_BITS = 12,
	VOLUME_SETS = 1 << VOLUME_SETS_BITS,
	VOLUME_WAYS = 4, /* a set is a line of the processor's cache */
	VOLUME_MESSAGES = VOLUME_SETS * VOLUME_WAYS,
	VOLUME_SIZE_BITS = 40
};

struct volume_message {
	uint64_t mark_size;  /* a part of the id's hash, and bytes; 0: none */
	uint64_t transports; /* a bit for each that it was counted for */
};

struct volume {
	/* The youngest first. */
	struct volume_message message[VOLUME_SETS][VOLUME_WAYS];
};

/* A message's size is soon to be taken note of: have its place in the cache by
   then. */
void volume_expect(struct volume *volume, unsigned instance, struct slice id);

/* Take note of a message's size.  `anew`: of an id that was known it is
   another message. */
void volume_enter(struct volume *volume, unsigned instance, struct slice id,
    uint64_t size, bool anew);

/* A recipient was delivered.  Returns 1 and the message's size if it is the
   first of this message and transport, 0 if it is not, -1 if the message is not
   known. */
int volume_take(struct volume *volume, unsigned instance, struct slice id,
    unsigned transport, uint64_t *size_r);

#endif
