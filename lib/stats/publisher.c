/*
 * Memory: all results as records are more than the daemon otherwise has, so they
 * are made for each publication and given back behind it.
 */
#include <malloc.h>
#include <string.h>
#include <time.h>

#include "lib/stats/publisher.h"
#include "lib/stats/store.h"
#include "lib/util/clock.h"
#include "lib/util/log.h"

enum { RETRY = 5000 /* milliseconds, at least, after one that failed */ };

int
publisher_begin(struct publisher *publisher_r, const char *directory,
    const char *name, publisher_resume_fn *resume, void *context,
    const char **error_r)
{
	struct snapshot *snapshot = NULL;
	const char *notice = NULL;
	enum store_result result = store_recover(
	    directory, name, &snapshot, &notice, error_r);
	int failed = 0;

	*publisher_r = (struct publisher){ .directory = directory,
		.name = name,
		.epoch = (uint64_t)time(NULL),
		.changed = true };
	if (result == STORE_UNREADABLE)
		return (-1);
	if (notice != NULL)
		log_warnx("%s", notice);
	if (result != STORE_OK)
		return (0);
	publisher_r->generation = snapshot->generation;
	publisher_r->epoch = snapshot->epoch;
	failed = resume(context, snapshot, error_r);
	snapshot_free(snapshot);
	(void)malloc_trim(0);
	return (failed);
}

int64_t
publisher_wait(const struct publisher *publisher, int64_t now)
{
	int64_t interval = (int64_t)(publisher->interval * 1000);
	int64_t due;

	if (!publisher->changed)
		return (-1);
	if (publisher->urgent && 4 * publisher->cost < interval)
		interval = 4 * publisher->cost;
	if (publisher->failing && interval < RETRY)
		interval = RETRY;
	due = publisher->before + interval;
	return (due > now ? due - now : 0);
}

static int
write_store(struct publisher *publisher, publisher_save_fn *save, void *context,
    struct snapshot *snapshot)
{
	const char *error = "no memory";

	snapshot->generation = publisher->generation + 1;
	if (snapshot->generation == 0)
		snapshot->generation = 1;
	snapshot->epoch = publisher->epoch;
	snapshot->published = (uint64_t)time(NULL);
	snapshot->capacity = publisher->capacity;
	save(context, snapshot);
	snapshot_sort(snapshot);
	if (!snapshot->failed &&
	    store_publish(
		publisher->directory, publisher->name, snapshot, &error) == 0) {
		publisher->generation = snapshot->generation;
		return (0);
	}
	if (!publisher->failing)
		log_warnx("%s; going on, will try again", error);
	return (-1);
}

int
publish(struct publisher *publisher, publisher_save_fn *save, void *context,
    int64_t now)
{
	struct snapshot *snapshot = snapshot_new();
	int failed = -1;

	if (snapshot != NULL)
		failed = write_store(publisher, save, context, snapshot);
	snapshot_free(snapshot);
	(void)malloc_trim(0);
	if (publisher->failing && failed == 0)
		log_info("%s/%s is published again", publisher->directory,
		    publisher->name);
	publisher->failing = failed != 0;
	publisher->changed = failed != 0;
	publisher->urgent = false;
	publisher->before = clock_milliseconds();
	publisher->cost = publisher->before - now;
	return (failed);
}
