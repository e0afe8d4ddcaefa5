/*
 * A place in the journal of systemd, for source_journal.c: a handle that
 * follows the files, and the cursor of the last entry passed.
 */
#ifndef TAILER_JOURNAL_H
#define TAILER_JOURNAL_H

#include <sys/types.h>

#include <systemd/sd-journal.h>

#include "lib/stats/line.h"
#include "tailer/source.h"

enum {
	JOURNAL_TAG_MAX = 256,
	JOURNAL_CURSOR_SIZE = 400,
	JOURNAL_DATA_MAX = LINE_LEN_MAX + 64 /* unpacked, of a field */
};

/* The cursor where nothing was passed yet. */
#define JOURNAL_AT_START "start"

struct journal {
	struct source source;  /* first */
	const char *directory; /* NULL: the system's journal */
	sd_journal *handle;    /* NULL: not open */
	bool pending;          /* the entry that it stands at is new */
	bool gone;             /* the cursor's entry is; that was counted */
	char cursor[JOURNAL_CURSOR_SIZE];
	uid_t postfix; /* user id of that name */
	char tag[JOURNAL_TAG_MAX];
	char host[64];

	/* How the source gets over faults. */
	bool wait, at_end;
	int tries;
	int64_t retry_at;
	char name[SOURCE_PATH_MAX + sizeof("journal:")];
};

/*
 * All that can fail returns a negative errno as libsystemd does.
 */

int journal_open(struct journal *journal);
void journal_close(struct journal *journal);

/* Whether any file is open: those that are not ours to read are left out
   without a word. */
bool journal_has_files(struct journal *journal);

/* Stand behind the entry of the cursor.  If it was vacuumed away, the first
   one behind it that is left is `pending`, and a gap is counted. */
int journal_seek_cursor(struct journal *journal);

/* Stand behind all that there is. */
int journal_seek_end(struct journal *journal);

/* Pass the entry that we stand at: take its cursor. */
int journal_pass(struct journal *journal);

/* --- what an entry says (journal_entry.c) ------------------------------ */

/*
 * Whether the entry that we stand at is Postfix's, and its text.
 * SOURCE_ENTRY: it is; the tag is the source's, and both are valid until the
 * next one.  Else SOURCE_FOREIGN, SOURCE_MALFORMED or SOURCE_OVERLONG.
 */
enum source_result journal_read(struct journal *journal, struct slice *text_r);

/* The user id of `postfix`; 0 if there is no such user. */
uid_t journal_find_postfix(void);

#endif
