/*
 * --once: probes tried now, side by side, and what came of them printed.
 */
#ifndef PROBE_ONCE_H
#define PROBE_ONCE_H

#include "lib/config/config.h"
#include "probe/plan.h"

/* Exit codes, as monitoring plugins have them. */
enum verdict {
	VERDICT_OK = 0,
	VERDICT_WARNING = 1,
	VERDICT_CRITICAL = 2,
	VERDICT_UNKNOWN = 3
};

/* A probe that was tried. */
struct tried {
	const struct config_probe *config;
	struct outcome outcome;
	struct mail_story mail; /* if its arrival is looked for */
	uint64_t ended;         /* seconds since 1970 */
	unsigned warn_days;     /* before the certificate ends; 0: never */
	unsigned number;        /* among targets */
};

/* Try those with the names, which end with NULL; no name: all.  Mail is waited
   for as long as it has time.  Returns 0, or -1 and *error_r, and then nothing was
   sent.  *tried_r is in the order of the
   configuration and to be freed. */
int once_try(struct config *config, struct targets *targets, char *const *names,
    struct tried **tried_r, unsigned *count_r, const char **error_r);

/* Microseconds of a phase that is done, as they are told here: those of the
   banner begin with the connection. */
uint64_t once_phase_time(const struct tried *tried, enum phase phase);

/* nagios.c: print lines for people and figures for graphs. */
enum verdict nagios_print(const struct tried *tried, unsigned count);

/* What is said and returned when there is nothing to tell. */
enum verdict nagios_unknown(const char *why);
enum verdict nagios_judge(const struct tried *tried);

/* The worst of several. */
enum verdict nagios_worst(const struct tried *tried, unsigned count);

/* json.c: print one object.  Returns 0, or -1: no memory. */
int once_json(const struct tried *tried, unsigned count);

#endif
