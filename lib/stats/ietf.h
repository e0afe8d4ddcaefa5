/*
 * The table of ietf.def as data: the columns of the IETF's mail MIBs, where
 * they stand and what they are made from.
 */
#ifndef STATS_IETF_H
#define STATS_IETF_H

#include "lib/stats/cells.h"

enum ietf_table_id {
#define IETF_TABLE(id, mib, arc, object) IETF_##id,
#include "lib/stats/ietf.def"
	IETF_TABLE_COUNT
};

enum ietf_daemon_id {
#define IETF_DAEMON(id, rows, port, description) IETF_DAEMON_##id,
#include "lib/stats/ietf.def"
	IETF_DAEMON_COUNT
};

enum ietf_column_id {
#define IETF_COLUMN(object, table, number, type, rows, value, help) \
	IETF_##object,
#define IETF_ABSENT(object, table, number, type, help) IETF_##object,
#include "lib/stats/ietf.def"
	IETF_COLUMN_COUNT
};

/* What a group is, and which of these have a column. */
enum ietf_rows {
	ROWS_TRANSPORT = 1 << 0,
	ROWS_OUTBOUND = 1 << 1, /* transport to other machines */
	ROWS_INTERNAL = 1 << 2, /* transport that ends here */
	ROWS_SERVICE = 1 << 3,
	ROWS_SERVER = 1 << 4, /* service that takes mail from clients */
	ROWS_PICKUP = 1 << 5, /* service that is told of messages only */
	ROWS_QUEUE = 1 << 6,
	ROWS_RECEIVER = ROWS_SERVER | ROWS_PICKUP,
	ROWS_PROTOCOL = ROWS_OUTBOUND | ROWS_SERVICE,
	ROWS_KINDS = ROWS_TRANSPORT | ROWS_SERVICE | ROWS_QUEUE,
	ROWS_ANY = (1 << 7) - 1
};

/* What makes a value. */
enum ietf_value {
	VALUE_ABSENT,
	VALUE_SUM,
	VALUE_KOCTETS, /* a sum of bytes, by 1024 */
	VALUE_LATEST,
	VALUE_LOOPS,   /* a sum of status codes x.4.6 */
	VALUE_CONNECT, /* a sum of the stage CONNECT */
	VALUE_ERRORS,  /* a count of its own for each status code */
	VALUE_NAME,
	VALUE_EMPTY,
	VALUE_DESCRIPTION,
	VALUE_URL,
	VALUE_VERSION,
	VALUE_STARTED,
	VALUE_STATE,
	VALUE_CHANGED,
	VALUE_CREATED,
	VALUE_HIERARCHY,
	VALUE_PROTOCOL,
	VALUE_REASON,
	VALUE_OLDEST,   /* when the oldest message came */
	VALUE_OLDEST_ID /* its queue id */
};

struct ietf_table {
	uint32_t mib, arc; /* mib-2.MIB.ARC */
	const char *object;
};

struct ietf_daemon {
	const char *word;
	unsigned rows; /* enum ietf_rows */
	uint32_t port;
	const char *description;
	const char *url;
};

struct ietf_column {
	enum ietf_table_id table;
	uint32_t number;
	const char *object;
	enum cell_type type;
	unsigned rows;
	enum ietf_value value;
	const char *help;
};

struct ietf_source {
	enum ietf_column_id column;
	enum metric_id metric;
};

extern const struct ietf_table ietf_tables[IETF_TABLE_COUNT];
extern const struct ietf_daemon ietf_daemons[IETF_DAEMON_COUNT];
extern const struct ietf_column ietf_columns[IETF_COLUMN_COUNT];
extern const struct ietf_source ietf_sources[];
extern const size_t ietf_source_count;

/* ROWS_TRANSPORT, ROWS_SERVICE or ROWS_QUEUE: of which kind a daemon's groups
   are. */
static inline enum ietf_rows
ietf_kind(enum ietf_daemon_id daemon)
{
	return ((enum ietf_rows)(ietf_daemons[daemon].rows & ROWS_KINDS));
}

/* The MIB of a table: mib-2.27 or mib-2.28. */
void ietf_mib_oid(enum ietf_table_id table, struct oid *oid_r);

/* Where a table's columns hang, and where the cells of a column do. */
void ietf_entry_oid(enum ietf_table_id table, struct oid *oid_r);
void ietf_column_oid(enum ietf_column_id column, struct oid *oid_r);

/* The MIB that an OID belongs to: mib-2.27 or mib-2.28.  False if it is of
   neither. */
bool ietf_mib(const struct oid *oid, struct oid *mib_r);

/* Whether an OID, absent though it may be, belongs to a column. */
bool ietf_knows(const uint32_t *arc, size_t count);

#endif
