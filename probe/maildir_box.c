/*
 * Which directories belong to a Maildir, and what happens to them.  Any of them
 * may come, go, or be another one by now, and the Maildir itself as well, so the
 * ones above are watched, too; by path: whatever has the name is looked at behind
 * that, and what had it tells when it is moved or removed.
 */
#include <sys/inotify.h>
#include <sys/vfs.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/util/error.h"
#include "probe/maildir_box.h"
#include "probe/outcome.h"

#define SELF (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)
/* Of mail: a file that was linked or moved there is complete, one that was made
   there is when it is closed. */
#define ARRIVALS (IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE)
/* Of a directory with directories. */
#define CHANGES (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)

static const char *const names[] = { "new", "cur" };

static bool
is_flat(const struct box *box)
{
	return (box->place->delivery->flat && !box->spam);
}

void
box_look_at(struct box *box, int64_t time)
{
	box->changed = true;
	if (time < box->due)
		box->due = time;
}

/* What fails is tried again soon, and so is a look where nothing tells. */
int64_t
box_wait(const struct box *box)
{
	double wait = box->place->delivery->poll * 1000;

	return ((int64_t)(box->well && !box->blind ? 6 * wait : wait));
}

unsigned
box_directories(const struct box *box)
{
	return (is_flat(box) ? 1 : COUNT(names));
}

static void
path_of(const struct box *box, unsigned directory, char path_r[PATH_MAX])
{
	if (is_flat(box))
		(void)snprintf(path_r, PATH_MAX, "%s", box->path);
	else
		(void)snprintf(
		    path_r, PATH_MAX, "%s/%s", box->path, names[directory]);
}

static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (slash != NULL ? slash + 1 : path);
}

static void
parent_of(const struct box *box, char path_r[PATH_MAX])
{
	int len = (int)(last_name(box->path) - box->path);

	(void)snprintf(path_r, PATH_MAX, "%.*s", len > 0 ? len : 1,
	    len > 0 ? box->path : ".");
}

/* --- watches ------------------------------------------------------------- */

static bool
has_watch(const struct box *box, int watch)
{
	return (box->mail[0] == watch || box->mail[1] == watch ||
	    box->base == watch || box->parent == watch);
}

/* One directory may be watched for several boxes: a folder for spam is in the
   Maildir as a rule. */
static void
end_watch(const struct maildirs *all, int watch)
{
	for (size_t i = 0; i < all->count; i++)
		if (has_watch(&all->boxes[i], watch))
			return;
	(void)inotify_rm_watch(all->inotify, watch);
}

/* Returns false if that fails, and not because it is not there. */
static bool
set_watch(
    const struct maildirs *all, const char *path, uint32_t events, int *watch)
{
	int before = *watch;
	bool set;

	*watch = inotify_add_watch(all->inotify, path,
	    events | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_MASK_ADD);
	set = *watch != -1 || errno == ENOENT;
	if (before != -1 && before != *watch)
		end_watch(all, before);
	return (set);
}

/* Changes that are made elsewhere nobody tells of. */
static bool
is_remote(const char *path)
{
	static const unsigned long kinds[] = { NFS_SUPER_MAGIC,
		CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC, FUSE_SUPER_MAGIC,
		V9FS_MAGIC, CEPH_SUPER_MAGIC, OCFS2_SUPER_MAGIC,
		AFS_SUPER_MAGIC };
	struct statfs file_system;

	if (statfs(path, &file_system) == -1)
		return (false);
	for (size_t i = 0; i < COUNT(kinds); i++)
		if ((unsigned long)file_system.f_type == kinds[i])
			return (true);
	return (false);
}

static void
drop_watch(const struct maildirs *all, int *watch)
{
	int before = *watch;

	*watch = -1;
	if (before != -1)
		end_watch(all, before);
}

/* The directory above is watched only while there is nothing to be watched in
   it, since much may go on there. */
static void
watch_base(const struct maildirs *all, struct box *box)
{
	const uint32_t events = is_flat(box) ? 0 : CHANGES;
	char path[PATH_MAX];

	(void)set_watch(all, box->path, events, &box->base);
	if (box->base != -1) {
		drop_watch(all, &box->parent);
		return;
	}
	parent_of(box, path);
	(void)set_watch(all, path, CHANGES, &box->parent);
	(void)set_watch(all, box->path, events, &box->base);
}

void
box_watch(struct maildirs *all, struct box *box)
{
	char path[PATH_MAX];

	watch_base(all, box);
	box->blind = box->parent == -1 && box->base == -1;
	for (unsigned i = 0; i < box_directories(box); i++) {
		path_of(box, i, path);
		if (!set_watch(all, path,
			ARRIVALS | (is_flat(box) ? 0 : IN_DONT_FOLLOW),
			&box->mail[i]) ||
		    is_remote(path))
			box->blind = true;
	}
}

static bool
is_named(const struct inotify_event *event, const char *name)
{
	return (event->len > 0 && strcmp(event->name, name) == 0);
}

static bool
is_directory(const struct box *box, const struct inotify_event *event)
{
	return (!is_flat(box) &&
	    (is_named(event, names[0]) || is_named(event, names[1])));
}

/* A directory may be parent of one box and base of another, and new could be
   anything's parent: each is asked. */
enum box_event
box_event(const struct box *box, const struct inotify_event *event,
    unsigned *directory_r)
{
	if (!has_watch(box, event->wd))
		return (BOX_NOTHING);
	if ((event->mask & SELF) != 0)
		return (BOX_CHANGED);
	if ((event->wd == box->parent &&
		is_named(event, last_name(box->path))) ||
	    (event->wd == box->base && is_directory(box, event)))
		return (BOX_CHANGED);
	if ((event->mask & IN_ISDIR) != 0 || (event->mask & ARRIVALS) == 0 ||
	    event->len == 0)
		return (BOX_NOTHING);
	for (*directory_r = 0; *directory_r < COUNT(names); ++*directory_r)
		if (event->wd == box->mail[*directory_r])
			return (BOX_FILE);
	return (BOX_NOTHING);
}

/* --- opening ------------------------------------------------------------- */

int
box_open(struct box *box, unsigned directory)
{
	char path[PATH_MAX];
	int fd;

	path_of(box, directory, path);
	fd = open(path,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC |
		(is_flat(box) ? 0 : O_NOFOLLOW));
	if (fd == -1 && !(box->spam && errno == ENOENT))
		box_fault(box, directory, NULL);
	return (fd);
}

void
box_words(const struct box *box, unsigned directory, const char *name,
    const char *why, char words_r[BOX_WORDS])
{
	char path[PATH_MAX];
	const char *text;

	path_of(box, directory, path);
	text = error_text("%s%s%s: %s", path, name != NULL ? "/" : "",
	    name != NULL ? name : "", why);
	outcome_text(words_r, BOX_WORDS, text, strlen(text));
}

void
box_fault(struct box *box, unsigned directory, const char *name)
{
	if (*box->fault == '\0')
		box_words(box, directory, name, strerror(errno), box->fault);
}
