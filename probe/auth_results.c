/*
 * Authentication-Results, word by word.  Names that senders choose stand in it,
 * in comments and in quotes; so these are stepped over as what they are, and
 * nothing is searched for.
 */
#include <stdio.h>
#include <strings.h>

#include "probe/auth_results.h"

enum { WORD_MAX = 256 }; /* longer ones are none that we know */

static void
step(struct slice *rest, size_t count)
{
	*rest = slice_from(*rest, count < rest->len ? count : rest->len);
}

/* A comment: they nest, and a backslash takes a byte's meaning away. */
static void
skip_comment(struct slice *rest)
{
	size_t depth = 0;

	do {
		char byte = *rest->at;

		if (byte == '(')
			depth++;
		else if (byte == ')')
			depth--;
		step(rest, byte == '\\' ? 2 : 1);
	} while (depth > 0 && rest->len > 0);
}

static bool
is_blank(char byte)
{
	return (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n');
}

/* What may stand between any two words. */
static void
skip_blanks(struct slice *rest)
{
	while (rest->len > 0)
		if (*rest->at == '(')
			skip_comment(rest);
		else if (is_blank(*rest->at))
			step(rest, 1);
		else
			return;
}

static bool
skip_byte(struct slice *rest, char byte)
{
	skip_blanks(rest);
	if (rest->len == 0 || *rest->at != byte)
		return (false);
	step(rest, 1);
	return (true);
}

/* Of a token of MIME (RFC 2045). */
static bool
is_of_token(char byte)
{
	return (byte > ' ' && byte < 0x7f &&
	    strchr("()<>@,;:\\\"/[]?=", byte) == NULL);
}

/* In quotes; what they hold goes into `word_r`, ended by NUL. */
static bool
take_quoted(struct slice *rest, char word_r[WORD_MAX])
{
	size_t len = 0;

	for (step(rest, 1); rest->len > 0 && *rest->at != '"'; step(rest, 1)) {
		if (*rest->at == '\\')
			step(rest, 1);
		if (rest->len == 0 || len + 1 == WORD_MAX || *rest->at == '\0')
			return (false);
		word_r[len++] = *rest->at;
	}
	word_r[len] = '\0';
	return (skip_byte(rest, '"'));
}

/* The next word; an empty one is none. */
static bool
take_word(struct slice *rest, char word_r[WORD_MAX])
{
	size_t len = 0;

	skip_blanks(rest);
	if (rest->len > 0 && *rest->at == '"')
		return (take_quoted(rest, word_r));
	while (len < rest->len && is_of_token(rest->at[len]))
		len++;
	if (len == 0 || len >= WORD_MAX)
		return (false);
	memcpy(word_r, rest->at, len);
	word_r[len] = '\0';
	step(rest, len);
	return (true);
}

static bool
at_end(struct slice *rest)
{
	skip_blanks(rest);
	return (rest->len == 0);
}

/* Whether nothing of this part is left. */
static bool
part_ends(struct slice *rest)
{
	return (at_end(rest) || *rest->at == ';');
}

/* Who wrote it, and by which version of the rules: there is one. */
static bool
is_of(struct slice *rest, const char *authserv_id)
{
	char word[WORD_MAX];

	if (!take_word(rest, word) || strcasecmp(word, authserv_id) != 0)
		return (false);
	if (part_ends(rest))
		return (true);
	return (
	    take_word(rest, word) && strcmp(word, "1") == 0 && part_ends(rest));
}

/* Step over the rest of a part: why, and of what it was found. */
static bool
next_part(struct slice *rest)
{
	char word[WORD_MAX];

	while (!part_ends(rest))
		if (*rest->at != '"')
			step(rest, 1);
		else if (!take_quoted(rest, word))
			return (false);
	if (at_end(rest))
		return (false);
	step(rest, 1);
	return (true);
}

static char *
place_of(struct arrival *arrival, const char *method)
{
	if (strcasecmp(method, "spf") == 0)
		return (arrival->spf);
	if (strcasecmp(method, "dkim") == 0)
		return (arrival->dkim);
	if (strcasecmp(method, "dmarc") == 0)
		return (arrival->dmarc);
	return (NULL);
}

/* A result is a word of letters, digits and hyphens; one that is longer than any
   of RFC 8601 is cut. */
static bool
take_result(struct slice *rest, char result_r[ARRIVAL_WORD])
{
	char word[WORD_MAX];
	size_t len = 0;

	if (!take_word(rest, word))
		return (false);
	for (; word[len] != '\0' && len + 1 < ARRIVAL_WORD; len++) {
		char byte = word[len];

		if (!byte_is_letter(byte) && !byte_is_digit(byte) &&
		    byte != '-')
			return (false);
		result_r[len] = byte_is_letter(byte) ? (char)(byte | 0x20) :
						       byte;
	}
	result_r[len] = '\0';
	return (len > 0);
}

/* "dkim=pass", "dkim/1 = pass (all well)" */
static void
take_method(struct slice *rest, struct arrival *said)
{
	char method[WORD_MAX], version[WORD_MAX], result[ARRIVAL_WORD];
	char *place;

	if (!take_word(rest, method) ||
	    (skip_byte(rest, '/') && !take_word(rest, version)) ||
	    !skip_byte(rest, '=') || !take_result(rest, result))
		return;
	place = place_of(said, method);
	if (place != NULL && *place == '\0')
		memcpy(place, result, ARRIVAL_WORD);
}

void
auth_results_read(
    struct slice value, const char *authserv_id, struct arrival *arrival)
{
	static const char *const methods[] = { "spf", "dkim", "dmarc" };
	struct arrival said = { .serial = 0 };

	if (!is_of(&value, authserv_id))
		return;
	while (next_part(&value))
		take_method(&value, &said);
	for (size_t i = 0; i < COUNT(methods); i++) {
		const char *word = place_of(&said, methods[i]);

		(void)snprintf(place_of(arrival, methods[i]), ARRIVAL_WORD,
		    "%s", *word != '\0' ? word : "none");
	}
}
