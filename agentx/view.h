/*
 * What the agent serves: the last good snapshots of the tailer's store and of
 * the probes' as cells, and how these are now.  The state directory is only
 * read.
 */
#ifndef AGENTX_VIEW_H
#define AGENTX_VIEW_H

#include "agentx/queued.h"
#include "lib/stats/cells.h"
#include "lib/stats/follow.h"

/* How the tailer, its store and the mail are. */
struct vitals {
	enum store_state state;
	bool counted;      /* there was a good snapshot; else the rest is 0 */
	bool begun;        /* a line was read, ever */
	uint64_t silence;  /* seconds since lines:read grew */
	uint64_t behind;   /* seconds */
	uint64_t attempts; /* at delivery, in the last five minutes */
	uint64_t deferral; /* percent of these */
	uint64_t steady;   /* seconds in which these two stay, if all does */
	struct queued queued;
};

struct view;

/* Serve the stores in `directory` under `base`, with `parts` as cells_build()
   has them.  Nothing is read yet.  NULL: no memory. */
struct view *view_new(
    const char *directory, const struct oid *base, unsigned parts);
void view_free(struct view *view);

/* Look at each store, and read it if it is not the file of last time.  A change
   of its state is logged in one line; but that there never was one of probes
   is not. */
void view_update(struct view *view);

/* Serve the same under another base, or with other parts.  Returns 0, or -1
   and *error_r with nothing changed. */
int view_rebase(struct view *view, const struct oid *base, unsigned parts,
    const char **error_r);

const struct oid *view_base(const struct view *view);

/* The cells as they are at this moment, age included; valid until the next
   call of any of these.  Without a good snapshot they are only the agent's
   own: a number that nobody counted is not shown as 0. */
const struct cells *view_cells(struct view *view);

/* The cell after `asked` or, if `inclusive`, at it; NULL if none is left below
   `root`.  A walk gets all from the snapshot that it began in (walks.h). */
const struct cell *view_next(struct view *view, const struct oid *asked,
    bool inclusive, const struct oid *root);

/* In how many seconds something in a store is too old to be served. */
uint64_t view_lasts(const struct view *view);

/* The probes' last good snapshot; NULL: none. */
const struct snapshot *view_probes(const struct view *view);

void view_vitals(const struct view *view, struct vitals *vitals_r);

#endif
