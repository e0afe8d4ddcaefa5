/*
 * Commands and their responses.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "probe/imap_parts.h"
#include "probe/mail_read.h"

enum { COMMAND_MAX = 2048 };

/* --- one command ---------------------------------------------------------- */

bool
imap_break(struct imap *imap, const char *format, ...)
{
	char text[2 * IMAP_WORDS];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (!imap->broken)
		outcome_text(
		    imap->words, sizeof(imap->words), text, strlen(text));
	imap->broken = true;
	return (false);
}

const char *
imap_words(const struct imap *imap)
{
	return (imap->words);
}

static uint64_t
deadline(const struct imap *imap)
{
	return (wire_now() +
	    (uint64_t)(imap->target->config->phase_deadline * 1e6));
}

/* Read one, of which the first bytes have to come until `until`.  0: none did. */
static int
read_response(struct imap *imap, const char *doing, uint64_t until)
{
	enum wire_result result;
	const char *error;
	struct slice bytes;
	size_t used;
	int complete = 0;
	bool begun = false;

	imap_begin(&imap->reader);
	while (complete == 0) {
		result = wire_read(imap->wire, until, &bytes, &error);
		if (result == WIRE_TIMEOUT && !begun)
			return (0);
		if (result != WIRE_OK) {
			(void)imap_break(imap, "%s: %s", doing, error);
			return (-1);
		}
		complete = imap_read(&imap->reader, bytes, &used);
		wire_used(imap->wire, used);
		if (!begun)
			until = deadline(imap);
		begun = true;
	}
	if (complete == -1)
		(void)imap_break(imap, "%s: %s", doing, imap->reader.fault);
	return (complete);
}

bool
imap_response(struct imap *imap, const char *doing)
{
	int complete = read_response(imap, doing, deadline(imap));

	if (complete == 0)
		return (imap_break(imap, "%s: no answer in time", doing));
	return (complete == 1);
}

bool
imap_say(struct imap *imap, const char *doing, const char *line)
{
	const char *error;

	if (wire_write(imap->wire, slice_of(line), deadline(imap), &error) ==
	    WIRE_OK)
		return (true);
	return (imap_break(imap, "%s: %s", doing, error));
}

/* All responses to a command, up to the one with its tag. */
static bool
hear(struct imap *imap, const char *doing, imap_take_fn *take, void *own,
    struct imap_status *status_r)
{
	/* A server that says more than this to one command is up to no good. */
	for (unsigned count = 0; count < 100000; count++) {
		if (!imap_response(imap, doing))
			return (false);
		*status_r = imap_status(
		    imap_line(&imap->reader), slice_of(imap->tag_text));
		if (status_r->tagged)
			return (true);
		if (status_r->kind == IMAP_BYE)
			return (imap_break(imap, "%s: the server ends: %.*s",
			    doing, (int)status_r->rest.len, status_r->rest.at));
		if (take != NULL)
			take(imap, imap_line(&imap->reader), own);
	}
	return (imap_break(imap, "%s: responses without an end", doing));
}

bool
imap_command(struct imap *imap, const char *doing, imap_take_fn *take,
    void *own, struct imap_status *status_r, const char *format, ...)
{
	char line[COMMAND_MAX];
	va_list arguments;
	int tag_len, len;
	size_t room;
	bool sent;

	(void)snprintf(
	    imap->tag_text, sizeof(imap->tag_text), "p%u", ++imap->tag);
	tag_len = snprintf(line, sizeof(line), "%s ", imap->tag_text);
	room = sizeof(line) - (size_t)tag_len - sizeof("\r\n");
	va_start(arguments, format);
	len = vsnprintf(line + tag_len, room, format, arguments);
	va_end(arguments);
	if (len < 0 || (size_t)len >= room)
		return (imap_break(imap, "%s: a command too long", doing));
	memcpy(line + tag_len + len, "\r\n", sizeof("\r\n"));
	sent = imap_say(imap, doing, line);
	explicit_bzero(line, sizeof(line));
	return (sent && hear(imap, doing, take, own, status_r));
}

/* The same, of one that has to be obeyed. */
static bool
obeyed(struct imap *imap, const char *doing, const struct imap_status *status)
{
	if (status->kind == IMAP_OK)
		return (true);
	return (imap_break(
	    imap, "%s: %.*s", doing, (int)status->rest.len, status->rest.at));
}

