/*
 * Notice of changes to the store, by inotify on the state directory.
 */
#ifndef AGENTX_WATCH_H
#define AGENTX_WATCH_H

#include <stdbool.h>
#include <time.h>

enum { WATCH_SECONDS = 3 }; /* a tailer's end gives no notice */

struct watch {
	const char *directory;
	const char *name; /* of the file to watch */
	int fd;           /* -1: no inotify to be had */
	bool set;
	time_t due; /* by the clock that never goes back */
};

/* Never fails: without a watch the looks every WATCH_SECONDS have to do. */
void watch_open(struct watch *watch, const char *directory, const char *name);
void watch_close(struct watch *watch);

/* Whether the file is to be looked at: if `readable`, when something may have
   happened to it, and every WATCH_SECONDS anyway.  Sets the watch if it is
   not; the directory may have come only now. */
bool watch_due(struct watch *watch, bool readable);

#endif
