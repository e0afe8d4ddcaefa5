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

struct source {
	const char *path;
	struct slice instance;
	struct counters *counters;
	struct link chain[CHAIN_MAX];
	int count;
	int turn;     /* file that is read now */
	bool stirred; /* the older file had lines lately */
	int64_t quiet_since;
	int inotify_fd;
	int open_errno; /* why the file can't be opened now */
};

struct source *
source_new(const char *path, struct slice instance, struct counters *counters)
{
	struct source *source = calloc(1, sizeof(*source));

	if (source == NULL)
		return (NULL);
	source->path = path;
	source->instance = instance;
	source->counters = counters;
	source->inotify_fd = -1;
	return (source);
}

/* --- the chain -------------------------------------------------------- */

static void
watch_file(struct source *source, struct link *link)
{
	char name[64];

	if (source->inotify_fd == -1 || link->watch != -1)
		return;
	(void)snprintf(
	    name, sizeof(name), "/proc/self/fd/%d", logfile_fd(link->file));
	link->watch = inotify_add_watch(source->inotify_fd, name, IN_MODIFY);
}

/* Lines may be missing from the counters from here on. */
static void
count_gap(struct source *source)
{
	counters_add(source->counters, METRIC_TAILER_GAPS, 1);
	counters_set(source->counters, METRIC_TAILER_DISCONTINUITY,
	    (uint64_t)time(NULL));
}

static void
drop_oldest(struct source *source)
{
	struct link *oldest = &source->chain[0];

	if (oldest->watch != -1)
		(void)inotify_rm_watch(source->inotify_fd, oldest->watch);
	logfile_close(oldest->file);
	source->count--;
	memmove(source->chain, source->chain + 1,
	    (size_t)source->count * sizeof(*oldest));
	source->turn = 0;
}

static void
push(struct source *source, struct logfile *file)
{
	struct link *link;

	if (source->count == CHAIN_MAX) {
		log_warnx("%s: rotated too often while unread, a file is "
			  "skipped",
		    source->path);
		count_gap(source);
		drop_oldest(source);
	}
	link = &source->chain[source->count++];
	*link = (struct link){ file, -1 };
	watch_file(source, link);
	source->stirred = true;
}

void
source_free(struct source *source)
{
	if (source == NULL)
		return;
	while (source->count > 0)
		drop_oldest(source);
	free(source);
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
open_fresh(struct source *source, enum source_from from, bool wait,
    const char **error_r)
{
	struct logfile *file = logfile_open(source->path, 0);

	source->open_errno = file == NULL ? errno : 0;
	if (file == NULL && (errno != ENOENT || !wait)) {
		*error_r = error_text(
		    "cannot read log %s: %s", source->path, strerror(errno));
		return (-1);
	}
	if (file == NULL) {
		log_warnx(
		    "log %s: not there yet, waiting for it", source->path);
		return (0);
	}
	if (from == FROM_END)
		seek_end(file);
	push(source, file);
	return (0);
}

/* Read on in the file of `position` and in all that came after it.  Returns
   false if none of `paths` is that file. */
static bool
resume(struct source *source, const struct position *position,
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
		push(source, file);
		if (i != at && i != next_at)
			counters_add(
			    source->counters, METRIC_TAILER_ROTATIONS, 1);
	}
	return (true);
}

/* The positions in `saved`; returns how many. */
static int
read_saved(
    struct slice saved, struct position position_r[2], struct slice *path_r)
{
	int count = 0;

	while (count < 2 && position_parse(&saved, &position_r[count]))
		count++;
	*path_r = saved;
	return (count);
}

int
source_start(struct source *source, struct slice saved, enum source_from from,
    bool wait, const char **error_r)
{
	struct position position[2];
	struct slice path;
	char **paths;
	int known = read_saved(saved, position, &path), count;
	bool found = false;

	if (known == 0)
		return (open_fresh(source, from, wait, error_r));
	count = siblings_list(source->path, &paths);
	if (count == -1) {
		*error_r = error_text("cannot look beside log %s: %s",
		    source->path, strerror(errno));
		return (-1);
	}
	found = resume(source, &position[0], known == 2 ? &position[1] : NULL,
	    paths, count);
	/* The older file was at its end before the newer one was begun. */
	if (!found && known == 2 && position[1].offset > 0)
		found = resume(source, &position[1], NULL, paths, count);
	if (!found) {
		count_gap(source);
		log_warnx("log %s: the place where reading stopped is gone; "
			  "lines may be missing",
		    source->path);
	}
	siblings_free(paths, count);
	return (found ? 0 : open_fresh(source, FROM_START, wait, error_r));
}

