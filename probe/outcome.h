/*
 * What a probe found out.  The child that speaks writes it, phase by phase, into
 * memory that it shares with the daemon; so whatever becomes of the child, what
 * it had found out by then is there.  Plain data of constant size, without
 * pointers.  What a server said is in it, cleaned: printable UTF-8, ended by NUL,
 * cut where there is no room.
 */
#ifndef PROBE_OUTCOME_H
#define PROBE_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order in which they come; names and numbers are those of the label
   PROBE_PHASE in metrics.def. */
enum phase {
	PHASE_LOOKUP, /* addresses of the server's name */
	PHASE_CONNECT,
	PHASE_PROXY, /* sending the PROXY header; no reply */
	PHASE_BANNER,
	PHASE_EHLO, /* or LHLO */
	PHASE_STARTTLS,
	PHASE_TLS,
	PHASE_EHLO_TLS,
	PHASE_SASL_AUTH,
	PHASE_MAILFROM,
	PHASE_RCPTTO,
	PHASE_DATA,
	PHASE_BODY,
	PHASE_QUIT,
	PHASE_COUNT
};

/* Names and numbers are those of the label PROBE_RESULT; 0 is none, so they
   begin with 1. */
enum result {
	RESULT_NONE,     /* not at its end yet */
	RESULT_OK,       /* all was as configured */
	RESULT_DNS,      /* the name has no address, or nobody said */
	RESULT_REFUSED,  /* no connection: refused, unreachable */
	RESULT_TIMEOUT,  /* in outcome.ended */
	RESULT_CODE,     /* in outcome.ended: another code than expected, no
	                     reply of SMTP, closed, or EHLO offers or lacks what
	                     it should not */
	RESULT_TLS,      /* STARTTLS is not offered or is refused, no handshake,
	                     too old a version, bytes in clear behind 220 */
	RESULT_CERT,     /* see certificate.error */
	RESULT_AUTH,     /* mechanism not offered, or login refused */
	RESULT_DEFERRED, /* 45x at RCPT, DATA or behind the dot */
	RESULT_REJECTED, /* 5xx at MAIL, RCPT, DATA or behind the dot */
	RESULT_UNCERTAIN, /* all was sent, the last reply did not come */
	RESULT_ERROR,     /* the probe's own fault: no memory, it crashed */
	RESULT_COUNT
};

enum { REPLY_TEXT = 256, OUTCOME_TEXT = 480, QUEUE_ID_TEXT = 32 };

struct reply {
	unsigned code;         /* 200 to 599; 0: there was none */
	char enhanced[12];     /* "5.1.1", or empty (RFC 2034) */
	char text[REPLY_TEXT]; /* of all lines, blanks between */
};

struct phase_outcome {
	bool done; /* it came to its end, good or bad */
	uint64_t microseconds;
	struct reply reply; /* connect, proxy, tls: none; AUTH: the last */
};

struct certificate {
	bool present;
	int64_t start, end;         /* seconds since 1970 */
	char subject[OUTCOME_TEXT]; /* as RFC 2253 has it, first part first */
	char issuer[OUTCOME_TEXT];
	char names[OUTCOME_TEXT]; /* subject's alternative ones, ", " between */
	char error[128];          /* of chain, time or name; empty: none */
};

struct outcome {
	enum result result;
	enum phase ended;        /* the phase of the result */
	char reason[REPLY_TEXT]; /* the result in words */
	uint64_t began;          /* seconds since 1970 */
	uint64_t microseconds;   /* from the beginning to the end */
	struct phase_outcome phase[PHASE_COUNT];
	struct certificate certificate;
	char tls_version[16]; /* "TLSv1.3"; empty: no TLS */
	char tls_cipher[64];
	char ehlo[OUTCOME_TEXT]; /* the last EHLO's keywords, '\n' between */
	char queue_id[QUEUE_ID_TEXT]; /* of the last reply; empty: none */
	char address[64];             /* that was connected to */
};

const char *phase_name(enum phase phase);
const char *result_name(enum result result);

/* "ok", "timeout:banner", "code:ehlo": the result as people and programs are
   told it.  Returns `text_r`. */
enum { RESULT_TEXT = 32 };
const char *outcome_result(
    const struct outcome *outcome, char text_r[RESULT_TEXT]);

/* What a child wrote is no more to be trusted than what it read: bring numbers
   into their ranges, end all texts and clean them. */
void outcome_clean(struct outcome *outcome);

/* Put what a server said where there is room for `size` bytes. */
void outcome_text(char *text_r, size_t size, const char *said, size_t len);

#endif
