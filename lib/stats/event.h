/*
 * What one log line says, once.  A parser fills in the type, the traits that
 * hold and the labels that its type has; the rows of metrics.def pick from
 * these.  Labels borrow from the line.
 */
#ifndef STATS_EVENT_H
#define STATS_EVENT_H

#include "lib/stats/head.h"
#include "lib/stats/metrics.h"

/* Types, and what each one fills in. */
enum event_type {
	EVENT_NONE,           /* known, but nothing counts it */
	EVENT_RECEIVE,        /* service, sasl_method */
	EVENT_CONNECT,        /* service */
	EVENT_COMMAND,        /* service, command: of EVENT_DISCONNECT */
	EVENT_QUEUE_IN,       /* these three: line.c, of EVENT_ACTIVE */
	EVENT_QUEUE_IN_BYTES, /* as many as there are bytes */
	EVENT_QUEUE_IN_RECIPIENTS,
	EVENT_QUEUE_OUT,
	EVENT_FILTER,      /* filter.c, of others */
	EVENT_ABORT,       /* service, after_stage */
	EVENT_PIPELINING,  /* service */
	EVENT_TLS,         /* service, side, trust, protocol, cipher */
	EVENT_TLS_FAILURE, /* service */
	EVENT_LOG, /* daemon; with a trait of a client: service, method */
	EVENT_UNRECOGNISED, /* daemon */
	EVENT_DNSBLOG,      /* dnsbl */
	EVENT_FAILURE,      /* line.c: transport, fail_reason */
	EVENT_RULE,         /* these four: user_rules.c; rule, capture */
	EVENT_RULE_VALUE,   /* value_rule */
	EVENT_RULE_SUM,     /* value_rule; as many as the value */
	EVENT_RULE_BY,      /* value_rule, capture; as many as the value */
	/* Of which more is kept than a count (line_events.c): */
	EVENT_DELIVERY,        /* transport, agent, dsn, said */
	EVENT_CONNECT_FAILURE, /* transport, said */
	EVENT_DISCONNECT,      /* service, said: its commands */
	EVENT_REJECT, /* service, reject_daemon, class, reply_code, stage, said,
			 queue_id, moves; reason, empty if what was said tells
			 it */
	EVENT_PROBE,  /* no line is; rows of it are postfix-stats-probe's */
	EVENT_WHM,    /* the same of postfix-stats-whm's */
	EVENT_APART,  /* neither: line_apart.c, of others */
	/* Not counted by themselves, in no row of the table: */
	EVENT_NAMED,  /* queue_id */
	EVENT_ACTIVE, /* queue_id, bytes, recipients */
	EVENT_GONE,   /* queue_id, moves */
	EVENT_MOVES,  /* moves */
	EVENT_RANKED, /* moves; code: the rank */
	EVENT_MASTER, /* said: a version, or empty */
	EVENT_COUNT
};

/* What holds of an event.  A bit has a meaning for the types it is listed
   under. */
