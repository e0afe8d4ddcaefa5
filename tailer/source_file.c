/*
 * Following a log by name.
 */
#include <sys/inotify.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/error.h"
#include "lib/util/log.h"
#include "tailer/siblings.h"
#include "tailer/trail.h"

enum { RETRY_MS = 2000 /* what can't be opened or read */ };

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

static void
file_free(struct source *source)
{
	struct chain *chain = chain_of(source);

	while (chain->count > 0)
		chain_remove(chain, chain->count - 1);
	free(chain);
}

/* Why the log can't be opened, 0 if it can. */
static int
access_error(const char *path)
{
	struct stat st;
	int fd;

	if (stat(path, &st) == -1)
		return (errno);
	if (!S_ISREG(st.st_mode))
		return (S_ISDIR(st.st_mode) ? EISDIR : EINVAL);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1)
		return (errno);
	close(fd);
	return (0);
}

static int
file_start(struct source *source, struct slice saved, enum source_from from,
    bool wait, const char **error_r)
{
	struct chain *chain = chain_of(source);
	int error = access_error(source->name);

	while (chain->known < CHAIN_PLACES &&
	    position_parse(&saved, &chain->places[chain->known]))
		chain->known++;
	/* Once begun, what is wrong now may be mended. */
	if (error != 0 && (!wait || (error != ENOENT && chain->known == 0))) {
		*error_r = error_text("cannot read log %s: %s", source->name,
		    error == EINVAL ? "it is no plain file" : strerror(error));
		return (-1);
	}
	if (chain->known > 0)
		trail_resume(chain);
	else if (!trail_begin(chain, from)) {
		*error_r = error_text("cannot read log %s: %s", source->name,
		    strerror(chain->fault));
		return (-1);
	}
	if (error == ENOENT)
		log_warnx(
		    "log %s: not there yet, waiting for it", source->name);
	else if (error != 0)
		chain_fault(chain, error, source->name);
	return (0);
}

/* --- following -------------------------------------------------------- */

static int
watch_directory(int inotify_fd, const char *path, const char **error_r)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX] = ".";

	if (slash != NULL)
		(void)snprintf(dir, sizeof(dir), "%.*s",
		    slash == path ? 1 : (int)(slash - path), path);
	if (inotify_add_watch(inotify_fd, dir,
		IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
		    IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |
		    IN_MASK_ADD) != -1)
		return (0);
	*error_r = error_text("cannot watch %s: %s", dir, strerror(errno));
	return (-1);
}

static int
file_watch(struct source *source, int inotify_fd, const char **error_r)
{
	struct chain *chain = chain_of(source);
	char target[PATH_MAX];

	if (watch_directory(inotify_fd, source->name, error_r) == -1)
		return (-1);
	if (siblings_target(source->name, target, sizeof(target)) == 0 &&
	    strcmp(target, source->name) != 0)
		(void)watch_directory(inotify_fd, target, error_r);
	chain_watch(chain, inotify_fd);
	return (0);
}

static void
file_unwatch(struct source *source)
{
	chain_unwatch(chain_of(source));
}

/* A directory may have been replaced, a link may lead elsewhere. */
static void
watch_again(struct chain *chain)
{
	const char *error;

	if (chain->inotify_fd == -1)
		return;
	chain->blind = false;
	if (file_watch(&chain->source, chain->inotify_fd, &error) == -1)
		chain->blind = true;
}

/* Whether the file that has the log's name now is the newest we read. */
static bool
is_current(struct chain *chain)
{
	const struct link *newest;
	struct stat st;

	if (chain->count == 0 || chain->more ||
	    stat(chain->source.name, &st) == -1)
		return (false);
	newest = chain_newest(chain);
	return (!newest->cut && logfile_is(newest->file, st.st_dev, st.st_ino));
}

static void
file_check(struct source *source)
{
	struct chain *chain = chain_of(source);
	bool current = is_current(chain);

	if (!current || chain->blind)
		watch_again(chain);
	if (!current) {
		int error = access_error(source->name);

		if (error == 0)
			trail_follow(chain);
		else if (error != ENOENT)
			chain_fault(chain, error, source->name);
		return;
	}
	/* An empty log may have been copied and cut off meanwhile. */
	if (!chain_newest(chain)->verified &&
	    !trail_verify(chain, chain->count - 1))
		return;
	/* It was renamed back, perhaps; the rest shows when it is read. */
	for (int i = 0; i < chain->count; i++)
		if (chain->link[i].failing || chain->more)
			return;
	chain_fault(chain, 0, source->name);
}

