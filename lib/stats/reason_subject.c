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

/* --- replies --------------------------------------------------------------- */

/* Whether what smtpd(8) and postscreen(8) add of the session begins here. */
static bool
is_session(struct slice text)
{
	return (slice_starts(text, "; from=<") ||
	    slice_starts(text, "; to=<") || slice_starts(text, "; proto="));
}

/* Whether a name of a reply is the client's, and stands in the session, too. */
enum named { NAMED_NOTHING, NAMED_IN_SESSION, NAMED_ELSEWHERE };

/* What a name before "`text`" would be; smtpd(8) has no other words for it. */
static enum named
named_by(struct slice text)
{
	static const struct {
		const char *class;
		enum named named;
	} all[] = {
		{ "Helo command", NAMED_IN_SESSION },
		{ "Sender address", NAMED_IN_SESSION },
		{ "Recipient address", NAMED_IN_SESSION },
		{ "Client host", NAMED_ELSEWHERE },
		{ "Client certificate", NAMED_ELSEWHERE },
		{ "SASL login name", NAMED_ELSEWHERE },
		{ "Etrn command", NAMED_ELSEWHERE },
		{ "Data command", NAMED_ELSEWHERE },
		{ "End-of-data", NAMED_ELSEWHERE },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct slice rest = text;

		if (slice_skip(&rest, all[i].class) &&
		    slice_starts(rest, " rejected: "))
			return (all[i].named);
	}
	if (slice_skip(&text, "Relay access denied") &&
	    (text.len == 0 || is_session(text)))
		return (NAMED_IN_SESSION);
	if (slice_skip(&text, "Temporary lookup failure") &&
	    (text.len == 0 || is_session(text)))
		return (NAMED_ELSEWHERE);
	return (NAMED_NOTHING);
}

/* Whether `text` begins with "name>". */
static bool
ends_name(struct slice name, struct slice text)
{
	return (text.len > name.len && text.at[name.len] == '>' &&
	    memcmp(text.at, name.at, name.len) == 0);
}

/* The same if its local part is quoted, which it is not in replies. */
static bool
ends_quoted(struct slice name, struct slice text)
{
	size_t at, i = 0;

	for (at = 1; at < text.len && text.at[at] != '"'; at++) {
		if (text.at[at] == '\\' && at + 1 < text.len)
			at++;
		if (i == name.len || name.at[i++] != text.at[at])
			return (false);
	}
	return (at < text.len &&
	    ends_name(slice_from(name, i), slice_from(text, at + 1)));
}

/* Whether a name stands behind from=, to= or helo= somewhere. */
static bool
stands_again(struct slice name, struct slice text)
{
	for (ptrdiff_t at; (at = slice_find(text, "=<")) >= 0;) {
		text = slice_from(text, (size_t)at + strlen("=<"));
		if (ends_name(name, text) ||
		    (slice_starts(text, "\"") && ends_quoted(name, text)))
			return (true);
	}
	return (false);
}

/*
 * What a reply says behind "<name>: ".  smtpd(8) does not quote the name, and a
 * client can write anything there, in its addresses and in its HELO name: also
 * what would end the name, and a session.  What does end it is among the places
 * that smtpd's own words follow.  Of more than one it is that with a name that
 * the session has, too; nothing is said if that does not tell, or if the end of
 * the line may be lost.
 */
static struct slice
behind_name(struct slice text)
{
	struct slice any = { text.at, 0 }, good = any;
	unsigned any_count = 0, good_count = 0;

	if (text.len > SUBJECT_MAX)
		return (any);
	for (size_t at = 1; at < text.len; at++) {
		struct slice rest;
		enum named named;

		at += slice_until(slice_from(text, at), '>').len;
		rest = slice_from(text, at < text.len ? at : text.len);
		if (!slice_skip(&rest, ">: "))
			continue;
		named = named_by(rest);
		if (named == NAMED_NOTHING)
			continue;
		any = rest;
		any_count++;
		if (named == NAMED_ELSEWHERE ||
		    stands_again((struct slice){ text.at + 1, at - 1 }, rest)) {
			good = rest;
			good_count++;
		}
	}
	return (any_count == 1  ? any :
		good_count == 1 ? good :
				  (struct slice){ text.at, 0 });
}

/* Without what another server or a client has said, behind words of Postfix's
   that have it. */
static struct slice
without_others(struct slice text)
{
	static const char *const before[] = { "undeliverable address: ",
		"unverified address: ", "not owned by user " };
	ptrdiff_t at = slice_find(text, " rejected: ");
	struct slice rest;

	if (at < 0)
		return (text);
	rest = slice_from(text, (size_t)at + strlen(" rejected: "));
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		if (slice_skip(&rest, before[i]))
			return ((struct slice){
			    text.at, (size_t)(rest.at - text.at) });
	return (text);
}

/* Whether a list was asked for a name that the client has chosen. */
static bool
is_listed_name(struct slice text)
{
	return (slice_skip(&text, "Service unavailable; ") &&
	    (slice_starts(text, "Sender address [") ||
		slice_starts(text, "Recipient address [") ||
		slice_starts(text, "Helo command [")));
}

/* Without "; from=<..> to=<..> proto=.. helo=<..>". */
static struct slice
without_session(struct slice text)
{
	for (size_t at = 0; at < text.len; at++) {
		at += slice_until(slice_from(text, at), ';').len;
		if (is_session(slice_from(text, at < text.len ? at : text.len)))
			return ((struct slice){ text.at, at });
	}
	return (text);
}

/* The part of a reply, behind its codes, that gives a reason. */
static struct slice
reply_text(struct slice text)
{
	if (slice_starts(text, "<"))
		return (without_others(without_session(behind_name(text))));
	if (is_listed_name(text))
		return (SLICE("Service unavailable; blocked using "));
	return (without_session(text));
}

/* --- both ------------------------------------------------------------------ */

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
		said = reply_text(slice_from(said, codes));
	}
	write_words(&writer, said);
	return (writer.len);
}
