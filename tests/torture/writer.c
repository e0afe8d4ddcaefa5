/*
 * The writer: one process that appends lines and rotates the log between
 * them, as syslogd and logrotate do together.  No file is ever removed, so in
 * the end every line stands somewhere.
 */
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/torture/torture.h"

enum { BATCH_MAX = 40, SHIFTS_MAX = 4096, LATE_MS = 300, PATH_ROOM = 320 };

struct writer {
	const struct writer_plan *plan;
	struct random random;
	int fd;
	uint64_t next;     /* number of the next line */
	unsigned rotated;  /* files with a number */
	int64_t rotate_at; /* ms */
	int64_t reopen_at; /* ms; 0: the file is the one of the name */
	pid_t gzip;
};

const char *const mode_names[MODE_COUNT] = { "none", "rename", "late", "double",
	"copytruncate", "gzip" };

struct board *
board_new(void)
{
	struct board *board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (board == MAP_FAILED)
		err(1, "mmap");
	return (board);
}

void
board_free(struct board *board)
{
	(void)munmap(board, sizeof(*board));
}

static void
open_log(struct writer *writer)
{
	if (writer->fd != -1)
		close(writer->fd);
	writer->fd = open(
	    writer->plan->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (writer->fd == -1)
		err(1, "%s", writer->plan->log);
	writer->reopen_at = 0;
}

static void
write_bytes(int fd, const char *at, size_t len)
{
	if (write(fd, at, len) != (ssize_t)len)
		err(1, "write");
}

/* --- rotating ----------------------------------------------------------- */

static void
rename_or_die(const char *from, const char *to)
{
	if (rename(from, to) == -1)
		err(1, "rename %s", from);
}

/* log.N becomes log.N+1, down to log.1; then the log is free to be. */
static void
shift(struct writer *writer)
{
	char from[PATH_ROOM], to[PATH_ROOM];

	for (unsigned i = writer->rotated; i > 0; i--) {
		(void)snprintf(
		    from, sizeof(from), "%s.%u", writer->plan->log, i);
		(void)snprintf(
		    to, sizeof(to), "%s.%u", writer->plan->log, i + 1);
		rename_or_die(from, to);
	}
	writer->rotated++;
}

static void
move_away(struct writer *writer)
{
	char to[PATH_ROOM];

	shift(writer);
	(void)snprintf(to, sizeof(to), "%s.1", writer->plan->log);
	rename_or_die(writer->plan->log, to);
}

static void
create(const struct writer *writer)
{
	int fd = open(
	    writer->plan->log, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd == -1)
		err(1, "%s", writer->plan->log);
	close(fd);
}

static void
copy_truncate(struct writer *writer)
{
	char to[PATH_ROOM], buffer[65536];
	int in, out;
	ssize_t got;

	shift(writer);
	(void)snprintf(to, sizeof(to), "%s.1", writer->plan->log);
	in = open(writer->plan->log, O_RDONLY | O_CLOEXEC);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (in == -1 || out == -1)
		err(1, "%s", to);
	while ((got = read(in, buffer, sizeof(buffer))) > 0)
		write_bytes(out, buffer, (size_t)got);
	close(in);
	close(out);
	if (ftruncate(writer->fd, 0) == -1)
		err(1, "ftruncate");
}

/* A day for each rotation, as if a month went by in seconds. */
static void
move_dated(struct writer *writer)
{
	static char to[PATH_ROOM];
	const char *const argv[] = { "gzip", to, NULL };
	unsigned day = writer->rotated++;

	if (writer->gzip > 0)
		(void)process_wait(writer->gzip, 10000);
	(void)snprintf(to, sizeof(to), "%s-2026%02u%02u", writer->plan->log,
	    1 + day / 28 % 12, 1 + day % 28);
	rename_or_die(writer->plan->log, to);
	open_log(writer);
	writer->gzip = process_start(argv, "/dev/null", NULL);
}

static void write_lines(struct writer *writer, unsigned count, bool halves);

static void
rotate(struct writer *writer)
{
	struct random *random = &writer->random;

	switch (writer->plan->mode) {
	case MODE_RENAME:
		move_away(writer);
		open_log(writer);
		break;
	case MODE_LATE:
		if (writer->reopen_at != 0)
			return;
		move_away(writer);
		if (random_below(random, 4) != 0)
			create(writer);
		writer->reopen_at = now_ms() + 1 +
		    (int64_t)random_below(random, LATE_MS);
		break;
	case MODE_DOUBLE:
		move_away(writer);
		open_log(writer);
		write_lines(writer, (unsigned)random_below(random, 8), false);
		sleep_us(random_below(random, 5000));
		move_away(writer);
		open_log(writer);
		break;
	case MODE_TRUNCATE:
		copy_truncate(writer);
		break;
	case MODE_GZIP:
		move_dated(writer);
		break;
	default:
		return;
	}
	writer->plan->board->rotations++;
}

static void
rotate_if_due(struct writer *writer)
{
	int64_t now = now_ms();

	if (writer->reopen_at != 0 && now >= writer->reopen_at)
		open_log(writer);
	if (!writer->plan->board->may_rotate || writer->rotated > SHIFTS_MAX)
		writer->rotate_at = now + 100;
	else if (now >= writer->rotate_at) {
		rotate(writer);
		writer->rotate_at = now + writer->plan->rotate_ms / 2 +
		    (int64_t)random_below(
			&writer->random, writer->plan->rotate_ms);
	}
}

/* --- writing ------------------------------------------------------------ */

/* The batch is one write; or two, with something between. */
static void
write_lines(struct writer *writer, unsigned count, bool halves)
{
	char batch[BATCH_MAX * LINE_SIZE];
	size_t len = 0, half;

	if (count == 0)
		return;
	for (unsigned i = 0; i < count; i++)
		len += line_make(
		    writer->plan->seed, writer->next++, batch + len);
	half = halves ? random_below(&writer->random, len) : len;
	write_bytes(writer->fd, batch, half);
	if (half < len) {
		sleep_us(random_below(&writer->random, 20000));
		/* The half line moves with its file, but is not torn. */
		if (writer->plan->mode == MODE_LATE && writer->reopen_at == 0)
			rotate_if_due(writer);
		write_bytes(writer->fd, batch + half, len - half);
	}
	writer->plan->board->written += count;
}

static _Noreturn void
writer_main(const struct writer_plan *plan)
{
	struct writer writer = { .plan = plan,
		.random = { plan->seed ^ 0x77726974 },
		.fd = -1,
		.next = 1 };

	open_log(&writer);
	while (!plan->board->stop) {
		unsigned count = 1 +
		    (unsigned)random_below(&writer.random, BATCH_MAX);
		bool halves = plan->halves &&
		    random_below(&writer.random, 4) == 0;

		rotate_if_due(&writer);
		write_lines(&writer, count, halves);
		sleep_us(random_below(
		    &writer.random, 2 * count * 1000000ull / plan->rate));
	}
	if (writer.gzip > 0)
		(void)process_wait(writer.gzip, 10000);
	_exit(0);
}

pid_t
writer_start(const struct writer_plan *plan)
{
	pid_t pid = process_fork();

	if (pid > 0)
		return (pid);
	writer_main(plan);
}
