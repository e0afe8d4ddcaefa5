/*
 * A model of a power cut.
 *
 * The preloaded library writes down all that the tailer does to its state
 * directory.  At any point of that record the machine may stop.  Then
 *
 *   - the directory is as of its last fsync, plus any prefix of the changes
 *     of names made since (a journal keeps their order);
 *   - each file holds what it held at its last fsync, plus either a prefix of
 *     the writes since or, as pages reach the disk in any order, any subset of
 *     them, the last one perhaps torn between sectors.
 *
 * Out of these states some are drawn at random.  In each the store must be
 * byte for byte one publication, no older than the last one whose directory
 * was synced, and the tailer must go on from it exactly.  The model takes the
 * log itself to be safe, and fsync to be honest.
 */
#include <sys/stat.h>

#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/stats/store.h"
#include "tests/torture/disk.h"

enum { WAIT_MS = 5000, ROUNDS = 10, LINES = 15 };

struct cut {
	struct bench bench;
	struct disk disk;
	struct random random;
	struct truth truth;
	uint64_t seed, lines;
	unsigned found[3]; /* store there, none, only the one before */
};

static void
append(struct cut *cut, unsigned count)
{
	FILE *file = fopen(cut->bench.log, "ae");
	char line[LINE_SIZE];

	if (file == NULL)
		err(1, "%s", cut->bench.log);
	for (unsigned i = 0; i < count; i++)
		(void)fwrite(
		    line, 1, line_make(cut->seed, ++cut->lines, line), file);
	fclose(file);
}

/* Two lives with some publications each, written down in `journal`. */
static void
record(struct cut *cut, const struct setting *setting, const char *journal)
{
	char preload[NAME_SIZE + 32], where[NAME_SIZE + 64],
	    dir[NAME_SIZE + 32];
	char *environment[] = { preload, where, dir, NULL };

	(void)snprintf(
	    preload, sizeof(preload), "LD_PRELOAD=%s", setting->faults);
	(void)snprintf(where, sizeof(where), "JOURNAL=%s", journal);
	(void)snprintf(dir, sizeof(dir), "JOURNAL_DIR=%s", cut->bench.state);
	append(cut, 1);
	for (int life = 0; life < 2; life++) {
		pid_t pid = bench_start(&cut->bench, false, environment);

		for (int i = 0; i < ROUNDS; i++) {
			append(cut, LINES);
			(void)bench_wait(&cut->bench, cut->lines, WAIT_MS);
		}
		(void)kill(pid, life == 0 ? SIGKILL : SIGTERM);
		(void)process_wait(pid, WAIT_MS);
	}
}

static unsigned
complain(const struct cut *cut, size_t point, const char *what)
{
	fprintf(stderr, "SEED=%" PRIu64 " powercut after operation %zu: %s\n",
	    cut->seed, point, what);
	return (1);
}

/* What the readers find.  Returns what is wrong, or NULL. */
static const char *
look(struct cut *cut, size_t point)
{
	char previous[NAME_SIZE + 64];
	struct snapshot *snapshot = NULL, *before = NULL;
	const char *error, *wrong = NULL;
	enum store_result result, older;
	uint32_t promised = disk_promised(&cut->disk, point);

	(void)snprintf(previous, sizeof(previous), "%s.1", cut->bench.store);
	result = store_read(cut->bench.store, &snapshot, &error);
	older = store_read(previous, &before, &error);
	if (result == STORE_OK) {
		cut->found[0]++;
		if (!disk_published(&cut->disk, cut->bench.store))
			wrong = "the store is no publication";
		else if (snapshot->generation < promised)
			wrong = "a publication that was synced is lost";
	} else if (result != STORE_MISSING)
		wrong = "the store is damaged";
	else if (older == STORE_OK)
		cut->found[2]++;
	else
		cut->found[1]++;
	if (wrong == NULL && result == STORE_MISSING && promised > 0)
		wrong = "the store is gone";
	if (wrong == NULL && older != STORE_OK && older != STORE_MISSING)
		wrong = "the generation before is damaged";
	snapshot_free(snapshot);
	snapshot_free(before);
	return (wrong);
}

static unsigned
try_state(struct cut *cut, size_t point)
{
	struct snapshot *snapshot;
	const char *wrong;
	char label[64];
	unsigned bad;

	disk_write(&cut->disk, point, &cut->random, cut->bench.state);
	wrong = look(cut, point);
	if (wrong != NULL)
		return (complain(cut, point, wrong));
	if (process_wait(bench_start(&cut->bench, true, NULL), WAIT_MS) != 0)
		return (complain(cut, point, "the tailer does not start"));
	snapshot = bench_read(&cut->bench, &wrong);
	if (snapshot == NULL)
		return (complain(cut, point, "no store afterwards"));
	(void)snprintf(label, sizeof(label),
	    "SEED=%" PRIu64 " powercut after operation %zu", cut->seed, point);
	bad = truth_compare(&cut->truth, snapshot, label);
	snapshot_free(snapshot);
	return (bad != 0);
}

unsigned
powercut_run(const struct setting *setting, uint64_t seed, unsigned states)
{
	struct cut cut = { .seed = seed, .random = { seed } };
	char journal[NAME_SIZE + 32];
	unsigned bad = 0;

	cut.truth.seed = seed;
	bench_make(&cut.bench, setting->bin, "powercut", "0.05", 2048);
	(void)snprintf(journal, sizeof(journal), "%s/journal", cut.bench.dir);
	record(&cut, setting, journal);
	disk_read(&cut.disk, journal, STORE_NAME);
	if (truth_read(&cut.truth, cut.bench.log) == -1)
		bad = 1;
	for (unsigned i = 0; i < states; i++)
		bad += try_state(
		    &cut, random_below(&cut.random, cut.disk.count + 1));
	printf("power cut: %zu operations, %zu publications; %u states: %u "
	       "with the store, %u with only the one before, %u with none; "
	       "%u wrong\n",
	    cut.disk.count, cut.disk.publications, states, cut.found[0],
	    cut.found[2], cut.found[1], bad);
	if (cut.disk.publications < ROUNDS)
		bad += complain(&cut, 0, "too few publications");
	truth_free(&cut.truth);
	disk_free(&cut.disk);
	directory_remove(cut.bench.dir);
	return (bad);
}
