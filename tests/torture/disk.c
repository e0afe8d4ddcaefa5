/*
 * States of a directory after a power cut.
 */
#include <sys/stat.h>

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/crc32c.h"
#include "tests/torture/disk.h"

enum { NAMES_MAX = 64, SECTOR = 512 };

struct name {
	char name[64];
	int file; /* -1: free */
};

struct directory {
	struct name names[NAMES_MAX];
};

static int *
entry(struct directory *directory, const char *name)
{
	struct name *empty = NULL;

	for (int i = 0; i < NAMES_MAX; i++) {
		struct name *at = &directory->names[i];

		if (at->file != -1 && strcmp(at->name, name) == 0)
			return (&at->file);
		if (at->file == -1 && empty == NULL)
			empty = at;
	}
	if (empty == NULL)
		errx(1, "too many names");
	(void)snprintf(empty->name, sizeof(empty->name), "%s", name);
	return (&empty->file);
}

static bool
is_naming(const struct operation *operation)
{
	switch (operation->record.kind) {
	case JOURNAL_CREATE:
	case JOURNAL_RENAME:
	case JOURNAL_LINK:
	case JOURNAL_UNLINK:
		return (true);
	default:
		return (false);
	}
}

static void
apply_name(struct directory *directory, const struct operation *operation)
{
	char second[64];
	int *from, *to, file;

	(void)snprintf(second, sizeof(second), "%.*s",
	    (int)operation->record.length,
	    operation->data ? operation->data : "");
	from = entry(directory, operation->record.path);
	file = *from;
	switch (operation->record.kind) {
	case JOURNAL_CREATE:
		*from = operation->file;
		break;
	case JOURNAL_UNLINK:
		*from = -1;
		break;
	default:
		/* Two names of one file: rename(2) does nothing. */
		to = entry(directory, second);
		if (operation->record.kind == JOURNAL_RENAME && *to != file)
			*from = -1;
		*to = file;
	}
}

static void
empty(struct directory *directory)
{
	for (int i = 0; i < NAMES_MAX; i++)
		directory->names[i].file = -1;
}

static size_t
apply_data(
    char *bytes, size_t size, const struct operation *operation, size_t length)
{
	size_t at = operation->record.offset;

	if (operation->record.kind == JOURNAL_TRUNCATE) {
		if (at > FILE_ROOM)
			errx(1, "file too large");
		if (at > size)
			memset(bytes + size, 0, at - size);
		return (at);
	}
	if (at + length > FILE_ROOM)
		errx(1, "file too large");
	if (at > size)
		memset(bytes + size, 0, at - size);
	memcpy(bytes + at, operation->data, length);
	return (at + length > size ? at + length : size);
}

static bool
is_data(const struct operation *operation, int file)
{
	return (operation->file == file &&
	    (operation->record.kind == JOURNAL_WRITE ||
		operation->record.kind == JOURNAL_TRUNCATE));
}

/* How the writes since the last fsync of a file fare. */
enum fate { ALL, NONE, PREFIX, SUBSET, FATES };

/* The content of `file` at `point`; without `random` nothing is lost. */
static size_t
content(const struct disk *disk, int file, size_t point, struct random *random,
    char *bytes)
{
	enum fate fate = random ? (enum fate)random_below(random, FATES) : ALL;
	size_t synced = 0, size = 0, end = point;

	for (size_t i = 0; i < point; i++)
		if (disk->operations[i].file == file &&
		    disk->operations[i].record.kind == JOURNAL_SYNC)
			synced = i;
	if (fate == NONE)
		end = synced;
	if (fate == PREFIX)
		end = synced + random_below(random, point - synced + 1);
	for (size_t i = 0; i < end; i++) {
		const struct operation *operation = &disk->operations[i];
		size_t length = operation->record.length;

		if (!is_data(operation, file))
			continue;
		if (i > synced && fate == SUBSET && random_below(random, 2))
			continue;
		if (i > synced && fate == SUBSET && length > SECTOR &&
		    random_below(random, 4) == 0)
			length = SECTOR * random_below(random, length / SECTOR);
		size = apply_data(bytes, size, operation, length);
	}
	return (size);
}

static void
write_file(const char *dir, const char *name, const char *bytes, size_t size)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd == -1 || write(fd, bytes, size) != (ssize_t)size)
		err(1, "%s", path);
	close(fd);
}

