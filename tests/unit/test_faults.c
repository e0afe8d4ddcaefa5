/*
 * Following a log while calls fail: each call that is made to find the place
 * again fails, alone or with all of its kind that come soon after, in each of
 * some turns that a log may take.  No line may be lost or counted twice, and there is no
 * gap: what can't be read now is not gone.
 */
#include <sys/stat.h>
#include <sys/syscall.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <zlib.h>

#include "tailer/source.h"
#include "tests/unit/unit.h"

enum {
	LINES_MAX = 400,
	ROUNDS = 3,
	ROUND_MS = 7000,
	QUIET_MS = 60000,
	CALLS_MAX = 2000
};

/* --- the calls ---------------------------------------------------------- */

enum call { OPEN, PREAD, STAT, READLINK, OPENDIR, READDIR };

static struct {
	int calls;      /* made so far */
	int nth;        /* fails; 0: none */
	bool lasts;     /* so do all of its kind that come after it */
	bool failed;    /* it did */
	enum call kind; /* of the one that failed */
} fault;

static bool
fails(enum call kind)
{
	if (fault.nth == 0)
		return (false);
	if (++fault.calls == fault.nth) {
		fault.failed = true;
		fault.kind = kind;
	} else if (!fault.failed || !fault.lasts || fault.kind != kind)
		return (false);
	errno = EIO;
	return (true);
}

