/*
 * Following a log by name.
 *
 * The open files form a chain, oldest first.  All but the last two are read
 * to their ends and closed.  The last but one was rotated away under our
 * eyes: its writer may go on with it until it is told to reopen, so both are
 * read until the older one has been quiet for a while.
 */
#include <sys/inotify.h>
#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/util/error.h"
#include "lib/util/log.h"
#include "tailer/logfile.h"
#include "tailer/position.h"
#include "tailer/siblings.h"
#include "tailer/source.h"

enum {
	CHAIN_MAX = 64,
	QUIET_MS = 5000,     /* of the older file, once the newer has lines */
	QUIET_MAX_MS = 60000 /* and if it has none */
};

struct link {
	struct logfile *file;
	int watch; /* inotify's, or -1 */
};

struct chain {
	struct source source; /* first */
	struct link link[CHAIN_MAX];
	int count;
	int turn;     /* file that is read now */
	bool stirred; /* the older file had lines lately */
	int64_t quiet_since;
	int inotify_fd;
	int open_errno; /* why the file can't be opened now */
};

static struct chain *
chain_of(struct source *source)
{
	return ((struct chain *)source);
}

static const struct chain *
const_chain_of(const struct source *source)
{
	return ((const struct chain *)source);
}

/* --- the chain -------------------------------------------------------- */

static void
watch_file(struct chain *chain, struct link *link)
{
	char name[64];

	if (chain->inotify_fd == -1 || link->watch != -1)
		return;
	(void)snprintf(
	    name, sizeof(name), "/proc/self/fd/%d", logfile_fd(link->file));
	link->watch = inotify_add_watch(chain->inotify_fd, name, IN_MODIFY);
}

static void
drop_oldest(struct chain *chain)
{
	struct link *oldest = &chain->link[0];

	if (oldest->watch != -1)
		(void)inotify_rm_watch(chain->inotify_fd, oldest->watch);
	logfile_close(oldest->file);
	chain->count--;
	memmove(chain->link, chain->link + 1,
	    (size_t)chain->count * sizeof(*oldest));
	chain->turn = 0;
}

static void
push(struct chain *chain, struct logfile *file)
{
	struct link *link;

	if (chain->count == CHAIN_MAX) {
		log_warnx("%s: rotated too often while unread, a file is "
			  "skipped",
		    chain->source.name);
		source_gap(&chain->source);
		drop_oldest(chain);
	}
	link = &chain->link[chain->count++];
	*link = (struct link){ file, -1 };
	watch_file(chain, link);
	chain->stirred = true;
}

static void
file_free(struct source *source)
{
	struct chain *chain = chain_of(source);

	while (chain->count > 0)
		drop_oldest(chain);
	free(chain);
}

/* --- where to begin --------------------------------------------------- */

/* Which of `paths`, from `first` on, is the file of `position`; -1 if none
   is.  One with the same inode number goes before one, a copy perhaps, that
   only reads the same. */
static int
locate(
    const struct position *position, char *const *paths, int first, int count)
{
	int copy = -1;

	for (int i = first; i < count; i++) {
		struct logfile *file = logfile_open(paths[i], 0);
		bool fits, same;

		if (file == NULL)
			continue;
		fits = position_fits(logfile_fd(file), position, &same);
		logfile_close(file);
		if (fits && same)
			return (i);
		if (fits && copy == -1)
			copy = i;
	}
	return (copy);
}

/* The end of the last whole line. */
static void
seek_end(struct logfile *file)
{
	off_t size = logfile_size(file);
	struct slice line;

	logfile_seek(
	    file, size > LOGFILE_LINE_MAX ? size - LOGFILE_LINE_MAX : 0);
	while (logfile_next(file, &line) > 0)
		continue;
}

static int
open_fresh(
    struct chain *chain, enum source_from from, bool wait, const char **error_r)
{
	struct logfile *file = logfile_open(chain->source.name, 0);