void
disk_write(const struct disk *disk, size_t point, struct random *random,
    const char *dir)
{
	static char bytes[FILE_ROOM];
	struct directory directory;
	size_t synced = 0, end;

	for (size_t i = 0; i < point; i++)
		if (disk->operations[i].record.kind == JOURNAL_SYNC_DIR)
			synced = i;
	end = synced + random_below(random, point - synced + 1);
	empty(&directory);
	for (size_t i = 0; i < end; i++)
		if (is_naming(&disk->operations[i]))
			apply_name(&directory, &disk->operations[i]);
	directory_remove(dir);
	if (mkdir(dir, 0750) == -1)
		err(1, "%s", dir);
	for (int i = 0; i < NAMES_MAX; i++) {
		struct random draw = { random_next(random) };
		int file = directory.names[i].file;
		size_t size;

		if (file == -1)
			continue;
		size = content(disk, file, point, &draw, bytes);
		write_file(dir, directory.names[i].name, bytes, size);
	}
}

/* --- publications ---------------------------------------------------------- */

bool
disk_published(const struct disk *disk, const char *path)
{
	static char bytes[FILE_ROOM];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd == -1 ? -1 : read(fd, bytes, sizeof(bytes));
	uint32_t sum;

	if (fd != -1)
		close(fd);
	if (size < 0)
		return (false);
	sum = crc32c(0, bytes, (size_t)size);
	for (size_t i = 0; i < disk->publications; i++)
		if (disk->published[i].sum == sum)
			return (true);
	return (false);
}

/* A publication has returned, to be seen and built on, when the next begins
   or the directory has been synced. */
uint32_t
disk_promised(const struct disk *disk, size_t point)
{
	uint32_t promised = 0;
	size_t returned = 0;

	for (size_t i = 0; i < point; i++)
		if (disk->operations[i].record.kind == JOURNAL_SYNC_DIR ||
		    disk->operations[i].record.kind == JOURNAL_CREATE)
			returned = i;
	for (size_t i = 0; i < disk->publications; i++)
		if (disk->published[i].renamed < returned)
			promised = (uint32_t)i + 1;
	return (promised);
}

static void
note_publication(struct disk *disk, const struct directory *directory,
    size_t at, const char *store)
{
	static char bytes[FILE_ROOM];
	struct directory copy = *directory;
	struct publication *made = &disk->published[disk->publications];
	size_t size;

	if (disk->publications == PUBLISHED_MAX)
		errx(1, "too many publications");
	disk->publications++;
	made->file = *entry(&copy, store);
	made->renamed = at;
	size = content(disk, made->file, at + 1, NULL, bytes);
	made->sum = crc32c(0, bytes, size);
}

/* --- the record ------------------------------------------------------------- */

static void
load(struct disk *disk, const char *journal)
{
	int fd = open(journal, O_RDONLY | O_CLOEXEC);
	struct stat st;
	size_t size, at = 0;

	if (fd == -1 || fstat(fd, &st) == -1 ||
	    (disk->bytes = malloc((size_t)st.st_size + 1)) == NULL ||
	    read(fd, disk->bytes, (size_t)st.st_size) != st.st_size)
		err(1, "%s", journal);
	close(fd);
	size = (size_t)st.st_size;
	disk->operations = calloc(size / sizeof(struct journal_record) + 1,
	    sizeof(*disk->operations));
	if (disk->operations == NULL)
		err(1, "%s", journal);
	while (at + sizeof(struct journal_record) <= size) {
		struct operation *next = &disk->operations[disk->count++];

		memcpy(&next->record, disk->bytes + at, sizeof(next->record));
		at += sizeof(next->record);
		next->data = disk->bytes + at;
		at += next->record.length;
		if (at > size)
			errx(1, "%s: cut off", journal);
	}
}

/* Inode numbers may be used again; a file is new when its name is created. */
void
disk_read(struct disk *disk, const char *journal, const char *store)
{
	uint64_t inodes[FILES_MAX];
	struct directory directory;

	load(disk, journal);
	empty(&directory);
	for (size_t i = 0; i < disk->count; i++) {
		struct operation *operation = &disk->operations[i];
		uint64_t inode = operation->record.inode;
		int file = disk->files;

		operation->file = -1;
		while (inode != 0 && --file >= 0 && inodes[file] != inode)
			continue;
		if (operation->record.kind == JOURNAL_CREATE &&
		    (file < 0 ||
			*entry(&directory, operation->record.path) != file)) {
			if (disk->files == FILES_MAX)
				errx(1, "too many files");
			file = disk->files++;
			inodes[file] = inode;
		}
		operation->file = inode != 0 ? file : -1;
		if (!is_naming(operation))
			continue;
		apply_name(&directory, operation);
		if (operation->record.kind == JOURNAL_RENAME &&
		    operation->record.length == strlen(store) &&
		    memcmp(operation->data, store, strlen(store)) == 0)
			note_publication(disk, &directory, i, store);
	}
}

void
disk_free(struct disk *disk)
{
	free(disk->operations);
	free(disk->bytes);
}
