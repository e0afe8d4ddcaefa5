/*
 * The questions that make a condition: whether it is watched for, whether it
 * begins and whether it ends.
 */
#include "agentx/conditions.h"
#include "agentx/recent.h"

static const struct {
	enum notification_id begin, end;
} notices[CONDITION_COUNT] = {
	[CONDITION_SILENT] = { NOTIFICATION_LOG_SILENT,
	    NOTIFICATION_LOG_ACTIVE },
	[CONDITION_LAGGING] = { NOTIFICATION_TAILER_LAGGING,
	    NOTIFICATION_TAILER_CAUGHT_UP },
	[CONDITION_DAMAGED] = { NOTIFICATION_STORE_DAMAGED,
	    NOTIFICATION_STORE_RESTORED },
	[CONDITION_DEFERRAL] = { NOTIFICATION_DEFERRAL_HIGH,
	    NOTIFICATION_DEFERRAL_NORMAL },
	[CONDITION_QUEUE] = { NOTIFICATION_QUEUE_HIGH,
	    NOTIFICATION_QUEUE_NORMAL },
	[CONDITION_AGE] = { NOTIFICATION_QUEUE_OLD, NOTIFICATION_QUEUE_FRESH },
};

static bool
is_watched(enum condition condition, const struct config_notifications *limits)
{
	switch (condition) {
	case CONDITION_SILENT:
		return (limits->silent_after > 0);
	case CONDITION_LAGGING:
		return (limits->behind_after > 0);
	case CONDITION_DEFERRAL:
		return (limits->deferral_high > 0);
	case CONDITION_QUEUE:
		return (limits->queue_high > 0);
	case CONDITION_AGE:
		return (limits->queue_old > 0);
	default:
		return (true);
	}
}

static bool
is_readable(const struct vitals *vitals)
{
	return (vitals->state == STATE_OK || vitals->state == STATE_STALE);
}

/* Whether there is anything to judge by.  Counters stand still while the store
   can't be read, and what a tailer that has ended said of itself and of the
   queue is past. */
static bool
is_known(enum condition condition, const struct vitals *vitals)
{
	switch (condition) {
	case CONDITION_SILENT:
		return (vitals->counted && is_readable(vitals));
	case CONDITION_LAGGING:
		return (vitals->counted && vitals->state == STATE_OK);
	case CONDITION_DEFERRAL:
		return (vitals->attempts > 0);
	case CONDITION_QUEUE:
	case CONDITION_AGE:
		return (vitals->queued.sampled && vitals->state == STATE_OK);
	default:
		/* A store that was never there may come yet. */
		return (vitals->state != STATE_MISSING || vitals->counted);
	}
}

static bool
begins(enum condition condition, const struct config_notifications *limits,
    const struct vitals *vitals)
{
	switch (condition) {
	case CONDITION_SILENT:
		return (vitals->silence >= limits->silent_after);
	case CONDITION_LAGGING:
		return (vitals->behind >= limits->behind_after);
	case CONDITION_DEFERRAL:
		return (vitals->attempts >= limits->deferral_attempts &&
		    vitals->deferral >= limits->deferral_high);
	case CONDITION_QUEUE:
		return (vitals->queued.messages >= limits->queue_high);
	case CONDITION_AGE:
		return (vitals->queued.oldest >= limits->queue_old);
	default:
		return (!is_readable(vitals));
	}
}

/* For the end of deferrals few attempts will do, so that it comes on a quiet
   host, too; but not none, since the queue may only wait for its next run. */
static bool
ends(enum condition condition, const struct config_notifications *limits,
    const struct vitals *vitals)
{
	switch (condition) {
	case CONDITION_SILENT:
		return (vitals->silence < limits->silent_after);
	case CONDITION_LAGGING:
		return (vitals->behind * 2 < limits->behind_after);
	case CONDITION_DEFERRAL:
		return (vitals->deferral < limits->deferral_low);
	case CONDITION_QUEUE:
		return (vitals->queued.messages < limits->queue_low);
	case CONDITION_AGE:
		return (vitals->queued.oldest < limits->queue_fresh);
	default:
		return (is_readable(vitals));
	}
}

size_t
conditions_judge(struct conditions *conditions,
    const struct config_notifications *limits, const struct vitals *vitals,
    enum notification_id due_r[CONDITION_COUNT])
{
	size_t count = 0;

	for (unsigned c = 0; c < CONDITION_COUNT; c++) {
		bool *holds = &conditions->holds[c];

		if (!limits->enabled || !is_watched(c, limits)) {
			*holds = false;
			continue;
		}
		if (!is_known(c, vitals))
			continue;
		if (!*holds && begins(c, limits, vitals)) {
			*holds = true;
			due_r[count++] = notices[c].begin;
		} else if (*holds && ends(c, limits, vitals)) {
			*holds = false;
			due_r[count++] = notices[c].end;
		}
	}
	return (count);
}

/* Whether time alone can begin or end it. */
static bool
is_moving(enum condition condition, bool holds,
    const struct config_notifications *limits, const struct vitals *vitals)
{
	if (!limits->enabled || !is_watched(condition, limits) ||
	    !is_known(condition, vitals))
		return (false);
	if (condition == CONDITION_SILENT)
		return (vitals->begun && !holds);
	/* Attempts leave the window, and too few can't begin it. */
	return (holds || vitals->attempts >= limits->deferral_attempts);
}

uint64_t
conditions_wait(const struct conditions *conditions,
    const struct config_notifications *limits, const struct vitals *vitals)
{
	const bool *holds = conditions->holds;
	uint64_t wait = RECENT_FOREVER;

	if (is_moving(
		CONDITION_SILENT, holds[CONDITION_SILENT], limits, vitals))
		wait = limits->silent_after - vitals->silence;
	if (is_moving(CONDITION_DEFERRAL, holds[CONDITION_DEFERRAL], limits,
		vitals) &&
	    vitals->steady < wait)
		wait = vitals->steady;
	return (wait);
}
