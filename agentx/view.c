/*
 * Snapshot, cells and the state of the store.
 */
#include <sys/stat.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agentx/recent.h"
#include "agentx/view.h"
#include "agentx/walks.h"
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
	unsigned parts;
	char store[PATH_MAX];
	char lock[PATH_MAX];
	struct file_mark mark;     /* of what is served */
	struct file_mark refused;  /* of a file found damaged */
	struct snapshot *snapshot; /* NULL: none yet */
	struct walks *walks;       /* what is answered from */
	enum store_state state;    /* 0: never looked */
	struct counted counted;    /* of the snapshot; and */
	struct queued queued;
	struct recent recent;
	time_t second;   /* of the last request */
	unsigned moment; /* counts seconds and looks at the store */
};

/* Nanoseconds that never go back. */
static int64_t
clock_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return ((int64_t)now.tv_sec * 1000000000 + now.tv_nsec + 1);
}

/* Seconds of the same clock. */
static int64_t
steady_seconds(void)
{
	return (clock_now() / 1000000000);
}

/* What the agent knows by watching and by reckoning; as renew_own(). */
static int
add_known(const struct view *view, struct cells *cells)
{
	const struct recent *recent = &view->recent;
	const struct {
		enum agent_object_id object;
		uint64_t value;
	} all[] = {
		{ AGENT_OBJECT_LOG_SILENCE,
		    recent_silence(recent, steady_seconds()) },
		{ AGENT_OBJECT_ATTEMPTS, recent_attempts(recent) },
		{ AGENT_OBJECT_DEFERRAL_RATIO, recent_deferral(recent) },
		{ AGENT_OBJECT_QUEUED, view->queued.messages },
		{ AGENT_OBJECT_QUEUED_OLDEST, view->queued.oldest },
	};

	for (size_t i = 0; i < COUNT(all); i++)
		if (cells_add(cells, all[i].object, CELL_GAUGE32, all[i].value,
			(struct slice){ NULL, 0 }) == -1)
			return (-1);
	return (0);
}

/* Bring the agent's own objects up to date.  Returns 0, or -1: no memory to
   add them. */
static int
renew_own(const struct view *view, struct cells *cells, uint64_t published)
{
	uint64_t now = (uint64_t)time(NULL);
	struct slice none = { NULL, 0 };

	if (cells_add(cells, AGENT_OBJECT_STORE_STATE, CELL_INTEGER,
		view->state, none) == -1)
		return (-1);
	if (published == 0)
		return (0);
	if (cells_add(cells, AGENT_OBJECT_SNAPSHOT_AGE, CELL_GAUGE32,
		now > published ? now - published : 0, none) == -1)
		return (-1);
	return (add_known(view, cells));
}

/* Serve `snapshot`, which may be NULL, from now on.  Returns 0, or -1 and
   *error_r with nothing changed. */
static int
lay_out(struct view *view, const struct snapshot *snapshot,
    const struct oid *base, unsigned parts, const char **error_r)
{
	uint64_t published = snapshot != NULL ? snapshot->published : 0;
	struct cells *cells;

	if (cells_build(snapshot, base, parts, &cells, error_r) == -1)
		return (-1);
	if (cells_add(cells, AGENT_OBJECT_VERSION, CELL_STRING, 0,
		SLICE(VERSION)) == 0 &&
	    renew_own(view, cells, published) == 0 &&
	    walks_add(view->walks, cells, published, clock_now()) == 0)
		return (0);
	cells_free(cells);
	*error_r = "no memory for the agent's own objects";
	return (-1);
}

struct view *
view_new(const char *directory, const struct oid *base, unsigned parts)
{
	struct view *view = calloc(1, sizeof(*view));
	const char *error;

	if (view == NULL)
		return (NULL);
	view->base = *base;
	view->parts = parts;
	(void)snprintf(
	    view->store, sizeof(view->store), "%s/" STORE_NAME, directory);
	(void)snprintf(
	    view->lock, sizeof(view->lock), "%s/" STORE_LOCK, directory);
	view->walks = walks_new();
	if (view->walks == NULL ||
	    lay_out(view, NULL, base, parts, &error) == -1) {
		view_free(view);
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
	walks_free(view->walks);
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
	if (lay_out(view, fresh, &view->base, view->parts, error_r) == -1) {
		snapshot_free(fresh);
		return (STATE_UNREADABLE);
	}
	snapshot_free(view->snapshot);
	view->snapshot = fresh;
	view->counted = counted_in(fresh);
	view->queued = queued_in(fresh);
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

static void
note_recent(struct view *view)
{
	if (view->snapshot != NULL)
		recent_note(&view->recent, steady_seconds(), &view->counted);
	view->moment++;
}

void
view_update(struct view *view)
{
	const char *error = NULL;
	enum store_state state = read_store(view, &error);

	if (state == STATE_OK && !daemon_lock_held(view->lock))
		state = STATE_STALE;
	walks_tidy(view->walks, clock_now());
	note_recent(view);
	if (state == view->state)
		return;
	view->state = state;
	log_state(view, error);
}

int
view_rebase(struct view *view, const struct oid *base, unsigned parts,
    const char **error_r)
{
	if (lay_out(view, view->snapshot, base, parts, error_r) == -1)
		return (-1);
	walks_end(view->walks);
	view->base = *base;
	view->parts = parts;
	return (0);
}

const struct oid *
view_base(const struct view *view)
{
	return (&view->base);
}

/* Bring a layout up to date once in a second, not at each request of a walk:
   finding the agent's own objects is dearer than finding the one asked for. */
static void
renew(struct view *view, struct layout *layout)
{
	time_t now = time(NULL);

	if (now != view->second)
		note_recent(view);
	view->second = now;
	if (layout->renewed != view->moment)
		(void)renew_own(view, layout->cells, layout->published);
	layout->renewed = view->moment;
}

const struct cells *
view_cells(struct view *view)
{
	struct layout *newest = walks_newest(view->walks);

	renew(view, newest);
	return (newest->cells);
}

const struct cell *
view_next(struct view *view, const struct oid *asked, bool inclusive,
    const struct oid *root)
{
	int64_t now = clock_now();
	struct layout *layout = walks_find(
	    view->walks, asked, inclusive, root, now);

	renew(view, layout);
	return (walks_take(layout, asked, inclusive, root, now));
}

void
view_vitals(const struct view *view, struct vitals *vitals_r)
{
	int64_t now = steady_seconds();

	*vitals_r = (struct vitals){ .state = view->state };
	if (view->snapshot == NULL)
		return;
	vitals_r->counted = true;
	vitals_r->begun = view->counted.lines > 0;
	vitals_r->silence = recent_silence(&view->recent, now);
	vitals_r->attempts = recent_attempts(&view->recent);
	vitals_r->deferral = recent_deferral(&view->recent);
	vitals_r->steady = recent_steady(&view->recent, now);
	vitals_r->queued = view->queued;
	(void)snapshot_number(
	    view->snapshot, SLICE("tailer:seconds_behind"), &vitals_r->behind);
}

const struct snapshot *
view_probes(const struct view *view)
{
	(void)view;
	return (NULL);
}
