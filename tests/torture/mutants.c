/*
 * mutants: damaged stores against every reader.
 *
 *	mutants [--bin DIR] N SEED
 *
 * Each mutant is refused, or read as exactly one of the two publications that
 * it was made from.  store_read() runs in a child with limits on time, memory
 * and file size (a reader that writes is a crash); every 100th mutant also
 * goes to postfix-stats-get, every 500th to a start of postfix-statsd.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/torture/mutants.h"

enum { BATCH = 64, SECONDS = 10, MEMORY = 512 << 20, GET_EVERY = 100 };

static const char *const kind_names[KIND_COUNT] = { "bit", "byte",
	"page header", "first page", "truncation", "sector zeroed",
	"page copied", "two generations" };

enum verdict { NOT_READ, REFUSED, UNCHANGED, WRONG };

struct figures {
	unsigned made[2], refused[2], unchanged[2], wrong[2], crashed[2];
};

struct round {
	struct patient patient;
	struct random random;
	struct figures figures[KIND_COUNT];
	unsigned get_runs, get_wrong, statsd_runs, statsd_wrong;
	const char *bin;
	volatile enum verdict *verdicts; /* of a batch, shared */
	uint64_t seed;
};

struct mutant {
	enum mutant_kind kind;
	bool sealed;
	uint64_t seed;
	char path[NAME_SIZE + 32];
};

static enum verdict
judge(const struct patient *patient, const char *path)
{
	struct snapshot *snapshot = NULL;
	const char *error = NULL;
	enum verdict verdict;

	if (store_read(path, &snapshot, &error) != STORE_OK)
		return (error != NULL && strchr(error, '\n') == NULL ? REFUSED :
								       WRONG);
	verdict = snapshots_same(snapshot, patient->state[0]) ||
		snapshots_same(snapshot, patient->state[1]) ?
	    UNCHANGED :
	    WRONG;
	snapshot_free(snapshot);
	return (verdict);
}

/* In the child: read mutants from `first` on. */
static _Noreturn void
read_batch(struct round *round, const struct mutant *mutants, unsigned first,
    unsigned count)
{
	const struct rlimit memory = { MEMORY, MEMORY }, none = { 0, 0 };

	(void)setrlimit(RLIMIT_AS, &memory);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)setrlimit(RLIMIT_FSIZE, &none);
	for (unsigned i = first; i < count; i++) {
		(void)alarm(SECONDS);
		round->verdicts[i] = judge(&round->patient, mutants[i].path);
	}
	_exit(0);
}

/* A child that dies has died of the first mutant without a verdict. */
static void
judge_batch(struct round *round, const struct mutant *mutants, unsigned count)
{
	unsigned done = 0;

	for (unsigned i = 0; i < count; i++)
		round->verdicts[i] = NOT_READ;
	while (done < count) {
		int status;
		pid_t pid = fork();

		if (pid == -1)
			err(1, "fork");
		if (pid == 0)
			read_batch(round, mutants, done, count);
		if (waitpid(pid, &status, 0) == -1)
			err(1, "waitpid");
		while (done < count && round->verdicts[done] != NOT_READ)
			done++;
		if (done < count) {
			fprintf(stderr, "%s, seed %llu: reader died, %#x\n",
			    kind_names[mutants[done].kind],
			    (unsigned long long)mutants[done].seed,
			    (unsigned)status);
			done++;
		}
	}
}

static void
count_batch(struct round *round, const struct mutant *mutants, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct figures *figures = &round->figures[mutants[i].kind];
		bool sealed = mutants[i].sealed;

		figures->made[sealed]++;
		switch (round->verdicts[i]) {
		case NOT_READ:
			figures->crashed[sealed]++;
			break;
		case REFUSED:
			figures->refused[sealed]++;
			break;
		case UNCHANGED:
			figures->unchanged[sealed]++;
			break;
		case WRONG:
			figures->wrong[sealed]++;
			fprintf(stderr, "%s, seed %llu%s: taken for good\n",
			    kind_names[mutants[i].kind],
			    (unsigned long long)mutants[i].seed,
			    sealed ? ", resealed" : "");
		}
	}
}

static int
run_program(const char *const argv[])
{
	return (process_wait(
	    process_start(argv, "/dev/null", NULL), SECONDS * 1000));
}

/* The programs, with the mutant as the store: get says 0 and is right, or 2;
   the tailer goes on from the generation before, or from this one. */
