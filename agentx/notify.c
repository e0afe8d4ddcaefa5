/*
 * From a condition that begins or ends to a list of objects.
 */
#include <stdio.h>

#include "agentx/notify.h"
#include "lib/stats/key.h"
#include "lib/util/log.h"

static const char *
state_in_words(enum store_state state)
{
	switch (state) {
	case STATE_DAMAGED:
		return ("damaged");
	case STATE_MISSING:
		return ("missing");
	default:
		return ("closed to the agent, or of a newer version");
	}
}

static void
put_in_words(enum notification_id id, const struct vitals *vitals,
    char text_r[NOTIFY_TEXT])
{
	unsigned long behind = vitals->behind, silence = vitals->silence;
	unsigned long ratio = vitals->deferral, attempts = vitals->attempts;
	unsigned long queued = vitals->queued.messages;
	unsigned long oldest = vitals->queued.oldest;

	switch (id) {
	case NOTIFICATION_LOG_SILENT:
		(void)snprintf(text_r, NOTIFY_TEXT,
		    "no line of the log was counted for %lu s%s", silence,
		    vitals->state == STATE_STALE ?
			", and no tailer is running" :
			"");
		break;
	case NOTIFICATION_LOG_ACTIVE:
		/* Or the limit is above the silence now. */
		(void)snprintf(text_r, NOTIFY_TEXT,
		    "the last line of the log was counted %lu s ago", silence);
		break;
	case NOTIFICATION_TAILER_LAGGING:
		(void)snprintf(text_r, NOTIFY_TEXT,
		    "the tailer is %lu s behind the log", behind);
		break;
	case NOTIFICATION_TAILER_CAUGHT_UP:
		(void)snprintf(text_r, NOTIFY_TEXT,
		    "the tailer is only %lu s behind the log", behind);
		break;
	case NOTIFICATION_STORE_DAMAGED:
		(void)snprintf(text_r, NOTIFY_TEXT, "the store is %s",
		    state_in_words(vitals->state));
		break;
	case NOTIFICATION_STORE_RESTORED:
		(void)snprintf(
		    text_r, NOTIFY_TEXT, "the store can be read again");
		break;
	case NOTIFICATION_DEFERRAL_HIGH:
	case NOTIFICATION_DEFERRAL_NORMAL:
		(void)snprintf(text_r, NOTIFY_TEXT,
		    "%lu %% of %lu delivery attempts within five minutes "
		    "were deferred",
		    ratio, attempts);
		break;
	case NOTIFICATION_QUEUE_HIGH:
	case NOTIFICATION_QUEUE_NORMAL:
		(void)snprintf(text_r, NOTIFY_TEXT,
		    "%lu messages wait for delivery", queued);
		break;
	case NOTIFICATION_QUEUE_OLD:
	case NOTIFICATION_QUEUE_FRESH:
		(void)snprintf(text_r, NOTIFY_TEXT,
		    "the oldest of %lu messages that wait for delivery is "
		    "%lu s old",
		    queued, oldest);
		break;
	default: /* probed.c has words of its own */
		break;
	}
}

/* What begins has an odd number. */
static void
log_notice(const struct notice *notice)
{
	const struct notification *row = &notifications[notice->id];

	if (row->number % 2 == 1)
		log_warnx("%s: %s", row->object, notice->text);
	else
		log_info("%s: %s", row->object, notice->text);
}

/* Take down the value that the object has now. */
static void
take_object(struct notice *notice, unsigned i, struct slice object,
    const struct oid *base, const struct cells *cells, time_t now)
{
	const struct cell *cell = NULL;
	struct oid oid;

	notice->type[i] = CELL_GAUGE32;
	if (slice_equal(object, notify_objects[NOTIFY_OBJECT_TEXT].object)) {
		notice->type[i] = CELL_STRING;
		return;
	}
	if (slice_equal(object, notify_objects[NOTIFY_OBJECT_TIME].object)) {
		notice->type[i] = CELL_UNSIGNED32;
		notice->number[i] = (uint64_t)now;
		return;
	}
	if (cells_scalar(base, object, &oid))
		cell = cells_get(cells, oid.arc, oid.count);
	if (cell != NULL) {
		notice->type[i] = cell->type;
		notice->number[i] = cell->number;
	}
}

/* A place for one more; the oldest gives way. */
static struct notice *
make_room(struct notify *notify)
{
	if (notify->count == NOTIFY_WAITING) {
		if (!notify->dropped)
			log_warnx("more than %d notifications wait for snmpd; "
				  "the oldest are dropped",
			    NOTIFY_WAITING);
		notify->dropped = true;
		notify->first = (notify->first + 1) % NOTIFY_WAITING;
		notify->count--;
	}
	return (
	    &notify
		 ->waiting[(notify->first + notify->count++) % NOTIFY_WAITING]);
}

void
notify_judge(struct notify *notify, const struct config_notifications *limits,
    const struct vitals *vitals, const struct oid *base,
    const struct cells *cells, time_t now)
{
	enum notification_id due[CONDITION_COUNT];
	size_t count = conditions_judge(
	    &notify->conditions, limits, vitals, due);

	if (!limits->enabled)
		notify->count = 0;
	for (size_t d = 0; d < count; d++) {
		struct notice *notice = make_room(notify);
		struct slice rest = slice_of(notifications[due[d]].objects);
		struct slice object;

		*notice = (struct notice){ .id = due[d] };
		put_in_words(due[d], vitals, notice->text);
		for (unsigned i = 0; label_value_next(&rest, &object); i++)
			take_object(notice, i, object, base, cells, now);
		log_notice(notice);
	}
}

static bool
send_notice(
    const struct notice *notice, const struct oid *base, notify_sender *send)
{
	struct slice rest = slice_of(notifications[notice->id].objects);
	struct oid name = *base, oids[NOTIFICATION_OBJECTS];
	struct cell objects[NOTIFICATION_OBJECTS];
	struct slice object;
	unsigned count = 0;

	name.arc[name.count++] = 0;
	name.arc[name.count++] = notifications[notice->id].number;
	for (; label_value_next(&rest, &object); count++) {
		(void)cells_scalar(base, object, &oids[count]);
		objects[count] = (struct cell){ .arc = oids[count].arc,
			.arc_count = oids[count].count,
			.type = notice->type[count],
			.number = notice->number[count],
			.text = slice_of(notice->text) };
	}
	return (send(&name, objects, count));
}

void
notify_flush(struct notify *notify, const struct oid *base, notify_sender *send)
{
	while (notify->count > 0 &&
	    send_notice(&notify->waiting[notify->first], base, send)) {
		notify->first = (notify->first + 1) % NOTIFY_WAITING;
		notify->count--;
		notify->dropped = false;
	}
}
