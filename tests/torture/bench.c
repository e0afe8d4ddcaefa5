/*
 * The tailer under test, its directories and its store.
 */
#include <sys/stat.h>

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/store.h"
#include "tests/torture/torture.h"

void
bench_make(struct bench *bench, const char *bin, const char *purpose,
    const char *interval, unsigned capacity)
{
	FILE *file;

	directory_make(bench->dir, purpose);
	(void)snprintf(
	    bench->log, sizeof(bench->log), "%s/log/mail.log", bench->dir);
	(void)snprintf(
	    bench->state, sizeof(bench->state), "%s/state", bench->dir);
	(void)snprintf(bench->store, sizeof(bench->store), "%s/state/%s",
	    bench->dir, STORE_NAME);
	(void)snprintf(
	    bench->output, sizeof(bench->output), "%s/output", bench->dir);
	(void)snprintf(
	    bench->config, sizeof(bench->config), "%s/config", bench->dir);
	bench->bin = bin;
	file = fopen(bench->config, "we");
	if (file == NULL)
		err(1, "%s", bench->config);
	fprintf(file,
	    "publish_interval: %s\ncapacity: %u\nqueue: { sample: no }\n",
	    interval, capacity);
	fclose(file);
	*strrchr(bench->log, '/') = '\0';
	if (mkdir(bench->state, 0750) == -1 || mkdir(bench->log, 0755) == -1)
		err(1, "%s", bench->dir);
	bench->log[strlen(bench->log)] = '/';
}

pid_t
bench_start(const struct bench *bench, bool once, char *const environment[])
{
	char program[NAME_SIZE + 32];
	const char *argv[] = { program, "-f", "-c", bench->config, "-d",
		bench->state, "--log", bench->log, "--from", "start",
		once ? "--once" : NULL, NULL };

	(void)snprintf(
	    program, sizeof(program), "%s/postfix-statsd", bench->bin);
	return (process_start(argv, bench->output, environment));
}

struct snapshot *
bench_read(const struct bench *bench, const char **wrong_r)
{
	struct snapshot *snapshot;
	const char *error;

	*wrong_r = NULL;
	switch (store_read(bench->store, &snapshot, &error)) {
	case STORE_OK:
		return (snapshot);
	case STORE_MISSING:
		return (NULL);
	default:
		*wrong_r = error;
		return (NULL);
	}
}

uint64_t
bench_lines(const struct bench *bench)
{
	const char *wrong;
	struct snapshot *snapshot = bench_read(bench, &wrong);
	uint64_t lines = 0;

	if (snapshot == NULL ||
	    !snapshot_number(snapshot, SLICE("lines:read"), &lines))
		lines = 0;
	snapshot_free(snapshot);
	return (lines);
}

bool
bench_wait_ready(const struct bench *bench, uint32_t generation, int64_t ms)
{
	int64_t until = now_ms() + ms;

	for (;;) {
		const char *wrong;
		struct snapshot *snapshot = bench_read(bench, &wrong);
		bool ready = snapshot != NULL &&
		    snapshot->generation > generation;

		snapshot_free(snapshot);
		if (ready || now_ms() >= until)
			return (ready);
		sleep_us(2000);
	}
}

bool
bench_wait(const struct bench *bench, uint64_t lines, int64_t ms)
{
	int64_t until = now_ms() + ms;
	uint64_t last = 0, have;

	while ((have = bench_lines(bench)) < lines) {
		if (have != last) {
			last = have;
			until = now_ms() + ms;
		}
		if (now_ms() >= until)
			return (false);
		sleep_us(4000);
	}
	return (true);
}
