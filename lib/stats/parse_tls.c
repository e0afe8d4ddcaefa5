/*
 * TLS, which programs at both ends of a connection log alike.
 *
 *	Anonymous TLS connection established from name[address]: TLSv1.3 with
 *	    cipher NAME (256/256 bits) key-exchange ..
 *	Verified TLS connection established to name[address]:25: TLSv1.2 ..
 *	Untrusted TLS connection established from name[address] to SNI: ..
 *	Trusted TLS connection reused to name[address]:25: ..
 *	SSL_accept error from name[address]: text
 */
#include "lib/stats/parse.h"
#include "lib/stats/parse_parts.h"
#include "lib/stats/words.h"

static const struct slice protocols[] = { PROTOCOLS(WORD_SLICE) };

/* "name[address]:" or "name[address]:port:" and a blank, or with " to SNI"
   before the colon. */
static bool
skip_peer(struct slice *text)
{
	struct slice peer, name = { text->at, 0 };

	if (!slice_cut(text, ' ', &peer) || peer.len == 0 ||
	    memchr(peer.at, '[', peer.len) == NULL)
		return (false);
	if (peer.at[peer.len - 1] == ':')
		return (true);
	return (slice_skip(text, "to ") && slice_cut(text, ' ', &name) &&
	    name.len > 1 && name.at[name.len - 1] == ':');
}

/* "(256/256 bits)", and more only behind a blank. */
static bool
is_strength(struct slice text)
{
	return (slice_skip(&text, "(") && skip_digits(&text) &&
	    slice_skip(&text, "/") && skip_digits(&text) &&
	    slice_skip(&text, " bits)") && (text.len == 0 || *text.at == ' '));
}

/* The number of a version of TLS, and its word as a label has it. */
static unsigned
protocol_number(struct slice word, struct slice *word_r)
{
	*word_r = protocols[0];
	if (slice_equal(word, "TLSv1.3")) /* mostly */
		return (0);
	return (words_find(protocols, COUNT(protocols), word, word_r));
}

struct connection {
	bool in, reused;
	struct slice protocol, cipher;
};

/* What follows "Trusted TLS connection ". */
static bool
read_connection(struct slice text, struct connection *connection_r)
{
	bool reused = slice_starts(text, "reused "), in;

	if (!slice_skip(&text, reused ? "reused " : "established "))
		return (false);
	in = slice_starts(text, "from ");
	connection_r->in = in;
	connection_r->reused = reused;
	return (slice_skip(&text, in ? "from " : "to ") && skip_peer(&text) &&
	    slice_cut(&text, ' ', &connection_r->protocol) &&
	    slice_skip(&text, "with cipher ") &&
	    slice_cut(&text, ' ', &connection_r->cipher) &&
	    connection_r->cipher.len > 0 && is_strength(text));
}

/* The same; `number` is another one for each word of trust. */
static int
parse_connection(const struct tag *tag, unsigned number, struct slice trust,
    struct slice text, struct event *event_r)
{
	struct connection c;
	unsigned protocol;

	if (!read_connection(text, &c))
		return (0);
	/* A connection that is reused has counted already; that of a tlsproxy(8)
	   counts when smtp(8) says the same. */
	if (c.reused || (!c.in && tag->kind != DAEMON_SMTP))
		return (known(event_r, true));
	event_begin(event_r, EVENT_TLS,
	    tag->kind == DAEMON_SMTPD ? TRAIT_BY_SMTPD : 0, tag);
	event_r->label[LABEL_SERVICE] = tag->service;
	event_r->label[LABEL_SIDE] = c.in ? SLICE("in") : SLICE("out");
	event_r->label[LABEL_TRUST] = trust;
	protocol = protocol_number(c.protocol, &event_r->label[LABEL_PROTOCOL]);
	event_r->code = protocol * 8 + number * 2 + c.in;
	event_r->label[LABEL_CIPHER] = c.cipher;
	event_r->varies = LABEL_CIPHER;
	return (1);
}

/* "SSL_accept error from name[address]: why". */
static int
parse_failure(const struct tag *tag, struct slice text, struct event *event_r)
{
	if (!skip_peer(&text) || text.len == 0)
		return (0);
	event_begin(event_r, EVENT_TLS_FAILURE,
	    tag->kind == DAEMON_SMTPD ? TRAIT_BY_SMTPD : 0, tag);
	event_r->label[LABEL_SERVICE] = tag->service;
	return (1);
}

/* "Trusted TLS connection ..". */
static int
parse_trust(const struct tag *tag, struct slice text, struct event *event_r)
{
	if (slice_skip(&text, "Anonymous TLS connection "))
		return (parse_connection(
		    tag, 0, SLICE("Anonymous"), text, event_r));
	if (slice_skip(&text, "Untrusted TLS connection "))
		return (parse_connection(
		    tag, 1, SLICE("Untrusted"), text, event_r));
	if (slice_skip(&text, "Trusted TLS connection "))
		return (
		    parse_connection(tag, 2, SLICE("Trusted"), text, event_r));
	if (slice_skip(&text, "Verified TLS connection "))
		return (
		    parse_connection(tag, 3, SLICE("Verified"), text, event_r));
	return (0);
}

/* Whether a program speaks TLS itself. */
static bool
speaks(const struct tag *tag)
{
	return (tag->kind == DAEMON_SMTPD || tag->kind == DAEMON_SMTP ||
	    tag->kind == DAEMON_TLSPROXY);
}

/* Most lines that come here are not of TLS, so their first byte is looked at
   first; a client's name may begin with any but a capital. */
int
parse_tls(const struct tag *tag, struct slice text, struct event *event_r)
{
	switch (text.len > 0 ? *text.at : '\0') {
	case 'A':
	case 'T':
	case 'U':
	case 'V':
		return (parse_trust(tag, text, event_r));
	case 'S':
		return (slice_skip(&text, "SSL_accept error from ") ?
			parse_failure(tag, text, event_r) :
			known(event_r, speaks(tag) && is_tls_note(text)));
	}
	return (known(event_r,
	    speaks(tag) &&
		(is_tls_note(text) ||
		    (skip_peer(&text) && is_tls_peer_note(text)))));
}
