/*
 * A message's header, field by field, as anybody may have sent it: lines end
 * with LF or CRLF, are folded or cut off, and any byte may stand in them.
 */
#include <stdio.h>
#include <strings.h>

#include "probe/auth_results.h"
#include "probe/mail_read.h"

/* Take a line off the front, without what ends it. */
static struct slice
next_line(struct slice *rest)
{
	struct slice line;

	if (!slice_cut(rest, '\n', &line)) {
		line = *rest;
		*rest = slice_from(*rest, rest->len);
	}
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return (line);
}

struct field {
	struct slice name, value; /* the latter with its line breaks */
};

static bool
is_folded(struct slice rest)
{
	return (rest.len > 0 && (*rest.at == ' ' || *rest.at == '\t'));
}

/* Take a field off the front of a header; false at its end, and that is taken,
   too.  What is no field is one without a name. */
static bool
next_field(struct slice *rest, struct field *field_r)
{
	struct slice line = next_line(rest);

	if (line.len == 0)
		return (false);
	field_r->value = line;
	if (!slice_cut(&field_r->value, ':', &field_r->name))
		field_r->name = (struct slice){ line.at, 0 };
	while (field_r->name.len > 0 &&
	    is_folded(slice_from(field_r->name, field_r->name.len - 1)))
		field_r->name.len--;
	while (is_folded(*rest))
		line = next_line(rest);
	field_r->value.len = (size_t)(line.at + line.len - field_r->value.at);
	return (true);
}

static bool
is_named(const struct field *field, const char *name)
{
	return (field->name.len == strlen(name) &&
	    strncasecmp(field->name.at, name, field->name.len) == 0);
}

/* What a header says, as far as it is asked. */
struct said {
	bool own;             /* a token in the field for it */
	bool message_id;      /* one in the Message-ID, at least */
	bool other;           /* an answer to a mail, or a report of one */
	bool results;         /* there is one: */
	struct slice topmost; /* the first Authentication-Results */
};

static bool
holds(struct slice value, const char *word)
{
	size_t len = strlen(word);

	for (; value.len >= len; value = slice_from(value, 1))
		if (strncasecmp(value.at, word, len) == 0)
			return (true);
	return (false);
}

static bool
is_of_other(const struct field *field)
{
	return (is_named(field, "In-Reply-To") ||
	    is_named(field, "References") ||
	    (is_named(field, "Auto-Submitted") &&
		holds(field->value, "auto-replied")) ||
	    (is_named(field, "Content-Type") &&
		(holds(field->value, "multipart/report") ||
		    holds(field->value, "message/"))));
}

static void
take_field(const struct field *field, const struct secret_key *key,
    struct said *said, struct probe_token *token)
{
	struct probe_token found;

	if (is_named(field, "Authentication-Results") && !said->results) {
		said->results = true;
		said->topmost = field->value;
	}
	if (is_of_other(field))
		said->other = true;
	if (is_named(field, MAIL_TOKEN_FIELD)) {
		if (said->own || !probe_token_find(key, field->value, &found))
			return;
		said->own = true;
	} else if (is_named(field, "Message-ID")) {
		if (said->own || said->message_id ||
		    !probe_token_find(key, field->value, &found))
			return;
		said->message_id = true;
	} else
		return;
	*token = found;
}

/* A token in the body is that of the message itself only if this is no message
   about it: what bounces comes back with its header, to where mail is awaited if
   a probe sends to itself. */
static bool
body_token(struct slice body, const struct said *said,
    const struct secret_key *key, struct probe_token *token_r)
{
	return (!said->other && probe_token_find(key, body, token_r) &&
	    !holds(body, MAIL_TOKEN_FIELD ":"));
}

bool
mail_read(struct slice message, const struct secret_key *key,
    const char *authserv_id, struct arrival *arrival_r)
{
	struct said said = { .own = false };
	struct probe_token token;
	struct field field;

	while (next_field(&message, &field))
		take_field(&field, key, &said, &token);
	if ((!said.own && !said.message_id &&
		!body_token(message, &said, key, &token)) ||
	    token.name.len >= ARRIVAL_NAME)
		return (false);
	(void)snprintf(arrival_r->probe, ARRIVAL_NAME, "%.*s",
	    (int)token.name.len, token.name.at);
	arrival_r->serial = token.serial;
	arrival_r->sent = token.sent;
	*arrival_r->spf = *arrival_r->dkim = *arrival_r->dmarc = '\0';
	if (said.results && authserv_id != NULL)
		auth_results_read(said.topmost, authserv_id, arrival_r);
	return (true);
}
