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
 * Whether we stand at the entry of the cursor.  One that journald has copied
 * from /run to /var has got another sequence number there, which is what a
 * cursor begins with; boot, time and hash are the same.
 */
static bool
at_cursor(struct journal *journal)
{
	const char *wanted = strstr(journal->cursor, ";b="), *have;
	char *cursor;
	bool same;

	if (sd_journal_test_cursor(journal->handle, journal->cursor) > 0)
		return (true);
	if (sd_journal_get_cursor(journal->handle, &cursor) < 0)
		return (false);
	have = strstr(cursor, ";b=");
	same = wanted != NULL && have != NULL && strcmp(wanted, have) == 0;
	free(cursor);
	return (same);
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

/* Whether the entry that we stand at comes next after that of the cursor: the
   one that journald wrote next. */
static bool
comes_next(struct journal *journal)
{
	struct slice old_id, new_id, number;
	const char *old = journal->cursor, *new;
	char *cursor;
	bool next = false;

	if (sd_journal_get_cursor(journal->handle, &cursor) < 0)
		return (false);
	new = cursor;
	if (cursor_part(&old, "s=", &old_id) &&
	    cursor_part(&new, "s=", &new_id) && slice_same(old_id, new_id) &&
	    cursor_part(&old, "i=", &number)) {
		uint64_t last = strtoull(number.at, NULL, 16);

		next = cursor_part(&new, "i=", &number) &&
		    strtoull(number.at, NULL, 16) == last + 1;
	}
	free(cursor);
	return (next);
}

int
journal_seek_cursor(struct journal *journal)
{
	int rc;

	if (strcmp(journal->cursor, JOURNAL_AT_START) == 0)
		return (sd_journal_seek_head(journal->handle));
	rc = sd_journal_seek_cursor(journal->handle, journal->cursor);
	if (rc >= 0)
		rc = sd_journal_next(journal->handle);
	if (rc < 0 || (rc > 0 && at_cursor(journal)))
		return (rc);
	journal->pending = rc > 0;
	if (journal->pending && comes_next(journal))
		return (0);
	if (!journal->gone) {
		log_warnx("%s: the place where reading stopped is gone; "
			  "entries may be missing",
		    journal->name);
		source_gap(&journal->source);
	}
	journal->gone = true;
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
