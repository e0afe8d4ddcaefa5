/*
 * Berkeley DB behind the store: the only file that includes <db.h>.
 *
 * Why a file of its own for each publication and not an environment or an
 * update in place: docs/architecture.md, "The store".
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <db.h>

#include "lib/stats/pages.h"
#include "lib/stats/record.h"
#include "lib/stats/store.h"
#include "lib/util/error.h"

enum {
	CACHE_SIZE = 8 << 20,
	/* Pages for all records are laid out at once; else they would be split
	   again and again.  More pages than this makes would not fit if the
	   keys were long. */
	KEYS_PER_PAGE = 40
};

#define META_KEY "=meta"
#define META_FORMAT \
	"schema=%u records=%zu capacity=%" PRIu32 " epoch=%" PRIu64 \
	" published=%" PRIu64

static off_t
file_size(uint32_t capacity)
{
	return ((off_t)capacity * STORE_BYTES_PER_KEY);
}

/* All records, `=meta` included. */
static size_t
record_count(const struct snapshot *snapshot)
{
	return (snapshot->number_count + snapshot->text_count + 1);
}

/* --- writing ---------------------------------------------------------- */

/* Berkeley DB would sync at every open and close; seal_and_sync() does it once
   for all. */
static int
sync_later(int fd)
{
	(void)fd;
	return (0);
}

static DB *
create_hash(const char *path, uint32_t records, int *rc_r)
{
	DB *db;

	if ((*rc_r = db_env_set_func_fsync(sync_later)) != 0 ||
	    (*rc_r = db_create(&db, NULL, 0)) != 0)
		return (NULL);
	db->set_errfile(db, NULL);
	if ((*rc_r = db->set_pagesize(db, STORE_PAGE_SIZE)) == 0 &&
	    (*rc_r = db->set_cachesize(db, 0, CACHE_SIZE, 1)) == 0 &&
	    (*rc_r = db->set_h_ffactor(db, KEYS_PER_PAGE)) == 0 &&
	    (*rc_r = db->set_h_nelem(db, records)) == 0 &&
	    (*rc_r = db->set_flags(db, DB_CHKSUM)) == 0)
		*rc_r = db->open(
		    db, NULL, path, NULL, DB_HASH, DB_CREATE | DB_EXCL, 0640);
	if (*rc_r != 0) {
		(void)db->close(db, DB_NOSYNC);
		return (NULL);
	}
	return (db);
}

static int
put(DB *db, const char *key, size_t key_len, char *record, size_t len)
{
	DBT name = { .data = (void *)(uintptr_t)key,
		.size = (u_int32_t)key_len };
	DBT data = { .data = record, .size = (u_int32_t)len };

	return (db->put(db, NULL, &name, &data, DB_NOOVERWRITE));
}

static int
put_meta(DB *db, const struct snapshot *snapshot)
{
	struct text meta = { .key = META_KEY, .key_len = strlen(META_KEY) };
	char record[TEXT_SIZE];

	(void)snprintf(meta.text, sizeof(meta.text), META_FORMAT, STORE_SCHEMA,
	    record_count(snapshot), snapshot->capacity, snapshot->epoch,
	    snapshot->published);
	record_write_text(&meta, snapshot->generation, record);
	return (put(db, meta.key, meta.key_len, record, TEXT_SIZE));
}

static int
put_all(DB *db, const struct snapshot *snapshot)
{
	char record[RECORD_SIZE_MAX];
	int rc = put_meta(db, snapshot);

	for (size_t i = 0; rc == 0 && i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];

		record_write_number(number, snapshot->generation, record);
		rc = put(db, number->key, number->key_len, record, NUMBER_SIZE);
	}
	for (size_t i = 0; rc == 0 && i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];

		record_write_text(text, snapshot->generation, record);
		rc = put(db, text->key, text->key_len, record, TEXT_SIZE);
	}
	return (rc);
}

/* Bring a written file to its full size and onto the disk. */
static int
seal_and_sync(const char *path, uint32_t capacity)
{
	struct stat st;
	int fd, error;

	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1)
		return (errno);
	error = fstat(fd, &st) == -1 ?
	    errno :
	    pages_seal(fd, st.st_size, file_size(capacity));
	if (error == 0 && fsync(fd) == -1)
		error = errno;
	close(fd);
	return (error);
}

/*
 * Remove what an interrupted publication left.  Berkeley DB creates a file as
 * __db.NAME first, and would wait in vain for one of that name to go away.
 */
