/*
 * Lines whose whole shape is known and that no counter wants: they are no
 * event, and not unrecognised either.  A shape that is not certain does not
 * belong here.
 */
#include "lib/stats/parse.h"
#include "lib/stats/parse_parts.h"

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

/* What postfix(1) says of compatibility_level. */
static bool
is_compatibility(struct slice text)
{
	if (slice_skip(&text,
		"To disable backwards compatibility use "
		"\"postconf compatibility_level="))
		return (ends(text, "\" and \"postfix reload\""));
	if (slice_skip(&text, "See http")) {
		(void)slice_skip(&text, "s");
		return (slice_equal(text,
		    "://www.postfix.org/COMPATIBILITY_README.html for "
		    "details"));
	}
	return (slice_skip(&text, "Postfix is ") &&
	    (slice_skip(&text, "using ") ||
		slice_skip(&text, "running with ")) &&
	    slice_equal(text, "backwards-compatible default settings"));
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
	if (is_compatibility(text))
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

/* "TLSRPT: status=success, domain=.., receiving_mx=name[address]", and more of
   a failure: since Postfix 3.10, by smtp(8) or by its tlsproxy(8). */
static bool
is_report(struct slice text)
{
	struct slice domain;
	bool failed;

	if (!slice_skip(&text, "TLSRPT: status="))
		return (false);
	failed = slice_skip(&text, "failure, ");
	return ((failed || slice_skip(&text, "success, ")) &&
	    slice_skip(&text, "domain=") && slice_cut(&text, ',', &domain) &&
	    domain.len > 0 && slice_skip(&text, " receiving_mx=") &&
	    skip_host(&text) &&
	    (failed ? slice_starts(text, ", failure_type=") : text.len == 0));
}

/* What tlsmgr(8) says of its caches and of random numbers. */
static bool
is_tlsmgr(struct slice text)
{
	struct slice cache;

	if (slice_skip(&text, "exiting to reopen external entropy source "))
		return (text.len > 0);
	if (slice_skip(&text, "tlsmgr_cache_run_event: start TLS "))
		return (slice_cut(&text, ' ', &cache) &&
		    slice_equal(text, "session cache cleanup"));
	return (slice_skip(&text, "open ") && slice_cut(&text, ' ', &cache) &&
	    slice_skip(&text, "TLS cache ") && text.len > 0);
}

int
parse_known(const struct tag *tag, struct slice text, struct event *event_r)
{
	if (slice_starts(text, "table "))
		return (known(event_r,
		    ends(text, " has changed -- restarting") ||
			ends(text,
			    " has changed - finishing in the background")));
	if (slice_starts(text, "using backwards-compatible default setting "))
		return (known(event_r, true));
	if (slice_starts(text, "close database "))
		return (
		    known(event_r, ends(text, " (possible Berkeley DB bug)")));
	if (tag->kind == DAEMON_TLSMGR)
		return (known(event_r, is_tlsmgr(text)));
	if (tag->kind == DAEMON_MASTER) /* before 2.6 */
		return (known(
		    event_r, slice_starts(text, "reload configuration /")));
	if (slice_equal(tag->daemon, "qmqpd") &&
	    (slice_skip(&text, "connect from ") ||
		slice_skip(&text, "disconnect from ")))
		return (known(event_r, skip_host(&text) && text.len == 0));
	if (tag->kind == DAEMON_SCRIPT)
		return (known(event_r, is_script(text)));
	if (tag->kind == DAEMON_SMTP && slice_skip(&text, "Host offered "))
		return (known(event_r,
		    slice_starts(text, "STARTTLS: [") &&
			text.at[text.len - 1] == ']'));
	if (tag->kind == DAEMON_SMTP || tag->kind == DAEMON_TLSPROXY)
		if (is_report(text))
			return (known(event_r, true));
	return (known(event_r, is_certificate(text)));
}

/* "host name[address] said: 450 ..", of a server that is not the last. */
static bool
is_reply(struct slice text)
{
	return (slice_skip(&text, "host ") && skip_speaker(&text));
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
	};

	(void)tag;
	return (known(event_r,
	    is_reply(text) || is_check(text) ||
		begins_as(text, notes, COUNT(notes))));
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
		return (known(event_r,
		    text.len > 0 && slice_until(text, ' ').len == text.len));
	return (known(event_r,
	    begins_as(text, notes, COUNT(notes)) ||
		slice_equal(
		    text, "undeliverable postmaster notification discarded") ||
		slice_equal(
		    text, "no trace file -- not sending a notification") ||
		slice_equal(text,
		    "not sending trace/success notification for "
		    "double-bounce message") ||
		slice_equal(text,
		    "not sending trace/success notification for "
		    "single-bounce message")));
}
