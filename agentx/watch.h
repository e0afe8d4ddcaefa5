/*
 * Notice of changes to the store, by inotify on the state directory.
 */
#ifndef AGENTX_WATCH_H
#define AGENTX_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum {
	WATCH_SECONDS = 3,    /* between two looks, if there is no notice */
	WATCH_LONGEST = 86400 /* to wait for one */
};

struct watch {
	const char *directory;
	int fd;      /* -1: no inotify to be had */
	int watched; /* -1: the directory can't be watched */
	/* By the clock that never goes back. */
	time_t due;  /* a look, if we are awake */
	time_t wake; /* for one */
};

/* Never fails: without a watch the looks every WATCH_SECONDS have to do.  The
   first look is due at once. */
void watch_open(struct watch *watch, const char *directory);
void watch_close(struct watch *watch);

/* For how many seconds to wait for the descriptor, at most. */
unsigned watch_seconds(const struct watch *watch);

/* Whether to look at store and lock: if `readable`, when something may have
   happened to them; when that time is over; and after WATCH_SECONDS whatever
   it was that woke us, since not all that can befall a directory gives notice.
   Sets the watch; the directory may be another one now. */
bool watch_due(struct watch *watch, bool readable);

/* Have a look in `seconds`, if there is none before. */
void watch_again(struct watch *watch, uint64_t seconds);

#endif
