/*
 * Lines, literals and what stands in them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "probe/imap_reply.h"

/* --- bytes to lines ------------------------------------------------------- */

void
imap_begin(struct imap_reader *reader)
{
	reader->line_len = reader->literal_len = 0;
	reader->literal_left = 0;
	reader->fault[0] = '\0';
}

/* The size of a literal that is announced at the line's end: {N} or {N+}. */
static bool
announces(const struct imap_reader *reader, uint64_t *size_r)
{
	struct slice line = { reader->line, reader->line_len };
	size_t from = line.len;

	if (from == 0 || line.at[--from] != '}')
		return (false);
	if (from > 0 && line.at[from - 1] == '+')
		from--;
	line.len = from;
	while (from > 0 && byte_is_digit(line.at[from - 1]))
		from--;
	return (from > 0 && line.at[from - 1] == '{' && from < line.len &&
	    slice_number(slice_from(line, from), size_r));
}

/* The line has ended.  1: and so has the response. */
static int
end_line(struct imap_reader *reader)
{
	uint64_t size;

	if (reader->line_len > 0 && reader->line[reader->line_len - 1] == '\r')
		reader->line_len--;
	if (!announces(reader, &size))
		return (1);
	if (size > IMAP_LITERAL_MAX) {
		(void)snprintf(reader->fault, sizeof(reader->fault),
		    "a literal of %" PRIu64 " bytes", size);
		return (-1);
	}
	reader->literal_left = size;
	reader->literal_len = 0;
	return (0);
}

static size_t
take_literal(struct imap_reader *reader, struct slice bytes)
{
	size_t count = bytes.len < reader->literal_left ?
	    bytes.len :
	    (size_t)reader->literal_left;

	memcpy(reader->literal + reader->literal_len, bytes.at, count);
	reader->literal_len += count;
	reader->literal_left -= count;
	return (count);
}

/* Up to a newline, or all; -1: there is no room. */
static int
take_line(struct imap_reader *reader, struct slice bytes, size_t *used_r)
{
	const char *newline = memchr(bytes.at, '\n', bytes.len);
	size_t count = newline != NULL ? (size_t)(newline - bytes.at) :
					 bytes.len;

	*used_r = count + (newline != NULL);
	if (count > IMAP_LINE_MAX - reader->line_len) {
		(void)snprintf(reader->fault, sizeof(reader->fault),
		    "a line of more than %d bytes", IMAP_LINE_MAX);
		return (-1);
	}
	memcpy(reader->line + reader->line_len, bytes.at, count);
	reader->line_len += count;
	return (newline != NULL ? end_line(reader) : 0);
}

int
imap_read(struct imap_reader *reader, struct slice bytes, size_t *used_r)
{
	int complete = 0;

	*used_r = 0;
	while (complete == 0 && *used_r < bytes.len) {
		struct slice rest = slice_from(bytes, *used_r);
		size_t used;

		if (reader->literal_left > 0)
			used = take_literal(reader, rest);
		else
			complete = take_line(reader, rest, &used);
		*used_r += used;
	}
	return (complete);
}

struct slice
imap_line(const struct imap_reader *reader)
{
	return ((struct slice){ reader->line, reader->line_len });
}

struct slice
imap_literal(const struct imap_reader *reader)
{
	return ((struct slice){ reader->literal, reader->literal_len });
}

/* --- what lines say ------------------------------------------------------- */

static bool
is_word(struct slice word, const char *wanted)
{
	return (word.len == strlen(wanted) &&
	    strncasecmp(word.at, wanted, word.len) == 0);
}

bool
imap_word(struct slice *line, struct slice *word_r)
{
	while (line->len > 0 && line->at[0] == ' ')
		*line = slice_from(*line, 1);
	*word_r = slice_until(*line, ' ');
	*line = slice_from(*line, word_r->len);
	return (word_r->len > 0);
}

bool
imap_number(struct slice *line, uint64_t *number_r)
{
	struct slice rest = *line, word;

	if (!imap_word(&rest, &word) || !slice_number(word, number_r))
		return (false);
	*line = rest;
	return (true);
}

bool
imap_has_word(struct slice words, const char *word)
{
	struct slice next;

	while (imap_word(&words, &next))
		if (is_word(next, word))
			return (true);
	return (false);
}

