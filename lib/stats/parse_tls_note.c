/*
 * What programs say while they speak TLS, most of it from smtpd_tls_loglevel
 * or smtp_tls_loglevel 2 on; no counter wants it.
 *
 *	initializing the server-side TLS engine
 *	setting up TLS connection from name[address]
 *	SSL_accept:SSLv3/TLS read client hello
 *	SSL3 alert read:fatal:unknown CA
 *	save session NAME to smtp cache
 *	name[address]: save session NAME to smtpd cache
 *	name[address]:25: depth=0 verify=1 subject=/CN=..
 *
 * What loglevels 3 and 4 dump, bytes in hexadecimal, is not among it.
 */
#include "lib/stats/parse.h"
#include "lib/stats/parse_parts.h"

static bool
is_word(struct slice text)
{
	return (text.len > 0 && memchr(text.at, ' ', text.len) == NULL);
}

/* A number that may be negative, with `before` in front of it. */
static bool
skip_field(struct slice *text, const char *before)
{
	if (!slice_skip(text, before))
		return (false);
	(void)slice_skip(text, "-");
	return (skip_digits(text));
}

/* What OpenSSL calls a state of the handshake: a few plain words, such as
   "SSLv3/TLS write certificate". */
static bool
is_state(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!byte_is_letter(text.at[i]) && !byte_is_digit(text.at[i]) &&
		    memchr(" ./-_", text.at[i], strlen(" ./-_")) == NULL)
			return (false);
	return (text.len > 0);
}

/* "read:fatal:unknown CA" */
static bool
is_alert(struct slice text)
{
	struct slice level;

	return ((slice_skip(&text, "read:") || slice_skip(&text, "write:")) &&
	    slice_cut(&text, ':', &level) && is_state(level) && is_state(text));
}

/* "save session NAME to smtp cache"; NAME has no blanks. */
static bool
is_session(struct slice text)
{
	struct slice name, cache;

	return ((slice_skip(&text, "looking for session ") ||
		    slice_skip(&text, "looking up session ") ||
		    slice_skip(&text, "reloaded session ") ||
		    slice_skip(&text, "save session ") ||
		    slice_skip(&text, "remove session ")) &&
	    slice_cut(&text, ' ', &name) && name.len > 0 &&
	    (slice_skip(&text, "in ") || slice_skip(&text, "from ") ||
		slice_skip(&text, "to ")) &&
	    slice_cut(&text, ' ', &cache) && cache.len > 0 &&
	    slice_equal(text, "cache"));
}

bool
is_tls_note(struct slice text)
{
	if (slice_skip(&text, "setting up TLS connection from ") ||
	    slice_skip(&text, "setting up TLS connection to "))
		return (is_word(text));
	if (slice_skip(&text, "SSL_accept:") ||
	    slice_skip(&text, "SSL_connect:"))
		return (is_state(text));
	if (slice_skip(&text, "SSL3 alert "))
		return (is_alert(text));
	return (slice_equal(text, "initializing the client-side TLS engine") ||
	    slice_equal(text, "initializing the server-side TLS engine") ||
	    is_session(text));
}

/* What a certificate of the chain was compared with. */
static bool
is_match(struct slice text)
{
	return (
	    (slice_skip(&text, " matched ") ||
		(skip_field(&text, " matched=") && slice_skip(&text, " "))) &&
	    (slice_skip(&text, "end entity ") ||
		slice_skip(&text, "trust anchor ")) &&
	    (slice_starts(text, "public-key ") ||
		slice_starts(text, "certificate ")));
}

/* "depth=0 verify=1 subject=..", or that with a match, of a certificate of the
   chain. */
static bool
is_link(struct slice text)
{
	struct slice rest;

	(void)slice_skip(&text, "certificate verification "); /* up to 2.10 */
	if (!skip_field(&text, "depth="))
		return (false);
	rest = text;
	return ((skip_field(&rest, " verify=") &&
		    slice_starts(rest, " subject=")) ||
	    is_match(text));
}

/* "Issuing session ticket, key expiration: 1795390080" */
static bool
is_ticket(struct slice text)
{
	return ((slice_skip(&text, "Issuing ") ||
		    slice_skip(&text, "Decrypting ")) &&
	    skip_field(&text, "session ticket, key expiration: ") &&
	    text.len == 0);
}

/* A text that somebody else has a part in, behind a beginning that is ours. */
static bool
is_said_of_peer(struct slice text)
{
	static const char *const begin[] = { "subject_CN=",
		"matched peername: ", "SNI hostname: ", "Matched fingerprint: ",
		"Matched DANE ", "Matched trust anchor at depth " };

	for (size_t i = 0; i < COUNT(begin); i++)
		if (slice_starts(text, begin[i]) && text.len > strlen(begin[i]))
			return (true);
	return (slice_skip(&text, "TLS cipher list \"") && text.len > 1 &&
	    text.at[text.len - 1] == '"');
}

bool
is_tls_peer_note(struct slice text)
{
	return (is_session(text) || is_link(text) || is_ticket(text) ||
	    is_said_of_peer(text) || slice_equal(text, "Reusing old session") ||
	    slice_equal(
		text, "Reusing old session (RFC 5077 session ticket)") ||
	    slice_equal(text,
		"re-using session with untrusted certificate, look for "
		"details earlier in the log"));
}
