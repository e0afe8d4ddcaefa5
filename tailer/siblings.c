/*
 * Rotated logs, in the order in which they were written.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/slice.h"
#include "tailer/sibling_name.h"
#include "tailer/siblings.h"

enum {
	LINKS_MAX = 16, /* symbolic links behind each other */
	TRIES = 50      /* to see the directory twice the same */
};

/* --- names ------------------------------------------------------------ */

/* The directory of `path`, and the name in it. */
static const char *
split(const char *path, char dir_r[PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL) {
		(void)snprintf(dir_r, PATH_MAX, ".");
		return (path);
	}
	(void)snprintf(dir_r, PATH_MAX, "%.*s",
	    slash == path ? 1 : (int)(slash - path), path);
	return (slash + 1);
}

int
siblings_target(const char *path, char *target_r, size_t size)
{
	char link[PATH_MAX], dir[PATH_MAX], next[PATH_MAX];
	int len = snprintf(target_r, size, "%s", path);

	for (int i = 0; i < LINKS_MAX; i++) {
		ssize_t got = readlink(target_r, link, sizeof(link) - 1);

		if (got == -1) /* 0: no link, or nothing at all */
			return (errno == EINVAL || errno == ENOENT ? 0 : -1);
		link[got] = '\0';
		(void)split(target_r, dir);
		len = link[0] == '/' ?
		    snprintf(next, sizeof(next), "%s", link) :
		    snprintf(next, sizeof(next), "%s/%s", dir, link);
		if (len >= (int)sizeof(next) || len >= (int)size)
			break;
		memcpy(target_r, next, (size_t)len + 1);
	}
	errno = ELOOP;
	return (-1);
}

/* --- the list --------------------------------------------------------- */

static int
add(struct siblings *siblings, const char *path, struct sibling sibling)
{
	struct sibling *grown;
	struct stat st;

	/* One that has gone since is no fault. */
	if ((sibling.name == SIBLING_LOG ? stat(path, &st) :
					   lstat(path, &st)) == -1)
		return (errno == ENOENT ? 0 : -1);
	if (!S_ISREG(st.st_mode))
		return (0);
	grown = reallocarray(siblings->list, (size_t)siblings->count + 1,
	    sizeof(*siblings->list));
	if (grown == NULL)
		return (-1);
	siblings->list = grown;
	sibling.device = st.st_dev;
	sibling.inode = st.st_ino;
	sibling.size = st.st_size;
	sibling.written = st.st_mtim;
	sibling.path = strdup(path);
	if (sibling.path == NULL)
		return (-1);
	grown[siblings->count++] = sibling;
	return (0);
}

static int
add_beside(struct siblings *siblings, const char *log)
{
	char dir[PATH_MAX], path[PATH_MAX];
	struct slice base = slice_of(split(log, dir));
	DIR *stream = opendir(dir);
	struct dirent *entry;
	int error = 0;

	if (stream == NULL)
		return (-1);
	while (error == 0) {
		struct sibling sibling = { .path = NULL };

		errno = 0;
		entry = readdir(stream);
		if (entry == NULL) {
			error = errno;
			break;
		}
		if (sibling_name(slice_of(entry->d_name), base, &sibling) &&
		    snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) <
			(int)sizeof(path) &&
		    add(siblings, path, sibling) == -1)
			error = errno;
	}
	closedir(stream);
	errno = error;
	return (error == 0 ? 0 : -1);
}

/* --- order ------------------------------------------------------------ */

static int
by_time(const struct sibling *a, const struct sibling *b)
{
	if (a->written.tv_sec != b->written.tv_sec)
		return (a->written.tv_sec < b->written.tv_sec ? -1 : 1);
	return ((a->written.tv_nsec > b->written.tv_nsec) -
	    (a->written.tv_nsec < b->written.tv_nsec));
}

/* By kind, and by age in each; the path makes it the same in each run. */
static int
by_name(const void *left, const void *right)
{
	const struct sibling *a = left, *b = right;
	int order = (a->name > b->name) - (a->name < b->name);

	if (order == 0)
		order = sibling_name_compare(a, b);
	if (order == 0)
		order = by_time(a, b);
	return (order == 0 ? strcmp(a->path, b->path) : order);
}

