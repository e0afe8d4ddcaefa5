/*
 * What one log line says, once.  A parser fills in the type, the traits that
 * hold and the labels that its type has; the rows of metrics.def pick from
 * these.  Labels borrow from the line.
 */
#ifndef STATS_EVENT_H
#define STATS_EVENT_H

#include "lib/stats/metrics.h"
#include "lib/util/slice.h"

/* Types, and the labels each one fills in. */
enum event_type {
	EVENT_NONE,         /* known, but nothing counts it */
	EVENT_DELIVERY,     /* transport, agent */
	EVENT_RECEIVE,      /* service, sasl_method */
	EVENT_REJECT,       /* service, reject_daemon, class, reason */
	EVENT_UNRECOGNISED, /* daemon */
	EVENT_COUNT
};

enum trait {
	TRAIT_IS_SENT = 1 << 0,
	TRAIT_IS_DEFERRED = 1 << 1,
	TRAIT_IS_BOUNCED = 1 << 2,
	TRAIT_IS_SOFTBOUNCE = 1 << 3,
	TRAIT_IS_FORWARDED = 1 << 4,
	TRAIT_IS_4XX = 1 << 5, /* class of the reply */
	TRAIT_IS_5XX = 1 << 6,
	TRAIT_BY_SMTP = 1 << 7, /* agent or daemon */
	TRAIT_BY_LOCAL = 1 << 8,
	TRAIT_BY_VIRTUAL = 1 << 9,
	TRAIT_BY_LMTP = 1 << 10,
	TRAIT_BY_DISCARD = 1 << 11,
	TRAIT_BY_OTHER = 1 << 12,
	TRAIT_BY_SMTPD = 1 << 13,
	TRAIT_BY_PICKUP = 1 << 14,
	TRAIT_BY_SERVER = 1 << 15, /* clients connect to it */
	TRAIT_LAST = TRAIT_BY_SERVER
};

struct event {
	enum event_type type;
	unsigned traits;
	/* Events of one serial (struct tag) have the same labels if their type
	   and traits are the same, but for labels that come from the line.  One
	   of these, that tells them all, is `varies`, else LABEL_NONE.  A serial
	   of 0 tells nothing. */
	uint32_t serial;
	enum label_id varies;
	struct slice label[LABEL_COUNT];
};

#endif
