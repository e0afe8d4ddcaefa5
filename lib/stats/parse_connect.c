/*
 * Connections: those of clients to smtpd(8), and those that smtp(8) and
 * lmtp(8) could not make.
 *
 *	smtpd	connect from name[address]
 *		disconnect from name[address] ehlo=1 .. commands=4
 *	smtp	connect to name[address]:port: Connection refused
 *		SSL_connect error to name[address]:port: ..
 *		ID: lost connection with name[address] while ..
 *		ID: conversation with name[address] timed out while ..
 */
#include "lib/stats/parse.h"

/* There are no other lines that begin as these two, so little is compared. */
int
parse_session(const struct tag *tag, struct slice text, struct event *event_r)
{
	struct slice client;

	if (slice_skip(&text, "connect from ")) {
		event_begin(event_r, EVENT_CONNECT, 0, tag);
		client = text;
	} else {
		text = slice_from(text, strlen("disconnect from "));
		client = slice_until(text, ' ');
		event_begin(event_r, EVENT_DISCONNECT, 0, tag);
		event_r->said = slice_from(text, client.len);
	}
	event_r->label[LABEL_SERVICE] = tag->service;
	/* An address is in brackets, and mostly the end. */
	return (client.len > 0 &&
	    (client.at[client.len - 1] == ']' ||
		memchr(client.at, '[', client.len) != NULL));
}

static int
failed(const struct tag *tag, unsigned cause, struct slice text,
    struct event *event_r)
{
	event_begin(event_r, EVENT_CONNECT_FAILURE, cause, tag);
	event_r->said = text;
	event_r->label[LABEL_TRANSPORT] = tag->service;
	return (1);
}

/* What connect(2) said. */
static unsigned
cause_of(struct slice reason)
{
	static const struct {
		const char *text;
		unsigned cause;
	} causes[] = {
		{ "Connection timed out", TRAIT_BY_TIMEOUT },
		{ "Operation timed out", TRAIT_BY_TIMEOUT },
		{ "Connection refused", TRAIT_BY_REFUSAL },
		{ "No route to host", TRAIT_BY_NO_ROUTE },
		{ "Network is unreachable", TRAIT_BY_NO_ROUTE },
		{ "Host is unreachable", TRAIT_BY_NO_ROUTE },
		{ "Host is down", TRAIT_BY_NO_ROUTE },
	};

	for (size_t i = 0; i < COUNT(causes); i++)
		if (slice_equal(reason, causes[i].text))
			return (causes[i].cause);
	return (TRAIT_BY_ELSE);
}

int
parse_smtp_bare(const struct tag *tag, struct slice text, struct event *event_r)
{
	struct slice all = text, server;

	if (slice_skip(&text, "SSL_connect error to "))
		return (
		    text.len > 0 ? failed(tag, TRAIT_BY_TLS, all, event_r) : 0);
	if (!slice_skip(&text, "connect to ") ||
	    !slice_cut(&text, ' ', &server) || server.len == 0 ||
	    server.at[server.len - 1] != ':')
		return (0);
	return (failed(tag, cause_of(text), all, event_r));
}

/* Whether a session ended before it could take a message. */
static bool
is_early(struct slice text)
{
	return (
	    slice_starts(text, "while receiving the initial server greeting") ||
	    slice_starts(text, "while performing the EHLO handshake") ||
	    slice_starts(text, "while performing the HELO handshake") ||
	    slice_starts(text, "while performing the LHLO handshake"));
}

int
parse_smtp_session(
    const struct tag *tag, struct slice text, struct event *event_r)
{
	unsigned cause = TRAIT_BY_LOSS;
	struct slice all = text, server;

	if (slice_skip(&text, "conversation with "))
		cause = TRAIT_BY_TIMEOUT;
	else if (!slice_skip(&text, "lost connection with "))
		return (parse_smtp_note(tag, text, event_r));
	if (!slice_cut(&text, ' ', &server) ||
	    (cause == TRAIT_BY_TIMEOUT && !slice_skip(&text, "timed out ")) ||
	    !slice_starts(text, "while "))
		return (0);
	if (is_early(text))
		return (failed(tag, cause, all, event_r));
	event_r->type = EVENT_NONE;
	return (1);
}