/* --- following -------------------------------------------------------- */

int
source_watch(struct source *source, int inotify_fd, const char **error_r)
{
	const char *slash = strrchr(source->path, '/');
	char dir[PATH_MAX] = ".";

	if (slash != NULL)
		(void)snprintf(dir, sizeof(dir), "%.*s",
		    slash == source->path ? 1 : (int)(slash - source->path),
		    source->path);
	if (inotify_add_watch(inotify_fd, dir,
		IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
		    IN_ATTRIB | IN_ONLYDIR | IN_MASK_ADD) == -1) {
		*error_r = error_text(
		    "cannot watch %s: %s", dir, strerror(errno));
		return (-1);
	}
	source->inotify_fd = inotify_fd;
	for (int i = 0; i < source->count; i++)
		watch_file(source, &source->chain[i]);
	return (0);
}

void
source_unwatch(struct source *source)
{
	source->inotify_fd = -1;
	for (int i = 0; i < source->count; i++)
		source->chain[i].watch = -1;
}

static void
open_next(struct source *source)
{
	struct logfile *file = logfile_open(source->path, 0);

	if (file == NULL) {
		if (errno != source->open_errno && errno != ENOENT)
			log_warn("cannot read log %s", source->path);
		source->open_errno = errno;
		return;
	}
	if (source->open_errno != 0)
		log_info("log %s: reading", source->path);
	source->open_errno = 0;
	if (source->count > 0)
		counters_add(source->counters, METRIC_TAILER_ROTATIONS, 1);
	push(source, file);
}

void
source_check(struct source *source)
{
	struct logfile *newest;
	struct stat named, ours;

	if (source->count == 0) {
		open_next(source);
		return;
	}
	newest = source->chain[source->count - 1].file;
	if (fstat(logfile_fd(newest), &ours) == -1)
		return;
	if (ours.st_size < logfile_offset(newest)) {
		log_warnx(
		    "log %s was cut off; lines may be missing", source->path);
		count_gap(source);
		logfile_seek(newest, 0);
	}
	if (stat(source->path, &named) == 0 &&
	    (named.st_dev != ours.st_dev || named.st_ino != ours.st_ino))
		open_next(source);
}

enum logfile_result
source_next(struct source *source, struct slice *line_r)
{
	while (source->turn < source->count) {
		enum logfile_result result = logfile_next(
		    source->chain[source->turn].file, line_r);

		if (result > 0) {
			if (source->turn < source->count - 1)
				source->stirred = true;
			return (result);
		}
		if (result == LOGFILE_ERROR)
			log_warn("cannot read log %s", source->path);
		if (source->turn + 2 < source->count)
			drop_oldest(source);
		else
			source->turn++;
	}
	source->turn = 0;
	return (LOGFILE_END);
}

int64_t
source_settle(struct source *source, int64_t now)
{
	int64_t quiet;

	if (source->count < 2)
		return (0);
	if (source->stirred) {
		source->stirred = false;
		source->quiet_since = now;
	}
	quiet = logfile_offset(source->chain[source->count - 1].file) > 0 ?
	    QUIET_MS :
	    QUIET_MAX_MS;
	if (now - source->quiet_since < quiet)
		return (source->quiet_since + quiet);
	drop_oldest(source);
	return (0);
}

uint64_t
source_backlog(const struct source *source)
{
	uint64_t backlog = 0;

	for (int i = 0; i < source->count; i++) {
		const struct logfile *file = source->chain[i].file;
		off_t rest = logfile_size(file) - logfile_offset(file);

		if (rest > 0)
			backlog += (uint64_t)rest;
	}
	return (backlog);
}

struct slice
source_instance(const struct source *source)
{
	return (source->instance);
}

size_t
source_save(const struct source *source, char text_r[TEXT_MAX])
{
	size_t len = 0, path_len = strlen(source->path);

	for (int i = 0; i < source->count && i < 2; i++) {
		const struct logfile *file = source->chain[i].file;
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
	memcpy(text_r + len, source->path, path_len);
	return (len + path_len);
}

bool
source_owns(const struct source *source, struct slice saved)
{
	struct position position[2];
	struct slice path;

	(void)read_saved(saved, position, &path);
	return (slice_equal(path, source->path));
}
