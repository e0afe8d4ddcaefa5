/*
 * What the probes' store (probe.db) says of each probe, as people want to see
 * it.
 */
#ifndef STATS_PROBE_ROWS_H
#define STATS_PROBE_ROWS_H

#include "lib/stats/snapshot.h"

/* As of the last attempt that came to its end.  Texts are borrowed from the
   snapshot and were a stranger's, but for `result`. */
struct probe_row {
	struct slice name; /* as keys write it, 1 to LABEL_MAX bytes */
	bool success;
	struct slice result; /* "ok", "timeout:banner" */
	struct slice reason; /* in words; may be empty */
	uint64_t duration;   /* microseconds */
	uint64_t attempted;  /* seconds since 1970 */
	bool has_certificate;
	uint64_t certificate_end;       /* seconds since 1970 */
	struct slice certificate_error; /* empty: none */
};

/* Step through the probes that were tried, by name; begin with *at = 0.  False
   at the end. */
bool probes_next(
    const struct snapshot *snapshot, size_t *at, struct probe_row *row_r);

struct probe_phase {
	struct slice name;
	uint64_t duration;  /* microseconds */
	uint64_t code;      /* of the reply; 0: there was none */
	struct slice reply; /* a stranger's words; may be empty */
};

/* Step through the phases that the last attempt of a probe came to, in their
   order; begin with *at = 0.  False at the end. */
bool probes_phase(const struct snapshot *snapshot, const struct probe_row *row,
    unsigned *at, struct probe_phase *phase_r);

/* The mail of a probe that looks for its arrival.  Texts may be empty. */
struct mail_row {
	bool judged, success;      /* of the last of which that is known */
	struct slice result;       /* of the last: "waiting", "overdue" */
	const char *note;          /* on both, or empty */
	struct slice where, trail; /* a word, and the log's in many */
	struct slice queue_id, next_id;
	struct slice authentication; /* words of SPF, DKIM and DMARC */
	bool watched;
	struct slice fault; /* why the mailbox is not */
	uint64_t sent, send_fails, arrived, late, spam, lost, duplicates,
	    uncertain, outstanding;
	uint64_t last_sent; /* seconds since 1970; 0: none was */
	bool has_arrival;   /* of the last that was found: */
	uint64_t duration;  /* microseconds */
	uint64_t arrival;   /* seconds since 1970 */
};

/* False: it does not look for any. */
bool probes_mail(const struct snapshot *snapshot, const struct probe_row *row,
    struct mail_row *mail_r);

#endif
