/*
 * Which faults there are, and the walk over all of them.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/torture/walk.h"

enum { FAULTS_MAX = 6, TRIES = 4 };

/* A `+` in front: from the nth on for ever. */
static const char *const faults_of[CALL_COUNT][FAULTS_MAX] = {
	[CALL_open] = { "EIO", "EMFILE", "EINTR", "kill", "+EMFILE" },
	[CALL_read] = { "EIO", "EINTR", "short", "kill" },
	[CALL_pread] = { "EIO", "EINTR", "short", "kill", "+EIO" },
	[CALL_write] = { "EIO", "ENOSPC", "EINTR", "short", "kill" },
	[CALL_pwrite] = { "EIO", "ENOSPC", "EINTR", "short", "kill",
	    "+ENOSPC" },
	[CALL_fsync] = { "EIO", "ENOSPC", "EINTR", "kill", "+EIO" },
	[CALL_ftruncate] = { "EIO", "ENOSPC", "EINTR", "kill" },
	[CALL_rename] = { "EIO", "ENOSPC", "kill", "+EIO" },
	[CALL_link] = { "EIO", "ENOSPC", "kill", "+ENOSPC" },
	[CALL_unlink] = { "EIO", "kill", "+EIO" },
	[CALL_close] = { "EIO", "EINTR", "kill" },
	[CALL_malloc] = { "ENOMEM", "+ENOMEM" },
	[CALL_calloc] = { "ENOMEM", "+ENOMEM" },
	[CALL_realloc] = { "ENOMEM", "+ENOMEM" },
};

struct pool {
	unsigned jobs, running;
};

static void
wait_one(struct pool *pool)
{
	if (wait(NULL) != -1)
		pool->running--;
}

static void
start(struct pool *pool, struct walk *walk, const struct fault *fault)
{
	struct row *row = &walk->rows[fault->call];
	struct fault_counts counts;
	pid_t pid;

	while (pool->running >= pool->jobs)
		wait_one(pool);
	fflush(NULL);
	pid = fork();
	if (pid == -1)
		err(1, "fork");
	if (pid > 0) {
		pool->running++;
		return;
	}
	__atomic_add_fetch(&row->runs, 1, __ATOMIC_RELAXED);
	/* Not every life has as many publications, nor as many calls. */
	for (int i = 0; i < TRIES; i++) {
		if (walk_one(walk, fault, &counts) != 0)
			__atomic_add_fetch(&row->wrong, 1, __ATOMIC_RELAXED);
		if (counts.hits == 0)
			continue;
		__atomic_add_fetch(&row->hits, 1, __ATOMIC_RELAXED);
		break;
	}
	exit(0);
}

/* "name", or "name:nth:how" as a failed run prints it. */
static bool
is_wanted(const char *only, const struct fault *fault)
{
	char text[64];

	if (only == NULL || strcmp(only, call_names[fault->call]) == 0)
		return (true);
	(void)snprintf(text, sizeof(text), "%s:%" PRIu64 ":%s%s",
	    call_names[fault->call], fault->nth, fault->times ? "" : "+",
	    fault->how);
	return (strcmp(only, text) == 0);
}

static void
walk_call(struct walk *walk, struct pool *pool, enum fault_call call,
    unsigned stride, const char *only)
{
	for (size_t i = 0; i < FAULTS_MAX && faults_of[call][i]; i++) {
		const char *how = faults_of[call][i];
		struct fault fault = { call, how + (*how == '+'), 1,
			*how == '+' ? 0 : 1 };
		/* Each once at least, each at another call. */
		uint64_t first = stride == 1 ?
		    1 :
		    1 + (walk->seed + i * 7) % walk->rows[call].calls;

		/* Broken for ever: a few places say it all. */
		for (fault.nth = first; fault.nth <= walk->rows[call].calls;
		     fault.nth += fault.times ? stride : 3 * stride)
			if (is_wanted(only, &fault))
				start(pool, walk, &fault);
	}
}

static unsigned
print_rows(const struct row *rows)
{
	unsigned wrong = 0;

	printf("%-10s %6s %6s %9s %6s %8s %6s %6s\n", "call", "calls", "runs",
	    "injected", "ended", "crashed", "leaks", "wrong");
	for (int call = 0; call < CALL_COUNT; call++) {
		const struct row *row = &rows[call];

		printf("%-10s %6" PRIu64 " %6" PRIu64 " %9" PRIu64 " %6" PRIu64
		       " %8" PRIu64 " %6" PRIu64 " %6" PRIu64 "\n",
		    call_names[call], row->calls, row->runs, row->hits,
		    row->ended, row->crashed, row->leaks, row->wrong);
		wrong += (unsigned)(row->wrong + row->leaks);
	}
	return (wrong);
}

unsigned
walk_run(const struct setting *setting, uint64_t seed, unsigned stride,
    const char *only, unsigned jobs)
{
	struct walk walk = { .setting = setting, .seed = seed };
	struct pool pool = { .jobs = jobs };
	struct fault_counts counts;
	unsigned wrong;

	walk.rows = mmap(NULL, CALL_COUNT * sizeof(*walk.rows),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (walk.rows == MAP_FAILED)
		err(1, "mmap");
	wrong = walk_one(&walk, NULL, &counts);
	for (int call = 0; call < CALL_COUNT; call++)
		walk.rows[call].calls = counts.calls[call];
	for (int call = 0; call < CALL_COUNT; call++)
		if (counts.calls[call] > 0)
			walk_call(
			    &walk, &pool, (enum fault_call)call, stride, only);
	while (pool.running > 0)
		wait_one(&pool);
	return (wrong + print_rows(walk.rows));
}
