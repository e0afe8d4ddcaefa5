/*
 * The open files of one log, oldest first.  Several are read at a time,
 * because a writer goes on with a file that was renamed until it is told to
 * reopen; one is closed when it has been quiet for a while, or at its end if
 * nobody can write to it any more.
 */
#ifndef TAILER_CHAIN_H
#define TAILER_CHAIN_H

#include "tailer/logfile.h"
#include "tailer/source.h"

enum { CHAIN_MAX = 16, CHAIN_PLACES = 8 };

struct link {
	struct logfile *file;
	int watch;     /* inotify's, or -1 */
	bool done;     /* nobody writes to it: a copy, or what was cut off */
	bool cut;      /* stands for what the file was before it was cut */
	bool verified; /* nothing is missing between it and the one before */
	bool stirred;  /* it had lines lately */
	bool ended;    /* it was read to its end */
	bool failing;  /* it could not be read */
};

struct chain {
	struct source source; /* first */
	struct link link[CHAIN_MAX];
	int count;
	int turn; /* file that is read now */
	int64_t quiet_since;
	struct position last; /* what was closed last */
	bool has_last;
	struct position places[CHAIN_PLACES]; /* in files not open yet */
	int known;                            /* how many */
	bool blind;                           /* not all can be watched */
	bool more; /* there is more to open than could be */
	int inotify_fd;
	int fault; /* errno: why a file can't be opened or read; 0: none */
	int64_t retry;
};

/* Say, once, why `path` can't be read, or with 0 that all can be. */
void chain_fault(struct chain *chain, int error, const char *path);

/* Put `file` before the link `at`, or behind all if that is their count.
   There must be room. */
struct link *chain_insert(struct chain *chain, int at, struct logfile *file);

/* Close a file that is replaced, or all at the end. */
void chain_remove(struct chain *chain, int at);

/* Forget `count` of the places known, from `at` on. */
void chain_forget(struct chain *chain, int at, int count);

/* Close the oldest for good: what is left of it without a newline is lost. */
void chain_drop_oldest(struct chain *chain);

/* The newest link; there must be one. */
struct link *chain_newest(struct chain *chain);

bool chain_has(const struct chain *chain, dev_t device, ino_t inode);

/* Whether a file with these first bytes is a copy of one that is open. */
bool chain_begins(const struct chain *chain, struct slice head);

/* How many files may be read at a time, so that all places can be saved. */
int chain_breadth(const struct chain *chain);

/* Watch all files, or forget that they are watched. */
void chain_watch(struct chain *chain, int inotify_fd);
void chain_unwatch(struct chain *chain);

size_t chain_save(const struct chain *chain, char text_r[TEXT_MAX]);
uint64_t chain_backlog(const struct chain *chain);
time_t chain_oldest(const struct chain *chain, time_t now);

/* Close the oldest if it was quiet for long enough; returns when to ask
   again, 0 for not before something happens. */
int64_t chain_settle(struct chain *chain, int64_t now);

#endif
