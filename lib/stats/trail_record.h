/*
 * The record of a probe's mail in the tailer's store, `=trail:NAME:SERIAL` with
 * SERIAL in hexadecimal.  It has a line for each queue id that the mail had,
 * oldest first, and then, as far as there is room, lines of what was last said
 * of them:
 *
 *	h INSTANCE WHERE OVER TAKEN SINCE PUT_OFF ID
 *	t NUMBER NEXT TRANSPORT RELAY DELAYS REASON
 *
 * WHERE is a number of enum where, OVER 1 if that id is not the mail's any more,
 * TAKEN 1 if the queue manager has taken the message up, once;
 * times are seconds since 1970.  NUMBER is that of a line h, from 0; DELAYS is
 * "a/b/c/d" in microseconds.  What is not known is `-', or 0 if it is a time.
 */
#ifndef STATS_TRAIL_RECORD_H
#define STATS_TRAIL_RECORD_H

#include "lib/stats/probe_trail.h"

enum {
	TRAIL_HOPS = 8,      /* queue ids of a mail that are kept */
	TRAIL_ID_MAX = 24,   /* bytes of one */
	TRAIL_SAID_MAX = 400 /* bytes of what was said of one, as in a record */
};

#define TRAIL_KEY "=trail:"

/* A mail under one queue id. */
struct trail_hop {
	enum where where;
	bool over, taken;
	uint8_t instance; /* number of that */
	uint8_t id_len;
	uint16_t said_len; /* 0: nothing was said */
	char id[TRAIL_ID_MAX];
	char said[TRAIL_SAID_MAX]; /* "NEXT TRANSPORT .. REASON" */
	uint64_t since;            /* seconds since 1970; 0: not known */
	uint64_t put_off;          /* the first time; 0: never */
};

/* Which of `count` hops tells where the mail is. */
unsigned trail_last(const struct trail_hop *hops, unsigned count);

/* Read the lines h of a record.  Returns how many there were. */
unsigned trail_read_hops(
    struct slice record, struct trail_hop hops_r[TRAIL_HOPS]);

/* And what was said of a hop; false if that is not there. */
bool trail_read_said(
    struct slice record, unsigned number, struct slice *said_r);

/* Write a record.  Returns its length. */
size_t trail_write(
    const struct trail_hop *hops, unsigned count, char record_r[TEXT_MAX]);

/* What a delivery agent said, from which a hop's `said` is written. */
struct trail_said {
	struct slice next, transport, relay, reason;
	const uint64_t *delay; /* TRAIL_DELAYS microseconds; NULL: not known */
};

void trail_say(struct trail_hop *hop, const struct trail_said *said);

#endif
