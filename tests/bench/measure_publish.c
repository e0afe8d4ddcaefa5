/*
 * What one publication costs when the store is full: counters into a
 * snapshot, sorted, written, synced, renamed.
 */
#include <sys/stat.h>

#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/stats/counters.h"
#include "lib/stats/store.h"
#include "tests/bench/measure.h"

enum { TEXTS = 32, ROUNDS_MAX = 10000 };

static double
cpu_ms(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return ((double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6);
}

static struct slice
name(char text[32], const char *prefix, unsigned number)
{
	(void)snprintf(text, 32, "%s-%u", prefix, number);
	return (slice_of(text));
}

/* Deliveries, receipts and unknown lines under as many names as there is
   room for, each instance with some of its own. */
static void
fill(struct counters *counters)
{
	for (unsigned n = 0; n < 1000; n++) {
		struct event event = { .type = EVENT_DELIVERY, .traits = ~0u };
		char text[5][32];
		unsigned instance = counters_instance(
		    counters, name(text[0], "postfix", n % 14));

		event.label[LABEL_TRANSPORT] = name(text[1], "transport", n);
		event.label[LABEL_AGENT] = name(text[2], "agent", n);
		counters_event(counters, instance, &event, n);
		event.type = EVENT_RECEIVE;
		event.label[LABEL_SERVICE] = name(text[3], "service", n);
		event.label[LABEL_SASL_METHOD] = name(text[4], "SASL", n);
		counters_event(counters, instance, &event, n);
		event.type = EVENT_UNRECOGNISED;
		event.label[LABEL_DAEMON] = name(text[1], "daemon", n);
		counters_event(counters, instance, &event, n);
	}
}

/* Records as large as they usually are, more than a store takes. */
static struct snapshot *
invent(void)
{
	struct snapshot *snapshot = snapshot_new();
	char text[TEXT_MAX], key[KEY_MAX + 1];

	if (snapshot == NULL)
		err(1, "memory");
	memset(text, 'x', sizeof(text));
	for (unsigned i = 0; i < TEXTS; i++) {
		(void)snprintf(key, sizeof(key), "=sample:%u", i);
		snapshot_add_text(snapshot, slice_of(key),
		    (struct slice){ text, sizeof(text) });
	}
	for (unsigned i = 0; i < STORE_CAPACITY; i++) {
		(void)snprintf(key, sizeof(key),
		    "invented:transport-%u:deferred@postfix-%u", i, i % 14);
		snapshot_add_number(
		    snapshot, slice_of(key), (uint64_t)i * 1000003);
	}
	return (snapshot);
}

/* All records, `=meta` included. */
static size_t
records(const struct snapshot *snapshot)
{
	return (snapshot->number_count + snapshot->text_count + 1);
}

/* Take from `invented` what the table can't fill. */
static void
fill_up(struct snapshot *snapshot, const struct snapshot *invented)
{
	for (size_t i = 0; i < invented->text_count; i++)
		snapshot_add_text(snapshot, slice_of(invented->texts[i].key),
		    (struct slice){ invented->texts[i].text, TEXT_MAX });
	for (size_t i = 0; records(snapshot) < STORE_CAPACITY; i++)
		snapshot_add_number(snapshot,
		    slice_of(invented->numbers[i].key),
		    invented->numbers[i].value);
}

static double
publication(const char *dir, struct counters *counters,
    struct snapshot *snapshot, const struct snapshot *invented)
{
	double before = cpu_ms();
	const char *error;

	snapshot_clear(snapshot);
	snapshot->generation++;
	snapshot->capacity = STORE_CAPACITY;
	counters_add(counters, METRIC_LINES_READ, 1);
	counters_save(counters, snapshot);
	fill_up(snapshot, invented);
	snapshot_sort(snapshot);
	if (store_publish(dir, STORE_NAME, snapshot, &error) == -1)
		errx(1, "%s", error);
	return (cpu_ms() - before);
}

/* Write, sync and rename a plain file of the store's size. */
static double
plain_write(const char *path, const char *fresh, const char *bytes, size_t size)
{
	double before = cpu_ms();
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	if (fd == -1 || write(fd, bytes, size) != (ssize_t)size ||
	    fsync(fd) == -1 || close(fd) == -1 || rename(fresh, path) == -1)
		err(1, "%s", fresh);
	return (cpu_ms() - before);
}

int
measure_publish(int argc, char **argv)
{
	static double ours[ROUNDS_MAX], plain[ROUNDS_MAX];
	size_t size = (size_t)STORE_CAPACITY * STORE_BYTES_PER_KEY;
	struct counters *counters = counters_new(STORE_CAPACITY);
	struct snapshot *snapshot = snapshot_new(), *invented = invent();
	unsigned long rounds = number_argument(argv[1]);
	char path[PATH_MAX], fresh[PATH_MAX], *bytes = calloc(1, size);
	double median;

	(void)argc;
	if (counters == NULL || snapshot == NULL || bytes == NULL)
		err(1, "memory");
	if (rounds > ROUNDS_MAX)
		rounds = ROUNDS_MAX;
	(void)snprintf(path, sizeof(path), "%s/plain", argv[0]);
	(void)snprintf(fresh, sizeof(fresh), "%s/plain.tmp", argv[0]);
	fill(counters);
	for (unsigned long i = 0; i < rounds; i++) {
		ours[i] = publication(argv[0], counters, snapshot, invented);
		plain[i] = plain_write(path, fresh, bytes, size);
	}
	median = percentile(ours, rounds, 50);
	printf("%.2f %.1f %zu\n", median,
	    median / percentile(plain, rounds, 50), records(snapshot));
	(void)unlink(path);
	free(bytes);
	snapshot_free(invented);
	snapshot_free(snapshot);
	counters_free(counters);
	return (0);
}
