/*
 * metrics.def, made into arrays.
 */
#include "lib/stats/event.h"
#include "lib/stats/metrics.h"
#include "lib/stats/words.h"

/* The words that rows are written with. */
#define IS_SENT          TRAIT_IS_SENT
#define IS_DEFERRED      TRAIT_IS_DEFERRED
#define IS_BOUNCED       TRAIT_IS_BOUNCED
#define IS_SOFTBOUNCE    TRAIT_IS_SOFTBOUNCE
#define IS_FORWARDED     TRAIT_IS_FORWARDED
#define IS_4XX           TRAIT_IS_4XX
#define IS_5XX           TRAIT_IS_5XX
#define BY_SMTP          TRAIT_BY_SMTP
#define BY_LOCAL         TRAIT_BY_LOCAL
#define BY_VIRTUAL       TRAIT_BY_VIRTUAL
#define BY_LMTP          TRAIT_BY_LMTP
#define BY_DISCARD       TRAIT_BY_DISCARD
#define BY_OTHER         TRAIT_BY_OTHER
#define BY_SMTPD         TRAIT_BY_SMTPD
#define BY_POSTSCREEN    TRAIT_BY_POSTSCREEN
#define BY_PICKUP        TRAIT_BY_PICKUP
#define BY_SERVER        TRAIT_BY_SERVER
#define HAS_CODE         TRAIT_HAS_CODE
#define HAS_STAGE        TRAIT_HAS_STAGE
#define HAS_DSN          TRAIT_HAS_DSN
#define IN_DNS           TRAIT_IN_DNS
#define BY_TIMEOUT       TRAIT_BY_TIMEOUT
#define BY_REFUSAL       TRAIT_BY_REFUSAL
#define BY_NO_ROUTE      TRAIT_BY_NO_ROUTE
#define BY_TLS           TRAIT_BY_TLS
#define BY_LOSS          TRAIT_BY_LOSS
#define BY_ELSE          TRAIT_BY_ELSE
#define IS_REMOVED       TRAIT_IS_REMOVED
#define IS_EXPIRED       TRAIT_IS_EXPIRED
#define IS_FORCE_EXPIRED TRAIT_IS_FORCE_EXPIRED
#define IS_BOUNCE_SENT   TRAIT_IS_BOUNCE_SENT
#define IS_BACK          TRAIT_IS_BACK
#define IS_MESSAGE       TRAIT_IS_MESSAGE
#define IS_BYTES         TRAIT_IS_BYTES
#define IS_RECIPIENTS    TRAIT_IS_RECIPIENTS
#define IS_OVER          TRAIT_IS_OVER
#define IS_RETURNED      TRAIT_IS_RETURNED
#define IS_NOTIFIED      TRAIT_IS_NOTIFIED
#define IS_WARNING       TRAIT_IS_WARNING
#define IS_ERROR         TRAIT_IS_ERROR
#define IS_FATAL         TRAIT_IS_FATAL
#define IS_PANIC         TRAIT_IS_PANIC
#define IS_OK            TRAIT_IS_OK
#define IS_FAILED        TRAIT_IS_FAILED
#define IN_LOGIN         TRAIT_IN_LOGIN
#define IN_NAME          TRAIT_IN_NAME
#define IS_CAUGHT        TRAIT_IS_CAUGHT

/* clang-format off */
#define NO_OBJECT			{ OBJECT_NONE, 0, 0, NULL }
#define SCALAR(group, number, name)	\
	{ OBJECT_SCALAR, GROUP_##group, number, name }
#define COLUMN(table, number, name)	\
	{ OBJECT_COLUMN, TABLE_##table, number, name }
#define BY_INSTANCE			{ 0, { LABEL_NONE } }
#define BY_1(a)				{ 1, { LABEL_##a } }
#define BY_2(a, b)			{ 2, { LABEL_##a, LABEL_##b } }
#define BY_3(a, b, c)			{ 3, { LABEL_##a, LABEL_##b, LABEL_##c } }
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
#define TABLE(id, arc, object, split, index, help) \
	[TABLE_##id] = { arc, object, SPLIT_##split, index, help },
#include "lib/stats/metrics.def"
};

const struct text_column text_columns[TEXT_COLUMN_COUNT] = {
#define TEXT_COLUMN(id, table, number, object, record, shape, help) \
	[TEXT_##id] = { TABLE_##table, number, object, record, TEXT_##shape, \
		help },
#include "lib/stats/metrics.def"
};

const struct info infos[INFO_COUNT] = {
#define INFO(id, prometheus, label, records, help) \
	[INFO_##id] = { prometheus, LABEL_##label, records, help },
#include "lib/stats/metrics.def"
};

const struct agent_object agent_objects[AGENT_OBJECT_COUNT] = {
#define AGENT_OBJECT(id, number, object, syntax, unit, help) \
	[AGENT_OBJECT_##id] = { number, object, syntax, unit, help },
#include "lib/stats/metrics.def"
};

const struct agent_object notify_objects[NOTIFY_OBJECT_COUNT] = {
#define NOTIFY_OBJECT(id, number, object, syntax, unit, help) \
	[NOTIFY_OBJECT_##id] = { number, object, syntax, unit, help },
#include "lib/stats/metrics.def"
};

const struct notification notifications[NOTIFICATION_COUNT] = {
#define NOTIFICATION(id, number, object, objects, help) \
	[NOTIFICATION_##id] = { number, object, objects, help },
#include "lib/stats/metrics.def"
};
