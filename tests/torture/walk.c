/*
 * A fault at every call: one short life of the tailer, over a rotation, with
 * the nth call of one kind broken; then a life without faults, and the truth.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/stats/snapshot.h"
#include "tests/torture/walk.h"

/* What has failed is tried again after 2 s at the latest; with faults for
   ever there is nothing to wait for. */
enum { WAIT_MS = 5000, LONG_MS = 40000, SETTLE_MS = 4000, SHORT_MS = 120 };

const char *const call_names[CALL_COUNT] = {
#define X(name) #name,
	FAULT_CALLS(X)
#undef X
};

/* --- one life ----------------------------------------------------------- */

struct life {
	const struct walk *walk;
	struct bench bench;
	uint64_t lines;
	char label[96];
	unsigned open_files;
};

static void
append(struct life *life, unsigned count)
{
	FILE *file = fopen(life->bench.log, "ae");
	char line[LINE_SIZE];

	if (file == NULL)
		err(1, "%s", life->bench.log);
	for (unsigned i = 0; i < count; i++) {
		size_t len = line_make(life->walk->seed, ++life->lines, line);

		if (fwrite(line, 1, len, file) != len)
			err(1, "%s", life->bench.log);
	}
	fclose(file);
}

static void
rotate(struct life *life, const char *suffix)
{
	char to[NAME_SIZE + 32];

	(void)snprintf(to, sizeof(to), "%s%s", life->bench.log, suffix);
	if (rename(life->bench.log, to) == -1)
		err(1, "%s", to);
}

static unsigned
count_open(pid_t pid)
{
	char path[64];
	unsigned count = 0;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir != NULL && readdir(dir) != NULL)
		count++;
	if (dir != NULL)
		closedir(dir);
	return (count);
}

/* The least of some looks: a publication opens files for a moment. */
static unsigned
open_files(pid_t pid)
{
	unsigned least = count_open(pid);

	for (int i = 0; i < 20; i++) {
		unsigned count;

		sleep_us(3000);
		count = count_open(pid);
		if (count < least)
			least = count;
	}
	return (least);
}

static bool
has_ended(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return (
	    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid == pid);
}

/* Until all lines are published, it has ended, or `ms` are over. */
static void
settle(const struct life *life, pid_t pid, int64_t ms)
{
	int64_t until = now_ms() + ms;

	while (bench_lines(&life->bench) < life->lines && !has_ended(pid) &&
	    now_ms() < until)
		sleep_us(4000);
}

/* Returns its wait status, -1 if it does not end. */
static int
live(struct life *life, char *const environment[], int64_t settle_ms,
    int64_t wait_ms)
{
	pid_t pid = bench_start(&life->bench, false, environment);

	settle(life, pid, settle_ms);
	append(life, 20);
	settle(life, pid, settle_ms);
	append(life, 1);
	rotate(life, ".1");
	append(life, 10);
	settle(life, pid, settle_ms);
	life->open_files = open_files(pid);
	(void)kill(pid, SIGTERM);
	return (process_wait(pid, wait_ms));
}

static unsigned
complain(const struct life *life, const char *what, int status)
{
	fprintf(stderr, "%s: %s (%#x)\n", life->label, what, (unsigned)status);
	return (1);
}

static unsigned
compare(struct life *life)
{
	struct truth truth = { .seed = life->walk->seed };
	const char *wrong;
	struct snapshot *snapshot = bench_read(&life->bench, &wrong);
	unsigned bad = 0;

	if (snapshot == NULL || truth_read(&truth, life->bench.log) == -1)
		bad = complain(life, wrong ? wrong : "no store", 0);
	else
		bad = truth_compare(&truth, snapshot, life->label);
	truth_free(&truth);
	snapshot_free(snapshot);
	return (bad != 0);
}

/* What was there before the fault: a store, and a log that was rotated while
   nobody looked. */
static void
prepare(struct life *life)
{
	bench_make(
	    &life->bench, life->walk->setting->bin, "walk", "0.05", 2048);
	append(life, 30);
	(void)process_wait(bench_start(&life->bench, true, NULL), WAIT_MS);
	append(life, 10);
	rotate(life, ".2");
	append(life, 10);
}

