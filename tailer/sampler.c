/*
 * The tailer's end of the samples of the queue.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/stats/key.h"
#include "lib/stats/queue.h"
#include "lib/util/log.h"
#include "tailer/sampler.h"
#include "tailer/sampler_process.h"

enum { PAUSE_MIN = 1000, PAUSE_MAX = 60000 }; /* ms before a new process */

/* What is known of one socket. */
struct place {
	unsigned instance;
	bool heard; /* a report came, good or bad */
	bool failing;
	uint64_t taken; /* when the last good one was; 0: never */
	uint32_t milliseconds;
	struct queue_sample sample;
};

enum { INDEX_ALL = 1, INDEX_FIRST = 2 }; /* pfsInstanceIndex */

/* The oldest messages of an instance: lines of a queue, an id and a time. */
#define OLDEST_LEN (QUEUES * (LABEL_MAX + 1 + QUEUE_ID_MAX + 1 + 20 + 1))

_Static_assert(OLDEST_LEN <= TEXT_MAX, "the oldest messages fit in a record");

struct sampler {
	const struct config_queue *config;
	struct counters *counters;
	bool wanted;
	int fd;        /* -1: no process */
	pid_t process; /* if there is one */
	int64_t start; /* when to start the next */
	int64_t pause;
	struct place places[CONFIG_SOCKETS_MAX];
	/* By pfsInstanceIndex; empty: none is known. */
	char oldest[INDEX_FIRST + INSTANCE_MAX][OLDEST_LEN + 1];
};

static const enum metric_id of_instance[] = { METRIC_QUEUE_MESSAGES,
	METRIC_QUEUE_BYTES, METRIC_QUEUE_RECIPIENTS, METRIC_QUEUE_OLDEST };
static const enum metric_id of_all[] = { METRIC_QUEUE_AGE_LE,
	METRIC_QUEUE_AGE_SUM, METRIC_QUEUE_AGE_COUNT, METRIC_QUEUE_SIZE_LE,
	METRIC_QUEUE_SIZE_SUM, METRIC_QUEUE_SIZE_COUNT };

/* --- beginning and end ------------------------------------------------ */

/* Unless told, sample where Postfix is: it has the directory of its sockets
   also while it is down. */
static bool
is_wanted(const struct config_queue *config)
{
	char directory[] = SHOWQ_SOCKET;
	struct stat st;

	if (config->sample != CHOICE_AUTO)
		return (config->sample == CHOICE_YES);
	*strrchr(directory, '/') = '\0';
	return (stat(directory, &st) == 0);
}

/* Forget what the store had of instances without a socket. */
static void
forget_others(struct sampler *sampler)
{
	for (unsigned i = 0; i < INSTANCE_MAX; i++) {
		bool sampled = false;

		for (unsigned s = 0; s < sampler->config->sockets_count; s++)
			sampled |= sampler->wanted &&
			    sampler->places[s].instance == i;
		if (sampled)
			continue;
		for (size_t m = 0; m < COUNT(of_instance); m++)
			counters_forget(sampler->counters, of_instance[m], i);
		sampler->oldest[INDEX_FIRST + i][0] = '\0';
	}
	if (sampler->wanted)
		return;
	sampler->oldest[INDEX_ALL][0] = '\0';
	for (size_t m = 0; m < COUNT(of_all); m++)
		counters_forget(sampler->counters, of_all[m], 0);
	counters_set(sampler->counters, METRIC_QUEUE_SAMPLED, 0);
	counters_set(sampler->counters, METRIC_QUEUE_SAMPLE_MS, 0);
}

static const char *
oldest_key(unsigned index)
{
	static char key[24];

	(void)snprintf(key, sizeof(key), "=queue:%u", index);
	return (key);
}

static void
load_oldest(struct sampler *sampler, const struct snapshot *snapshot)
{
	for (unsigned i = INDEX_ALL; i < COUNT(sampler->oldest); i++) {
		struct slice text;

		if (snapshot != NULL &&
		    snapshot_text(snapshot, slice_of(oldest_key(i)), &text) &&
		    text.len <= OLDEST_LEN)
			memcpy(sampler->oldest[i], text.at, text.len);
	}
}

