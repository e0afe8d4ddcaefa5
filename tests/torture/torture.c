/*
 * torture: kill the tailer, rotate its log, break its system calls; then see
 * whether it still counts exactly.
 *
 * Prints its seeds.  SEED=n with the MODE and the KILLS of a line that it
 * printed repeats that episode.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/torture/torture.h"

enum { JOBS_MAX = 64 };

struct job {
	pid_t pid;
	struct tally *tally; /* shared with it */
	enum mode mode;
};

struct plan {
	struct setting setting;
	uint64_t seed;
	unsigned kills; /* of each mode */
	unsigned jobs;
	int mode; /* -1: all */
};

static struct tally *
tally_shared(void)
{
	struct tally *tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (tally == MAP_FAILED)
		err(1, "mmap");
	return (tally);
}

static void
add(struct tally *sum, const struct tally *more)
{
	sum->episodes += more->episodes;
	sum->kills += more->kills;
	sum->stops += more->stops;
	sum->lines += more->lines;
	sum->rotations += more->rotations;
	sum->failed += more->failed;
	sum->peer_counted += more->peer_counted;
	sum->peer_truth += more->peer_truth;
}

/* One job's end; its figures go to the sums. */
static void
reap(struct job *jobs, unsigned count, struct tally *sums)
{
	int status;
	pid_t pid = wait(&status);

	for (unsigned i = 0; i < count; i++) {
		if (jobs[i].pid != pid)
			continue;
		if (!WIFEXITED(status))
			jobs[i].tally->failed++;
		add(&sums[jobs[i].mode], jobs[i].tally);
		jobs[i].pid = 0;
	}
}

static struct job *
free_job(struct job *jobs, unsigned count, struct tally *sums)
{
	for (;;) {
		for (unsigned i = 0; i < count; i++)
			if (jobs[i].pid == 0)
				return (&jobs[i]);
		reap(jobs, count, sums);
	}
}

static void
start_job(const struct plan *plan, struct job *job, enum mode mode,
    uint64_t seed, unsigned kills)
{
	memset(job->tally, 0, sizeof(*job->tally));
	job->mode = mode;
	fflush(NULL);
	job->pid = fork();
	if (job->pid == -1)
		err(1, "fork");
	if (job->pid > 0)
		return;
	exit((plan->setting.peer ? peer_run : episode_run)(
		 &plan->setting, mode, seed, kills, job->tally) == 0 ?
		0 :
		1);
}

static void
print_table(const struct plan *plan, const struct tally *sums)
{
	printf("%-13s %8s %6s %6s %9s %9s %7s%s\n", "mode", "episodes", "kills",
	    "stops", "rotations", "lines", "failed",
	    plan->setting.peer ? "   truth  counted   lost" : "");
	for (int mode = 0; mode < MODE_COUNT; mode++) {
		const struct tally *t = &sums[mode];

		if (plan->mode != -1 && plan->mode != mode)
			continue;
		printf("%-13s %8" PRIu64 " %6" PRIu64 " %6" PRIu64 " %9" PRIu64
		       " %9" PRIu64 " %7" PRIu64,
		    mode_names[mode], t->episodes, t->kills, t->stops,
		    t->rotations, t->lines, t->failed);
		if (plan->setting.peer && t->peer_truth > 0)
			printf(" %7" PRIu64 " %8" PRIu64 " %5.1f%%",
			    t->peer_truth, t->peer_counted,
			    100.0 -
				100.0 * (double)t->peer_counted /
				    (double)t->peer_truth);
		putchar('\n');
	}
}

