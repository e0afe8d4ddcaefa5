/*
 * One line at a time.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "probe/reply.h"

void
reply_begin(struct reply_reader *reader)
{
	reader->reply = (struct reply){ .code = 0 };
	reader->lines = 0;
	reader->ehlo[0] = '\0';
	reader->line_len = reader->text_len = 0;
	reader->fault = NULL;
	reader->last = SLICE("");
}

static int
fail(struct reply_reader *reader, const char *fault)
{
	reader->fault = fault;
	reader->reply = (struct reply){ .code = 0 };
	outcome_text(reader->reply.text, sizeof(reader->reply.text),
	    reader->line, reader->line_len);
	return (-1);
}

/* x.y.z at the front of `text`: class 2, 4 or 5, up to three digits each (RFC
   3463).  Steps over it and the blank behind it. */
static bool
take_enhanced(struct slice *text, struct slice *code_r)
{
	struct slice word = slice_until(*text, ' ');
	unsigned dots = 0, digits = 0;

	for (size_t i = 0; i < word.len; i++) {
		if (byte_is_digit(word.at[i]) && digits < 3)
			digits++;
		else if (word.at[i] == '.' && digits > 0) {
			dots++;
			digits = 0;
		} else
			return (false);
	}
	if (dots != 2 || digits == 0 || word.at[1] != '.' ||
	    (word.at[0] != '2' && word.at[0] != '4' && word.at[0] != '5'))
		return (false);
	*code_r = word;
	*text = slice_from(*text, word.len + (word.len < text->len));
	return (true);
}

/* Put `more` behind what is there, as far as there is room. */
static size_t
append(char *text, size_t size, size_t len, char before, struct slice more)
{
	if (len > 0 && len + 1 < size)
		text[len++] = before;
	if (more.len > size - 1 - len)
		more.len = size - 1 - len;
	memcpy(text + len, more.at, more.len);
	text[len + more.len] = '\0';
	return (len + more.len);
}

static void
take_keyword(struct reply_reader *reader, struct slice text)
{
	size_t len = strlen(reader->ehlo), size = sizeof(reader->ehlo);

	if (len > 0 && len + 2 < size)
		reader->ehlo[len++] = '\n';
	outcome_text(reader->ehlo + len, size - len, text.at, text.len);
}

static void
take_text(struct reply_reader *reader, struct slice text)
{
	struct reply *reply = &reader->reply;
	struct slice enhanced;

	if (reader->lines > 1)
		take_keyword(reader, text);
	if (take_enhanced(&text, &enhanced) && reader->lines == 1)
		outcome_text(reply->enhanced, sizeof(reply->enhanced),
		    enhanced.at, enhanced.len);
	reader->text_len = append(
	    reply->text, sizeof(reply->text), reader->text_len, ' ', text);
}

/* Returns as reply_read() does. */
static int
take_line(struct reply_reader *reader)
{
	struct slice line = { reader->line, reader->line_len };
	uint64_t code;
	char after;

	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	reader->line_len = line.len;
	if (line.len < 3 ||
	    !slice_number((struct slice){ line.at, 3 }, &code) || code < 200 ||
	    code > 599)
		return (fail(reader, "no reply of SMTP"));
	after = line.len > 3 ? line.at[3] : ' ';
	if (after != ' ' && after != '-')
		return (fail(reader, "no reply of SMTP"));
	if (reader->lines > 0 && code != reader->reply.code)
		return (fail(reader, "lines of a reply with different codes"));
	if (++reader->lines > REPLY_LINES_MAX)
		return (fail(reader, "a reply of too many lines"));
	reader->reply.code = (unsigned)code;
	reader->last = slice_from(line, line.len > 3 ? 4 : 3);
	take_text(reader, reader->last);
	reader->line_len = 0;
	if (after == '-')
		return (0);
	outcome_text(reader->reply.text, sizeof(reader->reply.text),
	    reader->reply.text, reader->text_len);
	return (1);
}

int
reply_read(struct reply_reader *reader, struct slice bytes, size_t *used_r)
{
	for (size_t i = 0; i < bytes.len; i++) {
		int result;

		*used_r = i + 1;
		if (bytes.at[i] != '\n') {
			if (reader->line_len == REPLY_LINE_MAX)
				return (
				    fail(reader, "a line that is too long"));
			reader->line[reader->line_len++] = bytes.at[i];
			continue;
		}
		result = take_line(reader);
		if (result != 0)
			return (result);
	}
	*used_r = bytes.len;
	return (0);
}

bool
reply_offers(const char *ehlo, const char *keyword, struct slice *parameters_r)
{
	struct slice rest = slice_of(ehlo);
	size_t len = strlen(keyword);

	while (rest.len > 0) {
		struct slice line = slice_until(rest, '\n');

		rest = slice_from(
		    rest, line.len + (line.len < rest.len ? 1 : 0));
		/* Some offer "AUTH=PLAIN", for clients of long ago. */
		if (line.len < len || strncasecmp(line.at, keyword, len) != 0 ||
		    (line.len > len && line.at[len] != ' ' &&
			line.at[len] != '='))
			continue;
		*parameters_r = slice_from(line, len + (line.len > len));
		return (true);
	}
	return (false);
}

void
reply_queue_id(const struct reply *reply, char id_r[QUEUE_ID_TEXT])
{
	static const char before[] = "queued as ";
	const char *at = strstr(reply->text, before);
	size_t len = 0;

	id_r[0] = '\0';
	if (at == NULL)
		return;
	at += strlen(before);
	while (byte_is_letter(at[len]) || byte_is_digit(at[len]))
		len++;
	if (len < QUEUE_ID_TEXT)
		(void)snprintf(id_r, QUEUE_ID_TEXT, "%.*s", (int)len, at);
}
