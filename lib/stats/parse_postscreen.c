/*
 * What postscreen(8) finds out about clients, and dnsblog(8) for it.
 *
 *	CONNECT from [address]:port to [address]:port
 *	PASS NEW [address]:port
 *	PREGREET 14 after 0.18 from [address]:port: EHLO x\r\n
 *	COMMAND PIPELINING from [address]:port after EHLO: ..
 *	addr 192.0.2.1 listed by domain zen.example.com as 127.0.0.2
 *
 * Behind the address may be anything that a client has sent.  Before Postfix
 * 3.6 it is WHITELISTED and BLACKLISTED.
 */
#include "lib/stats/parse.h"
#include "lib/stats/parse_parts.h"

/* What stands around the client. */
enum around {
	ALONE,  /* nothing behind it */
	SERVER, /* "to", and another */
	AFTER,  /* "after", and what was said before */
	TESTS,  /* "2.5 from" before it, and where in the tests behind */
	SPOKEN, /* "14 after 0.18 from" before it, and what was said behind */
};

struct finding {
	enum metric_id metric;
	enum around around;
};

#define FOUND(metric, around) \
	((struct finding){ METRIC_SCREEN_##metric, around })
#define NOTHING ((struct finding){ METRIC_COUNT, ALONE })

/* What begins with a C: most lines. */
static inline struct finding
find_c(struct slice *text)
{
	if (slice_skip(text, "CONNECT from "))
		return (FOUND(CONNECT, SERVER));
	if (slice_skip(text, "COMMAND PIPELINING from "))
		return (FOUND(COMMAND_PIPELINING, AFTER));
	if (slice_skip(text, "COMMAND TIME LIMIT from "))
		return (FOUND(COMMAND_TIME_LIMIT, AFTER));
	if (slice_skip(text, "COMMAND LENGTH LIMIT from "))
		return (FOUND(COMMAND_LENGTH_LIMIT, AFTER));
	if (slice_skip(text, "COMMAND COUNT LIMIT from "))
		return (FOUND(COMMAND_COUNT_LIMIT, AFTER));
	return (NOTHING);
}

static inline struct finding
find_p(struct slice *text)
{
	if (slice_skip(text, "PASS OLD "))
		return (FOUND(PASS_OLD, ALONE));
	if (slice_skip(text, "PASS NEW "))
		return (FOUND(PASS_NEW, ALONE));
	if (slice_skip(text, "PREGREET "))
		return (FOUND(PREGREET, SPOKEN));
	return (NOTHING);
}

static inline struct finding
find_d(struct slice *text)
{
	if (slice_skip(text, "DISCONNECT "))
		return (FOUND(DISCONNECT, ALONE));
	if (slice_skip(text, "DENYLISTED "))
		return (FOUND(DENY, ALONE));
	if (slice_skip(text, "DATA without valid RCPT from "))
		return (FOUND(NO_RECIPIENT, ALONE));
	return (NOTHING);
}

static struct finding
find_other(struct slice *text)
{
	if (slice_skip(text, "HANGUP after "))
		return (FOUND(HANGUP, TESTS));
	if (slice_skip(text, "ALLOWLISTED ") ||
	    slice_skip(text, "WHITELISTED "))
		return (FOUND(ALLOW, ALONE));
	if (slice_skip(text, "ALLOWLIST VETO ") ||
	    slice_skip(text, "WHITELIST VETO "))
		return (FOUND(ALLOW_VETO, ALONE));
	if (slice_skip(text, "BLACKLISTED "))
		return (FOUND(DENY, ALONE));
	if (slice_skip(text, "BARE NEWLINE from "))
		return (FOUND(BARE_NEWLINE, AFTER));
	if (slice_skip(text, "NON-SMTP COMMAND from "))
		return (FOUND(NON_SMTP_COMMAND, AFTER));
	if (slice_skip(text, "BDAT without valid RCPT from "))
		return (FOUND(NO_RECIPIENT, ALONE));
	return (NOTHING);
}

static inline struct finding
find(struct slice *text)
{
	switch (text->len > 0 ? text->at[0] : '\0') {
	case 'C':
		return (find_c(text));
	case 'P':
		return (find_p(text));
	case 'D':
		return (find_d(text));
	default:
		return (find_other(text));
	}
}

/* "[address]:port" */
static bool
skip_peer(struct slice *text)
{
	struct slice address;

	return (slice_skip(text, "[") && slice_cut(text, ']', &address) &&
	    address.len > 0 && slice_skip(text, ":") && skip_digits(text));
}

/* A number, or a time, and a blank. */
static bool
skip_time(struct slice *text)
{
	struct slice word;

	return (slice_cut(text, ' ', &word) && word.len > 0 &&
	    byte_is_digit(word.at[0]) && byte_is_digit(word.at[word.len - 1]));
}

/* What stands in front of the client. */
static bool
skip_front(struct slice *text, enum around around)
{
	if (around == SPOKEN &&
	    (!skip_time(text) || !slice_skip(text, "after ")))
		return (false);
	if (around == SPOKEN || around == TESTS)
		return (skip_time(text) && slice_skip(text, "from "));
	return (true);
}

static bool
is_behind(struct slice text, enum around around)
{
	switch (around) {
	case SERVER: /* not before Postfix 2.10 */
		return (text.len == 0 ||
		    (slice_skip(&text, " to ") && is_peer(text)));
	case AFTER:
		return (slice_starts(text, " after "));
	case TESTS:
		return (slice_equal(text, " in tests before SMTP handshake") ||
		    slice_equal(text, " in tests after SMTP handshake"));
	case SPOKEN:
		return (slice_starts(text, ":"));
	case ALONE:
		break;
	}
	return (false);
}

/* Whether all of that, and the client, is there. */
static bool
is_about(struct slice text, enum around around)
{
	if (!skip_front(&text, around))
		return (false);
	return (skip_peer(&text) && is_behind(text, around));
}

/* What follows "DNSBL rank ". */
static int
parse_rank(struct slice text, struct event *event_r)
{
	struct slice number;
	uint64_t rank;

	if (!slice_cut(&text, ' ', &number) || !slice_number(number, &rank) ||
	    !slice_skip(&text, "for ") || !is_peer(text))
		return (0);
	event_move(event_r, METRIC_SCREEN_DNSBL, 1);
	event_r->type = EVENT_RANKED;
	event_r->code = rank;
	return (1);
}

/* "entering STRESS mode with 90 connections" */
static int
parse_stress(struct slice text, struct event *event_r)
{
	bool entering = slice_skip(&text, "entering ");
	struct slice number;
	uint64_t connections;

	if ((!entering && !slice_skip(&text, "leaving ")) ||
	    !slice_skip(&text, "STRESS mode with ") ||
	    !slice_cut(&text, ' ', &number) ||
	    !slice_number(number, &connections) ||
	    !slice_equal(text, "connections"))
		return (0);
	event_move(event_r, METRIC_SCREEN_STRESS, entering);
	return (1);
}

/* What has a form of its own. */
static int
parse_other(struct slice text, struct event *event_r)
{
	if (slice_skip(&text, "DNSBL rank "))
		return (parse_rank(text, event_r));
	if (slice_starts(text, "cache "))
		return (parse_cache(text, METRIC_SCREEN_CACHE_RETAINED,
		    METRIC_SCREEN_CACHE_DROPPED, event_r));
	return (parse_stress(text, event_r));
}

int
parse_postscreen(
    const struct tag *tag, struct slice text, struct event *event_r)
{
	struct finding found = find(&text);

	(void)tag;
	if (found.metric == METRIC_COUNT)
		return (parse_other(text, event_r));
	if (found.around == ALONE) {
		if (!is_peer(text))
			return (0);
	} else if (!is_about(text, found.around))
		return (0);
	event_move(event_r, found.metric, 1);
	return (1);
}

/*
 * The name of a list, short enough for a label.  What is longer mostly begins
 * with the key of somebody who pays for it, which is nobody's business.
 */
static struct slice
list_name(struct slice domain)
{
	struct slice front;

	while (domain.len > LABEL_MAX && slice_cut(&domain, '.', &front))
		;
	return (domain);
}

int
parse_dnsblog(const struct tag *tag, struct slice text, struct event *event_r)
{
	struct slice address, domain;

	if (!slice_skip(&text, "addr ") || !slice_cut(&text, ' ', &address) ||
	    address.len == 0 || !slice_skip(&text, "listed by domain ") ||
	    !slice_cut(&text, ' ', &domain) || domain.len == 0 ||
	    !slice_skip(&text, "as ") || text.len == 0 ||
	    slice_until(text, ' ').len < text.len)
		return (0);
	event_begin(event_r, EVENT_DNSBLOG, 0, tag);
	event_r->varies = LABEL_DNSBL;
	event_r->label[LABEL_DNSBL] = list_name(domain);
	return (1);
}
