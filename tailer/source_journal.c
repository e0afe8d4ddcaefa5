/*
 * Following the journal of systemd.
 *
 * Deleted files are let go of at the end of what there is, not before, so
 * that a vacuum while we read takes away nothing that was there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/util/clock.h"
#include "lib/util/error.h"
#include "lib/util/log.h"
#include "tailer/journal.h"

enum { RETRY_MIN_MS = 100, RETRY_MAX_MS = 30000, TRIES_MAX = 8 };

static struct journal *
journal_of(struct source *source)
{
	return ((struct journal *)source);
}

static const struct journal *
const_journal_of(const struct source *source)
{
	return ((const struct journal *)source);
}

/* --- starting --------------------------------------------------------- */

static int
journal_start(struct source *source, struct slice saved, enum source_from from,
    bool wait, const char **error_r)
{
	struct journal *journal = journal_of(source);
	int rc = journal_open(journal);

	journal->wait = wait;
	if (rc >= 0 && !journal_has_files(journal)) {
		rc = journal->directory != NULL && wait ? 0 : -EACCES;
		if (rc == 0)
			log_warnx("%s: no file to read yet, waiting for one",
			    journal->name);
	}
	if (rc == -EACCES) {
		*error_r = error_text("%s: there is none, or none that this "
				      "user may read",
		    journal->name);
		return (-1);
	}
	journal->gone = slice_skip(&saved, "-");
	if (saved.len > 0)
		(void)snprintf(journal->cursor, sizeof(journal->cursor), "%.*s",
		    (int)saved.len, saved.at);
	if (rc >= 0)
		rc = saved.len == 0 && from == FROM_END ?
		    journal_seek_end(journal) :
		    journal_seek_cursor(journal);
	if (rc < 0) {
		*error_r = error_text("%s: %s", journal->name, strerror(-rc));
		return (-1);
	}
	return (0);
}

static void
journal_free(struct source *source)
{
	journal_close(journal_of(source));
	free(source);
}

/* --- following -------------------------------------------------------- */

/*
 * After an error the handle would say the same for ever.  Another one is
 * opened, later and later, at the same place: neither the head, where all
 * would be counted again, nor the tail, where entries would be lost.
 */
static void
fault(struct journal *journal, int rc)
{
	int64_t pause = RETRY_MAX_MS;

	if (journal->tries == 0)
		log_warnx(
		    "%s: %s; will open it again", journal->name, strerror(-rc));
	if (!journal->wait && journal->tries == TRIES_MAX)
		log_fatal(EXIT_FAULT, "%s: %s", journal->name, strerror(-rc));
	if (journal->tries < TRIES_MAX)
		pause = RETRY_MIN_MS << journal->tries++;
	journal->retry_at = clock_milliseconds() + pause;
	journal->source.changed = !journal->source.unreadable;
	journal->source.unreadable = true;
	journal_close(journal);
}

static bool
reopen(struct journal *journal)
{
	int rc;

	if (clock_milliseconds() < journal->retry_at)
		return (false);
	rc = journal_open(journal);
	if (rc >= 0)
		rc = journal_seek_cursor(journal);
	if (rc < 0) {
		fault(journal, rc);
		return (false);
	}
	journal->source.unreadable = false;
	journal->source.changed = true;
	return (true);
}

static enum source_result
journal_next(struct source *source, struct slice *line_r)
{
	struct journal *journal = journal_of(source);
	int rc;

	if (journal->handle == NULL && !reopen(journal))
		return (SOURCE_END);
	do {
		rc = journal->pending ? 1 : sd_journal_next(journal->handle);
		if (rc > 0)
			rc = journal_pass(journal);
		journal->pending = false;
		if (rc > 0) {
			if (journal->tries > 0)
				log_info("%s: reading again", journal->name);
			journal->tries = 0;
			journal->gone = journal->at_end = false;
			return (journal_read(journal, line_r));
		}
		if (rc == 0)
			rc = sd_journal_process(journal->handle);
	} while (rc > 0);
	journal->at_end = rc == 0;
	if (rc < 0)
		fault(journal, rc);
	return (SOURCE_END);
}

static size_t
journal_save(const struct source *source, char text_r[TEXT_MAX])
{
	const struct journal *journal = const_journal_of(source);

	return ((size_t)snprintf(text_r, TEXT_MAX, "%s%s",
	    journal->gone ? "-" : "", journal->cursor));
}

static int
journal_descriptor(const struct source *source)
{
	const struct journal *journal = const_journal_of(source);

	return (
	    journal->handle == NULL ? -1 : sd_journal_get_fd(journal->handle));
}

static enum source_state
journal_state(const struct source *source)
{
	return (const_journal_of(source)->handle == NULL ? SOURCE_BUSY :
							   SOURCE_FOLLOWS);
}

static int64_t
journal_settle(struct source *source, int64_t now)
{
	const struct journal *journal = journal_of(source);
	uint64_t time;

	(void)now;
	if (journal->handle == NULL)
		return (journal->retry_at);
	/* Where files change without events, as over NFS. */
	if (sd_journal_get_timeout(journal->handle, &time) < 0 ||
	    time == UINT64_MAX)
		return (0);
	return ((int64_t)(time / 1000) + 1);
}

/* How many bytes there are is not known: 1 stands for some. */
static uint64_t
journal_backlog(const struct source *source)
{
	return (const_journal_of(source)->at_end ? 0 : 1);
}

static time_t
journal_newest(const struct source *source)
{
	const char *time = strstr(const_journal_of(source)->cursor, ";t=");

	return (time == NULL ?
		0 :
		(time_t)(strtoull(time + 3, NULL, 16) / 1000000));
}

/* Of the entry read last: those behind it are hardly older. */
static time_t
journal_oldest(const struct source *source, time_t now)
{
	(void)now;
	return (const_journal_of(source)->at_end ? 0 : journal_newest(source));
}

static const struct source_ops journal_ops = {
	.start = journal_start,
	.next = journal_next,
	.save = journal_save,
	.free = journal_free,
	.settle = journal_settle,
	.backlog = journal_backlog,
	.oldest = journal_oldest,
	.newest = journal_newest,
	.descriptor = journal_descriptor,
	.state = journal_state,
};

struct source *
source_journal_new(const char *directory, struct counters *counters)
{
	struct journal *journal = calloc(1, sizeof(*journal));

	if (journal == NULL)
		return (NULL);
	journal->directory = directory;
	journal->postfix = journal_find_postfix();
	journal->at_end = true;
	memcpy(journal->cursor, JOURNAL_AT_START, sizeof(JOURNAL_AT_START));
	(void)snprintf(journal->name, sizeof(journal->name), "journal%s%s",
	    directory != NULL ? ":" : "", directory != NULL ? directory : "");
	journal->source = (struct source){
		.ops = &journal_ops, .name = journal->name, .counters = counters
	};
	return (&journal->source);
}