/* Episodes of EPISODE_KILLS kills, the modes in turn. */
static unsigned
run_kills(const struct plan *plan)
{
	struct tally sums[MODE_COUNT] = { { 0 } };
	struct job jobs[JOBS_MAX] = { { 0 } };
	unsigned failed = 0;

	for (unsigned i = 0; i < plan->jobs; i++)
		jobs[i].tally = tally_shared();
	for (unsigned done = 0; done == 0 || done < plan->kills;
	     done += EPISODE_KILLS)
		for (int mode = 0; mode < MODE_COUNT; mode++) {
			unsigned kills = plan->kills - done < EPISODE_KILLS ?
			    plan->kills - done :
			    EPISODE_KILLS;

			if (plan->mode == -1 || plan->mode == mode)
				start_job(plan,
				    free_job(jobs, plan->jobs, sums),
				    (enum mode)mode,
				    plan->seed + done / EPISODE_KILLS, kills);
		}
	for (unsigned i = 0; i < plan->jobs; i++)
		while (jobs[i].pid != 0)
			reap(jobs, plan->jobs, sums);
	print_table(plan, sums);
	for (int mode = 0; mode < MODE_COUNT; mode++)
		failed += (unsigned)sums[mode].failed;
	return (failed);
}

static _Noreturn void
usage(void)
{
	fputs("usage: torture [--seed N] [--kills N] [--mode NAME] [--jobs N]\n"
	      "           [--bin DIR] [--peer mtail|exporter] [--keep]\n"
	      "       torture --walk STRIDE [--call NAME] | --powercut STATES\n"
	      "           | --full     [--seed N] [--bin DIR] [--jobs N]\n",
	    stderr);
	exit(64);
}

static int
mode_of(const char *name)
{
	for (int mode = 0; mode < MODE_COUNT; mode++)
		if (strcmp(mode_names[mode], name) == 0)
			return (mode);
	usage();
}

static const struct option options[] = {
	{ "seed", required_argument, NULL, 's' },
	{ "kills", required_argument, NULL, 'k' },
	{ "mode", required_argument, NULL, 'm' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "bin", required_argument, NULL, 'b' },
	{ "peer", required_argument, NULL, 'p' },
	{ "faults", required_argument, NULL, 'f' },
	{ "keep", no_argument, NULL, 'K' },
	{ "walk", required_argument, NULL, 'w' },
	{ "call", required_argument, NULL, 'c' },
	{ "powercut", required_argument, NULL, 'P' },
	{ "full", no_argument, NULL, 'F' },
	{ NULL, 0, NULL, 0 },
};

static unsigned
number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0' || value > 1000000000)
		usage();
	return ((unsigned)value);
}

int
main(int argc, char **argv)
{
	struct plan plan = { { .bin = "build/bin",
				 .faults = "build/tools/faults.so" },
		1, 100, 2, -1 };
	unsigned stride = 0, states = 0, wrong;
	const char *call = NULL;
	bool full = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			plan.seed = strtoull(optarg, NULL, 10);
			break;
		case 'k':
			plan.kills = number(optarg);
			break;
		case 'm':
			plan.mode = mode_of(optarg);
			break;
		case 'j':
			plan.jobs = number(optarg);
			break;
		case 'b':
			plan.setting.bin = optarg;
			break;
		case 'p':
			plan.setting.peer = optarg;
			break;
		case 'f':
			plan.setting.faults = optarg;
			break;
		case 'K':
			plan.setting.keep = true;
			break;
		case 'w':
			stride = number(optarg);
			break;
		case 'c':
			call = optarg;
			break;
		case 'P':
			states = number(optarg);
			break;
		case 'F':
			full = true;
			break;
		default:
			usage();
		}
	}
	if (optind < argc || plan.jobs < 1 || plan.jobs > JOBS_MAX)
		usage();
	printf("torture: seed %" PRIu64 "\n", plan.seed);
	if (stride > 0)
		wrong = walk_run(
		    &plan.setting, plan.seed, stride, call, plan.jobs);
	else if (states > 0)
		wrong = powercut_run(&plan.setting, plan.seed, states);
	else if (full) {
		int rc = full_run(&plan.setting, plan.seed);

		return (rc == -1 ? 77 : rc);
	} else
		wrong = run_kills(&plan);
	return (wrong == 0 ? 0 : 1);
}
