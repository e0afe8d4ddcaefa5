/*
 * From lines to publications.
 */
#include <sys/inotify.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/stats/line.h"
#include "lib/stats/store.h"
#include "lib/stats/window.h"
#include "lib/util/clock.h"
#include "lib/util/error.h"
#include "lib/util/log.h"
#include "tailer/probe_watch.h"
#include "tailer/sampler.h"
#include "tailer/settings.h"
#include "tailer/tailer.h"

enum {
	BATCH_LINES = 10000, /* between looks at the clock */
	RETRY_MAX_MS = 30000 /* longest pause after a failed publication */
};

struct tailer {
	const char *state_directory;
	char store_path[PATH_MAX];
	struct counters *counters;
	struct line_counter *lines;
	struct patterns *patterns;
	struct sources sources;
	struct sampler *sampler;   /* NULL: --once */
	struct snapshot *snapshot; /* memory for publications */
	struct probe_watch probes;
	uint32_t generation;
	uint32_t capacity;
	uint64_t epoch;
	time_t newest;     /* line, when it was written; 0: not known */
	int64_t interval;  /* ms between publications */
	int64_t published; /* when (monotonic ms) */
	int64_t retry;     /* pause after a failure */
	bool at_end;       /* nothing waits to be read */
	bool dirty, failing;
};

/* --- starting --------------------------------------------------------- */

/* What is published at each start, whatever the store held. */
static void
count_start(struct tailer *tailer, bool resumed, bool damaged)
{
	struct counters *counters = tailer->counters;
	uint64_t now = (uint64_t)time(NULL);

	counters_set(counters, METRIC_TAILER_STARTED, now);
	if (resumed)
		counters_add(counters, METRIC_TAILER_RESTARTS, 1);
	else {
		tailer->epoch = now;
		counters_set(counters, METRIC_TAILER_DISCONTINUITY, now);
	}
	counters_set(counters, METRIC_TAILER_EPOCH, tailer->epoch);
	if (damaged)
		counters_add(counters, METRIC_TAILER_STORE_ERRORS, 1);
}

static int
load_store(
    struct tailer *tailer, struct snapshot **snapshot_r, const char **error_r)
{
	const char *notice;
	enum store_result result = store_recover(
	    tailer->state_directory, STORE_NAME, snapshot_r, &notice, error_r);

	if (result == STORE_UNREADABLE)
		return (-1);
	if (notice != NULL)
		log_warnx("%s", notice);
	if (result == STORE_OK) {
		tailer->generation = (*snapshot_r)->generation;
		tailer->epoch = (*snapshot_r)->epoch;
		counters_load(tailer->counters, *snapshot_r);
		line_load(tailer->lines, *snapshot_r);
	} else
		*snapshot_r = NULL;
	count_start(tailer, result == STORE_OK, notice != NULL);
	return (0);
}

_Static_assert((int)REINJECTION_NAMES_MAX == (int)FILTER_NAMES_MAX,
    "all names that the configuration may have are taken");

static int
prepare(
    struct tailer *tailer, const struct config *config, const char **error_r)
{
	*error_r = strerror(ENOMEM);
	tailer->counters = counters_new(config->capacity);
	tailer->snapshot = snapshot_new();
	if (tailer->counters == NULL || tailer->snapshot == NULL ||
	    (tailer->lines = line_counter_new(tailer->counters)) == NULL)
		return (-1);
	tailer->capacity = config->capacity;
	tailer->interval = (int64_t)(config->publish_interval * 1000);
	settings_apply(tailer->lines, config);
	tailer->probes.directory = tailer->state_directory;
	probe_watch_look(&tailer->probes, tailer->lines, clock_milliseconds());
	if (snprintf(tailer->store_path, sizeof(tailer->store_path), "%s/%s",
		tailer->state_directory,
		STORE_NAME) >= (int)sizeof(tailer->store_path)) {
		*error_r = error_text(
		    "%s: name too long", tailer->state_directory);
		return (-1);
	}
	return (0);
}

int
tailer_open(const struct options *options, const struct config *config,
    struct patterns *patterns, const char *state_directory,
    struct tailer **tailer_r, const char **error_r)
{
	struct tailer *tailer = calloc(1, sizeof(*tailer));
	struct snapshot *snapshot = NULL;
	int rc;

	if (tailer == NULL) {
		*error_r = strerror(ENOMEM);
		return (-1);
	}
	tailer->state_directory = state_directory;
	tailer->patterns = patterns;
	if (prepare(tailer, config, error_r) == -1 ||
	    load_store(tailer, &snapshot, error_r) == -1) {
		tailer_close(tailer);
		return (-1);
	}
	line_rules(tailer->lines, patterns_rules(patterns),
	    patterns_reasons(patterns));
	rc = sources_open(&tailer->sources, options, config, snapshot,
	    tailer->counters, error_r);
	if (rc == 0 && !options->once) {
		tailer->sampler = sampler_new(
		    config->queue, snapshot, tailer->counters);
		if (tailer->sampler == NULL) {
			*error_r = strerror(ENOMEM);
			rc = -1;
		}
	}
	snapshot_free(snapshot);
	if (rc == -1) {
		tailer_close(tailer);
		return (-1);
	}
	tailer->dirty = true;
	*tailer_r = tailer;
	return (0);
}

