/*
 * The table of metrics.def as data: which rows there are, how their keys are
 * made and where their SNMP objects stand.
 */
#ifndef STATS_METRICS_H
#define STATS_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	KEY_MAX = 96,      /* bytes of a key, without NUL */
	LABEL_MAX = 32,    /* bytes of a label value, escaped */
	LABEL_SHORT = 16,  /* the same of some (key.h) */
	METRIC_LABELS = 4, /* labels of a metric that events fill in */
	INDEX_LABELS = 3,  /* labels that tell rows of a table apart */
	INSTANCE_MAX = 16, /* instances of Postfix told apart */
};

enum label_id {
#define LABEL(id, name, limit, values) LABEL_##id,
#include "lib/stats/metrics.def"
	LABEL_COUNT,
	LABEL_NONE = LABEL_COUNT
};

enum metric_id {
#define METRIC(id, key, event, when, split, kind, unit, object, prom, help) \
	METRIC_##id,
#include "lib/stats/metrics.def"
	METRIC_COUNT
};

enum group_id {
#define GROUP(id, arc, object, help) GROUP_##id,
#include "lib/stats/metrics.def"
	GROUP_COUNT
};

enum table_id {
#define TABLE(id, arc, object, split, index, help) TABLE_##id,
#include "lib/stats/metrics.def"
	TABLE_COUNT
};

enum text_column_id {
#define TEXT_COLUMN(id, table, number, object, record, shape, help) TEXT_##id,
#include "lib/stats/metrics.def"
	TEXT_COLUMN_COUNT
};

enum info_id {
#define INFO(id, prometheus, label, records, help) INFO_##id,
#include "lib/stats/metrics.def"
	INFO_COUNT
};

enum agent_object_id {
#define AGENT_OBJECT(id, number, object, syntax, unit, help) AGENT_OBJECT_##id,
#include "lib/stats/metrics.def"
	AGENT_OBJECT_COUNT
};

enum notify_object_id {
#define NOTIFY_OBJECT(id, number, object, syntax, unit, help) \
	NOTIFY_OBJECT_##id,
#include "lib/stats/metrics.def"
	NOTIFY_OBJECT_COUNT
};

enum notification_id {
#define NOTIFICATION(id, number, object, objects, help) NOTIFICATION_##id,
#include "lib/stats/metrics.def"
	NOTIFICATION_COUNT
};

/* GAUGE64 is a gauge that may have more than the 32 bits of SNMP's.  HIGHEST is
   a gauge of which the total over instances is the highest.
   DURATION is a counter of microseconds that is shown in seconds, SPAN a gauge
   of the same (SNMP has the microseconds). */
enum metric_kind {
	KIND_COUNTER,
	KIND_GAUGE,
	KIND_GAUGE64,
	KIND_HIGHEST,
	KIND_DURATION,
	KIND_SPAN
};
enum metric_split { SPLIT_TOTAL_ONLY, SPLIT_PER_INSTANCE };
enum object_place { OBJECT_NONE, OBJECT_SCALAR, OBJECT_COLUMN };

/* The MIB object of a metric: a scalar of a group, or a column of a table. */
struct object {
	enum object_place place;
	int home;        /* group_id or table_id */
	uint32_t number; /* last arc */
	const char *name;
};

struct metric {
	const char *key; /* with {label} in it */
	int event;       /* enum event_type */
	unsigned when;   /* traits that all must hold */
	enum metric_split split;
	enum metric_kind kind;
	const char *unit;
	struct object object;
	const char *prometheus;
	const char *help;
};

struct label {
	const char *id; /* as in keys of metrics.def, upper case */
	const char *name;
	unsigned limit;     /* 0: `values` are all there are */
	const char *values; /* separated by blanks */
};

struct group {
	uint32_t arc;
	const char *object;
	const char *help;
};

/* The labels that tell rows of a table apart. */
struct table_index {
	unsigned count;
	enum label_id label[INDEX_LABELS];
};

/* Columns 1 (index, not accessible) and 2 (name) are the same in all tables;
   metrics begin at 3.  Further indexes are columns COLUMN_INDEX + 1 and so
   on. */
struct table {
	uint32_t arc;
	const char *object;      /* prefix of the names of its parts */
	enum metric_split split; /* PER_INSTANCE: pfsInstanceIndex first */
	struct table_index index;
	const char *help;
};

enum { COLUMN_NAME = 2, COLUMN_INDEX = 100 };

/* How a record has a row's text (metrics.def). */
enum text_shape { TEXT_OF_INSTANCE, TEXT_OF_RANK, TEXT_WHOLE };

struct text_column {
	enum table_id table;
	uint32_t number;
	const char *object;
	const char *record;
	enum text_shape shape;
	const char *help;
};

struct info {
	const char *prometheus;
	enum label_id label;
	const char *records;
	const char *help;
};

struct agent_object {
	uint32_t number;
	const char *object;
	const char *syntax;
	const char *unit; /* empty: none */
	const char *help;
};

enum { NOTIFICATION_OBJECTS = 5 }; /* that a notification has at most */

struct notification {
	uint32_t number;
	const char *object;
	const char *objects; /* names, separated by blanks */
	const char *help;
};

enum { MICROSECONDS = 1000000 }; /* of a second */

extern const struct metric metrics[METRIC_COUNT];
extern const struct label labels[LABEL_COUNT];
extern const struct group groups[GROUP_COUNT];
extern const struct table tables[TABLE_COUNT];
extern const struct text_column text_columns[TEXT_COLUMN_COUNT];
extern const struct info infos[INFO_COUNT];
extern const struct agent_object agent_objects[AGENT_OBJECT_COUNT];
extern const struct agent_object notify_objects[NOTIFY_OBJECT_COUNT];
extern const struct notification notifications[NOTIFICATION_COUNT];

/* Whether it is kept in microseconds and shown in seconds. */
static inline bool
metric_is_time(const struct metric *metric)
{
	return (metric->kind == KIND_DURATION || metric->kind == KIND_SPAN);
}

static inline bool
metric_is_counter(const struct metric *metric)
{
	return (metric->kind == KIND_COUNTER || metric->kind == KIND_DURATION);
}

#endif
