/*
 * A Maildir that is watched: a place's own, or its folder for spam.
 */
#ifndef PROBE_MAILDIR_BOX_H
#define PROBE_MAILDIR_BOX_H

#include <dirent.h>
#include <limits.h>

#include "lib/util/hash.h"
#include "probe/maildir_told.h"
#include "probe/watcher.h"

struct seen;

enum { BOX_WORDS = sizeof(((struct report *)NULL)->words) };

/* What is common to all boxes of a process. */
struct maildirs {
	int socket, inotify; /* the latter -1: nothing tells */
	const struct secret_key *key;
	struct hash_pair seen_key;
	struct seen *seen; /* files that need not be opened again */
	struct maildir_told told;
	struct box *boxes;
	size_t count, next; /* whose turn it is */
	unsigned looks;     /* under way */
};

/* A directory with mail, and the watches of it. */
struct box {
	const struct place *place;
	const char *path;
	bool spam;

	/* Watch descriptors, -1: none.  Of the directories with mail; of the
	   one they are in; of the one that is in. */
	int mail[2], base, parent;
	bool blind; /* nothing tells of new mail */

	/* The look under way. */
	DIR *open;          /* NULL: there is none */
	unsigned directory; /* which of the two is read */
	uint64_t oldest;    /* what was written before is not opened */
	int64_t began;      /* clock_milliseconds(), as all times here */

	int64_t due;  /* when the next look begins */
	bool changed; /* look again behind the look under way */
	bool missing; /* not all directories were there */
	bool looked;  /* it was looked at once */
	bool well;    /* and nothing was wrong at the last look */
	char fault
	    [BOX_WORDS]; /* of the look under way, or the last; empty: none */
	char told[BOX_WORDS]; /* that the daemon was told of last */
	bool keeps;           /* removing mail has failed */
};

/* Look at it at that time, or before if it is due; at a look under way: behind
   it. */
void box_look_at(struct box *box, int64_t time);
/* Milliseconds from the end of a look to the next one. */
int64_t box_wait(const struct box *box);

/* How many directories with mail it has: new and cur, or but itself. */
unsigned box_directories(const struct box *box);

/* Watch, or watch anew, since another may have its name by now. */
void box_watch(struct maildirs *all, struct box *box);

/* Open a directory with mail.  Returns its descriptor; -1, and errno or the
   box's fault tell why; no folder for spam is no fault. */
int box_open(struct box *box, unsigned directory);

/* What an event is of, as far as the box is concerned. */
enum box_event { BOX_NOTHING, BOX_CHANGED, BOX_FILE };
struct inotify_event;
enum box_event box_event(const struct box *box,
    const struct inotify_event *event, unsigned *directory_r);

/* Take note of errno, if nothing was wrong before; `name` as in box_words(). */
void box_fault(struct box *box, unsigned directory, const char *name);

/* "/path/new/name: why", or of the directory, NULL; printable. */
void box_words(const struct box *box, unsigned directory, const char *name,
    const char *why, char words_r[BOX_WORDS]);

#endif