/* Merge the kinds, each in its order, by time. */
static void
merge(const struct siblings *siblings, struct sibling *merged_r)
{
	int at[SIBLING_LOG], end[SIBLING_LOG], from = 0;

	for (int kind = 0; kind < SIBLING_LOG; kind++) {
		at[kind] = from;
		while (from < siblings->count &&
		    siblings->list[from].name == (enum sibling_name)kind)
			from++;
		end[kind] = from;
	}
	for (int i = 0; i < from; i++) {
		int oldest = -1;

		for (int kind = 0; kind < SIBLING_LOG; kind++)
			if (at[kind] < end[kind] &&
			    (oldest == -1 ||
				by_time(&siblings->list[at[kind]],
				    &siblings->list[at[oldest]]) < 0))
				oldest = kind;
		merged_r[i] = siblings->list[at[oldest]++];
	}
}

/* Whether `packed` is being made from, or was made from, `plain`. */
static bool
is_packed_from(const struct sibling *packed, const struct sibling *plain)
{
	size_t len = strlen(plain->path);

	return (packed->packing != PACKED_NOT && plain->packing == PACKED_NOT &&
	    strncmp(packed->path, plain->path, len) == 0 &&
	    packed->path[len] == '.' &&
	    strchr(packed->path + len + 1, '.') == NULL);
}

/* The same file by another name; the log's own goes before. */
static bool
is_same_file(const struct siblings *siblings, int i, int k)
{
	const struct sibling *a = &siblings->list[i], *b = &siblings->list[k];

	return (a->device == b->device && a->inode == b->inode &&
	    (b->name == SIBLING_LOG || (a->name != SIBLING_LOG && k < i)));
}

static void
drop_doubles(struct siblings *siblings)
{
	int kept = 0;

	for (int i = 0; i < siblings->count; i++) {
		bool twice = false;

		for (int k = 0; k < siblings->count && !twice; k++)
			twice = k != i && siblings->list[k].path != NULL &&
			    (is_same_file(siblings, i, k) ||
				is_packed_from(
				    &siblings->list[i], &siblings->list[k]));
		if (!twice)
			continue;
		free(siblings->list[i].path);
		siblings->list[i].path = NULL;
	}
	for (int i = 0; i < siblings->count; i++)
		if (siblings->list[i].path != NULL)
			siblings->list[kept++] = siblings->list[i];
	siblings->count = kept;
}

static int
sort(struct siblings *siblings)
{
	struct sibling *merged;

	drop_doubles(siblings);
	if (siblings->count < 2)
		return (0);
	merged = reallocarray(NULL, (size_t)siblings->count, sizeof(*merged));
	if (merged == NULL)
		return (-1);
	qsort(siblings->list, (size_t)siblings->count, sizeof(*siblings->list),
	    by_name);
	/* the log itself stays last */
	merged[siblings->count - 1] = siblings->list[siblings->count - 1];
	merge(siblings, merged);
	free(siblings->list);
	siblings->list = merged;
	return (0);
}

static int
list_now(const char *path, struct siblings *siblings_r)
{
	char target[PATH_MAX];
	int rc;

	*siblings_r = (struct siblings){ NULL, 0 };
	rc = siblings_target(path, target, sizeof(target));
	if (rc == 0)
		rc = add_beside(siblings_r, target);
	if (rc == 0 && strcmp(target, path) != 0)
		rc = add_beside(siblings_r, path);
	if (rc == 0)
		rc = add(
		    siblings_r, path, (struct sibling){ .name = SIBLING_LOG });
	if (rc == 0)
		rc = sort(siblings_r);
	if (rc == -1) {
		int error = errno;

		siblings_free(siblings_r);
		errno = error;
	}
	return (rc);
}

bool
siblings_same(const struct siblings *a, const struct siblings *b)
{
	if (a->count != b->count)
		return (false);
	for (int i = 0; i < a->count; i++)
		if (a->list[i].device != b->list[i].device ||
		    a->list[i].inode != b->list[i].inode ||
		    strcmp(a->list[i].path, b->list[i].path) != 0)
			return (false);
	return (true);
}

int
siblings_list(const char *path, struct siblings *siblings_r)
{
	struct siblings before;

	if (list_now(path, siblings_r) == -1)
		return (-1);
	for (int i = 0; i < TRIES; i++) {
		bool settled;

		before = *siblings_r;
		if (list_now(path, siblings_r) == -1) {
			siblings_free(&before);
			return (-1);
		}
		settled = siblings_same(&before, siblings_r);
		siblings_free(&before);
		if (settled)
			break;
	}
	return (0);
}

void
siblings_free(struct siblings *siblings)
{
	for (int i = 0; i < siblings->count; i++)
		free(siblings->list[i].path);
	free(siblings->list);
	*siblings = (struct siblings){ NULL, 0 };
}
