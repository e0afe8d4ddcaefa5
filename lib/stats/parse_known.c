/*
 * Lines whose whole shape is known and that no counter wants: they are no
 * event, and not unrecognised either.  A shape that is not certain does not
 * belong here.
 */
#include "lib/stats/parse.h"

static int
known(bool is_known, struct event *event_r)
{
	event_r->type = EVENT_NONE;
	return (is_known);
}

static bool
ends(struct slice text, const char *end)
{
	size_t len = strlen(end);

	return (
	    text.len > len && memcmp(text.at + text.len - len, end, len) == 0);
}

/* Whether `text` begins with one of `count` beginnings and has more. */
static bool
begins_as(struct slice text, const char *const *begin, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(begin[i]);

		if (text.len > len && memcmp(text.at, begin[i], len) == 0)
			return (true);
	}
	return (false);
}

/* postfix(1) and its script. */
static bool
is_script(struct slice text)
{
	struct slice verb = slice_until(text, ' ');
	uint64_t pid;

	if (slice_skip(&text, "the Postfix mail system is running: PID: ")) {
		while (slice_skip(&text, " "))
			;
		return (slice_number(text, &pid));
	}
	if (slice_equal(text, "the Postfix mail system is not running") ||
	    slice_equal(
		text, "waiting for the Postfix mail system to terminate"))
		return (true);
	if (!slice_equal(verb, "starting") && !slice_equal(verb, "stopping") &&
	    !slice_equal(verb, "refreshing") && !slice_equal(verb, "aborting"))
		return (false);
	return (slice_equal(
	    slice_from(text, verb.len), " the Postfix mail system"));
}

/* What TLS says of certificates, beside what becomes of the connection. */
static bool
is_certificate(struct slice text)
{
	(void)(slice_skip(&text, "server ") || slice_skip(&text, "client ") ||
	    slice_skip(&text, "CA "));
	return (slice_skip(&text, "certificate verification failed for ") &&
	    slice_find(text, ": ") > 0);
}

int
parse_known(const struct tag *tag, struct slice text, struct event *event_r)
{
	if (slice_starts(text, "table "))
		return (known(ends(text, " has changed -- restarting") ||
			ends(
			    text, " has changed - finishing in the background"),
		    event_r));
	if (slice_starts(text, "using backwards-compatible default setting "))
		return (known(true, event_r));
	if (tag->kind == DAEMON_SCRIPT)
		return (known(is_script(text), event_r));
	if (tag->kind == DAEMON_SMTP && slice_skip(&text, "Host offered "))
		return (known(slice_starts(text, "STARTTLS: [") &&
			text.at[text.len - 1] == ']',
		    event_r));
	return (known(is_certificate(text), event_r));
}

/* "host name[address] said: 450 ..", of a server that is not the last. */
static bool
is_reply(struct slice text)
{
	struct slice host;

	return (slice_skip(&text, "host ") && slice_cut(&text, ' ', &host) &&
	    host.len > 0 &&
	    (slice_starts(text, "said: ") ||
		slice_starts(text, "refused to talk to me: ")));
}

/* "replace: header ..": smtp_header_checks and the like. */
static bool
is_check(struct slice text)
{
	static const char *const actions[] = { "warning", "info", "replace",
		"prepend", "strip", "pass" };
	struct slice word;

	if (!slice_cut(&text, ':', &word) ||
	    (!slice_starts(text, " header ") && !slice_starts(text, " body ")))
		return (false);
	for (size_t i = 0; i < COUNT(actions); i++)
		if (slice_equal(word, actions[i]))
			return (true);
	return (false);
}

int
parse_smtp_note(const struct tag *tag, struct slice text, struct event *event_r)
{
	static const char *const notes[] = {
		"enabling PIX workarounds: ",
		"Cannot start TLS: ",
		"Server certificate not ",
		"TLS is required, but ",
		"SASL authentication failed; ",
		"SASL authentication failed: server ",
		"SASL [CACHED] authentication failed; server ",
		"SMTPUTF8 is required, but was not offered by host ",
		"Protocol error: ",
		"breaking line > ",
		"TLSRPT: status=success, domain=", /* since Postfix 3.10 */
		"TLSRPT: status=failure, domain=",
	};

	(void)tag;
	return (known(is_reply(text) || is_check(text) ||
		begins_as(text, notes, COUNT(notes)),
	    event_r));
}

int
parse_bounce_note(
    const struct tag *tag, struct slice text, struct event *event_r)
{
	static const char *const notes[] = {
		"postmaster notice failed while bouncing to ",
		"postmaster notice failed while warning ",
		"sender notification failed to ", /* since Postfix 3.11 */
	};

	(void)tag;
	if (slice_skip(&text, "sender delay notification: ") ||
	    slice_skip(&text, "sender delivery status notification: ") ||
	    slice_skip(&text, "postmaster non-delivery notification: ") ||
	    slice_skip(&text, "postmaster delay notification: "))
		return (known(
		    text.len > 0 && slice_until(text, ' ').len == text.len,
		    event_r));
	return (known(begins_as(text, notes, COUNT(notes)) ||
		slice_equal(
		    text, "undeliverable postmaster notification discarded") ||
		slice_equal(
		    text, "no trace file -- not sending a notification") ||
		slice_equal(text,
		    "not sending trace/success notification for "
		    "double-bounce message") ||
		slice_equal(text,
		    "not sending trace/success notification for "
		    "single-bounce message"),
	    event_r));
}
