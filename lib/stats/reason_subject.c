/*
 * What of a reply or of a delivery's text is no name.
 */
#include "lib/stats/reason_rules.h"

/* Step over "450 4.7.1 ", or one of them. */
static size_t
codes_len(struct slice text)
{
	size_t len = 0;

	if (text.len > 4 && byte_is_digit(text.at[0]) &&
	    byte_is_digit(text.at[1]) && byte_is_digit(text.at[2]) &&
	    text.at[3] == ' ')
		len = 4;
	if (text.len > len + 6 && byte_is_digit(text.at[len]) &&
	    text.at[len + 1] == '.') {
		struct slice word = slice_until(slice_from(text, len), ' ');

		if (word.len < text.len - len)
			len += word.len + 1;
	}
	return (len);
}

/* Where the ">" of the name is that `text` begins with; the end if there is
   none.  A local part that needs quotes is quoted as a whole. */
static size_t
name_end(struct slice text)
{
	size_t at = 1;

	if (slice_starts(text, "<\""))
		for (at = 2; at < text.len && text.at[at] != '"'; at++)
			if (text.at[at] == '\\')
				at++;
	return (at < text.len ?
		at + slice_until(slice_from(text, at), '>').len :
		text.len);
}

/* Whether the first `len` bytes, a name in brackets, stand at the end behind
   helo= again. */
static bool
is_helo(struct slice text, size_t len)
{
	static const char helo[] = " helo=";
	size_t tail = len + strlen(helo);

	return (text.len > len + tail &&
	    memcmp(text.at + text.len - tail, helo, strlen(helo)) == 0 &&
	    memcmp(text.at + text.len - len, text.at, len) == 0);
}

/*
 * The length of "<name>: " at the start of a reply; 0 if there is none.  A HELO
 * name may itself have ">: " in it: then the name is the one that stands at the
 * end, too.
 */
static size_t
named_len(struct slice text)
{
	size_t first, at;
	ptrdiff_t found;

	if (!slice_starts(text, "<"))
		return (0);
	first = name_end(text);
	for (at = first; at < text.len;) {
		found = slice_find(slice_from(text, at), ">: ");
		if (found < 0)
			break;
		at += (size_t)found + strlen(">");
		if (is_helo(text, at))
			return (at + strlen(": "));
	}
	return (
	    first < text.len && slice_starts(slice_from(text, first), ">: ") ?
		first + strlen(">: ") :
		0);
}

/* Without what smtpd(8) and postscreen(8) add of the session:
   "; from=<..> to=<..> proto=.. helo=<..>". */
static struct slice
without_session(struct slice text)
{
	for (size_t at = 0; at < text.len;) {
		const char *found = memchr(text.at + at, ';', text.len - at);
		struct slice rest;

		if (found == NULL)
			break;
		at = (size_t)(found - text.at);
		rest = slice_from(text, ++at);
		if (slice_starts(rest, " from=<") ||
		    slice_starts(rest, " to=<") ||
		    slice_starts(rest, " proto="))
			return ((struct slice){ text.at, at - 1 });
	}
	return (text);
}

/* Step over who said it: "host name[address] said: ". */
static void
skip_host(struct slice *text)
{
	struct slice rest, host;

	(void)slice_skip(text, "delivery temporarily suspended: ");
	rest = *text;
	if (slice_skip(&rest, "host ") && slice_cut(&rest, ' ', &host) &&
	    (slice_skip(&rest, "said: ") ||
		slice_skip(&rest, "refused to talk to me: ")))
		*text = rest;
}

/* Where the word with the byte at `at` begins.  A quoted local part may have
   blanks: <"a b"@example.com>. */
static size_t
word_start(struct slice text, size_t at)
{
	if (at > 0 && text.at[at] == '@' && text.at[at - 1] == '"')
		for (size_t i = at - 1; i > 0; i--)
			if (text.at[i] == '"' && text.at[i - 1] == '<')
				return (i - 1);
	while (at > 0 && text.at[at - 1] != ' ')
		at--;
	return (at);
}

struct writer {
	char *to;
	size_t len;
};

static void
write_bytes(struct writer *writer, struct slice part)
{
	size_t room = SUBJECT_MAX - writer->len;

	if (part.len > room)
		part.len = room;
	memcpy(writer->to + writer->len, part.at, part.len);
	writer->len += part.len;
}

/* The next byte of this kind, or the end. */
static inline size_t
next_of(struct slice text, size_t from, char byte)
{
	const char *at = memchr(text.at + from, byte, text.len - from);

	return (at == NULL ? text.len : (size_t)(at - text.at));
}

/* Copy without the words that have an "@" or a "[". */
static void
write_words(struct writer *writer, struct slice text)
{
	size_t at_sign = next_of(text, 0, '@');
	size_t bracket = next_of(text, 0, '[');

	while (at_sign < text.len || bracket < text.len) {
		size_t at = at_sign < bracket ? at_sign : bracket;
		size_t end = next_of(text, at, ' ');

		write_bytes(
		    writer, (struct slice){ text.at, word_start(text, at) });
		if (end < text.len)
			end++;
		text = slice_from(text, end);
		at_sign = at_sign < end ? next_of(text, 0, '@') : at_sign - end;
		bracket = bracket < end ? next_of(text, 0, '[') : bracket - end;
	}
	write_bytes(writer, text);
}

size_t
reason_rules_subject(
    enum reason_about about, struct slice said, char subject_r[SUBJECT_MAX])
{
	struct writer writer = { subject_r, 0 };

	if (about == ABOUT_FAILURE)
		skip_host(&said);
	else {
		size_t codes = codes_len(said);

		write_bytes(&writer, (struct slice){ said.at, codes });
		said = slice_from(said, codes);
		said = without_session(slice_from(said, named_len(said)));
	}
	write_words(&writer, said);
	return (writer.len);
}
