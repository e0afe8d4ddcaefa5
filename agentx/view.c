/*
 * Snapshots, cells and the states of the stores.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agentx/recent.h"
#include "agentx/view.h"
#include "agentx/walks.h"
#include "lib/stats/whm_rows.h"
#include "lib/util/log.h"
#include "lib/util/version.h"

struct view {
	struct oid base;
	unsigned parts;
	struct follow store[JOINED_COUNT];
	enum store_state state[JOINED_COUNT]; /* 0: never looked */
	bool outdated;          /* a snapshot is not laid out yet */
	struct walks *walks;    /* what is answered from */
	struct counted counted; /* of the tailer's snapshot; and */
	struct queued queued;
	struct recent recent;
	time_t second;   /* of the last request */
	unsigned moment; /* counts seconds and looks at the stores */
};

/* The tailer's last good snapshot. */
static const struct snapshot *
log_of(const struct view *view)
{
	return (view->store[JOINED_LOG].snapshot);
}

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
		view->state[JOINED_LOG], none) == -1 ||
	    cells_add(cells, AGENT_OBJECT_PROBE_STATE, CELL_INTEGER,
		view->state[JOINED_PROBES], none) == -1 ||
	    cells_add(cells, AGENT_OBJECT_WHM_STATE, CELL_INTEGER,
		view->state[JOINED_WHM], none) == -1)
		return (-1);
	if (published == 0)
		return (0);
	if (cells_add(cells, AGENT_OBJECT_SNAPSHOT_AGE, CELL_GAUGE32,
		now > published ? now - published : 0, none) == -1)
		return (-1);
	return (add_known(view, cells));
}

/* Serve the snapshots that there are from now on.  Returns 0, or -1 and
   *error_r with nothing changed. */
static int
lay_out(struct view *view, const struct oid *base, unsigned parts,
    const char **error_r)
{
	uint64_t published = log_of(view) != NULL ? log_of(view)->published : 0;
	struct joined joined;
	struct cells *cells;

	for (unsigned i = 0; i < JOINED_COUNT; i++)
		joined.of[i] = view->store[i].snapshot;
	if (cells_build(&joined, base, parts, &cells, error_r) == -1)
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
	for (unsigned i = 0; i < JOINED_COUNT; i++)
		follow_begin(&view->store[i], directory, &joined_files[i]);
	view->walks = walks_new();
	if (view->walks == NULL || lay_out(view, base, parts, &error) == -1) {
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
	for (unsigned i = 0; i < JOINED_COUNT; i++)
		follow_end(&view->store[i]);
	walks_free(view->walks);
	free(view);
}

static void
log_state(const struct view *view, enum joined_store i, const char *error)
{
	static const char *const writers[] = {
		[JOINED_LOG] = "no tailer",
		[JOINED_PROBES] = "no postfix-stats-probe",
		[JOINED_WHM] = "no postfix-stats-whm",
	};
	const struct follow *store = &view->store[i];

	if (view->state[i] == STATE_OK)
		log_info("serving %s, generation %u", store->path,
		    store->snapshot->generation);
	else if (view->state[i] == STATE_STALE)
		log_warnx("serving %s, generation %u, as it was left: %s is "
			  "running",
		    store->path, store->snapshot->generation, writers[i]);
	else if (store->snapshot != NULL)
		log_warnx("%s; serving the last good snapshot, generation %u",
		    error, store->snapshot->generation);
	else
		log_warnx("%s; there is nothing to serve yet", error);
}

static void
note_recent(struct view *view)
{
	if (log_of(view) != NULL)
		recent_note(&view->recent, steady_seconds(), &view->counted);
	view->moment++;
}

/* Take note of a state, and say so if it is another one. */
static void
note_state(struct view *view, enum joined_store i, enum store_state state,
    const char *error)
{
	enum store_state before = view->state[i];

	view->state[i] = state;
	if (state == before ||
	    (i != JOINED_LOG && state == STATE_MISSING && before == 0))
		return;
	log_state(view, i, error);
}

/* Look at a store and, if it is another one, lay it out.  Without memory for
   that it is tried again. */
static enum store_state
update_one(struct view *view, enum joined_store i, const char **error_r)
{
	bool fresh = false;
	enum store_state state = follow_look(&view->store[i], &fresh, error_r);

	if (fresh && i == JOINED_LOG) {
		view->counted = counted_in(log_of(view));
		view->queued = queued_in(log_of(view));
	}
	if (!fresh && !view->outdated)
		return (state);
	view->outdated = lay_out(view, &view->base, view->parts, error_r) == -1;
	return (view->outdated ? STATE_UNREADABLE : state);
}

void
view_update(struct view *view)
{
	walks_tidy(view->walks, clock_now());
	for (unsigned i = 0; i < JOINED_COUNT; i++) {
		const char *error = NULL;
		enum store_state state = update_one(view, i, &error);

		note_state(view, i, state, error);
	}
	note_recent(view);
}

uint64_t
view_lasts(const struct view *view)
{
	uint64_t now = (uint64_t)time(NULL), lasts = UINT64_MAX;

	for (unsigned i = 0; i < JOINED_COUNT; i++) {
		uint64_t expires = view->store[i].expires;

		if (view->store[i].snapshot == NULL || expires == WHM_NEVER)
			continue;
		expires = expires > now ? expires - now : 0;
		lasts = expires < lasts ? expires : lasts;
	}
	return (lasts);
}

int
view_rebase(struct view *view, const struct oid *base, unsigned parts,
    const char **error_r)
{
	if (lay_out(view, base, parts, error_r) == -1)
		return (-1);
	view->outdated = false;
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

	*vitals_r = (struct vitals){ .state = view->state[JOINED_LOG] };
	if (log_of(view) == NULL)
		return;
	vitals_r->counted = true;
	vitals_r->begun = view->counted.lines > 0;
	vitals_r->silence = recent_silence(&view->recent, now);
	vitals_r->attempts = recent_attempts(&view->recent);
	vitals_r->deferral = recent_deferral(&view->recent);
	vitals_r->steady = recent_steady(&view->recent, now);
	vitals_r->queued = view->queued;
	(void)snapshot_number(
	    log_of(view), SLICE("tailer:seconds_behind"), &vitals_r->behind);
}

const struct snapshot *
view_probes(const struct view *view)
{
	return (view->store[JOINED_PROBES].snapshot);
}