static void
map_counts(const struct life *life, struct fault_counts **counts_r,
    char path_r[NAME_SIZE + 32])
{
	int fd;

	(void)snprintf(path_r, NAME_SIZE + 32, "%s/counts", life->bench.dir);
	fd = open(path_r, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1 || ftruncate(fd, sizeof(**counts_r)) == -1)
		err(1, "%s", path_r);
	*counts_r = mmap(NULL, sizeof(**counts_r), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	close(fd);
	if (*counts_r == MAP_FAILED)
		err(1, "mmap");
}

static bool
crashed(int status)
{
	return (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL &&
	    WTERMSIG(status) != SIGTERM);
}

/*
 * Berkeley DB 5.3 frees a handle twice when close(2) fails, and follows a null
 * pointer when its first allocations do: it can't be helped from outside, and
 * is counted apart.  What it leaves behind must be good all the same.
 */
static bool
library_crashes(enum fault_call call)
{
	return (call == CALL_close || call == CALL_malloc);
}

/* Nor that it sleeps over and over when it gets no descriptor at all. */
static bool
library_waits(const struct fault *fault)
{
	return (fault != NULL && fault->call == CALL_open && fault->times == 0);
}

unsigned
walk_one(
    struct walk *walk, const struct fault *fault, struct fault_counts *counts_r)
{
	struct life life = { .walk = walk };
	struct fault_counts *counts;
	char path[NAME_SIZE + 32], preload[NAME_SIZE + 32],
	    where[NAME_SIZE + 64], call[64] = "FAULT_NTH=0",
				   how[64] = "FAULT_NTH=0", nth[64], times[64];
	char *environment[] = { preload, where, nth, times, call, how, NULL };
	unsigned bad = 0;
	int status;

	(void)snprintf(life.label, sizeof(life.label),
	    "SEED=%" PRIu64 " CALL=%s:%" PRIu64 ":%s%s", walk->seed,
	    fault ? call_names[fault->call] : "none", fault ? fault->nth : 0,
	    fault && fault->times == 0 ? "+" : "", fault ? fault->how : "");
	prepare(&life);
	map_counts(&life, &counts, path);
	(void)snprintf(
	    preload, sizeof(preload), "LD_PRELOAD=%s", walk->setting->faults);
	(void)snprintf(where, sizeof(where), "FAULT_COUNTS=%s", path);
	(void)snprintf(
	    nth, sizeof(nth), "FAULT_NTH=%" PRIu64, fault ? fault->nth : 0);
	(void)snprintf(
	    times, sizeof(times), "FAULT_TIMES=%u", fault ? fault->times : 1);
	if (fault != NULL) {
		(void)snprintf(call, sizeof(call), "FAULT_CALL=%s",
		    call_names[fault->call]);
		(void)snprintf(how, sizeof(how), "FAULT_DO=%s", fault->how);
	}
	status = live(&life, environment,
	    fault != NULL && fault->times == 0 ? SHORT_MS : SETTLE_MS,
	    fault != NULL && fault->times == 0 && !library_waits(fault) ?
		LONG_MS :
		WAIT_MS);
	*counts_r = *counts;
	if (status == -1 && !library_waits(fault))
		bad = complain(&life, "does not end", status);
	else if (crashed(status) && fault != NULL) {
		walk->rows[fault->call].crashed++;
		if (!library_crashes(fault->call))
			bad = complain(&life, "crashed", status);
	}
	if (fault != NULL && status != 0)
		walk->rows[fault->call].ended++;
	if (fault == NULL)
		walk->open_files = life.open_files;
	else if (life.open_files > walk->open_files && fault->times != 0) {
		walk->rows[fault->call].leaks++;
		fprintf(stderr, "%s: %u descriptors more\n", life.label,
		    life.open_files - walk->open_files);
	}
	status = process_wait(bench_start(&life.bench, true, NULL), WAIT_MS);
	if (status != 0)
		bad = complain(&life, "the next start failed", status);
	bad |= compare(&life);
	(void)munmap(counts, sizeof(*counts));
	if (bad == 0 || !walk->setting->keep)
		directory_remove(life.bench.dir);
	else
		fprintf(stderr, "%s: see %s\n", life.label, life.bench.dir);
	return (bad);
}
