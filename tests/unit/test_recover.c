/*
 * The writer's start over stores that are missing, damaged, or not ours to
 * touch.
 */
#include "tests/unit/store_unit.h"
#include "lib/stats/record.h"
#include "lib/util/crc32c.h"

#include <db.h>
#include <time.h>

struct outcome {
	enum store_result result;
	uint32_t generation;
	const char *notice, *error;
};

static struct outcome
recover(const char *dir)
{
	struct outcome o = { .generation = 0 };
	struct snapshot *snapshot = NULL;

	o.result = store_recover(
	    dir, STORE_NAME, &snapshot, &o.notice, &o.error);
	if (o.result == STORE_OK) {
		o.generation = snapshot->generation;
		snapshot_free(snapshot);
	} else
		assert_null(snapshot);
	return (o);
}

static unsigned
aside_count(const char *dir)
{
	DIR *open = opendir(dir);
	struct dirent *entry;
	unsigned count = 0;

	assert_non_null(open);
	while ((entry = readdir(open)) != NULL)
		count += strncmp(entry->d_name, STORE_NAME ".corrupt.",
			     strlen(STORE_NAME ".corrupt.")) == 0;
	closedir(open);
	return (count);
}

static void
test_good(void **state)
{
	const char *dir = scratch_make();
	struct outcome o = recover(dir);

	(void)state;
	assert_int_equal(o.result, STORE_MISSING);
	assert_null(o.notice);
	publish_sample(dir, 1);
	publish_sample(dir, 2);
	o = recover(dir);
	assert_int_equal(o.result, STORE_OK);
	assert_int_equal(o.generation, 2);
	assert_null(o.notice);
	assert_int_equal(aside_count(dir), 0);
	scratch_remove(dir);
}

static void
test_fall_back(void **state)
{
	const char *dir = scratch_make();
	struct outcome o;

	(void)state;
	publish_sample(dir, 1);
	publish_sample(dir, 2);
	file_damage(path_in(dir, STORE_NAME));
	o = recover(dir);
	assert_int_equal(o.result, STORE_OK);
	assert_int_equal(o.generation, 1);
	assert_non_null(o.notice);
	assert_non_null(strstr(o.notice, path_in(dir, STORE_NAME ":")));
	assert_non_null(strstr(o.notice, ".corrupt."));
	assert_null(strchr(o.notice, '\n'));
	assert_int_equal(aside_count(dir), 1);
	assert_int_equal(access(path_in(dir, STORE_NAME), F_OK), -1);

	/* Gone altogether, with the one before still there. */
	o = recover(dir);
	assert_int_equal(o.result, STORE_OK);
	assert_int_equal(o.generation, 1);
	assert_non_null(o.notice);
	scratch_remove(dir);
}

static void
test_both_damaged(void **state)
{
	const char *dir = scratch_make();
	struct outcome o;

	(void)state;
	publish_sample(dir, 1);
	publish_sample(dir, 2);
	file_damage(path_in(dir, STORE_NAME));
	file_damage(path_in(dir, STORE_NAME ".1"));
	o = recover(dir);
	assert_int_equal(o.result, STORE_MISSING);
	assert_non_null(strstr(o.notice, "zero"));

	/* Life goes on. */
	publish_sample(dir, 3);
	publish_sample(dir, 4);
	o = recover(dir);
	assert_int_equal(o.generation, 4);
	assert_null(o.notice);
	scratch_remove(dir);
}

static void
test_three_kept(void **state)
{
	static const char *const old[] = { "1700000001", "1700000002",
		"1700000003", "1700000004", "1700000005" };
	const char *dir = scratch_make();

	(void)state;
	for (size_t i = 0; i < COUNT(old); i++) {
		char name[64];

		(void)snprintf(
		    name, sizeof(name), "%s.corrupt.%s", STORE_NAME, old[i]);
		file_write(path_in(dir, name), (const unsigned char *)"x", 1);
	}
	file_write(
	    path_in(dir, "other.db.corrupt.1"), (const unsigned char *)"x", 1);
	publish_sample(dir, 1);
	file_damage(path_in(dir, STORE_NAME));
	(void)recover(dir);
	assert_int_equal(aside_count(dir), 3);
	assert_int_equal(
	    access(path_in(dir, STORE_NAME ".corrupt.1700000005"), F_OK), 0);
	assert_int_equal(
	    access(path_in(dir, STORE_NAME ".corrupt.1700000003"), F_OK), -1);
	assert_int_equal(access(path_in(dir, "other.db.corrupt.1"), F_OK), 0);
	scratch_remove(dir);
}

/* Write a record over those of the store at `path`, past all our checks; with
   a length of 0 remove it. */
