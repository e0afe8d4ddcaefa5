/*
 * inotify on the state directory.
 */
#include <sys/inotify.h>

#include <string.h>
#include <unistd.h>

#include "agentx/watch.h"

/* The tailer renames the store into place; the rest is what else may happen
   to a file.  A directory that goes ends the watch by itself. */
#define CHANGES \
	(IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | \
	    IN_ATTRIB | IN_MOVE_SELF | IN_ONLYDIR)

static void
set_watch(struct watch *watch)
{
	if (watch->fd != -1 && !watch->set)
		watch->set = inotify_add_watch(
				 watch->fd, watch->directory, CHANGES) != -1;
}

void
watch_open(struct watch *watch, const char *directory, const char *name)
{
	*watch = (struct watch){ .directory = directory, .name = name };
	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	set_watch(watch);
}

void
watch_close(struct watch *watch)
{
	if (watch->fd != -1)
		close(watch->fd);
	watch->fd = -1;
}

/* One event; true if it means that the store is to be looked at. */
static bool
is_change(struct watch *watch, const struct inotify_event *event)
{
	if (event->mask & IN_MOVE_SELF)
		(void)inotify_rm_watch(watch->fd, event->wd);
	if (event->mask & (IN_IGNORED | IN_MOVE_SELF))
		watch->set = false;
	if (event->mask & (IN_IGNORED | IN_MOVE_SELF | IN_Q_OVERFLOW))
		return (true);
	return (event->len > 0 && strcmp(event->name, watch->name) == 0);
}

/* Take what has come in; true if the file may have changed. */
static bool
read_events(struct watch *watch)
{
	_Alignas(struct inotify_event) char events[4096];
	bool changed = false;
	ssize_t got;

	while ((got = read(watch->fd, events, sizeof(events))) > 0) {
		for (ssize_t at = 0; at < got;) {
			const struct inotify_event *event =
			    (const void *)(events + at);

			changed |= is_change(watch, event);
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	}
	return (changed);
}

bool
watch_due(struct watch *watch, bool readable)
{
	struct timespec now;
	bool changed = readable && read_events(watch);

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (!changed && now.tv_sec < watch->due)
		return (false);
	watch->due = now.tv_sec + WATCH_SECONDS;
	set_watch(watch);
	return (true);
}