	chain->open_errno = file == NULL ? errno : 0;
	if (file == NULL && (errno != ENOENT || !wait)) {
		*error_r = error_text("cannot read log %s: %s",
		    chain->source.name, strerror(errno));
		return (-1);
	}
	if (file == NULL) {
		log_warnx("log %s: not there yet, waiting for it",
		    chain->source.name);
		return (0);
	}
	if (from == FROM_END)
		seek_end(file);
	push(chain, file);
	return (0);
}

/* Read on in the file of `position` and in all that came after it.  Returns
   false if none of `paths` is that file. */
static bool
resume(struct chain *chain, const struct position *position,
    const struct position *next, char *const *paths, int count)
{
	int at = locate(position, paths, 0, count), next_at = -1;

	if (at == -1)
		return (false);
	if (next != NULL)
		next_at = locate(next, paths, at + 1, count);
	for (int i = at; i < count; i++) {
		struct logfile *file = logfile_open(paths[i],
		    i == at          ? position->offset :
			i == next_at ? next->offset :
				       0);

		if (file == NULL)
			continue;
		push(chain, file);
		if (i != at && i != next_at)
			counters_add(
			    chain->source.counters, METRIC_TAILER_ROTATIONS, 1);
	}
	return (true);
}

static int
file_start(struct source *source, struct slice saved, enum source_from from,
    bool wait, const char **error_r)
{
	struct chain *chain = chain_of(source);
	struct position position[2];
	char **paths;
	int known = 0, count;
	bool found;

	while (known < 2 && position_parse(&saved, &position[known]))
		known++;
	if (known == 0)
		return (open_fresh(chain, from, wait, error_r));
	count = siblings_list(chain->source.name, &paths);
	if (count == -1) {
		*error_r = error_text("cannot look beside log %s: %s",
		    chain->source.name, strerror(errno));
		return (-1);
	}
	found = resume(chain, &position[0], known == 2 ? &position[1] : NULL,
	    paths, count);
	/* The older file was at its end before the newer one was begun. */
	if (!found && known == 2 && position[1].offset > 0)
		found = resume(chain, &position[1], NULL, paths, count);
	if (!found) {
		source_gap(&chain->source);
		log_warnx("log %s: the place where reading stopped is gone; "
			  "lines may be missing",
		    chain->source.name);
	}
	siblings_free(paths, count);
	return (found ? 0 : open_fresh(chain, FROM_START, wait, error_r));
}

/* --- following -------------------------------------------------------- */

static int
file_watch(struct source *source, int inotify_fd, const char **error_r)
{
	struct chain *chain = chain_of(source);
	const char *slash = strrchr(chain->source.name, '/');
	char dir[PATH_MAX] = ".";

	if (slash != NULL)
		(void)snprintf(dir, sizeof(dir), "%.*s",
		    slash == chain->source.name ?
			1 :
			(int)(slash - chain->source.name),
		    chain->source.name);
	if (inotify_add_watch(inotify_fd, dir,
		IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
		    IN_ATTRIB | IN_ONLYDIR | IN_MASK_ADD) == -1) {
		*error_r = error_text(
		    "cannot watch %s: %s", dir, strerror(errno));
		return (-1);
	}
	chain->inotify_fd = inotify_fd;
	for (int i = 0; i < chain->count; i++)
		watch_file(chain, &chain->link[i]);
	return (0);
}

static void
file_unwatch(struct source *source)
{
	struct chain *chain = chain_of(source);

	chain->inotify_fd = -1;
	for (int i = 0; i < chain->count; i++)
		chain->link[i].watch = -1;
}

