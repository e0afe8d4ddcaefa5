/*
 * Stores, their state and their series.
 */
#include <sys/statvfs.h>

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporter/stores.h"
#include "lib/stats/follow.h"
#include "lib/stats/store.h"
#include "lib/util/log.h"
#include "lib/util/version.h"

static const struct store_file known[] = {
	{ STORE_NAME, STORE_LOCK },
	{ PROBE_STORE_NAME, PROBE_STORE_LOCK },
	{ WHM_STORE_NAME, WHM_STORE_LOCK },
};

enum { STORES = COUNT(known) };

/* Beside those of follow.h. */
enum {
	STATE_NONE = 0, /* never looked; or not there and never was */
	STATE_FULL = STATE_UNREADABLE + 1, /* no room for the next one */
	STATE_COUNT
};

static const char *const state_names[STATE_COUNT] = {
	[STATE_OK] = "ok",
	[STATE_STALE] = "stale",
	[STATE_DAMAGED] = "damaged",
	[STATE_MISSING] = "missing",
	[STATE_UNREADABLE] = "unreadable",
	[STATE_FULL] = "full",
};

struct one {
	struct follow file;
	unsigned state;
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
	for (size_t i = 0; i < STORES; i++)
		follow_begin(&stores->one[i].file, directory, &known[i]);
	return (stores);
}

void
stores_free(struct stores *stores)
{
	if (stores == NULL)
		return;
	for (size_t i = 0; i < STORES; i++)
		follow_end(&stores->one[i].file);
	free(stores);
}

/* What a writer publishes stands beside the old file, so it needs as much room
   again. */
static bool
has_room(const struct one *one)
{
	struct statvfs fs;

	return (statvfs(one->file.path, &fs) == -1 || fs.f_blocks == 0 ||
	    fs.f_bavail >=
		(uint64_t)one->file.served.st_size / fs.f_frsize + 1);
}

static void
log_state(const struct one *one, const char *error)
{
	if (one->state == STATE_OK)
		log_info("serving %s, generation %u", one->file.path,
		    one->file.snapshot->generation);
	else if (one->state == STATE_STALE)
		log_warnx("serving %s, generation %u, as it was left: its "
			  "writer is not running",
		    one->file.path, one->file.snapshot->generation);
	else if (one->state == STATE_FULL)
		log_warnx("serving %s, generation %u; its file system is full, "
			  "so that no other can follow",
		    one->file.path, one->file.snapshot->generation);
	else if (one->file.snapshot != NULL)
		log_warnx("%s; serving the last good snapshot, generation %u",
		    error, one->file.snapshot->generation);
	else
		log_warnx("%s; there is nothing to serve yet", error);
}

/* Returns its state and, unless all is well, why. */
static unsigned
look(struct one *one, unsigned *version, const char **error_r)
{
	bool fresh = false;
	unsigned state = follow_look(&one->file, &fresh, error_r);

	if (fresh)
		*version = ++versions;
	if (state == STATE_STALE)
		*error_r = "its writer is not running";
	if (state != STATE_OK || has_room(one))
		return (state);
	*error_r = "its file system is full";
	return (STATE_FULL);
}

void
stores_update(struct stores *stores)
{
	for (size_t i = 0; i < STORES; i++) {
		struct one *one = &stores->one[i];
		const char *error = "";
		unsigned state = look(one, &stores->version, &error);

		/* Only the first is always wanted. */
		if (state == STATE_MISSING && i > 0 && one->state == STATE_NONE)
			continue;
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
	if (one->file.snapshot != NULL)
		age = (int64_t)time(NULL) -
		    (int64_t)one->file.snapshot->published;
	*view_r = (struct store_view){ .name = known[i].name,
		.state = state_names[one->state],
		.reason = one->reason,
		.up = one->state == STATE_OK,
		.snapshot = one->file.snapshot,
		.age = age > 0 ? age : 0 };
	return (true);
}

bool
stores_find(
    const struct stores *stores, const char *name, struct store_view *view_r)
{
	for (size_t i = 0; stores_view(stores, i, view_r); i++)
		if (strcmp(view_r->name, name) == 0)
			return (view_r->snapshot != NULL);
	return (false);
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
	if (stores->one[0].file.snapshot != NULL)
		render_sources(out, format, stores->one[0].file.snapshot,
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
		snapshots[i] = stores->one[i].file.snapshot;
	return (render_prometheus(out, format, snapshots, STORES));
}