static void
put_raw(const char *path, const char *key, char *record, size_t len)
{
	DBT name = { .data = (void *)(uintptr_t)key,
		.size = (u_int32_t)strlen(key) };
	DBT data = { .data = record, .size = (u_int32_t)len };
	DB *db;

	assert_int_equal(db_create(&db, NULL, 0), 0);
	assert_int_equal(db->open(db, NULL, path, NULL, DB_HASH, 0, 0), 0);
	assert_int_equal(len > 0 ? db->put(db, NULL, &name, &data, 0) :
				   db->del(db, NULL, &name, 0),
	    0);
	assert_int_equal(db->close(db, 0), 0);
	file_seal(path);
}

static void
put_schema(const char *path, const char *words)
{
	struct text meta = { .key = "=meta", .key_len = 5 };
	char record[TEXT_SIZE];

	(void)snprintf(meta.text, sizeof(meta.text), "%s", words);
	record_write_text(&meta, 2, record);
	put_raw(path, "=meta", record, sizeof(record));
}

static void
test_newer(void **state)
{
	const char *dir = scratch_make(), *path;
	struct outcome o;

	(void)state;
	publish_sample(dir, 1);
	publish_sample(dir, 2);
	path = path_in(dir, STORE_NAME);
	put_schema(path, "schema=2 and=whatever");
	o = recover(dir);
	assert_int_equal(o.result, STORE_UNREADABLE);
	assert_non_null(strstr(o.error, "newer version"));
	assert_int_equal(aside_count(dir), 0);
	assert_int_equal(access(path, F_OK), 0);
	scratch_remove(dir);
}

/* The newer schema may have records that we can't read. */
static void
test_newer_records(void **state)
{
	static const char *const keys[] = { "a", "b", "c", "d", "e", "f" };
	const char *dir = scratch_make(), *path;
	struct outcome o;

	(void)state;
	publish_sample(dir, 1);
	publish_sample(dir, 2);
	path = path_in(dir, STORE_NAME);
	for (size_t i = 0; i < COUNT(keys); i++) {
		char record[60];

		memset(record, 'r', sizeof(record));
		put_raw(path, keys[i], record, sizeof(record));
	}
	put_schema(path, "schema=2 and=whatever");
	o = recover(dir);
	assert_int_equal(o.result, STORE_UNREADABLE);
	assert_int_equal(aside_count(dir), 0);
	scratch_remove(dir);
}

static void
test_bad_meta(void **state)
{
	static const char *const words[] = { "", "schema=1", "schema=x",
		"schema=1 records=104 capacity=4096 epoch=1 published=1",
		"schema=1 records=105 capacity=512 epoch=1 published=1",
		"schema=1 records=103 capacity=512 epoch=1 published=1" };

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		const char *dir = scratch_make();

		publish_sample(dir, 2);
		put_schema(path_in(dir, STORE_NAME), words[i]);
		assert_int_equal(recover(dir).result, STORE_MISSING);
		assert_int_equal(aside_count(dir), 1);
		scratch_remove(dir);
	}
}

/* A record as it should be, but for what its 20 bytes say. */
static const char *
record_of(const char *key, const char *body)
{
	static char record[NUMBER_SIZE + 1];
	uint32_t crc = crc32c(0, key, strlen(key));

	crc = crc32c(crc, body, NUMBER_DIGITS);
	crc = crc32c(crc, "00000001", 8);
	(void)snprintf(
	    record, sizeof(record), "%s 00000001 %08" PRIx32, body, crc);
	return (record);
}

static void
check_record(const char *key, const char *record, size_t len, const char *wrong)
{
	const char *dir = scratch_make();
	char copy[TEXT_SIZE] = "";
	struct outcome o;

	(void)snprintf(copy, sizeof(copy), "%s", record);
	publish_sample(dir, 1);
	put_raw(path_in(dir, STORE_NAME), key, copy, len);
	o = recover(dir);
	assert_int_equal(o.result, STORE_MISSING);
	assert_non_null(o.notice);
	if (strstr(o.notice, wrong) == NULL)
		fail_msg("\"%s\" is not \"%s\"", o.notice, wrong);
	scratch_remove(dir);
}