void
tailer_close(struct tailer *tailer)
{
	if (tailer == NULL)
		return;
	sampler_free(tailer->sampler);
	sources_close(&tailer->sources);
	line_counter_free(tailer->lines);
	counters_free(tailer->counters);
	snapshot_free(tailer->snapshot);
	free(tailer);
}

int
tailer_watch(struct tailer *tailer, int inotify_fd, const char **error_r)
{
	/* Only what says that somebody removed the store. */
	if (inotify_add_watch(inotify_fd, tailer->state_directory,
		IN_DELETE | IN_MOVED_FROM | IN_ONLYDIR | IN_MASK_ADD) == -1) {
		*error_r = error_text("cannot watch %s: %s",
		    tailer->state_directory, strerror(errno));
		return (-1);
	}
	return (sources_watch(&tailer->sources, inotify_fd, error_r));
}

void
tailer_unwatch(struct tailer *tailer)
{
	sources_unwatch(&tailer->sources);
}

unsigned
tailer_descriptors(
    const struct tailer *tailer, struct pollfd set_r[TAILER_DESCRIPTORS])
{
	unsigned count = sources_descriptors(&tailer->sources, set_r);

	/* No descriptor, -1, is left out by poll. */
	if (tailer->sampler != NULL)
		set_r[count++] = (struct pollfd){
			sampler_descriptor(tailer->sampler), POLLIN, 0
		};
	return (count);
}

enum source_state
tailer_state(const struct tailer *tailer)
{
	return (sources_state(&tailer->sources));
}

/* --- publishing ------------------------------------------------------- */

static void
save_sources(struct tailer *tailer)
{
	uint64_t backlog = sources_save(&tailer->sources, tailer->snapshot);
	time_t now = time(NULL), oldest = 0;

	counters_set(tailer->counters, METRIC_TAILER_BACKLOG, backlog);
	if (backlog > 0 && !tailer->at_end) {
		oldest = sources_oldest(&tailer->sources, now);
		if (oldest == 0) /* not known: as it was */
			return;
	}
	counters_set(tailer->counters, METRIC_TAILER_BEHIND,
	    oldest != 0 && oldest < now ? (uint64_t)(now - oldest) : 0);
}

/* Say when the newest line was written: stamps are read once in a publication,
   not line by line.  None is believed that has not come yet. */
static void
mark_newest(struct tailer *tailer)
{
	time_t now = time(NULL);
	time_t line = line_newest(tailer->lines, now);
	time_t entry = sources_newest(&tailer->sources);

	if (line != 0 || entry != 0)
		tailer->newest = line > entry ? line : entry;
	if (tailer->newest == 0 || tailer->newest > now)
		tailer->newest = now;
	line_mark(tailer->lines, (uint64_t)tailer->newest, (uint64_t)now);
}

static void
fill_snapshot(struct tailer *tailer)
{
	struct snapshot *snapshot = tailer->snapshot;

	snapshot_clear(snapshot);
	snapshot->generation = tailer->generation + 1;
	if (snapshot->generation == 0)
		snapshot->generation = 1;
	snapshot->capacity = tailer->capacity;
	snapshot->epoch = tailer->epoch;
	snapshot->published = (uint64_t)time(NULL);
	save_sources(tailer);
	mark_newest(tailer);
	counters_set(tailer->counters, METRIC_TAILER_PATTERNS_OFF,
	    patterns_tell(tailer->patterns));
	counters_set(
	    tailer->counters, METRIC_TAILER_PUBLISHED, snapshot->published);
	counters_set(
	    tailer->counters, METRIC_TAILER_GENERATION, snapshot->generation);
	counters_save(tailer->counters, snapshot);
	line_save(tailer->lines, snapshot);
	if (tailer->sampler != NULL)
		sampler_save(tailer->sampler, snapshot);
	snapshot_sort(snapshot);
}

/* Nothing is lost by a failure: counting goes on, the store keeps the state
   of before, and the next try publishes both. */
static void
publication_failed(struct tailer *tailer, const char *error)
{
	counters_add(tailer->counters, METRIC_TAILER_STORE_ERRORS, 1);
	if (!tailer->failing)
		log_warnx("%s; counting goes on, will try again", error);
	tailer->failing = true;
	tailer->retry = tailer->retry == 0 ? 1000 : tailer->retry * 2;
	if (tailer->retry > RETRY_MAX_MS)
		tailer->retry = RETRY_MAX_MS;
}

int
tailer_publish(struct tailer *tailer)
{
	int64_t now = clock_milliseconds();
	const char *error = strerror(ENOMEM);

	tailer->published = now;
	fill_snapshot(tailer);
	if (tailer->snapshot->failed ||
	    store_publish(tailer->state_directory, STORE_NAME, tailer->snapshot,
		&error) == -1) {
		publication_failed(tailer, error);
		return (-1);
	}
	if (tailer->failing)
		log_info("%s is published again", tailer->store_path);
	tailer->failing = false;
	tailer->retry = 0;
	tailer->dirty = false;
	tailer->generation = tailer->snapshot->generation;
	return (0);
}

