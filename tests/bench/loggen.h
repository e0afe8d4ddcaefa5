/*
 * loggen: makes a mail log of any length together with its ground truth.
 *
 * A log is a mix of shapes.  A shape is one kind of line as a Postfix program
 * or another program writes it, with its effect on the counters.  The truth is
 * counted from the shape when a line is decided on, never from its text.
 */
#ifndef LOGGEN_H
#define LOGGEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum kind {
	KIND_DELIVERY,        /* label: status; reply, cause, dsn: or NULL */
	KIND_CONNECT_FAILURE, /* cause */
	KIND_CLIENT,          /* label: SASL method or NONE */
	KIND_PICKUP,
	KIND_REJECT, /* label: class; reply: code, cause: stage, or NULL */
	KIND_CONNECT,
	KIND_DISCONNECT, /* label: "ehlo+1 rcpt-2": commands obeyed, refused */
	KIND_ABORT,      /* label: family; cause: stage */
	KIND_PIPELINING,
	KIND_LOGIN, /* a warning; label: SASL method */
	KIND_NAME,  /* a warning */
	KIND_TLS, /* label: trust, reply: protocol, cause: cipher, dsn: side */
	KIND_TLS_FAILURE,
	KIND_QUEUE_IN,  /* the first time that a named message is active */
	KIND_QUEUE_OUT, /* label: why */
	KIND_LEVEL,     /* label: warning, error, fatal, panic */
	KIND_NAMED,     /* cleanup(8) names a message */
	KIND_MOVES,     /* label: keys, each alone, with +N or with =N */
	KIND_LISTED,    /* label: the DNS list */
	KIND_RANKED,    /* label: the rank */
	KIND_KNOWN,     /* an event that no counter wants */
	KIND_OTHER,     /* of Postfix, but not an event */
	KIND_TOOL,      /* of postfix(1); daemon: the whole tag with its ": " */
	KIND_FOREIGN,   /* daemon: the same */
	KIND_MALFORMED, /* text: the whole line */
	KIND_BADTAG,    /* daemon: the whole tag, an impossible one */
	KIND_OVERLONG
};

enum group {
	GROUP_CONNECT,
	GROUP_TLS_IN,
	GROUP_CLIENT,
	GROUP_PICKUP,
	GROUP_MESSAGE_ID,
	GROUP_RESENT_ID,
	GROUP_CLEANUP_NOTE,
	GROUP_CLEANUP_REJECT,
	GROUP_TO_FILTER, /* and what goes wrong there */
	GROUP_FILTER_LATER,
	GROUP_FILTER_NEVER,
	GROUP_BACK,
	GROUP_ACTIVE,
	GROUP_RETRY,
	GROUP_SESSION_NOTE,
	GROUP_SENT,
	GROUP_FORWARDED,
	GROUP_DEFERRED,
	GROUP_BOUNCED,
	GROUP_PROBE,
	GROUP_NOTICE,
	GROUP_REMOVED,
	GROUP_EXPIRED,
	GROUP_SMTPD_REJECT,
	GROUP_SMTPD_NOTE,
	GROUP_DISCONNECT,
	GROUP_SCREEN_CONNECT,
	GROUP_SCREEN_TEST,
	GROUP_SCREEN_END,
	GROUP_NOISE,
	GROUP_FOREIGN,
	GROUP_MALFORMED,
	GROUP_OVERLONG,
	GROUPS
};

/* The service "*" stands for that of the transaction. */
struct shape {
	enum group group;
	unsigned weight; /* within its group */
	enum kind kind;
	const char *service; /* NULL: none in the tag */
	const char *daemon;
	const char *agent; /* pipe(8): the relay= word */
	const char *label;
	const char *reply;
	const char *cause; /* why there was no connection */
	const char *dsn;
	const char *text; /* see line_expand() */
};

extern const struct shape shapes[];
extern const size_t shape_count;

/* Random numbers: the same seed gives the same log on every machine. */
struct random {
	uint64_t state;
};

/* A number from 0 to limit - 1. */
uint32_t random_below(struct random *, uint32_t limit);

/* What the lines of one transaction have in common. */
#define QUEUE_ID_SIZE 20
#define MAX_DELIVERED 64
#define DELAYS        5

struct context {
	char queue_id[QUEUE_ID_SIZE];
	char second_id[QUEUE_ID_SIZE]; /* notice, forwarded */
	const char *client;            /* name[address] */
	const char *address;           /* address alone */
	const char *sender;
	const char *helo;
	const char *relay;  /* of one line: name[address] */
	const char *domain; /* of the last line's first recipient */
	bool filtered;      /* the message passes a content filter */
	bool second;        /* this is the one that came of it */
	uint64_t size;      /* of the message */
	uint64_t recipients;
	/* Of the last line, in microseconds, the total last; how many of
	   these: none, the total or all. */
	uint64_t delay[DELAYS];
	unsigned delays;
	/* Transports that have delivered the message. */
	const char *delivered[MAX_DELIVERED];
	size_t delivered_count;
};

/* A growing stretch of bytes inside a buffer that is large enough. */
struct output {
	char *data;
	size_t length;
};

void output_bytes(struct output *, const char *, size_t);
void output_text(struct output *, const char *);
void output_number(struct output *, uint64_t);

/* Fill `context` with new random values. */
void context_new(struct context *, struct random *);

/* Append `text` with its % directives replaced. */
void line_expand(
    struct output *, struct context *, struct random *, const char *text);

/* Why a rejection, or a delivery that failed, came to that: what the shape has
   in its text, read by hand, and no pattern.  Never NULL. */
const char *shape_reason(const struct shape *);

/* The ground truth: named counters. */
struct truth;

struct truth *truth_new(void);
void truth_free(struct truth *);

/* Count one line of this shape, about the message of `context`.  `instance` and
   `service` are those of its tag, and unused for a line that is not of
   Postfix. */
void truth_line(struct truth *, const struct shape *, struct context *,
    const char *instance, const char *service);

/* Count also what tests/bench/configured.yml asks for, and all as it is after one
   publication at the end, `end` seconds after 1970. */
void truth_configure(struct truth *);
void truth_end(struct truth *, uint64_t end);

/* For that: add `n` to a key; a recipient of pipe(8) to sent:NAME; let a key be
   `value` at least; and go through all keys. */
void truth_add(struct truth *, const char *key, uint64_t n);
void truth_add_sent(struct truth *, const char *instance, const char *agent);
void truth_raise(
    struct truth *, const char *front, const char *label, uint64_t value);
void truth_each(struct truth *,
    void (*)(struct truth *, const char *key, uint64_t value, uint64_t more),
    uint64_t more);

/* Returns whether the line counts so and in no other way. */
bool configured_line(struct truth *, const struct shape *,
    const struct context *, const char *instance, const char *service);
void configured_end(struct truth *, uint64_t end);

/* Print the keys that the last line moved, with blanks between. */
void truth_print_last(const struct truth *, FILE *);

/* Print every "key value", sorted by bytes.  Returns 0, or -1 and errno. */
int truth_print(struct truth *, FILE *);

#endif