enum trait {
	/* EVENT_DELIVERY */
	TRAIT_IS_SENT = 1 << 0,
	TRAIT_IS_DEFERRED = 1 << 1,
	TRAIT_IS_BOUNCED = 1 << 2,
	TRAIT_IS_SOFTBOUNCE = 1 << 3,
	TRAIT_IS_FORWARDED = 1 << 4,
	TRAIT_IS_4XX = 1 << 5, /* class of the reply; also EVENT_REJECT */
	TRAIT_IS_5XX = 1 << 6,
	TRAIT_BY_SMTP = 1 << 7, /* agent */
	TRAIT_BY_LOCAL = 1 << 8,
	TRAIT_BY_VIRTUAL = 1 << 9,
	TRAIT_BY_LMTP = 1 << 10,
	TRAIT_BY_DISCARD = 1 << 11,
	TRAIT_BY_OTHER = 1 << 12,
	TRAIT_HAS_DSN = 1 << 13,
	TRAIT_IN_DNS = 1 << 14, /* deferred or bounced as no name was found */
	TRAIT_LAST = TRAIT_IN_DNS,
	/* EVENT_RECEIVE, EVENT_REJECT, EVENT_TLS, EVENT_TLS_FAILURE */
	TRAIT_BY_SMTPD = 1 << 7,
	TRAIT_BY_PICKUP = 1 << 8,
	TRAIT_BY_SERVER = 1 << 9, /* clients connect to it */
	TRAIT_HAS_CODE = 1 << 10,
	TRAIT_HAS_STAGE = 1 << 11,
	TRAIT_BY_POSTSCREEN = 1 << 12,
	/* EVENT_CONNECT_FAILURE, EVENT_ABORT */
	TRAIT_BY_TIMEOUT = 1 << 0,
	TRAIT_BY_REFUSAL = 1 << 1,
	TRAIT_BY_NO_ROUTE = 1 << 2,
	TRAIT_BY_TLS = 1 << 3,
	TRAIT_BY_LOSS = 1 << 4,
	TRAIT_BY_ELSE = 1 << 5,
	/* EVENT_QUEUE_OUT */
	TRAIT_IS_REMOVED = 1 << 0,
	TRAIT_IS_EXPIRED = 1 << 1,
	TRAIT_IS_FORCE_EXPIRED = 1 << 2,
	TRAIT_IS_BOUNCE_SENT = 1 << 3,
	/* EVENT_FILTER, EVENT_APART, or one of the first four */
	TRAIT_IS_BACK = 1 << 4,
	TRAIT_IS_MESSAGE = 1 << 5,
	TRAIT_IS_BYTES = 1 << 6,
	TRAIT_IS_RECIPIENTS = 1 << 7,
	TRAIT_IS_OVER = 1 << 8,
	/* EVENT_APART */
	TRAIT_IS_RETURNED = 1 << 9,
	TRAIT_IS_NOTIFIED = 1 << 10,
	/* EVENT_LOG */
	TRAIT_IS_WARNING = 1 << 0,
	TRAIT_IS_ERROR = 1 << 1,
	TRAIT_IS_FATAL = 1 << 2,
	TRAIT_IS_PANIC = 1 << 3,
	TRAIT_IN_LOGIN =
	    1 << 4,             /* a client's that failed; also EVENT_COMMAND */
	TRAIT_IN_NAME = 1 << 5, /* a client's that is not its address's */
	/* EVENT_COMMAND */
	TRAIT_IS_OK = 1 << 0,
	TRAIT_IS_FAILED = 1 << 1,
	/* EVENT_RULE */
	TRAIT_IS_CAUGHT = 1 << 0,
	/* EVENT_MASTER */
	TRAIT_IS_STARTED = 1 << 0,
	TRAIT_IS_RELOADED = 1 << 1,
	TRAIT_IS_ENDED = 1 << 2
};

/* Parts of the time that a delivery took, as the label DELAY_STAGE has them. */
enum delay_stage {
	DELAY_BEFORE_QUEUE_MANAGER,
	DELAY_QUEUE_MANAGER,
	DELAY_CONNECTION_SETUP,
	DELAY_TRANSMISSION,
	DELAY_TOTAL,
	DELAY_STAGES
};

/* A row without labels, and by how much an event moves it; of a gauge, what it
   is now. */
struct move {
	enum metric_id metric;
	uint64_t value;
};

/* The bits of a code, from here on, that tell reasons; 0: none. */
enum { CODE_REASON = 32, REASON_CONTENT = 64, REASON_MILTER };

struct event {
	enum event_type type;
	unsigned traits;
	/* Events of one serial (struct tag) have the same labels if their type
	   and traits are the same, but for labels that come from the line.
	   Those of which there are few or which are numbers are told by
	   `code`, which is another one for each of their values; of others one,
	   that tells them all, is `varies`, else LABEL_NONE.  A serial of 0
	   tells nothing. */
	uint32_t serial;
	enum label_id varies;
	uint64_t code;
	struct slice queue_id;   /* empty: of no message */
	struct slice said;       /* what is kept of the text */
	const char *address_end; /* EVENT_DELIVERY: of to=<; EVENT_ACTIVE: of
				    from=< */
	const char *relay;       /* EVENT_DELIVERY: relay=, up to a comma */
	uint64_t bytes, recipients;
	/* EVENT_DELIVERY: how many delays are known; 1 is the total. */
	unsigned delays;
	uint64_t delay[DELAY_STAGES]; /* delay.h */
	unsigned move_count;
	struct move moves[3];
	struct slice label[LABEL_COUNT];
};

/* Begin an event whose labels are those of `tag`. */
static inline void
event_begin(struct event *event_r, enum event_type type, unsigned traits,
    const struct tag *tag)
{
	event_r->type = type;
	event_r->traits = traits;
	event_r->serial = tag->serial;
	event_r->varies = LABEL_NONE;
	event_r->code = 0;
}

/* An event that is nothing but a move of a row. */
static inline void
event_move(struct event *event_r, enum metric_id metric, uint64_t value)
{
	event_r->type = EVENT_MOVES;
	event_r->move_count = 1;
	event_r->moves[0] = (struct move){ metric, value };
}

/* Whether no line of a log can be such an event: rows of another program's. */
static inline bool
event_is_foreign(int event)
{
	return (event == EVENT_PROBE || event == EVENT_WHM);
}

#endif
