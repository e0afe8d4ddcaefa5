/*
 * Commands and their responses.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/imap_parts.h"
#include "probe/password.h"

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
	password_hide(text, imap->target->password);
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

bool
imap_obeyed(
    struct imap *imap, const char *doing, const struct imap_status *status)
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

/* --- waiting -------------------------------------------------------------- */

bool
imap_noop(struct imap *imap)
{
	struct imap_status status;

	return (imap_command(imap, "NOOP", NULL, NULL, &status, "NOOP") &&
	    imap_obeyed(imap, "NOOP", &status));
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
	    imap_obeyed(imap, "IDLE", &status));
}
