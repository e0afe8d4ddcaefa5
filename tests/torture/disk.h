/*
 * What a disk may hold when the power goes: replayed from the record that the
 * preloaded library wrote (faults_journal.c).
 */
#ifndef TESTS_DISK_H
#define TESTS_DISK_H

#include "tests/torture/faults.h"
#include "tests/torture/torture.h"

enum { FILES_MAX = 4096, FILE_ROOM = 1 << 20, PUBLISHED_MAX = 256 };

struct operation {
	struct journal_record record;
	const char *data; /* record.length bytes */
	int file;         /* index of the file that it is about, or -1 */
};

struct publication {
	int file;
	size_t renamed; /* operation that put it into place */
	uint32_t sum;
};

struct disk {
	char *bytes; /* of the record */
	struct operation *operations;
	size_t count;
	int files;
	struct publication published[PUBLISHED_MAX];
	size_t publications;
};

/* Read a record; `store` is the name that publications are renamed to. */
void disk_read(struct disk *disk, const char *journal, const char *store);
void disk_free(struct disk *disk);

/* Fill `dir` with a state that is possible after `point` operations. */
void disk_write(const struct disk *disk, size_t point, struct random *random,
    const char *dir);

/* Whether the file at `path` is one of the publications, byte by byte. */
bool disk_published(const struct disk *disk, const char *path);

/* The number (from 1) of the last publication that must be there after
   `point` operations; 0 if none. */
uint32_t disk_promised(const struct disk *disk, size_t point);

#endif
