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
	default: /* probe_in_words() has them */
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

/* What only a notification carries.  False: `name` is no such object. */
static bool
take_own(struct notice_object *object, struct slice name,
    const struct notice *notice, const struct probe_notice *probe, time_t now)
{
	const struct {
		enum notify_object_id id;
		enum cell_type type;
		uint64_t number;
		const char *text;
	} own[] = {
		{ NOTIFY_OBJECT_TIME, CELL_UNSIGNED32, (uint64_t)now, "" },
		{ NOTIFY_OBJECT_TEXT, CELL_STRING, 0, notice->text },
		{ NOTIFY_OBJECT_PROBE, CELL_STRING, 0,
		    probe != NULL ? probe->probe : "" },
		{ NOTIFY_OBJECT_PROBE_RESULT, CELL_STRING, 0,
		    probe != NULL ? probe->result : "" },
		{ NOTIFY_OBJECT_MAIL_RESULT, CELL_STRING, 0,
		    probe != NULL ? probe->mail : "" },
		{ NOTIFY_OBJECT_MAIL_WHERE, CELL_STRING, 0,
		    probe != NULL ? probe->where : "" },
		{ NOTIFY_OBJECT_CERTIFICATE_DAYS, CELL_UNSIGNED32,
		    probe != NULL ? probe->days : 0, "" },
	};

	for (size_t i = 0; i < COUNT(own); i++) {
		if (!slice_equal(name, notify_objects[own[i].id].object))
			continue;
		object->type = own[i].type;
		object->number = own[i].number;
		(void)snprintf(
		    object->text, sizeof(object->text), "%s", own[i].text);
		return (true);
	}
	return (false);
}

/* Take down the value that an object has now. */
static void
take_object(struct notice_object *object, struct slice name,
    const struct notify_facts *facts)
{
	const struct cell *cell = NULL;
	struct oid oid;

	object->type = CELL_GAUGE32;
	if (cells_scalar(facts->base, name, &oid))
		cell = cells_get(facts->cells, oid.arc, oid.count);
	if (cell != NULL) {
		object->type = cell->type;
		object->number = cell->number;
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

/* Take down all of a notification whose words are there, and log it. */
static void
take_notice(struct notice *notice, const struct notify_facts *facts,
    const struct probe_notice *probe)
{
	struct slice rest = slice_of(notifications[notice->id].objects), name;

	for (unsigned i = 0; label_value_next(&rest, &name); i++)
		if (!take_own(
			&notice->object[i], name, notice, probe, facts->now))
			take_object(&notice->object[i], name, facts);
	log_notice(notice);
}

static void
probe_in_words(const struct probe_notice *probe, char text_r[NOTIFY_TEXT])
{
	switch (probe->id) {
	case NOTIFICATION_PROBE_FAILED:
		(void)snprintf(text_r, NOTIFY_TEXT, "probe %s fails: %s",
		    probe->probe, probe->result);
		break;
	case NOTIFICATION_PROBE_RECOVERED:
		(void)snprintf(text_r, NOTIFY_TEXT,
		    "probe %s does well again: %s", probe->probe,
		    probe->result);
		break;
	case NOTIFICATION_MAIL_OVERDUE:
		(void)snprintf(text_r, NOTIFY_TEXT,
		    "mail of probe %s does not arrive: %s%s%s", probe->probe,
		    probe->mail, probe->where[0] != '\0' ? ", " : "",
		    probe->where);
		break;
	case NOTIFICATION_MAIL_ARRIVES:
		(void)snprintf(text_r, NOTIFY_TEXT,
		    "mail of probe %s arrives again", probe->probe);
		break;
	default:
		(void)snprintf(text_r, NOTIFY_TEXT,
		    "the certificate that probe %s is shown is good for %u "
		    "days",
		    probe->probe, probe->days);
		break;
	}
}

static bool
judge_probes(struct notify *notify, const struct config_notifications *limits,
    const struct notify_facts *facts)
{
	struct probe_notice due[PROBED_DUE];
	size_t count = probed_judge(
	    &notify->probed, limits, facts->probes, (uint64_t)facts->now, due);

	for (size_t d = 0; d < count; d++) {
		struct notice *notice = make_room(notify);

		*notice = (struct notice){ .id = due[d].id };
		probe_in_words(&due[d], notice->text);
		take_notice(notice, facts, &due[d]);
	}
	return (count == PROBED_DUE);
}

bool
notify_judge(struct notify *notify, const struct config_notifications *limits,
    const struct notify_facts *facts)
{
	enum notification_id due[CONDITION_COUNT];
	size_t count = conditions_judge(
	    &notify->conditions, limits, facts->vitals, due);

	if (!limits->enabled)
		notify->count = 0;
	for (size_t d = 0; d < count; d++) {
		struct notice *notice = make_room(notify);

		*notice = (struct notice){ .id = due[d] };
		put_in_words(due[d], facts->vitals, notice->text);
		take_notice(notice, facts, NULL);
	}
	return (judge_probes(notify, limits, facts));
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
			.type = notice->object[count].type,
			.number = notice->object[count].number,
			.text = slice_of(notice->object[count].text) };
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