struct sampler *
sampler_new(const struct config_queue *config, const struct snapshot *snapshot,
    struct counters *counters)
{
	struct sampler *sampler = calloc(1, sizeof(*sampler));

	if (sampler == NULL)
		return (NULL);
	sampler->config = config;
	sampler->counters = counters;
	sampler->fd = -1;
	sampler->pause = PAUSE_MIN;
	sampler->wanted = is_wanted(config);
	for (unsigned i = 0; sampler->wanted && i < config->sockets_count; i++)
		if (config->sockets[i].instance != NULL)
			sampler->places[i].instance = counters_instance(
			    counters, slice_of(config->sockets[i].instance));
	load_oldest(sampler, snapshot);
	forget_others(sampler);
	return (sampler);
}

/* It has nothing to lose. */
static void
end_process(struct sampler *sampler)
{
	if (sampler->fd == -1)
		return;
	close(sampler->fd);
	sampler->fd = -1;
	(void)kill(sampler->process, SIGKILL);
	while (waitpid(sampler->process, NULL, 0) == -1 && errno == EINTR)
		;
}

void
sampler_free(struct sampler *sampler)
{
	if (sampler == NULL)
		return;
	end_process(sampler);
	free(sampler);
}

int
sampler_descriptor(const struct sampler *sampler)
{
	return (sampler->fd);
}

static void
save_record(struct snapshot *snapshot, unsigned n, const char *text, size_t len)
{
	char key[24];

	(void)snprintf(key, sizeof(key), "=showq:%u", n);
	snapshot_add_text(snapshot, slice_of(key), (struct slice){ text, len });
}

/* Which sockets are up, in as many records as it takes. */
static void
save_sockets(const struct sampler *sampler, struct snapshot *snapshot)
{
	char text[TEXT_MAX];
	unsigned n = 0;
	size_t len = 0;

	for (unsigned i = 0; i < sampler->config->sockets_count; i++) {
		const struct place *place = &sampler->places[i];
		char line[SOCKET_PATH_MAX + 8];
		size_t size = (size_t)snprintf(line, sizeof(line), "%s %s\n",
		    place->heard && !place->failing ? "up" : "down",
		    sampler->config->sockets[i].path);

		if (len + size > sizeof(text)) {
			save_record(snapshot, n++, text, len);
			len = 0;
		}
		memcpy(text + len, line, size);
		len += size;
	}
	save_record(snapshot, n, text, len);
}

void
sampler_save(const struct sampler *sampler, struct snapshot *snapshot)
{
	if (sampler->wanted)
		save_sockets(sampler, snapshot);
	for (unsigned i = INDEX_ALL; i < COUNT(sampler->oldest); i++)
		if (sampler->oldest[i][0] != '\0')
			snapshot_add_text(snapshot, slice_of(oldest_key(i)),
			    slice_of(sampler->oldest[i]));
}

/* --- reports ---------------------------------------------------------- */

static void
note_oldest(
    struct sampler *sampler, unsigned index, struct queue_sample *sample)
{
	struct slice rest = slice_of(labels[LABEL_QUEUE].values), name;
	char *text = sampler->oldest[index];
	size_t len = 0;

	text[0] = '\0';
	for (unsigned q = 0; label_value_next(&rest, &name); q++) {
		char *id = sample->queue[q].oldest_id;

		id[QUEUE_ID_MAX] = '\0';
		if (id[0] != '\0')
			len += (size_t)snprintf(text + len,
			    OLDEST_LEN + 1 - len, "%.*s %s %" PRIu64 "\n",
			    (int)name.len, name.at, id,
			    sample->queue[q].arrival);
	}
}

/* What is only known of all sockets together, once each was asked: until then
   the figures of before the start stay. */
