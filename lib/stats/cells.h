/*
 * A snapshot as SNMP shows it: one array of {OID, type, value} in OID order.
 * The subagent and `postfix-stats-get --walk` answer from the same array, so
 * they can't disagree.  Nothing in here knows an SNMP library.
 *
 * Below the base OID:
 *
 *	1.GROUP.N.0				a scalar
 *	1.TABLE.1.COLUMN.INSTANCE		a row of pfsInstanceTable
 *	1.TABLE.1.COLUMN.INSTANCE.LEN.C1.C2...	a row of another table
 *
 * INSTANCE 1 is all instances together; the others have the numbers that the
 * tailer gave them.  The string is the label's value as the log had it, its
 * length first, so rows sort by length; column 2 has it as keys write it.
 *
 * Beside the base are the IETF's own tables, where the RFCs have them (ietf.h).
 */
#ifndef STATS_CELLS_H
#define STATS_CELLS_H

#include "lib/stats/snapshot.h"

enum {
	OID_MAX = 128,                  /* arcs of any OID in SNMP */
	OID_BASE_MAX = 24,              /* arcs of a base */
	OID_TEXT_MAX = OID_MAX * 11 + 1 /* bytes of it as text, NUL too */
};

struct oid {
	size_t count;
	uint32_t arc[OID_MAX];
};

/* Read an OID in numbers, with or without a leading dot.  False if it is none,
   or longer than SNMP's. */
bool oid_read(struct slice text, struct oid *oid_r);

/* Read a base OID in numbers, with or without a leading dot.  Returns 0, or
   -1 and *error_r. */
int oid_parse(const char *text, struct oid *oid_r, const char **error_r);

/* Write an OID in numbers, with a leading dot; returns `text_r`. */
const char *oid_format(
    const uint32_t *arc, size_t count, char text_r[OID_TEXT_MAX]);

/* Below, equal or above 0, as SNMP orders OIDs. */
int oid_compare(
    const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count);

enum cell_type {
	CELL_INTEGER,
	CELL_COUNTER32, /* the lower half of a 64-bit counter */
	CELL_COUNTER64,
	CELL_GAUGE32,
	CELL_UNSIGNED32,
	CELL_STRING,
	CELL_PROTOCOL, /* an OID: applTCPProtoID and the port */
	/* A time in seconds since 1970, whose value depends on when it is
	   asked for: as TimeInterval, hundredths of a second since then; as
	   TimeStamp, snmpd's sysUpTime then. */
	CELL_INTERVAL,
	CELL_STAMP
};

struct cell {
	const uint32_t *arc;
	size_t arc_count;
	enum cell_type type;
	uint64_t number;   /* all types but CELL_STRING */
	struct slice text; /* CELL_STRING only */
};

/* The value of a CELL_INTERVAL at `now`, in seconds since 1970. */
uint32_t cell_interval(const struct cell *cell, uint64_t now);

/* The value of a CELL_STAMP when sysUpTime is `uptime` and was 0 at `began`, in
   hundredths of a second since 1970; 0 if it was before that. */
uint32_t cell_stamp(const struct cell *cell, uint64_t began, uint32_t uptime);

/* The value of a CELL_PROTOCOL. */
void cell_protocol(const struct cell *cell, struct oid *oid_r);

/* What is laid out beside the objects below the base. */
enum cells_parts {
	CELLS_IETF = 1 << 0,  /* the IETF's tables */
	CELLS_STAMPS = 1 << 1 /* with TimeStamp objects: only who knows snmpd's
	                         sysUpTime can answer them */
};

struct cells;
struct joined;

/* Lay out sorted snapshots; if there are none, only cells_add brings cells.
   The result borrows nothing.  Returns 0, or -1 and *error_r. */
int cells_build(const struct joined *joined, const struct oid *base,
    unsigned parts, struct cells **cells_r, const char **error_r);
void cells_free(struct cells *cells);

/* Insert the object that only the agent knows or, if it is there already, give
   it a new number.  `number` is used unless the type is CELL_STRING, then
   `text`.  Returns 0, or -1: no memory. */
int cells_add(struct cells *cells, enum agent_object_id object,
    enum cell_type type, uint64_t number, struct slice text);

/* The OID below `base` of the scalar that the table names `object`.  False if
   there is none. */
bool cells_scalar(
    const struct oid *base, struct slice object, struct oid *oid_r);

/* In OID order, from 0; valid until the next cells_add(). */
size_t cells_count(const struct cells *cells);
const struct cell *cells_at(const struct cells *cells, size_t i);

/* The cell with exactly this OID; NULL if there is none. */
const struct cell *cells_get(
    const struct cells *cells, const uint32_t *arc, size_t count);

/* The first cell after this OID or, if `inclusive`, at it; NULL at the
   end. */
const struct cell *cells_next(const struct cells *cells, const uint32_t *arc,
    size_t count, bool inclusive);

/* Whether the OID, absent though it may be, belongs to an object or column
   of a table: what tells SNMP's noSuchInstance from noSuchObject. */
bool cells_knows(const struct cells *cells, const uint32_t *arc, size_t count);

#endif
