/*
 * Where log lines come from.  Each kind of source lends every line once and
 * can say where it stands, so that counters and position are published
 * together.
 */
#ifndef TAILER_SOURCE_H
#define TAILER_SOURCE_H

#include <time.h>

#include "lib/stats/counters.h"
#include "lib/util/slice.h"

enum { SOURCE_PATH_MAX = 240 };

enum source_result {
	SOURCE_LINES = 1,
	SOURCE_END = 0,       /* nothing for now */
	SOURCE_OVERLONG = 2,  /* a line was skipped */
	SOURCE_ENTRY = 3,     /* a text; its tag is the source's `tag` */
	SOURCE_FOREIGN = 4,   /* an entry that is not Postfix's was skipped */
	SOURCE_MALFORMED = 5, /* a damaged one was skipped */
	SOURCE_INCOMPLETE = 6 /* the rest of a line will never come */
};

/* What SOURCE_END meant. */
enum source_state {
	SOURCE_FOLLOWS, /* the end of what there is now */
	SOURCE_BUSY,    /* there is more, which cannot be read yet */
	SOURCE_ENDED    /* there will never be more */
};

/* Where a source without a saved position begins. */
enum source_from {
	FROM_START,
	FROM_END,
	FROM_OLDEST /* of the files that a log was rotated to */
};

struct source;

/* What every kind of source can do; those that a kind has no use for may be
   NULL, but for start, next, save and free. */
struct source_ops {
	/*
	 * Find the place to begin at: where `saved` (from save; empty if
	 * there is none) says, else at `from`.  With `wait` a log that is not
	 * there yet is no fault.  Returns 0, or -1 and *error_r.
	 */
	int (*start)(struct source *source, struct slice saved,
	    enum source_from from, bool wait, const char **error_r);

	/* The next lines, each with its newline, or one entry's text; valid
	   until the next call. */
	enum source_result (*next)(struct source *source, struct slice *text_r);

	/* The position as text for the store: behind all lines lent before
	   the last call of next, and that one.  Returns its length. */
	size_t (*save)(const struct source *source, char text_r[TEXT_MAX]);

	void (*free)(struct source *source);

	/* Have `inotify_fd` become readable when there is something to do.
	   Returns 0, or -1 and *error_r. */
	int (*watch)(
	    struct source *source, int inotify_fd, const char **error_r);

	/* Before that descriptor is closed. */
	void (*unwatch)(struct source *source);

	/* Look for what happened to the log; called after an event. */
	void (*check)(struct source *source);

	/* Let go of what has been quiet for long enough at `now` (monotonic,
	   milliseconds).  Returns the time to call again at, 0 if there is no
	   need. */
	int64_t (*settle)(struct source *source, int64_t now);

	/* Bytes that wait to be read. */
	uint64_t (*backlog)(const struct source *source);

	/* When the first of these was written, by its own stamp, seen from
	   `now`; 0 if that can't be told. */
	time_t (*oldest)(const struct source *source, time_t now);

	/* When the entry read last was written; 0 if that is not known.  For
	   entries: lines have stamps of their own. */
	time_t (*newest)(const struct source *source);

	/* Something to be polled for input, as long as it is open: it may be
	   another one each time, or -1. */
	int (*descriptor)(const struct source *source);

	/* NULL stands for SOURCE_FOLLOWS. */
	enum source_state (*state)(const struct source *source);
};

/* The part that all kinds begin with. */
struct source {
	const struct source_ops *ops;
	const char *name;          /* a path; must stay valid */
	struct slice instance;     /* stands for the tags'; may be empty */
	bool by_host;              /* if it is, that is each entry's host */
	struct counters *counters; /* for rotations and gaps */
	bool unreadable;           /* it can't be opened or read now */
	bool changed;              /* to be published, lines or not */
	struct slice tag;          /* of the last SOURCE_ENTRY */
};

/* Count that lines may be missing from here on. */
void source_gap(struct source *source);

/* A log that is followed by name through its rotations (source_file.c).
   Returns NULL if there is no memory. */
struct source *source_file_new(
    const char *path, struct slice instance, struct counters *counters);

/* The system's journal or, if `directory` is not NULL, the journal files there
   (source_journal.c).  Named "journal" or "journal:DIRECTORY". */
struct source *source_journal_new(
    const char *directory, struct counters *counters);

/* Standard input (source_stdin.c): there is only one, whose buffer outlives
   the source. */
struct source *source_stdin_new(void);

#endif