static int
remove_left_over(const char *path)
{
	const char *slash = strrchr(path, '/');
	int dir_len = slash ? (int)(slash + 1 - path) : 0;
	char half[PATH_MAX];

	if (snprintf(half, sizeof(half), "%.*s__db.%s", dir_len, path,
		path + dir_len) >= (int)sizeof(half))
		return (ENAMETOOLONG);
	if (unlink(path) == -1 && errno != ENOENT)
		return (errno);
	return (unlink(half) == -1 && errno != ENOENT ? errno : 0);
}

static int
write_file(const char *path, const struct snapshot *snapshot)
{
	DB *db;
	int rc = remove_left_over(path), closed;

	if (rc != 0)
		return (rc);
	db = create_hash(path, (uint32_t)record_count(snapshot), &rc);
	if (db == NULL)
		return (rc);
	rc = put_all(db, snapshot);
	closed = db->close(db, rc == 0 ? 0 : DB_NOSYNC);
	if (rc == 0)
		rc = closed;
	return (rc != 0 ? rc : seal_and_sync(path, snapshot->capacity));
}

static int
sync_directory(const char *dir)
{
	int fd, error = 0;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return (errno);
	if (fsync(fd) == -1)
		error = errno;
	close(fd);
	return (error);
}

/* Make `path` also known as `previous`, whatever that was before. */
static void
keep_previous(const char *path, const char *previous)
{
	char link_path[PATH_MAX];

	if (snprintf(link_path, sizeof(link_path), "%s.tmp", previous) >=
	    (int)sizeof(link_path))
		return;
	(void)unlink(link_path);
	if (link(path, link_path) == 0 && rename(link_path, previous) == 0)
		(void)unlink(link_path);
}

static bool
make_path(
    char path[PATH_MAX], const char *dir, const char *name, const char *suffix)
{
	return (
	    snprintf(path, PATH_MAX, "%s/%s%s", dir, name, suffix) < PATH_MAX);
}

int
store_publish(const char *dir, const char *name,
    const struct snapshot *snapshot, const char **error_r)
{
	char path[PATH_MAX], fresh[PATH_MAX], previous[PATH_MAX];
	int rc;

	if (!make_path(path, dir, name, "") ||
	    !make_path(fresh, dir, name, ".tmp") ||
	    !make_path(previous, dir, name, ".1")) {
		*error_r = error_text("%s/%s: name too long", dir, name);
		return (-1);
	}
	rc = snapshot->failed ? ENOMEM :
	    record_count(snapshot) > snapshot->capacity ?
				ENOSPC :
				write_file(fresh, snapshot);
	if (rc == 0) {
		keep_previous(path, previous);
		if (rename(fresh, path) == -1)
			rc = errno;
	}
	if (rc != 0)
		(void)unlink(fresh);
	else
		rc = sync_directory(dir);
	if (rc != 0) {
		*error_r = error_text(
		    "cannot publish %s: %s", path, db_strerror(rc));
		return (-1);
	}
	return (0);
}

/* --- reading ---------------------------------------------------------- */

static DB *
open_hash(const char *path, int *rc_r)
{
	DB *db;

	if ((*rc_r = db_create(&db, NULL, 0)) != 0)
		return (NULL);
	db->set_errfile(db, NULL);
	*rc_r = db->open(db, NULL, path, NULL, DB_HASH, DB_RDONLY, 0);
	if (*rc_r != 0) {
		(void)db->close(db, DB_NOSYNC);
		return (NULL);
	}
	return (db);
}

static const char newer_schema[] =
    "it was written by a newer version of postfix-stats";

/* Take the words of `=meta`; returns NULL or what is wrong. */
static const char *
take_meta(struct snapshot *snapshot, struct slice record, size_t *records_r)
{
	char text[TEXT_MAX + 1];
	unsigned schema;

	if (!record_check(SLICE(META_KEY), record, &snapshot->generation))
		return ("the checksum of its =meta record is wrong");
	memcpy(text, record.at, TEXT_MAX);
	text[TEXT_MAX] = '\0';
	if (sscanf(text, "schema=%u", &schema) != 1)
		return ("its =meta record is unreadable");
	if (schema > STORE_SCHEMA)
		return (newer_schema);
	if (sscanf(text, META_FORMAT, &schema, records_r, &snapshot->capacity,
		&snapshot->epoch, &snapshot->published) != 5)
		return ("its =meta record is unreadable");
	return (NULL);
}

