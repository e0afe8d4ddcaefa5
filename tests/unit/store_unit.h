/*
 * Stores made for the tests of the store.
 */
#ifndef TESTS_STORE_UNIT_H
#define TESTS_STORE_UNIT_H

#include <sys/stat.h>

#include <fcntl.h>
#include <limits.h>

#include "tests/unit/unit.h"
#include "lib/stats/pages.h"
#include "lib/stats/store.h"

/* A snapshot of `count` numbers and `texts` texts, as generation
   `generation`; all values follow from key and generation. */
static inline struct snapshot *
sample_snapshot(
    uint32_t capacity, size_t count, size_t texts, uint32_t generation)
{
	struct snapshot *snapshot = snapshot_new();
	char key[KEY_MAX + 1], text[TEXT_MAX + 1];

	assert_non_null(snapshot);
	snapshot->capacity = capacity;
	snapshot->generation = generation;
	snapshot->epoch = 1700000000;
	snapshot->published = 1700000000 + generation;
	for (size_t i = 0; i < count; i++) {
		/* From a few bytes to the longest. */
		(void)snprintf(
		    key, sizeof(key), "key:%0*zu", (int)(i * 7 % 80) + 1, i);
		snapshot_add_number(
		    snapshot, slice_of(key), i * 1000003 + generation);
	}
	for (size_t i = 0; i < texts; i++) {
		(void)snprintf(key, sizeof(key), "=text:%zu", i);
		(void)snprintf(text, sizeof(text), "%0*" PRIu32,
		    (int)(i * 31 % TEXT_MAX) + 1, generation);
		snapshot_add_text(snapshot, slice_of(key), slice_of(text));
	}
	assert_false(snapshot->failed);
	snapshot_sort(snapshot);
	return (snapshot);
}

static inline void
publish(const char *dir, const struct snapshot *snapshot)
{
	const char *error = "no error text";

	if (store_publish(dir, STORE_NAME, snapshot, &error) != 0)
		fail_msg("%s", error);
}

static inline const char *
path_in(const char *dir, const char *name)
{
	static char paths[4][256];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return (path);
}

/* `dir`, with as many slashes before it as make DIR/NAME `len` bytes. */
static inline const char *
long_dir(const char *dir, size_t len)
{
	static char path[PATH_MAX + 1];
	size_t slashes = len - strlen(dir) - sizeof(STORE_NAME);

	memset(path, '/', slashes);
	(void)snprintf(path + slashes, sizeof(path) - slashes, "%s", dir);
	return (path);
}

/* Publish a sample of `generation` into `dir`. */
static inline void
publish_sample(const char *dir, uint32_t generation)
{
	struct snapshot *snapshot = sample_snapshot(512, 100, 3, generation);

	publish(dir, snapshot);
	snapshot_free(snapshot);
}

/* A whole file in memory. */
static inline unsigned char *
file_read(const char *path, size_t *size_r)
{
	FILE *file = fopen(path, "re");
	unsigned char *bytes;
	struct stat st;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	bytes = malloc((size_t)st.st_size + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)st.st_size, file), st.st_size);
	fclose(file);
	*size_r = (size_t)st.st_size;
	return (bytes);
}

static inline void
file_write(const char *path, const unsigned char *bytes, size_t size)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* Put `text` over the middle of a file. */
static inline void
file_damage(const char *path)
{
	size_t size;
	unsigned char *bytes = file_read(path, &size);

	memset(bytes + 4096 + 26, 'x', 100);
	file_write(path, bytes, size);
	free(bytes);
}

/* Seal a file anew, as if it had been published like this. */
static inline void
file_seal(const char *path)
{
	int fd = open(path, O_RDWR);
	struct stat st;
	uint32_t last;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pread(fd, &last, sizeof(last), 32), sizeof(last));
	assert_int_equal(
	    pages_seal(fd, ((off_t)last + 1) * STORE_PAGE_SIZE, st.st_size), 0);
	close(fd);
}

/* Generation of the store at `path`; 0 if it is no good. */
static inline uint32_t
generation_at(const char *path)
{
	struct snapshot *snapshot;
	const char *error;
	uint32_t generation;

	if (store_read(path, &snapshot, &error) != STORE_OK)
		return (0);
	generation = snapshot->generation;
	snapshot_free(snapshot);
	return (generation);
}

#endif
