/*
 * What is asked of a mailbox: UIDs, messages, and that one goes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "probe/imap_parts.h"
#include "probe/mail_read.h"

/* --- mailboxes ------------------------------------------------------------ */

static void
take_mailbox(struct imap *imap, struct slice line, void *own)
{
	struct imap_status status = imap_status(line, slice_of(imap->tag_text));
	struct imap_mailbox *mailbox = own;
	struct slice code = status.code, word;
	uint64_t number;

	if (status.kind != IMAP_OK || !imap_word(&code, &word) ||
	    !imap_number(&code, &number))
		return;
	if (slice_equal(word, "UIDVALIDITY"))
		mailbox->validity = number;
	else if (slice_equal(word, "UIDNEXT"))
		mailbox->next = number;
}

bool
imap_select(struct imap *imap, const char *name, struct imap_mailbox *mailbox_r)
{
	struct imap_status status;
	char quoted[600];

	*mailbox_r = (struct imap_mailbox){ .validity = 0 };
	if (!imap_quote(name, quoted, sizeof(quoted)))
		return (imap_break(imap,
		    "mailbox %s: has a byte that its name can't have", name));
	if (!imap_command(imap, "SELECT", take_mailbox, mailbox_r, &status,
		"SELECT %s", quoted))
		return (false);
	if (status.kind == IMAP_OK)
		return (true);
	return (imap_break(imap, "mailbox %s: %.*s", name, (int)status.rest.len,
	    status.rest.at));
}

struct found {
	uint64_t first;
	uint64_t *uids;
	unsigned room, count;
};

/* "N:*" is also the last message if that has a lower number. */
static void
take_uids(struct imap *imap, struct slice line, void *own)
{
	struct found *found = own;
	struct slice word;
	uint64_t uid;

	(void)imap;
	if (!imap_word(&line, &word) || !slice_equal(word, "*") ||
	    !imap_word(&line, &word) || !slice_equal(word, "SEARCH"))
		return;
	while (found->count < found->room && imap_number(&line, &uid))
		if (uid >= found->first)
			found->uids[found->count++] = uid;
}

bool
imap_search(struct imap *imap, uint64_t first, uint64_t since, uint64_t *uids_r,
    unsigned room, unsigned *count_r)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct found found = { first, uids_r, room, 0 };
	struct imap_status status;
	time_t when = (time_t)since;
	struct tm day;

	*count_r = 0;
	if (gmtime_r(&when, &day) == NULL)
		return (imap_break(imap, "SEARCH: a time that is none"));
	if (!imap_command(imap, "SEARCH", take_uids, &found, &status,
		"UID SEARCH UID %" PRIu64 ":* SINCE %d-%s-%d "
		"OR HEADER " MAIL_TOKEN_FIELD " \"pfs1.\" "
		"HEADER MESSAGE-ID \"pfs1.\"",
		first, day.tm_mday, months[day.tm_mon], 1900 + day.tm_year) ||
	    !imap_obeyed(imap, "SEARCH", &status))
		return (false);
	*count_r = found.count;
	return (true);
}

/* --- messages ------------------------------------------------------------- */

struct fetched {
	uint64_t uid;
	struct imap_message message;
	size_t len;
	char *bytes;
};

/* A server may tell of other messages meanwhile. */
static void
take_message(struct imap *imap, struct slice line, void *own)
{
	struct fetched *fetched = own;
	struct imap_message message;

	if (imap_fetched(line, &message) && message.uid == fetched->uid &&
	    message.has_body && fetched->message.uid == 0)
		fetched->message = message;
	else
		return;
	fetched->len = imap_literal(&imap->reader).len;
	memcpy(fetched->bytes, imap->reader.literal, fetched->len);
}

bool
imap_fetch(struct imap *imap, uint64_t uid, struct imap_message *message_r,
    struct slice *bytes_r)
{
	static char bytes[IMAP_LITERAL_MAX];
	struct fetched fetched = { .uid = uid, .bytes = bytes };
	struct imap_status status;

	if (!imap_command(imap, "FETCH", take_message, &fetched, &status,
		"UID FETCH %" PRIu64 " (UID INTERNALDATE BODY.PEEK[]<0.%d>)",
		uid, MAIL_READ_MAX) ||
	    !imap_obeyed(imap, "FETCH", &status))
		return (false);
	*message_r = fetched.message;
	*bytes_r = (struct slice){ bytes, fetched.len };
	return (true);
}

/* EXPUNGE removes all that is marked.  What somebody else has marked is not ours
   to remove. */
static bool
expunge(struct imap *imap, uint64_t uid)
{
	struct imap_status status;
	uint64_t marked[2];
	struct found found = { 0, marked, COUNT(marked), 0 };

	if (imap_offers(imap, "UIDPLUS"))
		return (imap_command(imap, "EXPUNGE", NULL, NULL, &status,
			    "UID EXPUNGE %" PRIu64, uid) &&
		    imap_obeyed(imap, "EXPUNGE", &status));
	if (!imap_command(imap, "SEARCH", take_uids, &found, &status,
		"UID SEARCH DELETED") ||
	    !imap_obeyed(imap, "SEARCH", &status))
		return (false);
	if (found.count != 1 || marked[0] != uid)
		return (true);
	return (imap_command(imap, "EXPUNGE", NULL, NULL, &status, "EXPUNGE") &&
	    imap_obeyed(imap, "EXPUNGE", &status));
}

bool
imap_remove(struct imap *imap, uint64_t uid)
{
	struct imap_status status;

	return (imap_command(imap, "STORE", NULL, NULL, &status,
		    "UID STORE %" PRIu64 " +FLAGS.SILENT (\\Deleted)", uid) &&
	    imap_obeyed(imap, "STORE", &status) && expunge(imap, uid));
}
