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

#endif
