/*
 * Why there is no good answer: the values of the label WHM_REASON of the table,
 * in its order.
 */
#ifndef WHM_REASON_H
#define WHM_REASON_H

#include <stddef.h>

enum reason {
	REASON_DNS,           /* no address */
	REASON_CONNECT,       /* no connection */
	REASON_TLS,           /* no TLS, or a certificate that is wrong */
	REASON_TIMEOUT,       /* too late */
	REASON_CLOSED,        /* broken off before there was an answer */
	REASON_DENIED,        /* 401, 403: the token */
	REASON_RATE_LIMITED,  /* 429 */
	REASON_REDIRECT,      /* 3xx: not the API */
	REASON_HTTP,          /* any other status but 200 */
	REASON_HTML,          /* a page, for people to log in */
	REASON_EMPTY,         /* 200 and nothing */
	REASON_TRUNCATED,     /* broken off within the answer */
	REASON_TOO_LARGE,     /* more than max_bytes */
	REASON_NESTING,       /* JSON too deep */
	REASON_ENCODING,      /* no UTF-8 */
	REASON_DUPLICATE_KEY, /* twice in an object: which one is meant? */
	REASON_JSON,          /* no JSON */
	REASON_API,           /* metadata.result is 0 */
	REASON_OVERFLOWED,    /* WHM itself has left out rows */
	REASON_SHAPE,         /* JSON of another form */
	REASON_NEGATIVE,      /* a number below 0 */
	REASON_NUMBER,        /* one that is none, or has over 64 bits */
	REASON_ORDER,  /* rows that were not asked for, or out of order */
	REASON_CLOCK,  /* the server's clock is not ours */
	REASON_MEMORY, /* too much for ours */
	REASON_EVENTS, /* what was told can't be written */
	REASON_COUNT,
	REASON_NONE = REASON_COUNT /* all is well */
};

/* What is wrong, in words, with `reason`. */
struct fault {
	enum reason reason; /* REASON_NONE: nothing */
	char text[256];     /* printable, one line */
};

const char *reason_name(enum reason reason);

/* Returns `reason`, having noted it with the text. */
enum reason fault_set(struct fault *fault, enum reason reason,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
