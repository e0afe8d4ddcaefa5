/*
 * Publishing and reading back.
 */
#include "tests/unit/store_unit.h"

#include <errno.h>

static void
test_round_trip(void **state)
{
	const char *dir = scratch_make(), *error = NULL;
	struct snapshot *written = sample_snapshot(4096, 1500, 40, 7), *read;

	(void)state;
	written->numbers[0].value = UINT64_MAX;
	written->numbers[1].value = 0;
	publish(dir, written);
	assert_int_equal(
	    store_read(path_in(dir, STORE_NAME), &read, &error), STORE_OK);
	assert_true(snapshots_same(written, read));
	assert_int_equal(read->generation, 7);
	assert_int_equal(read->capacity, 4096);
	assert_int_equal(read->epoch, 1700000000);
	assert_int_equal(read->published, 1700000007);
	snapshot_free(read);
	snapshot_free(written);
	scratch_remove(dir);
}

/* Every key as long as can be, every text too: nothing of as many numbers is
   bigger. */
static struct snapshot *
longest(uint32_t capacity, uint32_t numbers)
{
	struct snapshot *snapshot = sample_snapshot(capacity, 0, 0, 1);
	char key[KEY_MAX + 1], text[TEXT_MAX];

	memset(text, 't', sizeof(text));
	for (uint32_t i = 0; i < numbers; i++) {
		(void)snprintf(key, sizeof(key), "%0*" PRIu32, KEY_MAX, i);
		snapshot_add_number(snapshot, slice_of(key), i);
	}
	for (uint32_t i = 0; i < 63; i++) {
		(void)snprintf(key, sizeof(key), "=%0*" PRIu32, KEY_MAX - 1, i);
		snapshot_add_text(snapshot, slice_of(key),
		    (struct slice){ text, sizeof(text) });
	}
	snapshot_sort(snapshot);
	return (snapshot);
}

static void
test_size(void **state)
{
	static const uint32_t capacities[] = { 512, 520, 1000, 2048, 4096, 4104,
		10000, 65536 };

	(void)state;
	for (size_t i = 0; i < COUNT(capacities); i++) {
		const char *dir = scratch_make(), *error;
		struct snapshot *empty, *full, *read;
		struct stat st;

		empty = sample_snapshot(capacities[i], 0, 0, 1);
		full = longest(capacities[i], capacities[i] - 64);
		publish(dir, empty);
		assert_int_equal(stat(path_in(dir, STORE_NAME), &st), 0);
		assert_int_equal(st.st_size, (off_t)capacities[i] * 512);
		assert_int_equal(generation_at(path_in(dir, STORE_NAME)), 1);
		publish(dir, full);
		assert_int_equal(stat(path_in(dir, STORE_NAME), &st), 0);
		assert_int_equal(st.st_size, (off_t)capacities[i] * 512);
		assert_int_equal(
		    store_read(path_in(dir, STORE_NAME), &read, &error),
		    STORE_OK);
		assert_true(snapshots_same(full, read));
		snapshot_free(empty);
		snapshot_free(full);
		snapshot_free(read);
		scratch_remove(dir);
	}
}

/* How many pages there are depends on the number of records, in steps: just
   behind a step they are emptiest. */
static void
test_room(void **state)
{
	static const uint32_t capacities[] = { 512, 520, 600, 800, 1032, 1504,
		3200, 4096 };

	(void)state;
	for (size_t i = 0; i < COUNT(capacities); i++) {
		const char *dir = scratch_make();
		uint32_t most = capacities[i] - 64;

		for (uint32_t part = 1; part <= 8; part++) {
			struct snapshot *snapshot = longest(
			    capacities[i], most * part / 8);

			publish(dir, snapshot);
			snapshot_free(snapshot);
		}
		scratch_remove(dir);
	}
}

