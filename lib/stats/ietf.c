/*
 * ietf.def, made into arrays.
 */
#include "lib/stats/ietf.h"

enum { MIB_2_ARCS = 6, ENTRY = 1 };

static const uint32_t mib_2[MIB_2_ARCS] = { 1, 3, 6, 1, 2, 1 };

/* The words that daemons are written with. */
#define TRANSPORT ROWS_TRANSPORT
#define OUTBOUND  ROWS_OUTBOUND
#define INTERNAL  ROWS_INTERNAL
#define SERVICE   ROWS_SERVICE
#define SERVER    ROWS_SERVER
#define PICKUP    ROWS_PICKUP
#define QUEUE     ROWS_QUEUE

const struct ietf_table ietf_tables[IETF_TABLE_COUNT] = {
#define IETF_TABLE(id, mib, arc, object) [IETF_##id] = { mib, arc, object },
#include "lib/stats/ietf.def"
};

const struct ietf_daemon ietf_daemons[IETF_DAEMON_COUNT] = {
#define IETF_DAEMON(id, rows, port, description) \
	[IETF_DAEMON_##id] = { #id, rows, port, description, \
		"http://www.postfix.org/" #id ".8.html" },
#include "lib/stats/ietf.def"
};

const struct ietf_column ietf_columns[IETF_COLUMN_COUNT] = {
#define IETF_COLUMN(object, table, number, type, rows, value, help) \
	[IETF_##object] = { IETF_##table, number, #object, CELL_##type, \
		ROWS_##rows, VALUE_##value, help },
#define IETF_ABSENT(object, table, number, type, help) \
	[IETF_##object] = { IETF_##table, number, #object, CELL_##type, 0, \
		VALUE_ABSENT, help },
#include "lib/stats/ietf.def"
};

const struct ietf_source ietf_sources[] = {
#define IETF_SOURCE(object, metric) { IETF_##object, METRIC_##metric },
#include "lib/stats/ietf.def"
};

const size_t ietf_source_count = COUNT(ietf_sources);

void
ietf_mib_oid(enum ietf_table_id table, struct oid *oid_r)
{
	oid_r->count = MIB_2_ARCS;
	memcpy(oid_r->arc, mib_2, sizeof(mib_2));
	oid_r->arc[oid_r->count++] = ietf_tables[table].mib;
}

void
ietf_entry_oid(enum ietf_table_id table, struct oid *oid_r)
{
	ietf_mib_oid(table, oid_r);
	oid_r->arc[oid_r->count++] = ietf_tables[table].arc;
	oid_r->arc[oid_r->count++] = ENTRY;
}

void
ietf_column_oid(enum ietf_column_id column, struct oid *oid_r)
{
	ietf_entry_oid(ietf_columns[column].table, oid_r);
	oid_r->arc[oid_r->count++] = ietf_columns[column].number;
}

bool
ietf_mib(const struct oid *oid, struct oid *mib_r)
{
	if (oid->count <= MIB_2_ARCS ||
	    memcmp(oid->arc, mib_2, sizeof(mib_2)) != 0)
		return (false);
	for (unsigned t = 0; t < IETF_TABLE_COUNT; t++) {
		if (oid->arc[MIB_2_ARCS] != ietf_tables[t].mib)
			continue;
		ietf_mib_oid((enum ietf_table_id)t, mib_r);
		return (true);
	}
	return (false);
}

bool
ietf_knows(const uint32_t *arc, size_t count)
{
	for (unsigned c = 0; c < IETF_COLUMN_COUNT; c++) {
		struct oid column;

		ietf_column_oid((enum ietf_column_id)c, &column);
		if (count >= column.count &&
		    oid_compare(arc, column.count, column.arc, column.count) ==
			0)
			return (true);
	}
	return (false);
}
