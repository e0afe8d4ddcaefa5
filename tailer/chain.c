/*
 * Open files of a log.
 */
#include <sys/inotify.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/stats/stamp.h"
#include "lib/util/log.h"
#include "tailer/chain.h"

enum {
	BREADTH = 4,
	QUIET_MS = 5000,     /* of the oldest file, once the next has lines */
	QUIET_MAX_MS = 60000 /* and if it has none */
};

static void
watch_link(struct chain *chain, struct link *link)
{
	char name[64];

	if (chain->inotify_fd == -1 || link->watch != -1 || link->done)
		return;
	(void)snprintf(
	    name, sizeof(name), "/proc/self/fd/%d", logfile_fd(link->file));
	link->watch = inotify_add_watch(chain->inotify_fd, name, IN_MODIFY);
	if (link->watch == -1)
		chain->blind = true;
}

void
chain_fault(struct chain *chain, int error, const char *path)
{
	if (error == chain->fault)
		return;
	chain->fault = error;
	chain->source.unreadable = error != 0;
	chain->source.changed = true;
	if (error == 0)
		log_info("log %s: reading", path);
	else
		log_warnx("cannot read log %s: %s; will try again", path,
		    error == EINVAL ? "it is no plain file" : strerror(error));
}

struct link *
chain_insert(struct chain *chain, int at, struct logfile *file)
{
	struct link *link = &chain->link[at];

	memmove(link + 1, link, (size_t)(chain->count - at) * sizeof(*link));
	chain->count++;
	chain->source.changed = true;
	*link = (struct link){
		.file = file,
		.watch = -1,
		.done = logfile_packed(file),
		.verified = logfile_offset(file) > 0,
		.stirred = true,
	};
	watch_link(chain, link);
	return (link);
}

void
chain_remove(struct chain *chain, int at)
{
	struct link *link = &chain->link[at];
	bool shared = false;

	/* Two links may be of one file, and have one watch. */
	for (int i = 0; i < chain->count; i++)
		if (i != at && chain->link[i].watch == link->watch)
			shared = true;
	if (link->watch != -1 && !shared)
		(void)inotify_rm_watch(chain->inotify_fd, link->watch);
	logfile_close(link->file);
	chain->count--;
	memmove(link, link + 1, (size_t)(chain->count - at) * sizeof(*link));
	if (chain->turn > at)
		chain->turn--;
	if (at == 0 && chain->count > 0)
		chain->link[0].stirred = true;
}

void
chain_forget(struct chain *chain, int at, int count)
{
	chain->known -= count;
	memmove(&chain->places[at], &chain->places[at + count],
	    (size_t)(chain->known - at) * sizeof(chain->places[0]));
}

void
chain_drop_oldest(struct chain *chain)
{
	struct link *oldest = &chain->link[0];

	if (logfile_fragment(oldest->file))
		counters_add(
		    chain->source.counters, METRIC_LINES_INCOMPLETE, 1);
	/* An empty file can't be told from any other. */
	if (logfile_offset(oldest->file) > 0) {
		logfile_mark(oldest->file, &chain->last);
		chain->last.done = true;
		chain->has_last = true;
	}
	chain->source.changed = true;
	chain_remove(chain, 0);
}

struct link *
chain_newest(struct chain *chain)
{
	return (&chain->link[chain->count - 1]);
}

bool
chain_has(const struct chain *chain, dev_t device, ino_t inode)
{
	for (int i = 0; i < chain->count; i++)
		if (!chain->link[i].cut &&
		    logfile_is(chain->link[i].file, device, inode))
			return (true);
	return (false);
}

bool
chain_begins(const struct chain *chain, struct slice head)
{
	for (int i = 0; i < chain->count; i++)
		if (logfile_begins(chain->link[i].file, head))
			return (true);
	return (false);
}

int
chain_breadth(const struct chain *chain)
{
	size_t room = TEXT_MAX - strlen(chain->source.name) - 1;
	int fit = (int)(room / POSITION_TEXT_MAX);

	return (fit < BREADTH ? fit : BREADTH);
}

void
chain_watch(struct chain *chain, int inotify_fd)
{
	chain->inotify_fd = inotify_fd;
	for (int i = 0; i < chain->count; i++)
		watch_link(chain, &chain->link[i]);
}

void
chain_unwatch(struct chain *chain)
{
	chain->inotify_fd = -1;
	for (int i = 0; i < chain->count; i++)
		chain->link[i].watch = -1;
}

/*
 * A file of which nothing was read can't be found by what is in it, so the
 * one before it is saved too.  Files behind the breadth are unread, but for
 * those that were open before.
 */
size_t
chain_save(const struct chain *chain, char text_r[TEXT_MAX])
{
	size_t len = 0, room = TEXT_MAX - strlen(chain->source.name) - 1;
	int breadth = chain_breadth(chain);
	bool last = chain->has_last && breadth > 2 &&
	    (chain->count == 0 || logfile_offset(chain->link[0].file) == 0);

	for (int i = last ? -1 : 0; i < chain->count + chain->known; i++) {
		struct position position = chain->last;
		char text[POSITION_TEXT_MAX];
		size_t more;

		if (i >= breadth && i < chain->count &&
		    logfile_offset(chain->link[i].file) == 0)
			continue;
		if (i >= chain->count)
			position = chain->places[i - chain->count];
		else if (i >= 0)
			logfile_mark(chain->link[i].file, &position);
		more = position_format(&position, text);
		if (len + more > room)
			break;
		memcpy(text_r + len, text, more);
		len += more;
	}
	return (len);
}

uint64_t
chain_backlog(const struct chain *chain)
{
	uint64_t backlog = 0;

	for (int i = 0; i < chain->count; i++)
		backlog += (uint64_t)logfile_backlog(chain->link[i].file);
	return (backlog);
}

time_t
chain_oldest(const struct chain *chain, time_t now)
{
	time_t oldest = 0;

	for (int i = 0; i < chain->count && oldest == 0; i++) {
		char room[LOGFILE_AHEAD];

		if (!chain->link[i].ended)
			oldest = stamp_read(
			    logfile_ahead(chain->link[i].file, room), now);
	}
	return (oldest);
}

int64_t
chain_settle(struct chain *chain, int64_t now)
{
	struct link *oldest = &chain->link[0];
	int64_t quiet;

	if (chain->count < 2)
		return (0);
	if (oldest->stirred) {
		oldest->stirred = false;
		chain->quiet_since = now;
	}
	quiet = logfile_offset(chain->link[1].file) > 0 ? QUIET_MS :
							  QUIET_MAX_MS;
	if (!oldest->ended)
		return (0); /* there is a fault, which is tried again */
	if (now - chain->quiet_since < quiet)
		return (chain->quiet_since + quiet);
	chain_drop_oldest(chain);
	return (chain->count > 1 ? now : 0);
}
