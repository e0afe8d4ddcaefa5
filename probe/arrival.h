/*
 * Mail of ours that was found in a mailbox, as who watches that tells the
 * daemon: plain data of constant size, in one datagram.
 */
#ifndef PROBE_ARRIVAL_H
#define PROBE_ARRIVAL_H

#include <stdbool.h>
#include <stdint.h>

enum { ARRIVAL_NAME = 33, ARRIVAL_WORD = 12 };

struct arrival {
	char probe[ARRIVAL_NAME]; /* its name, ended by NUL */
	uint64_t serial;          /* of the mail, as its token has it */
	uint64_t sent;            /* the same: microseconds since 1970 */
	/* What the mailbox calls it, as a number: the same again is not a
	   second mail.  Keeps over restarts and a move from new to cur. */
	uint64_t file;
	uint64_t found;   /* microseconds as wire_now() has them */
	uint64_t arrived; /* microseconds since 1970, as the mailbox says */
	bool fresh;       /* seen to arrive; else it was there at a look */
	bool spam;        /* in the folder for spam */
	/* Words of Authentication-Results, "pass", "none"; all empty: there is
	   none that is believed. */
	char spf[ARRIVAL_WORD], dkim[ARRIVAL_WORD], dmarc[ARRIVAL_WORD];
};

#endif
