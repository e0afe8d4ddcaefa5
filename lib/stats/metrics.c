/*
 * metrics.def, made into arrays.
 */
#include "lib/stats/event.h"
#include "lib/stats/metrics.h"

/* The words that rows are written with. */
#define IS_SENT       TRAIT_IS_SENT
#define IS_DEFERRED   TRAIT_IS_DEFERRED
#define IS_BOUNCED    TRAIT_IS_BOUNCED
#define IS_SOFTBOUNCE TRAIT_IS_SOFTBOUNCE
#define IS_FORWARDED  TRAIT_IS_FORWARDED
#define IS_4XX        TRAIT_IS_4XX
#define IS_5XX        TRAIT_IS_5XX
#define BY_SMTP       TRAIT_BY_SMTP
#define BY_LOCAL      TRAIT_BY_LOCAL
#define BY_VIRTUAL    TRAIT_BY_VIRTUAL
#define BY_LMTP       TRAIT_BY_LMTP
#define BY_DISCARD    TRAIT_BY_DISCARD
#define BY_OTHER      TRAIT_BY_OTHER
#define BY_SMTPD      TRAIT_BY_SMTPD
#define BY_PICKUP     TRAIT_BY_PICKUP
#define BY_SERVER     TRAIT_BY_SERVER

/* clang-format off */
#define NO_OBJECT			{ OBJECT_NONE, 0, 0, NULL }
#define SCALAR(group, number, name)	\
	{ OBJECT_SCALAR, GROUP_##group, number, name }
#define COLUMN(table, number, name)	\
	{ OBJECT_COLUMN, TABLE_##table, number, name }
/* clang-format on */

const struct metric metrics[METRIC_COUNT] = {
#define METRIC(id, key, event, when, split, kind, unit, object, prom, help) \
	[METRIC_##id] = { key, EVENT_##event, when, SPLIT_##split, \
		KIND_##kind, unit, object, prom, help },
#include "lib/stats/metrics.def"
};

const struct label labels[LABEL_COUNT] = {
#define LABEL(id, name, limit, values) \
	[LABEL_##id] = { #id, name, limit, values },
#include "lib/stats/metrics.def"
};

const struct group groups[GROUP_COUNT] = {
#define GROUP(id, arc, object, help) [GROUP_##id] = { arc, object, help },
#include "lib/stats/metrics.def"
};

const struct table tables[TABLE_COUNT] = {
#define TABLE(id, arc, object, label, help) \
	[TABLE_##id] = { arc, object, LABEL_##label, help },
#include "lib/stats/metrics.def"
};

const struct agent_object agent_objects[AGENT_OBJECT_COUNT] = {
#define AGENT_OBJECT(id, number, object, syntax, help) \
	[AGENT_OBJECT_##id] = { number, object, syntax, help },
#include "lib/stats/metrics.def"
};

const struct agent_object notify_objects[NOTIFY_OBJECT_COUNT] = {
#define NOTIFY_OBJECT(id, number, object, syntax, help) \
	[NOTIFY_OBJECT_##id] = { number, object, syntax, help },
#include "lib/stats/metrics.def"
};

const struct notification notifications[NOTIFICATION_COUNT] = {
#define NOTIFICATION(id, number, object, objects, help) \
	[NOTIFICATION_##id] = { number, object, objects, help },
#include "lib/stats/metrics.def"
};