static enum imap_kind
kind_of(struct slice word)
{
	static const struct {
		const char *word;
		enum imap_kind kind;
	} kinds[] = { { "OK", IMAP_OK }, { "NO", IMAP_NO }, { "BAD", IMAP_BAD },
		{ "PREAUTH", IMAP_PREAUTH }, { "BYE", IMAP_BYE } };

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (is_word(word, kinds[i].word))
			return (kinds[i].kind);
	return (IMAP_OTHER);
}

static void
take_code(struct imap_status *status)
{
	const char *end;

	while (status->rest.len > 0 && status->rest.at[0] == ' ')
		status->rest = slice_from(status->rest, 1);
	if (status->rest.len == 0 || status->rest.at[0] != '[')
		return;
	end = memchr(status->rest.at, ']', status->rest.len);
	if (end == NULL)
		return;
	status->code = (struct slice){ status->rest.at + 1,
		(size_t)(end - status->rest.at) - 1 };
	status->rest = slice_from(status->rest, status->code.len + 2);
}

struct imap_status
imap_status(struct slice line, struct slice tag)
{
	struct imap_status status = { .rest = line };
	struct slice first, word, behind;

	if (line.len > 0 && line.at[0] == '+') {
		status.kind = IMAP_CONTINUE;
		status.rest = slice_from(line, 1);
		return (status);
	}
	if (!imap_word(&status.rest, &first))
		return (status);
	status.tagged = first.len == tag.len &&
	    memcmp(first.at, tag.at, tag.len) == 0;
	behind = status.rest;
	if (!imap_word(&behind, &word))
		return (status);
	status.kind = kind_of(word);
	if (status.kind == IMAP_OTHER)
		return (status);
	status.rest = behind;
	take_code(&status);
	return (status);
}

/* --- FETCH ---------------------------------------------------------------- */

/* "23-Nov-2026 07:01:02 +0100" (9, date-time); 0: it is none. */
static uint64_t
read_date(struct slice text)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	char copy[32], name[4], sign;
	unsigned day, year, hour, minute, second, zone_hour, zone_minute;
	struct tm tm = { .tm_isdst = 0 };
	const char *month;
	long offset;
	time_t when;

	if (text.len >= sizeof(copy))
		return (0);
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	if (sscanf(copy, "%2u-%3[A-Za-z]-%4u %2u:%2u:%2u %c%2u%2u", &day, name,
		&year, &hour, &minute, &second, &sign, &zone_hour,
		&zone_minute) != 9 ||
	    (month = strcasestr(months, name)) == NULL ||
	    (month - months) % 3 != 0)
		return (0);
	tm.tm_mday = (int)day;
	tm.tm_mon = (int)(month - months) / 3;
	tm.tm_year = (int)year - 1900;
	tm.tm_hour = (int)hour;
	tm.tm_min = (int)minute;
	tm.tm_sec = (int)second;
	when = timegm(&tm);
	offset = (long)(zone_hour * 3600 + zone_minute * 60);
	when -= sign == '-' ? -offset : offset;
	return (when > 0 ? (uint64_t)when : 0);
}

/* The text in the next pair of quotes. */
static struct slice
quoted(struct slice line)
{
	struct slice from = slice_from(line, slice_until(line, '"').len);

	if (from.len == 0)
		return (from);
	return (slice_until(slice_from(from, 1), '"'));
}

/* Items come in any order; of those that were not asked for nothing is taken.
   Values of ours hold no blank but the date. */
bool
imap_fetched(struct slice line, struct imap_message *message_r)
{
	struct slice word;
	uint64_t number;

	*message_r = (struct imap_message){ .uid = 0 };
	if (!imap_word(&line, &word) || !is_word(word, "*") ||
	    !imap_number(&line, &number) || !imap_word(&line, &word) ||
	    !is_word(word, "FETCH"))
		return (false);
	while (imap_word(&line, &word)) {
		if (word.at[0] == '(')
			word = slice_from(word, 1);
		if (is_word(word, "UID")) {
			struct slice value;

			if (!imap_word(&line, &value))
				break;
			if (value.at[value.len - 1] == ')')
				value.len--;
			if (!slice_number(value, &message_r->uid))
				message_r->uid = 0;
		} else if (is_word(word, "INTERNALDATE"))
			message_r->date = read_date(quoted(line));
		else if (word.len > 5 && strncasecmp(word.at, "BODY[", 5) == 0)
			message_r->has_body = memchr(line.at, '{', line.len) !=
			    NULL;
	}
	return (message_r->uid != 0);
}
