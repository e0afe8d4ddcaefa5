/*
 * Walks through numbers that change under way.  SNMP knows no walks, only
 * requests for what comes after an OID; but whoever reads all of a table so
 * wants numbers that belong together.  So a request goes on in the layout
 * that the OID it names was given out from, for as long as somebody asks on
 * there; every other request is answered from the newest.
 *
 * Nothing in here looks at a clock or a file: the caller says what time it is,
 * in nanoseconds above 0 that never go back.
 */
#ifndef AGENTX_WALKS_H
#define AGENTX_WALKS_H

#include "lib/stats/cells.h"

enum {
	WALK_PAUSE = 10, /* seconds: after a longer one a walk has ended */
	ROOT_PAUSE = 2,  /* so long snmpd may take from one root to another */
	LAYOUTS_MAX = 8  /* kept at a time, the newest among them */
};

struct step;

/* The cells of one snapshot.  They may be given new numbers, but none may be
   added. */
struct layout {
	struct cells *cells;
	uint64_t published; /* seconds since 1970; 0: there is no snapshot */
	unsigned renewed;   /* for who gives new numbers; 0 at first */

	/* For walks.c only. */
	struct step *steps; /* one for each cell */
	size_t count;
	int64_t used; /* when a walk last took from it; 0: never */
};

struct walks;

struct walks *walks_new(void); /* NULL: no memory */
void walks_free(struct walks *walks);

/* Make `cells` the newest layout; they belong to the walks then.  Returns 0,
   or -1 with nothing changed: no memory. */
int walks_add(
    struct walks *walks, struct cells *cells, uint64_t published, int64_t now);

/* The newest layout, once there is one.  This and all pointers below are valid
   until the next call that adds or forgets. */
struct layout *walks_newest(struct walks *walks);

size_t walks_count(const struct walks *walks);

/* Forget all but the newest: no walk goes on. */
void walks_end(struct walks *walks);

/* Forget those but the newest that no walk has asked since WALK_PAUSE. */
void walks_tidy(struct walks *walks, int64_t now);

/* The layout in which a request for what comes after `asked` or, if
   `inclusive`, at it is answered, if the answer is to be below `root`. */
struct layout *walks_find(struct walks *walks, const struct oid *asked,
    bool inclusive, const struct oid *root, int64_t now);

/* The answer, and note that it was given.  NULL: nothing more is below
   `root`. */
const struct cell *walks_take(struct layout *layout, const struct oid *asked,
    bool inclusive, const struct oid *root, int64_t now);

#endif
