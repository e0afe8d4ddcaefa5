/*
 * What there is of one configuration: its probes, when they are due and what is
 * known of them.
 */
#ifndef PROBE_PLAN_H
#define PROBE_PLAN_H

#include "lib/config/config.h"
#include "probe/mails.h"
#include "probe/places.h"
#include "probe/origin.h"
#include "probe/results.h"
#include "probe/schedule.h"
#include "probe/targets.h"

struct plan {
	struct config *config;
	struct targets *targets;
	struct schedule *schedule;
	struct results *results;
	struct places *places;
	struct mails *mails;
};

/* Read the configuration and make what it needs.  Returns 0, or -1 and
   *error_r. */
int plan_open(
    const struct origin *origin, struct plan **plan_r, const char **error_r);
void plan_close(struct plan *plan);

/* Go on where the program before this one stood, as its store has it.  Returns
   0, or -1: no memory. */
int plan_resume(struct plan *plan, const struct snapshot *snapshot);

/* Go on where `old` stands: what it knows of probes that are in both goes to
   `plan`. */
void plan_inherit(struct plan *plan, struct plan *old);

/* The number of the probe; -1: there is none. */
int plan_find(const struct plan *plan, const char *name);

/* A probe has ended; `serial` is of its mail, 0: it had none.  Returns 0, or -1:
   no memory. */
int plan_ended(struct plan *plan, unsigned probe, uint64_t serial,
    const struct outcome *outcome);

/* Now, as mails.h wants to know it. */
struct moment plan_now(void);

#endif