/* Milliseconds until a publication is due; 0 for now. */
static int64_t
publication_due(const struct tailer *tailer, int64_t now)
{
	int64_t due = tailer->published +
	    (tailer->retry > 0 ? tailer->retry : tailer->interval);

	return (due > now ? due - now : 0);
}

/* --- reading ---------------------------------------------------------- */

/* Count what a source came to.  Returns how many lines it was. */
static size_t
count_result(struct tailer *tailer, const struct source *source,
    enum source_result result, struct slice text)
{
	static const enum metric_id skipped[] = {
		[SOURCE_OVERLONG] = METRIC_LINES_OVERLONG,
		[SOURCE_FOREIGN] = METRIC_LINES_FOREIGN,
		[SOURCE_MALFORMED] = METRIC_LINES_MALFORMED,
		[SOURCE_INCOMPLETE] = METRIC_LINES_INCOMPLETE,
	};

	if (result == SOURCE_LINES)
		return (line_count(tailer->lines, text, source->instance));
	if (result == SOURCE_ENTRY)
		line_count_parts(
		    tailer->lines, source->tag, text, source->instance);
	else {
		if (result != SOURCE_INCOMPLETE)
			counters_add(tailer->counters, METRIC_LINES_READ, 1);
		counters_add(tailer->counters, skipped[result], 1);
	}
	return (1);
}

/* Count BATCH_LINES lines or some more.  Returns false at the end. */
static bool
read_batch(struct tailer *tailer, struct source *source)
{
	for (size_t count = 0; count < BATCH_LINES;) {
		struct slice text;
		enum source_result result = source->ops->next(source, &text);

		if (result == SOURCE_END)
			return (false);
		tailer->dirty = true;
		count += count_result(tailer, source, result, text);
	}
	return (true);
}

/* What is to be published although there were no lines. */
static void
note_changes(struct tailer *tailer)
{
	uint64_t unreadable = 0;

	for (unsigned i = 0; i < tailer->sources.count; i++) {
		struct source *source = tailer->sources.at[i];

		unreadable += source->unreadable;
		if (source->changed)
			tailer->dirty = true;
		source->changed = false;
	}
	counters_set(tailer->counters, METRIC_TAILER_UNREADABLE, unreadable);
}

/* Returns when to do so again, 0 if there is no need. */
static int64_t
take_samples(struct tailer *tailer, int64_t now)
{
	int64_t when = 0;

	if (tailer->sampler != NULL &&
	    sampler_work(tailer->sampler, now, &when))
		tailer->dirty = true;
	return (when);
}

/* Have what was published replaced once it is too old.  Returns when to look
   again, 0 if there is no need.  Of a clock that was set back nothing is
   known but that it was. */
static int64_t
take_age(struct tailer *tailer, int64_t now)
{
	uint64_t expires = line_expires(tailer->lines);
	uint64_t time_now = (uint64_t)time(NULL);

	if (expires == 0)
		return (0);
	if (expires <= time_now || expires - time_now > WINDOW_SECONDS) {
		tailer->dirty = true;
		return (0);
	}
	return (now + (int64_t)(expires - time_now) * 1000);
}

/* The earlier of two times, of which 0 is none. */
static int64_t
earlier(int64_t a, int64_t b)
{
	return (a == 0 || (b != 0 && b < a) ? b : a);
}

int
tailer_work(struct tailer *tailer, bool check)
{
	bool more = false;
	int64_t now, wait, look, samples, age;

	probe_watch_look(&tailer->probes, tailer->lines, clock_milliseconds());
	for (unsigned i = 0; i < tailer->sources.count; i++) {
		struct source *source = tailer->sources.at[i];

		if (check && source->ops->check != NULL)
			source->ops->check(source);
		if (read_batch(tailer, source))
			more = true;
	}
	now = clock_milliseconds();
	if (check && access(tailer->store_path, F_OK) == -1 &&
	    errno == ENOENT) {
		tailer->dirty = true;
		/* Somebody removed it: it need not wait. */
		if (!tailer->failing)
			tailer->published = now - tailer->interval;
	}
	tailer->at_end = !more;
	note_changes(tailer);
	samples = take_samples(tailer, now);
	(void)take_age(tailer, now);
	if (tailer->dirty && publication_due(tailer, now) == 0)
		(void)tailer_publish(tailer);
	if (more)
		return (0);
	look = earlier(sources_settle(&tailer->sources, now), samples);
	age = take_age(tailer, now);
	look = earlier(look, age);
	note_changes(tailer);
	wait = tailer->dirty ? publication_due(tailer, now) : -1;
	if (look != 0 && (wait == -1 || look - now < wait))
		wait = look > now ? look - now : 0;
	return ((int)wait);
}