/* Behind a good seal: nobody but we write such. */
static void
test_bad_records(void **state)
{
	static const char digits[] = "00000000000000000001";
	static const char other[] = "18446744073709551616";
	char key[KEY_MAX + 2];

	(void)state;
	memset(key, 'k', KEY_MAX + 1);
	key[KEY_MAX + 1] = '\0';
	check_record("=meta", "", 0, "it has no =meta record");
	check_record("=meta", "schema=1", TEXT_SIZE,
	    "the checksum of its =meta record is wrong");
	check_record("k", "no record", 9, "a record's checksum is wrong");
	check_record("k", record_of("l", digits), NUMBER_SIZE,
	    "a record's checksum is wrong");
	check_record("", record_of("", digits), NUMBER_SIZE,
	    "a record's checksum is wrong");
	check_record(key, record_of(key, digits), NUMBER_SIZE,
	    "a record's checksum is wrong");
	check_record("k", record_of("k", other), NUMBER_SIZE,
	    "a record holds no number");
	check_record(
	    "k", record_of("k", digits), NUMBER_SIZE, "records are missing");
}

/* A form of Berkeley DB's that this one does not know. */
static void
test_other_version(void **state)
{
	enum { VERSION_AT = 16, FLAGS_AT = 26 };
	const char *dir = scratch_make(), *path;
	unsigned char *bytes;
	struct outcome o;
	size_t size;

	(void)state;
	publish_sample(dir, 1);
	path = path_in(dir, STORE_NAME);
	bytes = file_read(path, &size);
	bytes[VERSION_AT] = 99;
	bytes[FLAGS_AT] = 0; /* no checksum of this page */
	file_write(path, bytes, size);
	free(bytes);
	file_seal(path);
	o = recover(dir);
	assert_int_equal(o.result, STORE_MISSING);
	assert_int_equal(aside_count(dir), 1);
	scratch_remove(dir);
}

static void
test_long_name(void **state)
{
	const char *dir = scratch_make();
	struct outcome o;

	(void)state;
	publish_sample(dir, 1);
	publish_sample(dir, 2);
	o = recover(long_dir(dir, PATH_MAX - 3));
	assert_int_equal(o.result, STORE_OK);
	assert_int_equal(o.generation, 2);
	o = recover(long_dir(dir, PATH_MAX - 2));
	assert_int_equal(o.result, STORE_UNREADABLE);
	file_damage(path_in(dir, STORE_NAME));
	o = recover(long_dir(dir, PATH_MAX - 3));
	assert_int_equal(o.result, STORE_UNREADABLE);
	assert_int_equal(aside_count(dir), 0);
	o = recover(dir);
	assert_int_equal(o.generation, 1);
	scratch_remove(dir);
}

/* What can't be moved aside stays, and nothing is written over it. */
static void
test_not_moved(void **state)
{
	const char *dir = scratch_make();
	char path[128];
	struct outcome o;
	long now = time(NULL);

	(void)state;
	publish_sample(dir, 1);
	file_damage(path_in(dir, STORE_NAME));
	for (long t = now; t < now + 300; t++) {
		(void)snprintf(path, sizeof(path), "%s/%s.corrupt.%ld", dir,
		    STORE_NAME, t);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	o = recover(dir);
	assert_int_equal(o.result, STORE_UNREADABLE);
	assert_non_null(strstr(o.error, "cannot move it aside"));
	assert_int_equal(access(path_in(dir, STORE_NAME), F_OK), 0);
	for (long t = now; t < now + 300; t++) {
		(void)snprintf(path, sizeof(path), "%s/%s.corrupt.%ld", dir,
		    STORE_NAME, t);
		assert_int_equal(rmdir(path), 0);
	}
	scratch_remove(dir);
}

static void
test_unreadable(void **state)
{
	const char *dir = scratch_make(), *aim;
	struct outcome o;

	(void)state;
	publish_sample(dir, 1);
	aim = path_in(dir, "aim");
	assert_int_equal(rename(path_in(dir, STORE_NAME), aim), 0);
	assert_int_equal(symlink(aim, path_in(dir, STORE_NAME)), 0);
	o = recover(dir);
	assert_int_equal(o.result, STORE_UNREADABLE);
	assert_non_null(strstr(o.error, path_in(dir, STORE_NAME)));
	assert_int_equal(aside_count(dir), 0);
	scratch_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a good store is read, none is none", test_good),
		TEST("after damage the generation before is read",
		    test_fall_back),
		TEST("without a good generation counting begins at zero",
		    test_both_damaged),
		TEST("three damaged files are kept, no more", test_three_kept),
		TEST("a newer schema is refused and left alone", test_newer),
		TEST("so it is when its records are of another form",
		    test_newer_records),
		TEST(
		    "a =meta record that is not true is damage", test_bad_meta),
		TEST("so is any other record that is not", test_bad_records),
		TEST("and a file that Berkeley DB does not take",
		    test_other_version),
		TEST("a name that is too long is an error of its own",
		    test_long_name),
		TEST("a damaged store that can't be moved is not touched",
		    test_not_moved),
		TEST("what can't be opened is no damage", test_unreadable),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
