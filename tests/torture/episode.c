/*
 * One episode: a writer that rotates, a tailer that is killed, started again
 * and now and then stopped; then the truth.
 */
#include <sys/wait.h>

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "lib/stats/snapshot.h"
#include "tests/torture/torture.h"

enum { STARTING_MS = 200, STEADY_MS = 400, WAIT_MS = 15000 };

struct episode {
	struct bench bench;
	struct writer_plan plan;
	struct random random;
	struct tally *tally;
	uint32_t generation; /* highest seen */
	char label[64];
	pid_t writer, tailer;
};

static const char *
interval_of(struct random *random)
{
	return (random_below(random, 4) == 0 ? "0.2" : "0.05");
}

/* After a kill: what stands there is whole, and no older than before. */
static int
check_store(struct episode *episode)
{
	const char *wrong;
	struct snapshot *snapshot = bench_read(&episode->bench, &wrong);
	int rc = 0;

	if (wrong != NULL) {
		fprintf(stderr, "%s: %s\n", episode->label, wrong);
		return (-1);
	}
	if (snapshot == NULL && episode->generation > 0) {
		fprintf(stderr, "%s: the store is gone\n", episode->label);
		return (-1);
	}
	if (snapshot != NULL) {
		if (snapshot->generation < episode->generation) {
			fprintf(stderr, "%s: generation %u after %u\n",
			    episode->label, snapshot->generation,
			    episode->generation);
			rc = -1;
		}
		episode->generation = snapshot->generation;
	}
	snapshot_free(snapshot);
	return (rc);
}

static void
stop_for_a_while(struct episode *episode)
{
	(void)kill(episode->tailer, SIGSTOP);
	sleep_us(random_below(&episode->random, 300000));
	(void)kill(episode->tailer, SIGCONT);
	episode->tally->stops++;
}

/* Some time of its life, then the end of it. */
static int
live_and_die(struct episode *episode)
{
	struct random *random = &episode->random;

	if (random_below(random, 4) == 0) {
		(void)bench_wait(
		    &episode->bench, episode->plan.board->written, 1000);
		sleep_us(random_below(random, STEADY_MS * 1000));
	} else
		sleep_us(random_below(random, STARTING_MS * 1000));
	if (random_below(random, 8) == 0)
		stop_for_a_while(episode);
	if (waitpid(episode->tailer, NULL, WNOHANG) != 0) {
		fprintf(
		    stderr, "%s: the tailer ended by itself\n", episode->label);
		return (-1);
	}
	process_kill(episode->tailer);
	episode->tally->kills++;
	return (check_store(episode));
}

/* The last life: to the end of the log, and an orderly exit. */
static int
finish(struct episode *episode)
{
	struct truth truth = { .seed = episode->plan.seed };
	const struct writer_plan *plan = &episode->plan;
	struct snapshot *snapshot;
	const char *wrong;
	int rc = 0, status;

	plan->board->stop = 1;
	if (process_wait(episode->writer, WAIT_MS) != 0) {
		fprintf(stderr, "%s: the writer failed\n", episode->label);
		rc = -1;
	}
	/* TERM before it is ready would just end it. */
	if (!bench_wait_ready(&episode->bench, episode->generation, WAIT_MS))
		fprintf(stderr, "%s: no publication\n", episode->label);
	(void)bench_wait(&episode->bench, plan->board->written, WAIT_MS / 3);
	(void)kill(episode->tailer, SIGTERM);
	status = process_wait(episode->tailer, WAIT_MS);
	if (status != 0) {
		fprintf(stderr, "%s: the tailer ended with status %#x\n",
		    episode->label, (unsigned)status);
		rc = -1;
	}
	if (truth_read(&truth, episode->bench.log) == -1)
		rc = -1;
	if (truth.lines != plan->board->written) {
		fprintf(stderr,
		    "%s: %" PRIu64 " lines on disk of %" PRIu64 " written\n",
		    episode->label, truth.lines, plan->board->written);
		rc = -1;
	}
	snapshot = bench_read(&episode->bench, &wrong);
	if (snapshot == NULL) {
		fprintf(stderr, "%s: %s\n", episode->label,
		    wrong ? wrong : "no store");
		rc = -1;
	} else if (truth_compare(&truth, snapshot, episode->label) != 0)
		rc = -1;
	snapshot_free(snapshot);
	truth_free(&truth);
	return (rc);
}

static int
lives(struct episode *episode, unsigned kills)
{
	struct random *random = &episode->random;

	/* Nothing is promised for lines rotated away before the first
	   publication. */
	episode->tailer = bench_start(&episode->bench, false, NULL);
	if (!bench_wait(&episode->bench, 1, WAIT_MS)) {
		fprintf(stderr, "%s: no publication\n", episode->label);
		return (-1);
	}
	episode->plan.board->may_rotate = 1;
	for (unsigned i = 0; i < kills; i++) {
		if (live_and_die(episode) == -1)
			return (-1);
		if (random_below(random, 2) == 0)
			sleep_us(random_below(random, 150000));
		episode->tailer = bench_start(&episode->bench, false, NULL);
	}
	return (0);
}

int
episode_run(const struct setting *setting, enum mode mode, uint64_t seed,
    unsigned kills, struct tally *tally)
{
	struct episode episode = { .random = { seed }, .tally = tally };
	struct random *random = &episode.random;
	int rc;

	(void)snprintf(episode.label, sizeof(episode.label),
	    "MODE=%s SEED=%" PRIu64 " KILLS=%u", mode_names[mode], seed, kills);
	bench_make(&episode.bench, setting->bin, mode_names[mode],
	    interval_of(random), 2048u << random_below(random, 2));
	episode.plan = (struct writer_plan){ .mode = mode,
		.seed = seed,
		.log = episode.bench.log,
		.halves = random_below(random, 2),
		.rate = 2000,
		.rotate_ms = 150 + (unsigned)random_below(random, 700),
		.board = board_new() };
	episode.writer = writer_start(&episode.plan);
	rc = lives(&episode, kills);
	if (finish(&episode) == -1)
		rc = -1;
	tally->episodes++;
	tally->lines += episode.plan.board->written;
	tally->rotations += episode.plan.board->rotations;
	if (rc != 0)
		tally->failed++;
	if (rc != 0 && setting->keep)
		fprintf(
		    stderr, "%s: see %s\n", episode.label, episode.bench.dir);
	else
		directory_remove(episode.bench.dir);
	board_free(episode.plan.board);
	return (rc);
}
