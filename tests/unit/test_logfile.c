/*
 * Reading a file that changes, on a system that answers in all the ways it
 * may: short reads, EINTR, EIO.
 */
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "tailer/logfile.h"
#include "tests/unit/unit.h"

/* What pread(2) is made to do. */
static size_t most = SIZE_MAX;
static int interruptions, faults;

ssize_t pread(int fd, void *bytes, size_t len, off_t offset);

ssize_t
pread(int fd, void *bytes, size_t len, off_t offset)
{
	if (interruptions > 0) {
		interruptions--;
		errno = EINTR;
		return (-1);
	}
	if (faults > 0) {
		faults--;
		errno = EIO;
		return (-1);
	}
	if (most != SIZE_MAX)
		interruptions = 1;
	return (
	    syscall(SYS_pread64, fd, bytes, len < most ? len : most, offset));
}

static char log_path[128];

static const char *
log_make(void)
{
	const char *dir = scratch_make();

	(void)snprintf(log_path, sizeof(log_path), "%s/log", dir);
	return (dir);
}

static void
put(int flags, const void *bytes, size_t len)
{
	int fd = open(log_path, O_CREAT | O_WRONLY | flags, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

static void
put_text(int flags, const char *text)
{
	put(flags, text, strlen(text));
}

static void
wants(struct logfile *file, const char *text)
{
	struct slice line;

	assert_int_equal(logfile_next(file, 1, &line), LOGFILE_LINES);
	line.len--;
	if (!slice_equal(line, text) || line.at[line.len] != '\n')
		fail_msg(
		    "\"%.*s\" is not \"%s\"", (int)line.len, line.at, text);
}

static void
test_lines(void **state)
{
	const char *dir = log_make();
	struct logfile *file;
	struct slice line;

	(void)state;
	put_text(O_APPEND, "one\ntwo\n\nhal");
	file = logfile_open(log_path, PACKED_NOT);
	assert_non_null(file);
	wants(file, "one");
	wants(file, "two");
	wants(file, "");
	assert_int_equal(logfile_next(file, 1, &line), LOGFILE_END);
	assert_int_equal(logfile_offset(file), 9);
	assert_true(logfile_fragment(file));
	assert_int_equal(logfile_backlog(file), 3);
	put_text(O_APPEND, "f\n");
	wants(file, "half");
	assert_false(logfile_fragment(file));
	assert_int_equal(logfile_next(file, 1, &line), LOGFILE_END);
	logfile_close(file);
	scratch_remove(dir);
}

/* The same lines whatever pread does. */
static void
test_system(void **state)
{
	static char text[8000];
	const char *dir = log_make();
	struct logfile *file;
	struct slice line;
	size_t len = 0;
	int lines = 0;

	(void)state;
	for (; len + 40 < sizeof(text); lines++)
		len += (size_t)snprintf(
		    text + len, 40, "line number %d\n", lines);
	put(O_APPEND, text, len);
	for (most = 1; most < 5000; most = most * 7 + 1) {
		char wanted[40];

		file = logfile_open(log_path, PACKED_NOT);
		for (int i = 0; i < lines; i++) {
			if (i % 1000 == 0)
				faults = 1;
			(void)snprintf(
			    wanted, sizeof(wanted), "line number %d", i);
			while (logfile_next(file, 1, &line) == LOGFILE_ERROR)
				assert_int_equal(errno, EIO);
			line.len--;
			if (!slice_equal(line, wanted))
				fail_msg("%zu: %s", most, wanted);
		}
		faults = 0;
		assert_int_equal(logfile_next(file, 1, &line), LOGFILE_END);
		assert_int_equal(logfile_offset(file), len);
		logfile_close(file);
	}
	most = SIZE_MAX;
	interruptions = 0;
	scratch_remove(dir);
}

static void
test_cut(void **state)
{
	const char *dir = log_make();
	struct logfile *file;
	struct position before, after;
	struct slice line;

	(void)state;
	put_text(O_APPEND, "one\ntwo\n");
	file = logfile_open(log_path, PACKED_NOT);
	wants(file, "one");
	logfile_mark(file, &before);
	put_text(O_TRUNC, "");
	wants(file, "two");
	assert_int_equal(logfile_next(file, 1, &line), LOGFILE_CUT);
	put_text(O_TRUNC, "six\nsevennnnn\n");
	assert_int_equal(logfile_next(file, 1, &line), LOGFILE_CUT);
	assert_int_equal(logfile_offset(file), 8);
	/* the place is kept as it was read, not as it would read now */
	logfile_mark(file, &after);
	assert_int_equal(logfile_resume(file, &before), 0);
	assert_int_equal(logfile_resume(file, &after), 0);
	put_text(O_TRUNC, "one\ntwo\nthree\n");
	assert_int_equal(logfile_resume(file, &after), 1);
	wants(file, "three");
	assert_int_equal(logfile_resume(file, &before), 1);
	wants(file, "two");
	logfile_freeze(file);
	assert_int_equal(logfile_backlog(file), 0);
	wants(file, "three");
	assert_int_equal(logfile_next(file, 1, &line), LOGFILE_END);
	logfile_close(file);
	scratch_remove(dir);
}

static void
test_holes(void **state)
{
	const char *dir = log_make();
	struct logfile *file;
	struct position place;
	struct slice line;

	(void)state;
	put_text(O_APPEND, "one\n");
	put(O_APPEND, "\0\0\0two\n\0\0", 9);
	file = logfile_open(log_path, PACKED_NOT);
	wants(file, "one");
	wants(file, "two");
	assert_int_equal(logfile_next(file, 1, &line), LOGFILE_END);
	assert_false(logfile_fragment(file));
	logfile_mark(file, &place);
	put(O_APPEND, "\0three\n", 7);
	wants(file, "three");
	assert_int_equal(truncate(log_path, 1 << 30), 0);
	put_text(O_APPEND, "four\n");
	wants(file, "four");
	assert_int_equal(logfile_offset(file), (1 << 30) + 5);
	assert_int_equal(logfile_resume(file, &place), 1);
	wants(file, "three");
	wants(file, "four");
	logfile_close(file);
	scratch_remove(dir);
}

static void
test_overlong(void **state)
{
	static char text[3 * LOGFILE_BUFFER];
	const char *dir = log_make();
	struct logfile *file;
	struct position place;
	struct slice line;

	(void)state;
	memset(text, 'x', sizeof(text));
	put_text(O_APPEND, "one\n");
	put(O_APPEND, text, sizeof(text));
	file = logfile_open(log_path, PACKED_NOT);
	wants(file, "one");
	assert_int_equal(logfile_next(file, 1, &line), LOGFILE_END);
	logfile_mark(file, &place);
	assert_int_equal(place.offset, 4);
	assert_true(logfile_fragment(file));
	put_text(O_APPEND, "\ntwo\n");
	assert_int_equal(logfile_next(file, 1, &line), LOGFILE_OVERLONG);
	wants(file, "two");
	assert_int_equal(logfile_resume(file, &place), 1);
	assert_int_equal(logfile_next(file, 1, &line), LOGFILE_OVERLONG);
	wants(file, "two");
	logfile_close(file);
	scratch_remove(dir);
}

/* --- packed ------------------------------------------------------------ */

enum { LINES = 50000 };

static size_t
pack(enum packing packing, const char *text, size_t len, unsigned char *out,
    size_t room)
{
	z_stream gzip = { .next_in = (Bytef *)(uintptr_t)text,
		.avail_in = (uInt)len,
		.next_out = out,
		.avail_out = (uInt)room };
	size_t got = 0;

	switch (packing) {
	case PACKED_GZIP:
		assert_int_equal(deflateInit2(&gzip, 6, Z_DEFLATED, 31, 8,
				     Z_DEFAULT_STRATEGY),
		    Z_OK);
		assert_int_equal(deflate(&gzip, Z_FINISH), Z_STREAM_END);
		got = room - gzip.avail_out;
		deflateEnd(&gzip);
		return (got);
	case PACKED_XZ:
		assert_int_equal(
		    lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL,
			(const uint8_t *)text, len, out, &got, room),
		    LZMA_OK);
		return (got);
	default:
		got = ZSTD_compress(out, room, text, len, 3);
		assert_false(ZSTD_isError(got));
		return (got);
	}
}

static void
test_packed(void **state)
{
	static const enum packing kinds[] = { PACKED_GZIP, PACKED_XZ,
		PACKED_ZSTD };
	static char text[LINES * 20];
	static unsigned char packed[sizeof(text)];
	struct slice line;
	size_t len = 0;

	(void)state;
	for (int i = 0; i < LINES; i++)
		len += (size_t)snprintf(text + len, 20, "line %d\n", i);
	for (size_t k = 0; k < COUNT(kinds); k++) {
		const char *dir = log_make();
		struct position plain, place;
		struct logfile *file;
		size_t half = pack(
		    kinds[k], text, len / 2, packed, sizeof(packed));
		size_t all = half +
		    pack(kinds[k], text + len / 2, len - len / 2, packed + half,
			sizeof(packed) - half);
		char wanted[40];

		/* a place in the plain file is found in the packed one */
		put(O_TRUNC, text, len);
		file = logfile_open(log_path, PACKED_NOT);
		for (int i = 0; i < 40000; i++)
			assert_int_equal(
			    logfile_next(file, 1, &line), LOGFILE_LINES);
		logfile_mark(file, &plain);
		logfile_close(file);
		put(O_TRUNC, packed, all);
		file = logfile_open(log_path, kinds[k]);
		for (int i = 0; i < LINES; i++) {
			(void)snprintf(wanted, sizeof(wanted), "line %d", i);
			wants(file, wanted);
			if (i == 20000)
				logfile_mark(file, &place);
		}
		assert_int_equal(logfile_next(file, 1, &line), LOGFILE_END);
		assert_int_equal(logfile_next(file, 1, &line), LOGFILE_END);
		assert_int_equal(logfile_backlog(file), 0);
		assert_int_equal(logfile_resume(file, &plain), 1);
		wants(file, "line 40000");
		assert_int_equal(logfile_resume(file, &place), 1);
		wants(file, "line 20001");
		logfile_close(file);
		/* cut off anywhere: never more than there was, then damage */
		for (size_t cut = 0; cut < all; cut += all / 37) {
			enum logfile_result result;

			if (cut == half && kinds[k] != PACKED_XZ)
				continue;
			assert_int_equal(truncate(log_path, 0), 0);
			put(O_TRUNC, packed, cut);
			file = logfile_open(log_path, kinds[k]);
			while ((result = logfile_next(file, 1, &line)) ==
			    LOGFILE_LINES)
				continue;
			assert_int_equal(result, LOGFILE_CUT);
			logfile_close(file);
		}
		scratch_remove(dir);
	}
}

/* A file that is shorter than the place, and one that can't be read so far. */
static void
test_behind_end(void **state)
{
	static const enum packing kinds[] = { PACKED_NOT, PACKED_GZIP,
		PACKED_XZ, PACKED_ZSTD };
	const char *dir = log_make();
	unsigned char bytes[256] = "one\n";

	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++) {
		size_t len = kinds[k] == PACKED_NOT ?
		    4 :
		    pack(kinds[k], "one\n", 4, bytes, sizeof(bytes));
		struct logfile *file;

		put(O_TRUNC, bytes, len);
		file = logfile_open(log_path, kinds[k]);
		assert_int_equal(logfile_seek(file, 4), 0);
		errno = EIO;
		assert_int_equal(logfile_seek(file, 5), -1);
		assert_int_equal(errno, 0);
		assert_int_equal(logfile_seek(file, 1 << 20), -1);
		assert_int_equal(errno, 0);
		assert_int_equal(logfile_seek(file, 0), 0);
		wants(file, "one");
		logfile_close(file);
	}
	scratch_remove(dir);
}

static void
test_kinds(void **state)
{
	const char *dir = log_make();

	(void)state;
	assert_null(logfile_open(dir, PACKED_NOT));
	assert_int_equal(errno, EISDIR);
	assert_null(logfile_open("/dev/null", PACKED_NOT));
	assert_int_equal(errno, EINVAL);
	assert_null(logfile_open(log_path, PACKED_NOT));
	assert_int_equal(errno, ENOENT);
	assert_null(logfile_open(log_path, PACKED_OTHERWISE));
	assert_int_equal(errno, ENOTSUP);
	scratch_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("lines, and a last one that waits", test_lines),
		TEST("short reads, EINTR and EIO change nothing", test_system),
		TEST("a file that was cut off is noticed", test_cut),
		TEST("NULs before a line are skipped", test_holes),
		TEST("overlong lines are skipped", test_overlong),
		TEST("packed files are read as the plain ones", test_packed),
		TEST("no place is found behind the end", test_behind_end),
		TEST("what is no plain file is refused", test_kinds),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