static void
open_next(struct chain *chain)
{
	struct logfile *file = logfile_open(chain->source.name, 0);

	if (file == NULL) {
		if (errno != chain->open_errno && errno != ENOENT)
			log_warn("cannot read log %s", chain->source.name);
		chain->open_errno = errno;
		return;
	}
	if (chain->open_errno != 0)
		log_info("log %s: reading", chain->source.name);
	chain->open_errno = 0;
	if (chain->count > 0)
		counters_add(
		    chain->source.counters, METRIC_TAILER_ROTATIONS, 1);
	push(chain, file);
}

static void
file_check(struct source *source)
{
	struct chain *chain = chain_of(source);
	struct logfile *newest;
	struct stat named, ours;

	if (chain->count == 0) {
		open_next(chain);
		return;
	}
	newest = chain->link[chain->count - 1].file;
	if (fstat(logfile_fd(newest), &ours) == -1)
		return;
	if (ours.st_size < logfile_offset(newest)) {
		log_warnx("log %s was cut off; lines may be missing",
		    chain->source.name);
		source_gap(&chain->source);
		logfile_seek(newest, 0);
	}
	if (stat(chain->source.name, &named) == 0 &&
	    (named.st_dev != ours.st_dev || named.st_ino != ours.st_ino))
		open_next(chain);
}

static enum source_result
file_next(struct source *source, struct slice *line_r)
{
	struct chain *chain = chain_of(source);

	while (chain->turn < chain->count) {
		enum logfile_result result = logfile_next(
		    chain->link[chain->turn].file, line_r);

		if (result > 0) {
			if (chain->turn < chain->count - 1)
				chain->stirred = true;
			return ((enum source_result)result);
		}
		if (result == LOGFILE_ERROR)
			log_warn("cannot read log %s", chain->source.name);
		if (chain->turn + 2 < chain->count)
			drop_oldest(chain);
		else
			chain->turn++;
	}
	chain->turn = 0;
	return (SOURCE_END);
}

static int64_t
file_settle(struct source *source, int64_t now)
{
	struct chain *chain = chain_of(source);
	int64_t quiet;

	if (chain->count < 2)
		return (0);
	if (chain->stirred) {
		chain->stirred = false;
		chain->quiet_since = now;
	}
	quiet = logfile_offset(chain->link[chain->count - 1].file) > 0 ?
	    QUIET_MS :
	    QUIET_MAX_MS;
	if (now - chain->quiet_since < quiet)
		return (chain->quiet_since + quiet);
	drop_oldest(chain);
	return (0);
}

static uint64_t
file_backlog(const struct source *source)
{
	const struct chain *chain = const_chain_of(source);
	uint64_t backlog = 0;

	for (int i = 0; i < chain->count; i++) {
		const struct logfile *file = chain->link[i].file;
		off_t rest = logfile_size(file) - logfile_offset(file);

		if (rest > 0)
			backlog += (uint64_t)rest;
	}
	return (backlog);
}

static size_t
file_save(const struct source *source, char text_r[TEXT_MAX])
{
	const struct chain *chain = const_chain_of(source);
	size_t len = 0;

	for (int i = 0; i < chain->count && i < 2; i++) {
		const struct logfile *file = chain->link[i].file;
		char text[POSITION_TEXT_MAX];
		struct position position;
		size_t more;

		if (position_take(logfile_fd(file), logfile_offset(file),
			&position) == -1)
			continue;
		more = position_format(&position, text);
		memcpy(text_r + len, text, more);
		len += more;
	}
	return (len);
}

static const struct source_ops file_ops = {
	.start = file_start,
	.next = file_next,
	.save = file_save,
	.free = file_free,
	.watch = file_watch,
	.unwatch = file_unwatch,
	.check = file_check,
	.settle = file_settle,
	.backlog = file_backlog,
};

struct source *
source_file_new(
    const char *path, struct slice instance, struct counters *counters)
{
	struct chain *chain = calloc(1, sizeof(*chain));

	if (chain == NULL)
		return (NULL);
	chain->source = (struct source){ &file_ops, path, instance, counters };
	chain->inotify_fd = -1;
	return (&chain->source);
}
