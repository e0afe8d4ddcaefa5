/*
 * inotify on the state directory.
 */
#include <sys/inotify.h>

#include <string.h>
#include <unistd.h>

#include "agentx/watch.h"
#include "lib/stats/join.h"
#include "lib/util/clock.h"

/* The tailer renames the store into place, and its end closes the lock file,
   after the lock was given up; the rest is what else may happen to a file.  That
   we open and close them to read is none of these.  A directory that goes ends
   the watch by itself. */
#define CHANGES \
	(IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | \
	    IN_ATTRIB | IN_MOVE_SELF | IN_ONLYDIR)

static time_t
steady_now(void)
{
	return (clock_milliseconds() / 1000);
}

/* Also if it is set: nothing changes then, unless another directory has the
   name by now. */
static void
set_watch(struct watch *watch)
{
	int before = watch->watched;

	if (watch->fd == -1)
		return;
	watch->watched = inotify_add_watch(
	    watch->fd, watch->directory, CHANGES);
	if (before != -1 && before != watch->watched)
		(void)inotify_rm_watch(watch->fd, before);
}

void
watch_open(struct watch *watch, const char *directory)
{
	*watch = (struct watch){ .directory = directory, .watched = -1 };
	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

void
watch_close(struct watch *watch)
{
	if (watch->fd != -1)
		close(watch->fd);
	watch->fd = -1;
}

static bool
is_of(const char *name, const struct store_file *file)
{
	return (strcmp(name, file->name) == 0 || strcmp(name, file->lock) == 0);
}

/* One event; true if it means that there is something to look at. */
static bool
is_change(const struct inotify_event *event)
{
	if (event->mask & (IN_IGNORED | IN_MOVE_SELF | IN_Q_OVERFLOW))
		return (true);
	for (unsigned i = 0; event->len > 0 && i < JOINED_COUNT; i++)
		if (is_of(event->name, &joined_files[i]))
			return (true);
	return (false);
}

/* Take what has come in; true if the file may have changed. */
static bool
read_events(const struct watch *watch)
{
	_Alignas(struct inotify_event) char events[4096];
	bool changed = false;
	ssize_t got;

	while ((got = read(watch->fd, events, sizeof(events))) > 0) {
		for (ssize_t at = 0; at < got;) {
			const struct inotify_event *event =
			    (const void *)(events + at);

			changed |= is_change(event);
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	}
	return (changed);
}

unsigned
watch_seconds(const struct watch *watch)
{
	time_t now = steady_now();

	return (watch->wake > now ? (unsigned)(watch->wake - now) : 0);
}

bool
watch_due(struct watch *watch, bool readable)
{
	bool changed = readable && read_events(watch);
	time_t now = steady_now();

	if (!changed && now < watch->due && now < watch->wake)
		return (false);
	set_watch(watch);
	watch->due = now + WATCH_SECONDS;
	watch->wake = watch->watched == -1 ? watch->due : now + WATCH_LONGEST;
	return (true);
}

void
watch_again(struct watch *watch, uint64_t seconds)
{
	time_t now = steady_now();

	if (seconds < WATCH_LONGEST && now + (time_t)seconds < watch->wake)
		watch->wake = now + (time_t)seconds;
}