static void
test_previous(void **state)
{
	const char *dir = scratch_make();
	const char *path, *previous;
	struct stat st;

	(void)state;
	path = path_in(dir, STORE_NAME);
	previous = path_in(dir, STORE_NAME ".1");
	publish_sample(dir, 1);
	assert_int_equal(stat(previous, &st), -1);
	for (uint32_t generation = 2; generation < 6; generation++) {
		publish_sample(dir, generation);
		assert_int_equal(generation_at(path), generation);
		assert_int_equal(generation_at(previous), generation - 1);
	}
	/* Nothing else stays behind. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(previous), 0);
	scratch_remove(dir);
}

static void
test_left_over(void **state)
{
	const char *dir = scratch_make();
	struct stat st;

	(void)state;
	file_write(
	    path_in(dir, STORE_NAME ".tmp"), (const unsigned char *)"half", 4);
	publish_sample(dir, 1);
	file_write(path_in(dir, STORE_NAME ".1.tmp"),
	    (const unsigned char *)"half", 4);
	publish_sample(dir, 2);
	assert_int_equal(generation_at(path_in(dir, STORE_NAME)), 2);
	assert_int_equal(generation_at(path_in(dir, STORE_NAME ".1")), 1);
	assert_int_equal(stat(path_in(dir, STORE_NAME ".tmp"), &st), -1);
	assert_int_equal(stat(path_in(dir, STORE_NAME ".1.tmp"), &st), -1);
	scratch_remove(dir);
}

/* Whatever can't be published leaves the file of before. */
static void
test_refused(void **state)
{
	const char *dir = scratch_make(), *error = NULL;
	struct snapshot *snapshot = sample_snapshot(512, 100, 0, 2);
	struct stat st;

	(void)state;
	publish_sample(dir, 1);

	snapshot->failed = true;
	assert_int_equal(store_publish(dir, STORE_NAME, snapshot, &error), -1);
	assert_non_null(error);
	snapshot->failed = false;
	snapshot_add_number(snapshot, SLICE("key:0"), 1);
	assert_int_equal(store_publish(dir, STORE_NAME, snapshot, &error), -1);
	snapshot_free(snapshot);

	snapshot = sample_snapshot(512, 4000, 0, 2);
	assert_int_equal(store_publish(dir, STORE_NAME, snapshot, &error), -1);
	assert_non_null(strstr(error, STORE_NAME));
	snapshot->capacity = 4096;
	assert_int_equal(
	    store_publish("/nonexistent", STORE_NAME, snapshot, &error), -1);
	assert_non_null(strstr(error, "/nonexistent"));
	snapshot_free(snapshot);

	assert_int_equal(generation_at(path_in(dir, STORE_NAME)), 1);
	assert_int_equal(stat(path_in(dir, STORE_NAME ".tmp"), &st), -1);
	scratch_remove(dir);
}

/* Neither the name of the store nor one that a publication takes may be too
   long: name.tmp, and Berkeley DB's __db.name.tmp. */
static void
test_long_name(void **state)
{
	static const size_t too_long[] = { PATH_MAX - 9, PATH_MAX - 5,
		PATH_MAX - 4, PATH_MAX - 1, PATH_MAX };
	const char *dir = scratch_make(), *error;
	struct snapshot *snapshot = sample_snapshot(512, 100, 0, 2);

	(void)state;
	publish_sample(dir, 1);
	for (size_t i = 0; i < COUNT(too_long); i++) {
		error = NULL;
		assert_int_equal(store_publish(long_dir(dir, too_long[i]),
				     STORE_NAME, snapshot, &error),
		    -1);
		assert_non_null(error);
		assert_int_equal(generation_at(path_in(dir, STORE_NAME)), 1);
	}
	assert_int_equal(store_publish(long_dir(dir, PATH_MAX - 10), STORE_NAME,
			     snapshot, &error),
	    0);
	assert_int_equal(generation_at(path_in(dir, STORE_NAME)), 2);
	assert_int_equal(generation_at(path_in(dir, STORE_NAME ".1")), 1);
	snapshot_free(snapshot);
	scratch_remove(dir);
}

/* What a publication asks of the pages. */
static void
test_no_seal(void **state)
{
	const char *dir = scratch_make(), *path = path_in(dir, "pages");
	static const unsigned char pages[2 * STORE_PAGE_SIZE];
	int fd;

	(void)state;
	file_write(path, pages, sizeof(pages));
	fd = open(path, O_RDWR);
	assert_int_equal(pages_seal(fd, sizeof(pages), sizeof(pages)), EFBIG);
	assert_int_equal(
	    pages_seal(fd, 2 * sizeof(pages), 3 * sizeof(pages)), EIO);
	close(fd);
	fd = open(path, O_RDONLY);
	assert_int_equal(
	    pages_seal(fd, sizeof(pages), 2 * sizeof(pages)), EINVAL);
	close(fd);
	scratch_remove(dir);
}

static void
test_no_store(void **state)
{
	const char *dir = scratch_make(), *error = NULL;
	const char *path = path_in(dir, STORE_NAME);
	struct snapshot *snapshot = NULL;

	(void)state;
	assert_int_equal(store_read(path, &snapshot, &error), STORE_MISSING);
	assert_non_null(strstr(error, path));
	assert_int_equal(store_read(dir, &snapshot, &error), STORE_UNREADABLE);
	assert_non_null(strstr(error, dir));
	publish_sample(dir, 1);
	assert_int_equal(symlink(path, path_in(dir, "link")), 0);
	assert_int_equal(store_read(path_in(dir, "link"), &snapshot, &error),
	    STORE_UNREADABLE);
	assert_int_equal(mkfifo(path_in(dir, "fifo"), 0600), 0);
	assert_int_equal(store_read(path_in(dir, "fifo"), &snapshot, &error),
	    STORE_UNREADABLE);
	assert_null(snapshot);
	scratch_remove(dir);
}

static void
test_modes(void **state)
{
	const char *dir = scratch_make();
	mode_t before = umask(0);
	struct stat st;

	(void)state;
	publish_sample(dir, 1);
	(void)umask(before);
	assert_int_equal(stat(path_in(dir, STORE_NAME), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	scratch_remove(dir);
}

static void
test_descriptors(void **state)
{
	const char *dir = scratch_make();
	int before, after;

	(void)state;
	publish_sample(dir, 1);
	before = dup(0);
	close(before);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(generation_at(path_in(dir, STORE_NAME)), 1);
		assert_int_equal(generation_at(path_in(dir, "none")), 0);
		publish_sample(dir, 1);
	}
	file_damage(path_in(dir, STORE_NAME));
	assert_int_equal(generation_at(path_in(dir, STORE_NAME)), 0);
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
	scratch_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("what is published is read back", test_round_trip),
		TEST("a store is as large empty as full", test_size),
		TEST("a store has room for any number of records", test_room),
		TEST("the generation before is kept as NAME.1", test_previous),
		TEST("files left by a crash are no hindrance", test_left_over),
		TEST("what can't be published leaves the store as it was",
		    test_refused),
		TEST("so does a name that is too long", test_long_name),
		TEST("a file is sealed whole or not at all", test_no_seal),
		TEST("no store, or none that is a file, is told apart",
		    test_no_store),
		TEST("a store is writable by its owner, readable by its group",
		    test_modes),
		TEST("no descriptor is left open", test_descriptors),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
