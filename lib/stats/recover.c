/*
 * How the writer finds its state again after damage.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/stats/store.h"
#include "lib/util/error.h"

enum { CORRUPT_KEPT = 3 };

#define CORRUPT_SUFFIX ".corrupt."

static char corrupt_prefix[NAME_MAX];

static int
is_corrupt(const struct dirent *entry)
{
	return (strncmp(entry->d_name, corrupt_prefix,
		    strlen(corrupt_prefix)) == 0);
}

/* Remove all but the newest of the files that were moved aside. */
static void
drop_old(const char *dir)
{
	struct dirent **entries;
	int count = scandir(dir, &entries, is_corrupt, alphasort);
	char path[PATH_MAX];

	for (int i = 0; i < count; i++) {
		if (i < count - CORRUPT_KEPT &&
		    snprintf(path, sizeof(path), "%s/%s", dir,
			entries[i]->d_name) < (int)sizeof(path))
			(void)unlink(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* Returns the path that the damaged file has now, or NULL if it could not be
   moved. */
static const char *
move_aside(const char *dir, const char *name, const char *path)
{
	static char aside[PATH_MAX];

	(void)snprintf(corrupt_prefix, sizeof(corrupt_prefix), "%s%s", name,
	    CORRUPT_SUFFIX);
	if (snprintf(aside, sizeof(aside), "%s/%s%lld", dir, corrupt_prefix,
		(long long)time(NULL)) >= (int)sizeof(aside) ||
	    rename(path, aside) == -1)
		return (NULL);
	drop_old(dir);
	return (aside);
}

enum store_result
store_recover(const char *dir, const char *name, struct snapshot **snapshot_r,
    const char **notice_r, const char **error_r)
{
	static char notice[2 * PATH_MAX];
	char path[PATH_MAX - 2], previous[PATH_MAX];
	const char *error = NULL, *aside = NULL;
	enum store_result result, before;

	*notice_r = NULL;
	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path)) {
		*error_r = error_text("%s/%s: name too long", dir, name);
		return (STORE_UNREADABLE);
	}
	(void)snprintf(previous, sizeof(previous), "%s.1", path);
	result = store_read(path, snapshot_r, &error);
	if (result == STORE_OK || result == STORE_UNREADABLE) {
		*error_r = error;
		return (result);
	}
	if (result == STORE_DAMAGED &&
	    (aside = move_aside(dir, name, path)) == NULL) {
		*error_r = error_text(
		    "%s; cannot move it aside: %s", error, strerror(errno));
		return (STORE_UNREADABLE);
	}
	(void)snprintf(notice, sizeof(notice), "%s%s%s", error,
	    aside ? "; moved to " : "", aside ? aside : "");
	before = store_read(previous, snapshot_r, &error);
	if (before == STORE_UNREADABLE) {
		*error_r = error;
		return (before);
	}
	if (result == STORE_MISSING && before == STORE_MISSING)
		return (STORE_MISSING);
	(void)snprintf(notice + strlen(notice), sizeof(notice) - strlen(notice),
	    before == STORE_OK ? "; going on from the generation before it" :
				 "; counting begins at zero (%s)",
	    error);
	*notice_r = notice;
	return (before == STORE_OK ? STORE_OK : STORE_MISSING);
}