/* A file has no whole line for now.  Returns whether to go on with it. */
static bool
at_end(struct chain *chain, enum logfile_result result)
{
	struct link *link = &chain->link[chain->turn];

	if (result == LOGFILE_CUT && trail_recover(chain, chain->turn))
		return (true);
	if (result == LOGFILE_ERROR)
		chain_fault(chain, errno, chain->source.name);
	if (result < 0) {
		link->failing = true;
		return (false);
	}
	if (link->failing) {
		link->failing = false;
		chain_fault(chain, 0, chain->source.name);
	}
	link->ended = true;
	if (chain->turn > 0 ||
	    (!link->done && chain->count <= chain_breadth(chain)) ||
	    chain->count == 1)
		return (false);
	chain_drop_oldest(chain);
	return (true);
}

/*
 * A writer that reopens its log has written the last line to the old file
 * before the first one to the new file.  So when something was read of the new
 * one, the old ones are looked at once more, and what came meanwhile is first.
 */
static bool
older_has_lines(struct chain *chain)
{
	for (int i = 0; i < chain->turn; i++)
		if (!chain->link[i].done &&
		    logfile_prepare(chain->link[i].file) == LOGFILE_LINES)
			return (true);
	return (false);
}

/* Whether the file whose turn it is was read on, if need be, and older ones have
   lines that go before that.  `fresh`: it has just been read on. */
static bool
is_ahead(struct chain *chain, bool fresh)
{
	struct logfile *file = chain->link[chain->turn].file;

	if (chain->turn == 0 || (!fresh && logfile_ready(file)))
		return (false);
	return (
	    logfile_prepare(file) == LOGFILE_LINES && older_has_lines(chain));
}

static enum source_result
file_next(struct source *source, struct slice *lines_r)
{
	struct chain *chain = chain_of(source);
	int breadth = chain_breadth(chain);

	while (chain->turn < chain->count && chain->turn < breadth) {
		struct link *link = &chain->link[chain->turn];
		enum logfile_result result;
		bool fresh = false;

		if (!link->verified &&
		    logfile_peek(link->file) == LOGFILE_LINES) {
			int count = chain->count;

			if (!trail_verify(chain, chain->turn))
				break;
			chain->link[chain->turn + chain->count - count]
			    .verified = true;
			link = &chain->link[chain->turn];
			fresh = true;
		}
		if (is_ahead(chain, fresh)) {
			chain->turn = 0;
			continue;
		}
		result = logfile_next(link->file, SIZE_MAX, lines_r);
		if (result > 0) {
			link->stirred = true;
			link->ended = false;
			return ((enum source_result)result);
		}
		if (!at_end(chain, result))
			chain->turn++;
	}
	chain->turn = 0;
	return (SOURCE_END);
}

static int64_t
file_settle(struct source *source, int64_t now)
{
	struct chain *chain = chain_of(source);
	int64_t when = chain_settle(chain, now);

	if (chain->more) {
		file_check(source);
		return (now);
	}
	if (chain->fault == 0 && !chain->blind) {
		chain->retry = 0;
		return (when);
	}
	if (chain->retry == 0)
		chain->retry = now + RETRY_MS;
	if (now >= chain->retry) {
		chain->retry = 0;
		file_check(source);
		return (now);
	}
	return (when == 0 || when > chain->retry ? chain->retry : when);
}

static uint64_t
file_backlog(const struct source *source)
{
	return (chain_backlog(const_chain_of(source)));
}

static time_t
file_oldest(const struct source *source, time_t now)
{
	return (chain_oldest(const_chain_of(source), now));
}

static size_t
file_save(const struct source *source, char text_r[TEXT_MAX])
{
	return (chain_save(const_chain_of(source), text_r));
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
	.oldest = file_oldest,
};

struct source *
source_file_new(
    const char *path, struct slice instance, struct counters *counters)
{
	struct chain *chain = calloc(1, sizeof(*chain));

	if (chain == NULL)
		return (NULL);
	chain->source = (struct source){ .ops = &file_ops,
		.name = path,
		.instance = instance,
		.counters = counters };
	chain->inotify_fd = -1;
	return (&chain->source);
}
