/*
 * Snapshot, cells and the state of the store.
 */
#include <sys/stat.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agentx/view.h"
#include "lib/stats/store.h"
#include "lib/util/daemon.h"
#include "lib/util/log.h"
#include "lib/util/version.h"

/* Enough to tell one published file from the next; ctime shows a change of
   its mode, too. */
struct file_mark {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec modified, changed;
};

struct view {
	struct oid base;
	char store[PATH_MAX];
	char lock[PATH_MAX];
	struct file_mark mark;     /* of what is served */
	struct file_mark refused;  /* of a file found damaged */
	struct snapshot *snapshot; /* NULL: none yet */
	struct cells *cells;
	enum store_state state; /* 0: never looked */
};

/* Cells of `snapshot` and the agent's own. */
static int
lay_out(const struct snapshot *snapshot, const struct oid *base,
    enum store_state state, struct cells **cells_r, const char **error_r)
{
	struct slice none = { NULL, 0 };

	if (cells_build(snapshot, base, cells_r, error_r) == -1)
		return (-1);
	if (cells_add(*cells_r, AGENT_OBJECT_VERSION, CELL_STRING, 0,
		SLICE(VERSION)) == 0 &&
	    cells_add(*cells_r, AGENT_OBJECT_STORE_STATE, CELL_INTEGER, state,
		none) == 0 &&
	    (snapshot == NULL ||
		cells_add(*cells_r, AGENT_OBJECT_SNAPSHOT_AGE, CELL_GAUGE32, 0,
		    none) == 0))
		return (0);
	cells_free(*cells_r);
	*error_r = "no memory for the agent's own objects";
	return (-1);
}

struct view *
view_new(const char *directory, const struct oid *base)
{
	struct view *view = calloc(1, sizeof(*view));
	const char *error;

	if (view == NULL)
		return (NULL);
	view->base = *base;
	(void)snprintf(
	    view->store, sizeof(view->store), "%s/" STORE_NAME, directory);
	(void)snprintf(view->lock, sizeof(view->lock), "%s/postfix-statsd.lock",
	    directory);
	if (lay_out(NULL, base, STATE_MISSING, &view->cells, &error) == -1) {
		free(view);
		return (NULL);
	}
	return (view);
}

void
view_free(struct view *view)
{
	if (view == NULL)
		return;
	snapshot_free(view->snapshot);
	cells_free(view->cells);
	free(view);
}

static bool
is_same_file(const struct file_mark *a, const struct file_mark *b)
{
	return (a->device == b->device && a->inode == b->inode &&
	    a->size == b->size && a->modified.tv_sec == b->modified.tv_sec &&
	    a->modified.tv_nsec == b->modified.tv_nsec &&
	    a->changed.tv_sec == b->changed.tv_sec &&
	    a->changed.tv_nsec == b->changed.tv_nsec);
}

static bool
mark_file(const char *path, struct file_mark *mark_r)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return (false);
	*mark_r = (struct file_mark){ st.st_dev, st.st_ino, st.st_size,
		st.st_mtim, st.st_ctim };
	return (true);
}

/* Read the store, unless it is the file that is being served already. */
static enum store_state
read_store(struct view *view, const char **error_r)
{
	struct file_mark mark = { .size = 0 };
	struct snapshot *fresh;
	struct cells *cells;
	bool marked = mark_file(view->store, &mark);

	if (marked && view->snapshot != NULL &&
	    is_same_file(&mark, &view->mark))
		return (STATE_OK);
	if (marked && is_same_file(&mark, &view->refused)) {
		*error_r = "the store is damaged as before";
		return (STATE_DAMAGED);
	}
	switch (store_read(view->store, &fresh, error_r)) {
	case STORE_OK:
		break;
	case STORE_MISSING:
		return (STATE_MISSING);
	case STORE_DAMAGED:
		view->refused = mark;
		return (STATE_DAMAGED);
	default:
		return (STATE_UNREADABLE);
	}
	if (lay_out(fresh, &view->base, STATE_OK, &cells, error_r) == -1) {
		snapshot_free(fresh);
		return (STATE_UNREADABLE);
	}
	snapshot_free(view->snapshot);
	cells_free(view->cells);
	view->snapshot = fresh;
	view->cells = cells;
	/* An older mark than the file's own does no harm: it is read twice. */
	view->mark = mark;
	return (STATE_OK);
}

static void
log_state(const struct view *view, const char *error)
{
	if (view->state == STATE_OK)
		log_info("serving %s, generation %u", view->store,
		    view->snapshot->generation);
	else if (view->state == STATE_STALE)
		log_warnx("serving %s, generation %u, as it was left: no "
			  "tailer is running",
		    view->store, view->snapshot->generation);
	else if (view->snapshot != NULL)
		log_warnx("%s; serving the last good snapshot, generation %u",
		    error, view->snapshot->generation);
	else
		log_warnx("%s; there is nothing to serve yet", error);
}

void
view_update(struct view *view)
{
	const char *error = NULL;
	enum store_state state = read_store(view, &error);

	if (state == STATE_OK && !daemon_lock_held(view->lock))
		state = STATE_STALE;
	(void)cells_add(view->cells, AGENT_OBJECT_STORE_STATE, CELL_INTEGER,
	    state, (struct slice){ NULL, 0 });
	if (state == view->state)
		return;
	view->state = state;
	log_state(view, error);
}

int
view_rebase(struct view *view, const struct oid *base, const char **error_r)
{
	struct cells *cells;

	if (lay_out(view->snapshot, base, view->state, &cells, error_r) == -1)
		return (-1);
	cells_free(view->cells);
	view->cells = cells;
	view->base = *base;
	return (0);
}

const struct cells *
view_cells(struct view *view)
{
	uint64_t now = (uint64_t)time(NULL), age = 0;

	if (view->snapshot != NULL) {
		if (now > view->snapshot->published)
			age = now - view->snapshot->published;
		(void)cells_add(view->cells, AGENT_OBJECT_SNAPSHOT_AGE,
		    CELL_GAUGE32, age, (struct slice){ NULL, 0 });
	}
	return (view->cells);
}