static void
sum_up(struct sampler *sampler)
{
	static struct queue_sample sum;
	uint64_t taken = UINT64_MAX;
	uint32_t longest = 0;

	memset(&sum, 0, sizeof(sum));
	for (unsigned i = 0; i < sampler->config->sockets_count; i++) {
		const struct place *place = &sampler->places[i];

		if (!place->heard)
			return;
		if (place->taken < taken)
			taken = place->taken;
		if (place->milliseconds > longest)
			longest = place->milliseconds;
		queue_sample_add(&sum, &place->sample);
	}
	queue_put_all(sampler->counters, &sum);
	note_oldest(sampler, INDEX_ALL, &sum);
	counters_set(sampler->counters, METRIC_QUEUE_SAMPLED, taken);
	counters_set(sampler->counters, METRIC_QUEUE_SAMPLE_MS, longest);
}

static void
take_fault(struct sampler *sampler, const char *path, struct place *place,
    const char *fault)
{
	counters_add(sampler->counters, METRIC_QUEUE_SAMPLE_ERRORS, 1);
	if (!place->failing)
		log_warnx("queue: no sample from %s: %s%s; will try again",
		    path, fault,
		    strcmp(fault, strerror(EACCES)) == 0 ?
			" (its group, postdrop, may)" :
			"");
	place->failing = true;
}

static void
take_report(struct sampler *sampler, struct sampler_report *report)
{
	struct place *place = &sampler->places[report->socket];
	const char *path = sampler->config->sockets[report->socket].path;

	sampler->pause = PAUSE_MIN;
	place->heard = true;
	if (report->taken == 0) {
		report->fault[sizeof(report->fault) - 1] = '\0';
		take_fault(sampler, path, place, report->fault);
		return;
	}
	if (place->failing)
		log_info("queue: samples from %s again", path);
	place->failing = false;
	place->taken = report->taken;
	place->milliseconds = report->milliseconds;
	place->sample = report->sample;
	queue_put(sampler->counters, place->instance, &place->sample);
	note_oldest(sampler, INDEX_FIRST + place->instance, &place->sample);
	sum_up(sampler);
}

/* --- the process ------------------------------------------------------ */

/* It died, or could not be started. */
static void
start_later(struct sampler *sampler, int64_t now)
{
	end_process(sampler);
	sampler->start = now + sampler->pause;
	sampler->pause *= 2;
	if (sampler->pause > PAUSE_MAX)
		sampler->pause = PAUSE_MAX;
}

static void
start_process(struct sampler *sampler, int64_t now)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1) {
		log_warn("queue: cannot start sampling");
		start_later(sampler, now);
		return;
	}
	sampler->process = fork();
	if (sampler->process == 0)
		sampler_process(sampler->config, ends[1]);
	close(ends[1]);
	sampler->fd = ends[0];
	if (sampler->process == -1) {
		log_warn("queue: cannot start sampling");
		close(sampler->fd);
		sampler->fd = -1;
		start_later(sampler, now);
		return;
	}
	counters_add(sampler->counters, METRIC_QUEUE_SAMPLER_STARTS, 1);
}

/* Returns 1 and a report, 0 if there is none now, -1 if there will be none. */
static int
next_report(struct sampler *sampler, struct sampler_report *report_r)
{
	ssize_t got = recv(
	    sampler->fd, report_r, sizeof(*report_r), MSG_DONTWAIT);

	if (got == -1 && (errno == EAGAIN || errno == EINTR))
		return (0);
	return (got == sizeof(*report_r) &&
		    report_r->socket < sampler->config->sockets_count ?
		1 :
		-1);
}

bool
sampler_work(struct sampler *sampler, int64_t now, int64_t *when_r)
{
	static struct sampler_report report;
	bool changed = false;
	int more = 0;

	*when_r = 0;
	if (!sampler->wanted)
		return (false);
	if (sampler->fd == -1 && now >= sampler->start) {
		start_process(sampler, now);
		changed = true;
	}
	while (
	    sampler->fd != -1 && (more = next_report(sampler, &report)) > 0) {
		take_report(sampler, &report);
		changed = true;
	}
	if (sampler->fd != -1 && more < 0) {
		log_warnx("queue: the process that samples it has ended; "
			  "another one will start");
		start_later(sampler, now);
	}
	if (sampler->fd == -1)
		*when_r = sampler->start;
	return (changed);
}
