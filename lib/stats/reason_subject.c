/*
 * What of a reply or of a delivery's text is no name.
 */
#include "lib/stats/reason_rules.h"
#include "lib/util/block.h"

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
		struct slice class;
		enum named named;
	} all[] = {
		{ { "Helo command", 12 }, NAMED_IN_SESSION },
		{ { "Sender address", 14 }, NAMED_IN_SESSION },
		{ { "Recipient address", 17 }, NAMED_IN_SESSION },
		{ { "Client host", 11 }, NAMED_ELSEWHERE },
		{ { "Client certificate", 18 }, NAMED_ELSEWHERE },
		{ { "SASL login name", 15 }, NAMED_ELSEWHERE },
		{ { "Etrn command", 12 }, NAMED_ELSEWHERE },
		{ { "Data command", 12 }, NAMED_ELSEWHERE },
		{ { "End-of-data", 11 }, NAMED_ELSEWHERE },
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		struct slice class = all[i].class;

		if (text.len > class.len && *text.at == *class.at &&
		    slice_starts(slice_from(text, class.len), " rejected: ") &&
		    memcmp(text.at, class.at, class.len) == 0)
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

/* A place in a reply where a name may end. */
struct place {
	struct slice name, behind;
	enum named named;
};

/* The first such place behind `from`; false: there is none. */
static bool
next_place(struct slice text, size_t from, struct place *place_r)
{
	struct slice rest = slice_from(text, from), word;

	while (slice_cut(&rest, '>', &word)) {
		struct slice behind = rest;

		if (!slice_skip(&behind, ": "))
			continue;
		place_r->named = named_by(behind);
		place_r->name = (struct slice){ text.at + 1,
			(size_t)(rest.at - text.at) - 2 };
		place_r->behind = behind;
		if (place_r->named != NAMED_NOTHING)
			return (true);
	}
	return (false);
}

/* What is behind the only place whose name stands in the session, too, if it is
   one that does; from `place` on.  Else `none`. */
__attribute__((noinline)) static struct slice
behind_good(struct slice text, struct place place, struct slice none)
{
	struct slice good = none;
	unsigned count = 0;

	do {
		if (place.named == NAMED_ELSEWHERE ||
		    stands_again(place.name, place.behind)) {
			good = place.behind;
			count++;
		}
	} while (next_place(text, (size_t)(place.behind.at - text.at), &place));
	return (count == 1 ? good : none);
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
	struct slice nothing = { text.at, 0 };
	struct place first, second;

	if (text.len > SUBJECT_MAX || !next_place(text, 1, &first))
		return (nothing);
	if (!next_place(text, (size_t)(first.behind.at - text.at), &second))
		return (first.behind);
	return (behind_good(text, first, nothing));
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

/* Bits of the bytes of a block that no word of a reason has. */
static inline unsigned
of_names(const char *at)
{
	block bytes = block_load(at);

	return (block_equal(bytes, '@') | block_equal(bytes, '['));
}

/* The next "@" or "[", or the end.  The last block may be looked at twice. */
static size_t
next_of_name(struct slice text)
{
	size_t at = 0;
	unsigned found;

	for (; at + BLOCK <= text.len; at += BLOCK)
		if ((found = of_names(text.at + at)) != 0)
			return (at + (size_t)__builtin_ctz(found));
	if (text.len < BLOCK) {
		while (
		    at < text.len && text.at[at] != '@' && text.at[at] != '[')
			at++;
		return (at);
	}
	found = of_names(text.at + text.len - BLOCK) >>
	    (at - (text.len - BLOCK));
	return (found != 0 ? at + (size_t)__builtin_ctz(found) : text.len);
}

/* Copy without the words that have an "@" or a "[". */
static void
write_words(struct writer *writer, struct slice text)
{
	size_t at = next_of_name(text);

	while (at < text.len) {
		size_t end = at + slice_until(slice_from(text, at), ' ').len;

		write_bytes(
		    writer, (struct slice){ text.at, word_start(text, at) });
		text = slice_from(text, end < text.len ? end + 1 : end);
		at = next_of_name(text);
	}
	write_bytes(writer, text);
}

struct slice
reason_rules_subject(
    enum reason_about about, struct slice said, char room[SUBJECT_MAX])
{
	struct writer writer = { room, 0 };

	if (about == ABOUT_FAILURE) {
		skip_host(&said);
		/* Mostly there is nothing to leave out. */
		if (said.len <= SUBJECT_MAX && next_of_name(said) == said.len)
			return (said);
	} else {
		size_t codes = codes_len(said);

		write_bytes(&writer, (struct slice){ said.at, codes });
		said = reply_text(slice_from(said, codes));
	}
	write_words(&writer, said);
	return ((struct slice){ room, writer.len });
}