bool
imap_quote(const char *text, char *quoted_r, size_t size)
{
	size_t len = 0;

	quoted_r[len++] = '"';
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~' || len + 4 > size)
			return (false);
		if (*text == '"' || *text == '\\')
			quoted_r[len++] = '\\';
		quoted_r[len++] = *text;
	}
	quoted_r[len++] = '"';
	quoted_r[len] = '\0';
	return (true);
}

/* --- begin and end -------------------------------------------------------- */

struct imap *
imap_open(
    const struct target *target, char words_r[IMAP_WORDS], bool *refused_r)
{
	struct imap *imap = calloc(1, sizeof(*imap));

	*refused_r = false;
	(void)snprintf(words_r, IMAP_WORDS, "no memory");
	if (imap == NULL)
		return (NULL);
	imap->target = target;
	if (imap_greet(imap, refused_r))
		return (imap);
	memcpy(words_r, imap->words, IMAP_WORDS);
	imap_close(imap);
	return (NULL);
}

void
imap_close(struct imap *imap)
{
	if (imap == NULL)
		return;
	wire_close(imap->wire);
	free(imap);
}

int
imap_fd(const struct imap *imap)
{
	return (wire_fd(imap->wire));
}

bool
imap_offers(const struct imap *imap, const char *capability)
{
	return (imap_has_word(slice_of(imap->capabilities), capability));
}

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
	    !obeyed(imap, "SEARCH", &status))
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
	    !obeyed(imap, "FETCH", &status))
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
		    obeyed(imap, "EXPUNGE", &status));
	if (!imap_command(imap, "SEARCH", take_uids, &found, &status,
		"UID SEARCH DELETED") ||
	    !obeyed(imap, "SEARCH", &status))
		return (false);
	if (found.count != 1 || marked[0] != uid)
		return (true);
	return (imap_command(imap, "EXPUNGE", NULL, NULL, &status, "EXPUNGE") &&
	    obeyed(imap, "EXPUNGE", &status));
}

bool
imap_remove(struct imap *imap, uint64_t uid)
{
	struct imap_status status;

	return (imap_command(imap, "STORE", NULL, NULL, &status,
		    "UID STORE %" PRIu64 " +FLAGS.SILENT (\\Deleted)", uid) &&
	    obeyed(imap, "STORE", &status) && expunge(imap, uid));
}

/* --- waiting -------------------------------------------------------------- */

bool
imap_noop(struct imap *imap)
{
	struct imap_status status;

	return (imap_command(imap, "NOOP", NULL, NULL, &status, "NOOP") &&
	    obeyed(imap, "NOOP", &status));
}

bool
imap_idle(struct imap *imap)
{
	char line[32];
	struct imap_status status;

	(void)snprintf(
	    imap->tag_text, sizeof(imap->tag_text), "p%u", ++imap->tag);
	(void)snprintf(line, sizeof(line), "%s IDLE\r\n", imap->tag_text);
	if (!imap_say(imap, "IDLE", line))
		return (false);
	do {
		if (!imap_response(imap, "IDLE"))
			return (false);
		status = imap_status(
		    imap_line(&imap->reader), slice_of(imap->tag_text));
	} while (status.kind != IMAP_CONTINUE && !status.tagged &&
	    status.kind != IMAP_BYE);
	if (status.kind == IMAP_CONTINUE)
		return (true);
	return (imap_break(
	    imap, "IDLE: %.*s", (int)status.rest.len, status.rest.at));
}

static void
take_news(struct slice line, bool *new_r)
{
	struct slice word;
	uint64_t number;

	if (imap_word(&line, &word) && slice_equal(word, "*") &&
	    imap_number(&line, &number) && imap_word(&line, &word) &&
	    slice_equal(word, "EXISTS"))
		*new_r = true;
}

/* What made the connection readable may be TLS' own business. */
bool
imap_heard(struct imap *imap, bool *new_r)
{
	enum { AT_ONCE = 1000 /* microseconds */ };
	int complete;

	while ((complete = read_response(imap, "IDLE", wire_now() + AT_ONCE)) ==
	    1) {
		struct slice line = imap_line(&imap->reader);

		if (imap_status(line, slice_of(imap->tag_text)).kind ==
		    IMAP_BYE)
			return (imap_break(imap, "IDLE: the server ends"));
		take_news(line, new_r);
	}
	return (complete == 0);
}

bool
imap_wake(struct imap *imap)
{
	struct imap_status status;

	return (imap_say(imap, "IDLE", "DONE\r\n") &&
	    hear(imap, "IDLE", NULL, NULL, &status) &&
	    obeyed(imap, "IDLE", &status));
}
