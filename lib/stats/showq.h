/*
 * What showq(8) says of Postfix's queue, added up.  The reader takes the bytes
 * as they come and keeps no message; it trusts none of them.
 *
 * The protocol: lists of attributes, NAME NUL VALUE NUL ..., each list ended by
 * one more NUL.  Since Postfix 3.6 the first list names the protocol.  Then
 * there is a list for each message, and an empty one ends it all.
 */
#ifndef STATS_SHOWQ_H
#define STATS_SHOWQ_H

#include "lib/stats/metrics.h"
#include "lib/util/slice.h"

enum {
	QUEUES = 5,     /* values of the label QUEUE, in its order */
	AGE_STEPS = 8,  /* of the label QUEUE_AGE: seconds */
	SIZE_STEPS = 7, /* of the label QUEUE_SIZE: bytes */
	QUEUE_ID_MAX = 32,
	SHOWQ_WORD_MAX = 64,       /* bytes of what is looked at */
	SHOWQ_VALUE_MAX = 64 << 10 /* bytes of a value that is skipped */
};

struct queue_figures {
	uint64_t messages, bytes, recipients;
	uint64_t oldest, age_sum;  /* seconds */
	uint64_t age[AGE_STEPS];   /* messages up to that age */
	uint64_t size[SIZE_STEPS]; /* ... of that size */
	/* Of the oldest message; an empty id: there is none. */
	char oldest_id[QUEUE_ID_MAX + 1];
	uint64_t arrival; /* seconds since 1970 */
};

struct queue_sample {
	struct queue_figures queue[QUEUES];
};

enum showq_result {
	SHOWQ_MORE,
	SHOWQ_DONE, /* the sample is complete */
	SHOWQ_FAULT
};

/* The message that is being read. */
struct showq_message {
	unsigned given; /* which attributes it had so far */
	int queue;      /* -1: one that we don't know */
	uint64_t time, size, recipients;
	char id[QUEUE_ID_MAX + 1];
};

struct showq {
	uint64_t now; /* that ages are counted from: seconds since 1970 */
	enum showq_result result;
	const char *fault; /* of SHOWQ_FAULT */
	struct queue_sample sample;

	struct showq_message message;
	unsigned attribute; /* whose value comes next; 0: a name does */
	size_t lists;       /* that have ended */
	size_t len;         /* of the word so far */
	char word[SHOWQ_WORD_MAX];
};

void showq_begin(struct showq *showq, uint64_t now);

/* Take the next bytes.  After any other result than SHOWQ_MORE it wants no
   more of them. */
enum showq_result showq_read(struct showq *showq, struct slice bytes);

/* There are no more bytes: SHOWQ_MORE becomes a fault. */
enum showq_result showq_end(struct showq *showq);

/* Add what another instance's queue holds. */
void queue_sample_add(
    struct queue_sample *sum, const struct queue_sample *sample);

#endif
