/*
 *	JOURNAL=FILE		where to write it (struct journal_record)
 *	JOURNAL_DIR=DIR		whose files
 *
 * Only what is done to files opened for writing in that directory counts.
 */
#include <sys/stat.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/torture/faults_journal.h"

enum { FDS_MAX = 256 };

static int journal = -1;
static const char *directory;
static char ours[FDS_MAX]; /* 1: a file, 2: the directory */

void
journal_begin(void)
{
	const char *path = getenv("JOURNAL");

	directory = getenv("JOURNAL_DIR");
	if (path == NULL || directory == NULL)
		return;
	journal = (int)syscall(SYS_openat, AT_FDCWD, path,
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* The name in our directory, or NULL. */
static const char *
name_of(const char *path)
{
	size_t len = journal == -1 ? 0 : strlen(directory);

	return (journal != -1 && strncmp(path, directory, len) == 0 &&
		    path[len] == '/' ?
		path + len + 1 :
		NULL);
}

static void
put(enum journal_kind kind, int fd, uint64_t offset, const char *path,
    const void *data, size_t len)
{
	struct journal_record record = {
		.kind = kind, .length = (uint32_t)len, .offset = offset
	};
	struct stat st;

	if (fd != -1 && fstat(fd, &st) == 0)
		record.inode = st.st_ino;
	strncpy(record.path, path, sizeof(record.path) - 1);
	(void)syscall(SYS_write, journal, &record, sizeof(record));
	if (len > 0)
		(void)syscall(SYS_write, journal, data, len);
}

void
journal_open(int fd, const char *path, int flags)
{
	const char *name = name_of(path);

	if (journal == -1 || fd >= FDS_MAX)
		return;
	ours[fd] = 0;
	if (strcmp(path, directory) == 0)
		ours[fd] = 2;
	if (name == NULL || (flags & O_ACCMODE) == O_RDONLY)
		return;
	ours[fd] = 1;
	if (flags & O_CREAT)
		put(JOURNAL_CREATE, fd, 0, name, NULL, 0);
}

static bool
is(int fd, char what)
{
	return (journal != -1 && fd >= 0 && fd < FDS_MAX && ours[fd] == what);
}

void
journal_write(int fd, const void *data, size_t len, off_t offset)
{
	if (is(fd, 1))
		put(JOURNAL_WRITE, fd, (uint64_t)offset, "", data, len);
}

void
journal_sync(int fd)
{
	if (is(fd, 1))
		put(JOURNAL_SYNC, fd, 0, "", NULL, 0);
	if (is(fd, 2))
		put(JOURNAL_SYNC_DIR, fd, 0, "", NULL, 0);
}

void
journal_truncate(int fd, off_t size)
{
	if (is(fd, 1))
		put(JOURNAL_TRUNCATE, fd, (uint64_t)size, "", NULL, 0);
}

void
journal_names(enum journal_kind kind, const char *from, const char *to)
{
	const char *first = name_of(from), *second = name_of(to);

	if (first != NULL)
		put(kind, -1, 0, first, second,
		    second != NULL ? strlen(second) : 0);
}
