/*
 * Mail and clients turned away.
 *
 *	smtpd		reject: STAGE from name[address]: 554 5.7.1 text; ..
 *			proxy-reject: STAGE: 554 5.7.1 text; ..
 *	postscreen	reject: STAGE from [address]:port: 550 5.7.1 text; ..
 *	cleanup		reject: header Subject: .. from ..; ..: 5.7.1 text
 *
 * each with milter-reject for reject.  reject_warning is no rejection.
 */
#include "lib/stats/parse.h"

/* A rejection of that class; `text` is the reply. */
static int
rejected(const struct tag *tag, unsigned class, struct slice text,
    struct event *event_r)
{
	if (class == 0)
		return (0);
	event_begin(event_r, EVENT_REJECT, class, tag);
	event_r->said = text;
	event_r->label[LABEL_SERVICE] = tag->service;
	event_r->label[LABEL_REJECT_DAEMON] = tag->daemon;
	event_r->label[LABEL_CLASS] = class == TRAIT_IS_4XX ? SLICE("4xx") :
							      SLICE("5xx");
	event_r->label[LABEL_REASON] = SLICE("other");
	if (tag->kind == DAEMON_SMTPD)
		event_r->traits |= TRAIT_BY_SMTPD | TRAIT_BY_SERVER;
	else if (tag->kind == DAEMON_POSTSCREEN)
		event_r->traits |= TRAIT_BY_SERVER;
	return (1);
}

/* The class of "554 .." or "5.7.1 .."; 0 if it is neither. */
static unsigned
code_class(struct slice text)
{
	if (text.len < 4 ||
	    (text.at[1] == '.' ? !byte_is_digit(text.at[2]) :
				 !byte_is_digit(text.at[1]) ||
			!byte_is_digit(text.at[2]) || text.at[3] != ' '))
		return (0);
	return (text.at[0] == '4' ? TRAIT_IS_4XX :
		text.at[0] == '5' ? TRAIT_IS_5XX :
				    0);
}

/* "STAGE from client: " or "STAGE: ".  A client is one word: its name is a
   valid host name or `unknown`. */
static bool
skip_stage(struct slice *text)
{
	struct slice stage, client;

	if (!slice_cut(text, ' ', &stage) || stage.len == 0)
		return (false);
	if (stage.at[stage.len - 1] == ':')
		return (true);
	return (slice_skip(text, "from ") && slice_cut(text, ' ', &client) &&
	    client.len > 0 && client.at[client.len - 1] == ':');
}

int
parse_smtpd_reject(
    const struct tag *tag, struct slice text, struct event *event_r)
{
	if (slice_starts(text, "reject_warning: ")) {
		event_r->type = EVENT_NONE;
		return (1);
	}
	if (!slice_skip(&text, "reject: ") &&
	    !slice_skip(&text, "milter-reject: ") &&
	    !slice_skip(&text, "proxy-reject: "))
		return (0);
	return (skip_stage(&text) ?
		rejected(tag, code_class(text), text, event_r) :
		0);
}

int
parse_postscreen_reject(
    const struct tag *tag, struct slice text, struct event *event_r)
{
	unsigned class;

	if (!slice_skip(&text, "reject: ") || !skip_stage(&text))
		return (0);
	class = code_class(text);
	/* Answered with 421, which is not logged. */
	if (slice_equal(text, "too many connections") ||
	    slice_equal(text, "all screening ports busy") ||
	    slice_equal(text, "all server ports busy"))
		class = TRAIT_IS_4XX;
	return (rejected(tag, class, text, event_r));
}

/*
 * The reply stands at the end, behind header text and addresses that a client
 * has chosen, so the last thing that looks like one counts: only the
 * administrator's own text can follow it.
 */
static unsigned
last_class(struct slice text)
{
	unsigned class = 0;

	for (ptrdiff_t at; (at = slice_find(text, ": ")) >= 0;) {
		struct slice word;

		text = slice_from(text, (size_t)at + 2);
		word = slice_until(text, ' ');
		if (word.len >= 5 && word.at[1] == '.' && code_class(text) != 0)
			class = code_class(text);
	}
	return (class);
}

int
parse_cleanup_reject(
    const struct tag *tag, struct slice text, struct event *event_r)
{
	if (slice_skip(&text, "milter-reject: "))
		return (skip_stage(&text) ?
			rejected(tag, code_class(text), text, event_r) :
			0);
	if (!slice_skip(&text, "reject: "))
		return (0);
	/* A malformed message is always refused for good (5.6.x). */
	if (slice_starts(text, "mime-error "))
		return (rejected(tag, TRAIT_IS_5XX, text, event_r));
	if (slice_starts(text, "header ") || slice_starts(text, "body "))
		return (rejected(tag, last_class(text), text, event_r));
	return (0);
}
