/*
 * Stores, their state and their series.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporter/stores.h"
#include "lib/stats/store.h"
#include "lib/util/daemon.h"
#include "lib/util/log.h"
#include "lib/util/version.h"

/* A writer holds its lock as long as it lives. */
static const struct {
	const char *name, *lock;
} known[] = {
	{ STORE_NAME, STORE_LOCK },
	{ PROBE_STORE_NAME, PROBE_STORE_LOCK },
	{ "whm.db", "postfix-stats-whm.lock" },
};

enum { STORES = COUNT(known) };

enum state {
	STATE_NONE, /* never looked; or not there and never was */
	STATE_OK,
	STATE_STALE, /* no writer lives */
	STATE_FULL,  /* its writer has no room for the next one */
	STATE_MISSING,
	STATE_DAMAGED,
	STATE_UNREADABLE,
	STATE_COUNT
};

static const char *const state_names[STATE_COUNT] = {
	[STATE_OK] = "ok",
	[STATE_STALE] = "stale",
	[STATE_FULL] = "full",
	[STATE_MISSING] = "missing",
	[STATE_DAMAGED] = "damaged",
	[STATE_UNREADABLE] = "unreadable",
};

struct one {
	char path[PATH_MAX], lock[PATH_MAX];
	struct stat served;  /* the file of the snapshot */
	struct stat refused; /* one found damaged */
	struct snapshot *snapshot;
	enum state state;
	char reason[512]; /* of the state, in one line */
};

struct stores {
	struct one one[STORES];
	unsigned version;
};

static unsigned versions; /* given out so far */

struct stores *
stores_new(const char *directory)
{
	struct stores *stores = calloc(1, sizeof(*stores));

	if (stores == NULL)
		return (NULL);
	stores->version = ++versions;
	for (size_t i = 0; i < STORES; i++) {
		struct one *one = &stores->one[i];

		(void)snprintf(one->path, sizeof(one->path), "%s/%s", directory,
		    known[i].name);
		(void)snprintf(one->lock, sizeof(one->lock), "%s/%s", directory,
		    known[i].lock);
	}
	return (stores);
}

void
stores_free(struct stores *stores)
{
	if (stores == NULL)
		return;
	for (size_t i = 0; i < STORES; i++)
		snapshot_free(stores->one[i].snapshot);
	free(stores);
}

/* ctime shows a change of mode, too. */
static bool
is_same_file(const struct stat *a, const struct stat *b)
{
	return (a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    memcmp(&a->st_mtim, &b->st_mtim, sizeof(a->st_mtim)) == 0 &&
	    memcmp(&a->st_ctim, &b->st_ctim, sizeof(a->st_ctim)) == 0);
}

/* Read a store, unless it is the file that is being served already. */
static enum state
one_read(struct one *one, unsigned *version, const char **error_r)
{
	struct stat st;
	struct snapshot *fresh;

	memset(&st, 0, sizeof(st));
	if (stat(one->path, &st) == 0) {
		if (one->snapshot != NULL && is_same_file(&st, &one->served))
			return (STATE_OK);
		if (is_same_file(&st, &one->refused)) {
			*error_r = "the store is damaged as before";
			return (STATE_DAMAGED);
		}
	}
	switch (store_read(one->path, &fresh, error_r)) {
	case STORE_OK:
		break;
	case STORE_MISSING:
		return (STATE_MISSING);
	case STORE_DAMAGED:
		one->refused = st;
		return (STATE_DAMAGED);
	default:
		return (STATE_UNREADABLE);
	}
	snapshot_free(one->snapshot);
	one->snapshot = fresh;
	one->served = st;
	*version = ++versions;
	return (STATE_OK);
}

/* What a writer publishes stands beside the old file, so it needs as much room
   again. */
static bool
has_room(const struct one *one)
{
	struct statvfs fs;

	return (statvfs(one->path, &fs) == -1 || fs.f_blocks == 0 ||
	    fs.f_bavail >= (uint64_t)one->served.st_size / fs.f_frsize + 1);
}

static void
log_state(const struct one *one, const char *error)
{
	if (one->state == STATE_OK)
		log_info("serving %s, generation %u", one->path,
		    one->snapshot->generation);
	else if (one->state == STATE_STALE)
		log_warnx("serving %s, generation %u, as it was left: its "
			  "writer is not running",
		    one->path, one->snapshot->generation);
	else if (one->state == STATE_FULL)
		log_warnx("serving %s, generation %u; its file system is full, "
			  "so that no other can follow",
		    one->path, one->snapshot->generation);
	else if (one->snapshot != NULL)
		log_warnx("%s; serving the last good snapshot, generation %u",
		    error, one->snapshot->generation);
	else
		log_warnx("%s; there is nothing to serve yet", error);
}

