/*
 * Finding a place in the journal again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/log.h"
#include "tailer/journal.h"

int
journal_open(struct journal *journal)
{
	int rc = journal->directory != NULL ?
	    sd_journal_open_directory(&journal->handle, journal->directory, 0) :
	    sd_journal_open(
		&journal->handle, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);

	if (rc < 0) {
		journal->handle = NULL;
		return (rc);
	}
	/* Rotations are followed from here on, and not without this. */
	rc = sd_journal_get_fd(journal->handle);
	if (rc >= 0)
		rc = sd_journal_set_data_threshold(
		    journal->handle, JOURNAL_DATA_MAX);
	return (rc);
}

void
journal_close(struct journal *journal)
{
	sd_journal_close(journal->handle);
	journal->handle = NULL;
	journal->pending = false;
}

bool
journal_has_files(struct journal *journal)
{
	uint64_t bytes = 0;

	return (
	    sd_journal_get_usage(journal->handle, &bytes) >= 0 && bytes > 0);
}

int
journal_pass(struct journal *journal)
{
	char *cursor;
	int rc = sd_journal_get_cursor(journal->handle, &cursor);
	size_t len;

	if (rc < 0)
		return (rc);
	len = strlen(cursor);
	if (len < sizeof(journal->cursor))
		memcpy(journal->cursor, cursor, len + 1);
	free(cursor);
	return (len < sizeof(journal->cursor) ? 1 : -EBADMSG);
}

/*
 * Whether two cursors are of one entry.  One that journald has copied from
 * /run to /var has got another sequence number there, which is what a cursor
 * begins with; boot, time and hash are the same.
 */
static bool
same_entry(const char *old, const char *now)
{
	old = strstr(old, ";b=");
	now = strstr(now, ";b=");
	return (old != NULL && now != NULL && strcmp(old, now) == 0);
}

/* Take "NAME=HEX" and the `;` behind it off the front of a cursor. */
static bool
cursor_part(const char **cursor, const char *name, struct slice *value_r)
{
	struct slice rest = slice_of(*cursor);

	if (!slice_skip(&rest, name) || !slice_cut(&rest, ';', value_r))
		return (false);
	*cursor = rest.at;
	return (true);
}

/* Whether journald wrote the entry of the one cursor right behind that of the
   other. */
static bool
comes_next(const char *old, const char *now)
{
	struct slice old_id, now_id, number;
	uint64_t last;

	if (!cursor_part(&old, "s=", &old_id) ||
	    !cursor_part(&now, "s=", &now_id) || !slice_same(old_id, now_id) ||
	    !cursor_part(&old, "i=", &number))
		return (false);
	last = strtoull(number.at, NULL, 16);
	return (cursor_part(&now, "i=", &number) &&
	    strtoull(number.at, NULL, 16) == last + 1);
}

/* Where the entry is that we stand at, seen from that of the cursor. */
enum { IT_IS_THAT, IT_COMES_NEXT, IT_IS_ANOTHER };

static int
compare(struct journal *journal)
{
	char *cursor;
	int rc = sd_journal_test_cursor(journal->handle, journal->cursor);

	if (rc > 0)
		return (IT_IS_THAT);
	if (rc == 0)
		rc = sd_journal_get_cursor(journal->handle, &cursor);
	if (rc < 0)
		return (rc);
	rc = IT_IS_ANOTHER;
	if (same_entry(journal->cursor, cursor))
		rc = IT_IS_THAT;
	else if (comes_next(journal->cursor, cursor))
		rc = IT_COMES_NEXT;
	free(cursor);
	return (rc);
}

int
journal_seek_cursor(struct journal *journal)
{
	int rc, place = IT_IS_ANOTHER;

	if (strcmp(journal->cursor, JOURNAL_AT_START) == 0)
		return (sd_journal_seek_head(journal->handle));
	rc = sd_journal_seek_cursor(journal->handle, journal->cursor);
	if (rc >= 0)
		rc = sd_journal_next(journal->handle);
	if (rc > 0) {
		place = compare(journal);
		journal->pending = place > IT_IS_THAT;
	}
	if (rc < 0 || place < 0)
		return (rc < 0 ? rc : place);
	if (place == IT_IS_ANOTHER) {
		if (!journal->gone) {
			log_warnx("%s: the place where reading stopped is "
				  "gone; entries may be missing",
			    journal->name);
			source_gap(&journal->source);
		}
		journal->gone = true;
	}
	return (0);
}

int
journal_seek_end(struct journal *journal)
{
	int rc = sd_journal_seek_tail(journal->handle);

	if (rc >= 0)
		rc = sd_journal_previous(journal->handle);
	if (rc == 0)
		return (sd_journal_seek_head(journal->handle));
	/* What is last over several files is not always found at once. */
	while (rc > 0) {
		rc = journal_pass(journal);
		if (rc > 0)
			rc = sd_journal_next(journal->handle);
	}
	return (rc);
}