static void
try_programs(struct round *round, const struct mutant *mutant, bool statsd)
{
	enum verdict verdict = judge(&round->patient, mutant->path);
	char get[NAME_SIZE + 32], tailer[NAME_SIZE + 32];
	const char *const argv[] = { get, "-d", round->patient.state_dir,
		"--all", NULL };
	const char *const start[] = { tailer, "--once", "-c",
		round->patient.config, "-d", round->patient.state_dir, "--log",
		round->patient.log, NULL };
	const char *wrong;
	int status;

	(void)snprintf(get, sizeof(get), "%s/postfix-stats-get", round->bin);
	(void)snprintf(tailer, sizeof(tailer), "%s/postfix-statsd", round->bin);
	patient_place(&round->patient, mutant->path);
	status = run_program(argv);
	round->get_runs++;
	wrong = !WIFEXITED(status) ? "died" :
	    WEXITSTATUS(status) != (verdict == REFUSED ? 2 : 0) ?
				     "gave the wrong status" :
				     NULL;
	if (wrong != NULL) {
		round->get_wrong++;
		fprintf(stderr, "%s, seed %llu: postfix-stats-get %s, %#x\n",
		    kind_names[mutant->kind], (unsigned long long)mutant->seed,
		    wrong, (unsigned)status);
	}
	if (!statsd)
		return;
	round->statsd_runs++;
	status = run_program(start);
	if (!patient_recovered(&round->patient, verdict == UNCHANGED)) {
		round->statsd_wrong++;
		fprintf(stderr,
		    "%s, seed %llu: postfix-statsd did not go on, %#x\n",
		    kind_names[mutant->kind], (unsigned long long)mutant->seed,
		    (unsigned)status);
	}
}

static void
run_batch(struct round *round, unsigned first, unsigned count)
{
	static struct mutant mutants[BATCH];

	for (unsigned i = 0; i < count; i++) {
		struct mutant *mutant = &mutants[i];

		mutant->kind = (enum mutant_kind)((first + i) % KIND_COUNT);
		mutant->sealed = (first + i) / KIND_COUNT % 5 == 0;
		mutant->seed = round->seed + first + i;
		(void)snprintf(mutant->path, sizeof(mutant->path), "%s/%u.db",
		    round->patient.dir, i);
		mutant_make(&round->patient, mutant->kind, mutant->sealed,
		    mutant->seed, mutant->path);
	}
	judge_batch(round, mutants, count);
	count_batch(round, mutants, count);
	/* 101 and not 100, so that every kind has its turn. */
	for (unsigned i = 0; i < count; i++)
		if (round->bin != NULL && (first + i) % (GET_EVERY + 1) == 0)
			try_programs(round, &mutants[i],
			    (first + i) % (5 * (GET_EVERY + 1)) == 0);
}

static unsigned
print_table(const struct round *round)
{
	unsigned bad = round->get_wrong + round->statsd_wrong;

	printf("%-16s %-8s %8s %8s %10s %6s %8s\n", "damage", "seal", "mutants",
	    "refused", "unchanged", "wrong", "crashed");
	for (int kind = 0; kind < KIND_COUNT; kind++)
		for (int sealed = 0; sealed < 2; sealed++) {
			const struct figures *f = &round->figures[kind];

			printf("%-16s %-8s %8u %8u %10u %6u %8u\n",
			    kind_names[kind], sealed ? "resealed" : "stale",
			    f->made[sealed], f->refused[sealed],
			    f->unchanged[sealed], f->wrong[sealed],
			    f->crashed[sealed]);
			bad += f->wrong[sealed] + f->crashed[sealed];
		}
	printf("postfix-stats-get: %u runs, %u wrong\n", round->get_runs,
	    round->get_wrong);
	printf("postfix-statsd:    %u starts, %u wrong\n", round->statsd_runs,
	    round->statsd_wrong);
	return (bad);
}

int
main(int argc, char **argv)
{
	struct round round = { .bin = "build/bin" };
	unsigned count, bad;

	if (argc == 5 && strcmp(argv[1], "--bin") == 0) {
		round.bin = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc != 3)
		errx(64, "usage: mutants [--bin DIR] N SEED");
	count = (unsigned)strtoul(argv[1], NULL, 10);
	round.seed = strtoull(argv[2], NULL, 10);
	round.random.state = round.seed;
	round.verdicts = mmap(NULL, BATCH * sizeof(enum verdict),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (round.verdicts == MAP_FAILED)
		err(1, "mmap");
	patient_make(&round.patient);
	for (unsigned first = 0; first < count; first += BATCH)
		run_batch(&round, first,
		    count - first < BATCH ? count - first : BATCH);
	directory_remove(round.patient.dir);
	bad = print_table(&round);
	return (bad == 0 ? 0 : 1);
}
