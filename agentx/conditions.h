/*
 * Conditions that an administrator wants to hear of, when they begin and when
 * they end.  What ends one lies below what begins it, so that a value on the
 * edge does not make a notification each second.
 */
#ifndef AGENTX_CONDITIONS_H
#define AGENTX_CONDITIONS_H

#include "agentx/view.h"
#include "lib/config/config.h"

enum condition {
	CONDITION_SILENT,
	CONDITION_LAGGING,
	CONDITION_DAMAGED,
	CONDITION_DEFERRAL,
	CONDITION_QUEUE,
	CONDITION_AGE,
	CONDITION_COUNT
};

/* All zero at first: nothing has begun. */
struct conditions {
	bool holds[CONDITION_COUNT];
};

/*
 * Judge what is seen now.  Writes the notifications that are due, one for each
 * condition at most, and returns how many.  A condition that can't be judged
 * now stays as it is; one whose limit is 0, and all if notifications are not
 * enabled, are forgotten without a notification.
 */
size_t conditions_judge(struct conditions *conditions,
    const struct config_notifications *limits, const struct vitals *vitals,
    enum notification_id due_r[CONDITION_COUNT]);

/* After that: in how many seconds a condition may begin or end although nothing
   happens; RECENT_FOREVER if none can. */
uint64_t conditions_wait(const struct conditions *conditions,
    const struct config_notifications *limits, const struct vitals *vitals);

#endif
