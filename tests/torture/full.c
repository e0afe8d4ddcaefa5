/*
 * A file system without room: the tailer goes on counting, and publishes when
 * there is room again.
 */
#include <sys/mount.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/stats/snapshot.h"
#include "tests/torture/torture.h"

enum { WAIT_MS = 40000, LINES = 200 };

/* Seen by us and our children only; goes when we do. */
static int
mount_small(const char *dir)
{
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("tmpfs", dir, "tmpfs", 0, "size=2m,mode=750") == -1) {
		printf("full: not possible here: %s\n", strerror(errno));
		return (-1);
	}
	return (0);
}

static void
append(const struct bench *bench, uint64_t seed, uint64_t from)
{
	FILE *file = fopen(bench->log, "ae");
	char line[LINE_SIZE];

	if (file == NULL)
		err(1, "%s", bench->log);
	for (uint64_t n = from + 1; n <= from + LINES; n++)
		(void)fwrite(line, 1, line_make(seed, n, line), file);
	fclose(file);
}

static void
fill(const char *path)
{
	char block[4096] = { 1 };
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd == -1)
		err(1, "%s", path);
	while (write(fd, block, sizeof(block)) > 0)
		continue;
	close(fd);
}

static int
check(const struct bench *bench, uint64_t seed)
{
	struct truth truth = { .seed = seed };
	const char *wrong;
	struct snapshot *snapshot = bench_read(bench, &wrong);
	uint64_t errors = 0;
	int rc = 0;

	if (snapshot == NULL || truth_read(&truth, bench->log) == -1 ||
	    truth_compare(&truth, snapshot, "full") != 0)
		rc = 1;
	if (snapshot != NULL)
		(void)snapshot_number(
		    snapshot, SLICE("tailer:store_errors"), &errors);
	printf("full: %" PRIu64 " publications failed, %s\n", errors,
	    rc == 0 && errors > 0 ? "nothing lost" : "wrong");
	snapshot_free(snapshot);
	truth_free(&truth);
	return (errors > 0 ? rc : 1);
}

int
full_run(const struct setting *setting, uint64_t seed)
{
	char filler[NAME_SIZE + 32];
	struct bench bench;
	int rc = 0;
	pid_t pid;

	bench_make(&bench, setting->bin, "full", "0.05", 2048);
	(void)snprintf(filler, sizeof(filler), "%s/filler", bench.state);
	if (mount_small(bench.state) == -1) {
		directory_remove(bench.dir);
		return (-1);
	}
	append(&bench, seed, 0);
	pid = bench_start(&bench, false, NULL);
	if (!bench_wait(&bench, LINES, WAIT_MS))
		rc = 1;
	fill(filler);
	append(&bench, seed, LINES);
	sleep_us(1500000);
	if (bench_lines(&bench) != LINES) {
		fprintf(stderr, "full: the old state is not there\n");
		rc = 1;
	}
	(void)unlink(filler);
	if (!bench_wait(&bench, 2 * LINES, WAIT_MS))
		rc = 1;
	(void)kill(pid, SIGTERM);
	if (process_wait(pid, WAIT_MS) != 0)
		rc = 1;
	rc |= check(&bench, seed);
	(void)umount(bench.state);
	directory_remove(bench.dir);
	return (rc);
}
