/*
 * Notice of changes to the store, by inotify on the state directory.
 */
#ifndef AGENTX_WATCH_H
#define AGENTX_WATCH_H

#include <stdbool.h>

struct watch {
	const char *directory;
	const char *name; /* of the file to watch */
	int fd;           /* -1: no inotify to be had */
	bool set;
};

/* Never fails: without a watch the caller's own checks, every few seconds,
   have to do. */
void watch_open(struct watch *watch, const char *directory, const char *name);
void watch_close(struct watch *watch);

/* Set the watch if it is not; the directory may have come only now. */
void watch_renew(struct watch *watch);

/* Take what has come in; true if the file may have changed. */
bool watch_read(struct watch *watch);

#endif
