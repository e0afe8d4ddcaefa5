/*
 * The files that a log has been rotated to.
 */
#ifndef TAILER_SIBLINGS_H
#define TAILER_SIBLINGS_H

#include <sys/types.h>

#include <stdbool.h>
#include <time.h>

#include "tailer/unpack.h"

enum sibling_name {
	SIBLING_NUMBER, /* mail.log.1: the higher, the older */
	SIBLING_DATE,   /* mail.log-20261122: the higher, the newer */
	SIBLING_OTHER,  /* mail.log.old: may be anything, logs or not */
	SIBLING_LOG     /* the log itself */
};

struct sibling {
	char *path;
	enum sibling_name name;
	char digits[32]; /* of number or date */
	enum packing packing;
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec written;
};

struct siblings {
	struct sibling *list;
	int count;
};

/*
 * List the plain files beside `path`, and beside what it is a symbolic link
 * to, whose names say that they were rotated from it, oldest first, then
 * `path` itself if it is there.
 *
 * The name says more about age than the time of the last write, which late
 * writers, copies and repairs change; that decides between names of different
 * kinds.  Of a file that is there both plain and packed only the plain one is
 * listed.  The list is of one instant: if files are renamed meanwhile it is
 * made again.
 *
 * Returns 0, or -1 with errno.
 */
int siblings_list(const char *path, struct siblings *siblings_r);
bool siblings_same(const struct siblings *a, const struct siblings *b);
void siblings_free(struct siblings *siblings);

/* The path of what `path` is, in the end, a symbolic link to; it need not
   exist.  Returns 0, or -1 with errno. */
int siblings_target(const char *path, char *target_r, size_t size);

#endif