int
open(const char *path, int flags, ...)
{
	va_list rest;
	int mode;

	va_start(rest, flags);
	mode = flags & O_CREAT ? va_arg(rest, int) : 0;
	va_end(rest);
	return (fails(OPEN) ?
		-1 :
		(int)syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

ssize_t
pread(int fd, void *bytes_r, size_t len, off_t offset)
{
	return (
	    fails(PREAD) ? -1 : syscall(SYS_pread64, fd, bytes_r, len, offset));
}

int
stat(const char *path, struct stat *st)
{
	return (fails(STAT) ? -1 : fstatat(AT_FDCWD, path, st, 0));
}

int
lstat(const char *path, struct stat *st)
{
	return (fails(STAT) ? -1 :
			      fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW));
}

int
fstat(int fd, struct stat *st)
{
	return (fails(STAT) ? -1 : fstatat(fd, "", st, AT_EMPTY_PATH));
}

ssize_t
readlink(const char *path, char *target_r, size_t size)
{
	return (
	    fails(READLINK) ? -1 : syscall(SYS_readlink, path, target_r, size));
}

DIR *
opendir(const char *path)
{
	DIR *(*real)(const char *) = (DIR * (*)(const char *))
	    dlsym(RTLD_NEXT, "opendir");

	return (fails(OPENDIR) ? NULL : real(path));
}

struct dirent *
readdir(DIR *stream)
{
	struct dirent *(*real)(DIR *) = (struct dirent * (*)(DIR *))
	    dlsym(RTLD_NEXT, "readdir");

	return (fails(READDIR) ? NULL : real(stream));
}

/* --- the log ------------------------------------------------------------ */

static struct {
	char log[128], name[128];
	int written;
	int seen[LINES_MAX];
} life;

static const char *
beside(const char *suffix)
{
	static char path[2][160];
	static int turn;

	turn = !turn;
	(void)snprintf(
	    path[turn], sizeof(path[turn]), "%s%s", life.log, suffix);
	return (path[turn]);
}

/* Append lines, no two the same. */
static void
add(int count)
{
	FILE *file = fopen(life.log, "a");

	assert_non_null(file);
	for (int i = 0; i < count; i++)
		fprintf(file, "line %d, which is no longer than others\n",
		    life.written++);
	assert_int_equal(fclose(file), 0);
	assert_true(life.written <= LINES_MAX);
}

static void
move(const char *from, const char *to)
{
	assert_int_equal(rename(beside(from), beside(to)), 0);
}

/* Copy `from` to `to`, packed if that is what its name says. */
static void
copy(const char *from, const char *to)
{
	gzFile file = gzopen(beside(to), strstr(to, ".gz") ? "wb" : "wbT");
	FILE *source = fopen(beside(from), "r");
	char bytes[LINES_MAX * 64];
	size_t len;

	assert_non_null(file);
	assert_non_null(source);
	len = fread(bytes, 1, sizeof(bytes), source);
	assert_int_equal(gzwrite(file, bytes, (unsigned)len), len);
	fclose(source);
	assert_int_equal(gzclose(file), Z_OK);
}

static void
cut(void)
{
	assert_int_equal(truncate(life.log, 0), 0);
}

static void
turn_renamed(void)
{
	add(3);
	move("", ".1");
	add(3);
}

static void
turn_renamed_often(void)
{
	add(3);
	move("", ".3");
	add(3);
	move("", ".2");
	add(3);
	move("", ".1");
	add(3);
}

static void
pack(const char *from, const char *to)
{
	copy(from, to);
	assert_int_equal(unlink(beside(from)), 0);
}

static void
turn_packed(void)
{
	turn_renamed_often();
	pack(".3", ".3.gz");
	pack(".2", ".2.gz");
}

static void
turn_cut(void)
{
	add(3);
	copy("", ".1");
	cut();
	add(30);
}

static void
turn_cut_often(void)
{
	add(3);
	copy("", "-20261120.gz");
	cut();
	add(40);
	copy("", "-20261121");
	cut();
	add(50);
}

/* Not cut off yet: both have the same lines. */
static void
turn_copied(void)
{
	add(3);
	move("", ".2");
	add(3);
	copy("", ".1");
	add(3);
}

/* Nothing is read of the log. */
static void
turn_emptied(void)
{
	move("", ".4");
	add(0);
}

static void
turn_emptied_then(void)
{
	move(".4", ".5");
	add(3);
	move("", ".2");
	pack(".2", ".2.gz");
	add(3);
	copy("", ".1");
	cut();
	add(5);
}

/* --- following it ------------------------------------------------------- */

static struct counters *counters; /* of all lives; there are no gaps */

struct run {
	struct source *source;
	int64_t now;
	char position[TEXT_MAX];
	size_t len;
};

static void
read_all(struct run *run)
{
	struct slice lines, line;
	enum source_result result;

	while ((result = run->source->ops->next(run->source, &lines)) !=
	    SOURCE_END) {
		assert_int_equal(result, SOURCE_LINES);
		while (slice_cut(&lines, '\n', &line)) {
			uint64_t number;

			assert_true(slice_skip(&line, "line "));
			assert_true(
			    slice_number(slice_until(line, ','), &number));
			assert_true(number < LINES_MAX);
			life.seen[number]++;
		}
		assert_int_equal(lines.len, 0);
	}
}

/* Read, and try again what failed. */
static void
follow(struct run *run)
{
	for (int i = 0; i < ROUNDS; i++) {
		run->source->ops->check(run->source);
		read_all(run);
		(void)run->source->ops->settle(run->source, run->now);
		run->now += ROUND_MS;
	}
}

static void
save(struct run *run)
{
	run->len = run->source->ops->save(run->source, run->position);
}

/* A start that fails is tried again, as systemd would. */
static void
start(struct run *run)
{
	const char *error;
	int rc;

	for (int tries = 0;; tries++) {
		if (run->source != NULL)
			run->source->ops->free(run->source);
		run->source = source_file_new(life.name, NO_INSTANCE, counters);
		assert_non_null(run->source);
		rc = run->source->ops->start(run->source,
		    (struct slice){ run->position, run->len }, FROM_START, true,
		    &error);
		if (rc == 0)
			return;
		assert_true(fault.failed && tries < 2);
		fault.lasts = false;
	}
}

/* When the tailer ends, and another goes on. */
enum restart { NEVER, BEFORE, AFTER };

struct scene {
	const char *name;
	void (*before)(void); /* seen before calls fail; or NULL */
	void (*turn)(void);
	bool link; /* the log is followed by a symbolic link */
};

/* One life of a log; returns whether a call has failed. */
static bool
live(const struct scene *scene, enum restart restart, int nth, bool lasts)
{
	const char *dir = scratch_make();
	struct run run = { .now = 1000 };

	memset(&life, 0, sizeof(life));
	memset(&fault, 0, sizeof(fault));
	(void)snprintf(life.log, sizeof(life.log), "%s/log", dir);
	(void)snprintf(life.name, sizeof(life.name), "%s/mail", dir);
	if (scene->link)
		assert_int_equal(symlink("log", life.name), 0);
	else
		memcpy(life.name, life.log, sizeof(life.name));
	add(20);
	start(&run);
	follow(&run);
	if (scene->before != NULL) {
		scene->before();
		follow(&run);
		run.now += QUIET_MS; /* what it was renamed to is closed */
		follow(&run);
	}
	scene->turn();
	fault.nth = nth;
	fault.lasts = lasts;
	if (restart == BEFORE) {
		save(&run);
		start(&run);
	}
	/* What is published at once must do as well. */
	read_all(&run);
	save(&run);
	if (restart == AFTER)
		start(&run);
	run.source->ops->check(run.source);
	read_all(&run);
	fault.lasts = false;
	follow(&run);
	fault.nth = 0;
	for (int i = 0; i < life.written; i++)
		if (life.seen[i] != 1)
			fail_msg("%s, restart %d, call %d: line %d counts %d",
			    scene->name, (int)restart, nth, i, life.seen[i]);
	if (value_of(counters, "tailer:gaps") != 0)
		fail_msg("%s, restart %d, call %d: a gap", scene->name,
		    (int)restart, nth);
	run.source->ops->free(run.source);
	scratch_remove(dir);
	return (fault.failed);
}

static const struct scene scenes[] = {
	{ "copied", NULL, turn_copied, false },
	{ "renamed", NULL, turn_renamed, false },
	{ "packed", NULL, turn_packed, true },
	{ "cut off", NULL, turn_cut, false },
	{ "cut off often", NULL, turn_cut_often, false },
	{ "empty, then cut off", turn_emptied, turn_cut, false },
	{ "empty, then all", turn_emptied, turn_emptied_then, false },
	{ NULL, NULL, NULL, false },
};

static void
test_each_call(void **state)
{
	enum restart restart = (enum restart)(uintptr_t)*state;

	counters = counters_new(512);
	assert_non_null(counters);
	for (const struct scene *scene = scenes; scene->name; scene++) {
		int nth = 0;

		while (live(
		    scene, restart, nth += restart == AFTER ? 3 : 1, false)) {
			assert_true(nth < CALLS_MAX);
			if (restart != AFTER && nth % 3 == 0)
				(void)live(scene, restart, nth, true);
		}
		assert_true(nth > 5);
	}
	counters_free(counters);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST("while it runs", test_each_call, NEVER),
		TABLE_TEST("at a start", test_each_call, BEFORE),
		TABLE_TEST("before a start", test_each_call, AFTER),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
