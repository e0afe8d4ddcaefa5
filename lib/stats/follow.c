/*
 * Telling one published file from the next, and reading it once.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/stats/follow.h"
#include "lib/stats/store.h"
#include "lib/stats/whm_rows.h"
#include "lib/util/daemon.h"

void
follow_begin(
    struct follow *follow, const char *directory, const struct store_file *file)
{
	*follow = (struct follow){ .snapshot = NULL };
	(void)snprintf(
	    follow->path, sizeof(follow->path), "%s/%s", directory, file->name);
	(void)snprintf(
	    follow->lock, sizeof(follow->lock), "%s/%s", directory, file->lock);
}

void
follow_end(struct follow *follow)
{
	snapshot_free(follow->snapshot);
	follow->snapshot = NULL;
}

/* ctime shows a change of mode, too. */
static bool
is_same_file(const struct stat *a, const struct stat *b)
{
	return (a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec);
}

/* Read the store, unless it is the file that is being served already. */
static enum store_state
read_fresh(struct follow *follow, bool *fresh_r, const char **error_r)
{
	struct snapshot *fresh;
	struct stat st;

	memset(&st, 0, sizeof(st));
	if (stat(follow->path, &st) == 0) {
		if (follow->snapshot != NULL &&
		    is_same_file(&st, &follow->served))
			return (STATE_OK);
		if (is_same_file(&st, &follow->refused)) {
			*error_r = "the store is damaged as before";
			return (STATE_DAMAGED);
		}
	}
	switch (store_read(follow->path, &fresh, error_r)) {
	case STORE_OK:
		break;
	case STORE_MISSING:
		return (STATE_MISSING);
	case STORE_DAMAGED:
		follow->refused = st;
		return (STATE_DAMAGED);
	default:
		return (STATE_UNREADABLE);
	}
	snapshot_free(follow->snapshot);
	follow->snapshot = fresh;
	follow->expires = 0;
	/* If the file is a newer one than that, it is read twice. */
	follow->served = st;
	*fresh_r = true;
	return (STATE_OK);
}

enum store_state
follow_look(struct follow *follow, bool *fresh_r, const char **error_r)
{
	enum store_state state = read_fresh(follow, fresh_r, error_r);
	uint64_t now = (uint64_t)time(NULL);

	if (follow->snapshot != NULL && now >= follow->expires)
		follow->expires = whm_expire(follow->snapshot, now, fresh_r);
	return (state == STATE_OK && !daemon_lock_held(follow->lock) ?
		STATE_STALE :
		state);
}