void
stores_update(struct stores *stores)
{
	for (size_t i = 0; i < STORES; i++) {
		struct one *one = &stores->one[i];
		const char *error = NULL;
		enum state state = one_read(one, &stores->version, &error);

		/* Only the first is always wanted. */
		if (state == STATE_MISSING && i > 0 && one->state == STATE_NONE)
			continue;
		if (state == STATE_OK && !daemon_lock_held(one->lock)) {
			state = STATE_STALE;
			error = "its writer is not running";
		} else if (state == STATE_OK && !has_room(one)) {
			state = STATE_FULL;
			error = "its file system is full";
		}
		if (state == one->state)
			continue;
		one->state = state;
		(void)snprintf(one->reason, sizeof(one->reason), "%s",
		    state == STATE_OK ? "" : error);
		log_state(one, error);
	}
}

unsigned
stores_version(const struct stores *stores)
{
	return (stores->version);
}

bool
stores_view(const struct stores *stores, size_t i, struct store_view *view_r)
{
	const struct one *one = &stores->one[i];
	int64_t age = 0;

	if (i >= STORES)
		return (false);
	if (one->snapshot != NULL)
		age = (int64_t)time(NULL) - (int64_t)one->snapshot->published;
	*view_r = (struct store_view){ .name = known[i].name,
		.state = state_names[one->state],
		.reason = one->reason,
		.up = one->state == STATE_OK,
		.snapshot = one->snapshot,
		.age = age > 0 ? age : 0 };
	return (true);
}

/* A gauge of store `i`; `error` may be NULL. */
static void
render_gauge(
    FILE *out, const char *name, size_t i, const char *error, int64_t value)
{
	fprintf(out, "%s{store=\"%s\"", name, known[i].name);
	if (error != NULL)
		fprintf(out, ",error=\"%s\"", error);
	fprintf(out, "} %" PRId64 "\n", value);
}

static void
render_up(FILE *out, enum prometheus_format format, const struct stores *stores)
{
	static const char up[] = "postfix_stats_up";
	static const char error[] = "postfix_stats_store_error";

	render_family(out, format, up, FAMILY_GAUGE,
	    "Whether this store can be read and what writes it is running and "
	    "has room.");
	for (size_t i = 0; i < STORES; i++)
		if (stores->one[i].state != STATE_NONE)
			render_gauge(
			    out, up, i, NULL, stores->one[i].state == STATE_OK);
	if (stores->one[0].snapshot != NULL)
		render_sources(out, format, stores->one[0].snapshot,
		    stores->one[0].state == STATE_OK ||
			stores->one[0].state == STATE_FULL);
	render_family(out, format, error, FAMILY_GAUGE,
	    "What is wrong with this store: stale, what writes it has ended; "
	    "full, there is no room to publish the next; "
	    "missing, damaged or unreadable, and the last good snapshot is "
	    "served, or nothing if there is none.");
	for (size_t i = 0; i < STORES; i++)
		for (unsigned s = STATE_STALE; s < STATE_COUNT; s++)
			if (stores->one[i].state != STATE_NONE)
				render_gauge(out, error, i, state_names[s],
				    stores->one[i].state == s);
}

static void
render_age(
    FILE *out, enum prometheus_format format, const struct stores *stores)
{
	static const char age[] = "postfix_stats_store_age_seconds";
	struct store_view view;

	render_family(out, format, age, FAMILY_GAUGE,
	    "Seconds since the snapshot of this store that is served was "
	    "published.");
	for (size_t i = 0; stores_view(stores, i, &view); i++)
		if (view.snapshot != NULL)
			render_gauge(out, age, i, NULL, view.age);
}

int
stores_render_states(
    FILE *out, enum prometheus_format format, const struct stores *stores)
{
	render_up(out, format, stores);
	render_age(out, format, stores);
	render_family(out, format, "postfix_stats_exporter_build_info",
	    FAMILY_GAUGE, "Version of postfix-stats-exporter.");
	fputs("postfix_stats_exporter_build_info{version=\"" VERSION "\"} 1\n",
	    out);
	return (0);
}

int
stores_render_series(
    FILE *out, enum prometheus_format format, const struct stores *stores)
{
	const struct snapshot *snapshots[STORES];

	for (size_t i = 0; i < STORES; i++)
		snapshots[i] = stores->one[i].snapshot;
	return (render_prometheus(out, format, snapshots, STORES));
}
