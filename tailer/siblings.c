/*
 * Names of rotated logs, in the order in which they were last written.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/slice.h"
#include "tailer/siblings.h"

struct sibling {
	struct timespec written;
	char *path;
};

static bool
is_compressed(const char *name)
{
	static const char *const suffixes[] = { ".gz", ".bz2", ".xz", ".zst",
		".lz4" };
	size_t len = strlen(name);

	for (size_t i = 0; i < COUNT(suffixes); i++) {
		size_t suffix = strlen(suffixes[i]);

		if (len > suffix &&
		    strcmp(name + len - suffix, suffixes[i]) == 0)
			return (true);
	}
	return (false);
}

static int
by_age(const void *a, const void *b)
{
	const struct timespec *left = &((const struct sibling *)a)->written;
	const struct timespec *right = &((const struct sibling *)b)->written;

	if (left->tv_sec != right->tv_sec)
		return (left->tv_sec < right->tv_sec ? -1 : 1);
	return ((left->tv_nsec > right->tv_nsec) -
	    (left->tv_nsec < right->tv_nsec));
}

/* Add `dir`/`name` to the list if it is a plain file. */
static bool
add(struct sibling **list, int *count, const char *dir, const char *name)
{
	struct sibling *grown, *sibling;
	char path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
		(int)sizeof(path) ||
	    lstat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return (true);
	grown = reallocarray(*list, (size_t)*count + 2, sizeof(**list));
	if (grown == NULL)
		return (false);
	*list = grown;
	sibling = &grown[*count];
	sibling->written = st.st_mtim;
	sibling->path = strdup(path);
	if (sibling->path == NULL)
		return (false);
	(*count)++;
	return (true);
}

static bool
is_sibling(const char *name, const char *base)
{
	size_t len = strlen(base);

	return (strncmp(name, base, len) == 0 &&
	    (name[len] == '.' || name[len] == '-') && !is_compressed(name));
}

int
siblings_list(const char *path, char ***paths_r)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	struct sibling *list = NULL;
	struct dirent *entry;
	char dir[PATH_MAX] = ".", **paths;
	int count = 0;
	bool ok = true;
	DIR *stream;

	if (slash != NULL)
		(void)snprintf(dir, sizeof(dir), "%.*s",
		    slash == path ? 1 : (int)(slash - path), path);
	stream = opendir(dir);
	if (stream == NULL)
		return (-1);
	while (ok && (entry = readdir(stream)) != NULL)
		if (is_sibling(entry->d_name, base))
			ok = add(&list, &count, dir, entry->d_name);
	closedir(stream);
	if (count > 1)
		qsort(list, (size_t)count, sizeof(*list), by_age);
	paths = calloc((size_t)count + 1, sizeof(*paths));
	for (int i = 0; i < count; i++) {
		if (paths != NULL)
			paths[i] = list[i].path;
		else
			free(list[i].path);
	}
	free(list);
	if (paths == NULL || !ok || (paths[count] = strdup(path)) == NULL) {
		siblings_free(paths, paths ? count : 0);
		errno = ENOMEM;
		return (-1);
	}
	*paths_r = paths;
	return (count + 1);
}

void
siblings_free(char **paths, int count)
{
	for (int i = 0; i < count; i++)
		free(paths[i]);
	free(paths);
}