/* Take one record; returns NULL or what is wrong. */
static const char *
take_record(struct snapshot *snapshot, struct slice key, struct slice record)
{
	uint32_t generation;
	uint64_t value;

	if (slice_equal(key, META_KEY))
		return (NULL);
	if (key.len == 0 || key.len > KEY_MAX ||
	    !record_check(key, record, &generation))
		return ("a record's checksum is wrong");
	if (generation != snapshot->generation)
		return ("its records are of two generations");
	if (record_is_text(key))
		snapshot_add_text(
		    snapshot, key, (struct slice){ record.at, TEXT_MAX });
	else if (record_number(record, &value))
		snapshot_add_number(snapshot, key, value);
	else
		return ("a record holds no number");
	return (NULL);
}

/* All records after `=meta`, which is first because only it tells whether we
   can read the others.  Returns NULL or what is wrong. */
static const char *
take_all(DB *db, struct snapshot *snapshot)
{
	char meta_key[] = META_KEY;
	DBT key = { .data = meta_key, .size = strlen(META_KEY) };
	DBT data = { .size = 0 };
	const char *wrong = NULL;
	size_t records, most = STORE_CAPACITY_MAX;
	DBC *cursor;
	int rc;

	if (db->get(db, NULL, &key, &data, 0) != 0)
		return ("it has no =meta record");
	wrong = take_meta(
	    snapshot, (struct slice){ data.data, data.size }, &records);
	if (wrong != NULL)
		return (wrong);
	if (db->cursor(db, NULL, &cursor, 0) != 0)
		return ("it can't be searched");
	key = (DBT){ .size = 0 };
	while ((rc = cursor->get(cursor, &key, &data, DB_NEXT)) == 0 &&
	    wrong == NULL && most-- > 0)
		wrong = take_record(snapshot,
		    (struct slice){ key.data, key.size },
		    (struct slice){ data.data, data.size });
	(void)cursor->close(cursor);
	if (wrong != NULL)
		return (wrong);
	if (rc != DB_NOTFOUND)
		return (db_strerror(rc));
	if (snapshot->failed)
		return (strerror(ENOMEM));
	if (records != record_count(snapshot))
		return ("records are missing");
	return (NULL);
}

/* Berkeley DB has numbers below 0 of its own, and EINVAL for a first page
   that is none; any other errno is no fault of the file. */
static enum store_result
open_fault(int rc)
{
	return (rc > 0 && rc != EINVAL ? STORE_UNREADABLE : STORE_DAMAGED);
}

/*
 * The open file is named through its descriptor, so that what was checked is
 * what is read even if a publication comes between.
 */
static enum store_result
read_checked(
    int fd, off_t size, struct snapshot *snapshot, const char **wrong_r)
{
	int rc = pages_check(fd, size, wrong_r);
	char path[64];
	DB *db;

	if (rc != 0)
		return (rc > 0 ? STORE_UNREADABLE : STORE_DAMAGED);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	db = open_hash(path, &rc);
	if (db == NULL) {
		*wrong_r = rc == ENOENT ? "/proc is not mounted" :
					  db_strerror(rc);
		return (open_fault(rc));
	}
	*wrong_r = take_all(db, snapshot);
	(void)db->close(db, DB_NOSYNC);
	if (*wrong_r == NULL && size != file_size(snapshot->capacity))
		*wrong_r = "its size is not what it says";
	if (*wrong_r == NULL)
		return (STORE_OK);
	return (*wrong_r == newer_schema || snapshot->failed ?
		STORE_UNREADABLE :
		STORE_DAMAGED);
}

enum store_result
store_read(const char *path, struct snapshot **snapshot_r, const char **error_r)
{
	struct snapshot *snapshot = snapshot_new();
	enum store_result result = STORE_UNREADABLE;
	const char *wrong;
	struct stat st;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1 || snapshot == NULL || fstat(fd, &st) == -1) {
		wrong = strerror(errno);
		if (fd == -1 && errno == ENOENT)
			result = STORE_MISSING;
	} else if (!S_ISREG(st.st_mode))
		wrong = "it is not a regular file";
	else
		result = read_checked(fd, st.st_size, snapshot, &wrong);
	if (fd != -1)
		close(fd);
	if (result != STORE_OK) {
		*error_r = error_text("store %s: %s", path, wrong);
		snapshot_free(snapshot);
		return (result);
	}
	snapshot_sort(snapshot);
	*snapshot_r = snapshot;
	return (STORE_OK);
}
