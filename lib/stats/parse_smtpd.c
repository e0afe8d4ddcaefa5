/*
 * What smtpd(8) says of sessions, apart from connections and rejections.  ID is
 * a queue id or NOQUEUE, missing before Postfix 3.10.
 *
 *	ID: lost connection after STAGE from name[address]
 *	ID: timeout after DATA (123 bytes) from name[address]
 *	ID: too many errors after STAGE from name[address]
 *	ID: hold: STAGE from name[address]: text; from=<..> ..
 *	improper command pipelining after STAGE from name[address]: text
 *	warning: name[address]: SASL LOGIN authentication failed: text
 *	warning: hostname name does not resolve to address address: text
 */
#include "lib/stats/parse.h"
#include "lib/stats/parse_parts.h"
#include "lib/stats/words.h"

static const struct slice stages[] = { STAGES(WORD_SLICE) };
static const struct slice methods[] = { METHODS(WORD_SLICE) };

unsigned
parse_stage(struct slice *text, struct slice *stage_r)
{
	struct slice word = { text->at, 0 };
	unsigned stage = 0;

	*stage_r = stages[0];
	if (slice_starts(*text, "RCPT ")) /* mostly */
		word.len = strlen("RCPT");
	else {
		while (word.len < text->len &&
		    (byte_is_letter(text->at[word.len]) ||
			text->at[word.len] == '-'))
			word.len++;
		if (word.len == 0)
			return (0);
		stage = words_find(stages, COUNT(stages), word, stage_r);
	}
	*text = slice_from(*text, word.len);
	/* Inside a message: Postfix 3.4 and later. */
	if (slice_starts(*text, " content "))
		*text = slice_from(*text, strlen(" content"));
	return (stage + 1);
}

/* Step over " (123 bytes)", if that is there. */
static void
skip_bytes(struct slice *text)
{
	struct slice rest = *text, number;
	uint64_t bytes;

	if (slice_skip(&rest, " (") && slice_cut(&rest, ' ', &number) &&
	    slice_number(number, &bytes) && slice_skip(&rest, "bytes)"))
		*text = rest;
}

/* A session that did not end as it should. */
static int
parse_abort(const struct tag *tag, struct slice text, struct event *event_r)
{
	struct slice stage;
	unsigned why, number;

	if (slice_skip(&text, "lost connection after "))
		why = TRAIT_BY_LOSS;
	else if (slice_skip(&text, "timeout after "))
		why = TRAIT_BY_TIMEOUT;
	else if (slice_skip(&text, "too many errors after "))
		why = TRAIT_BY_ELSE;
	else
		return (0);
	number = parse_stage(&text, &stage);
	skip_bytes(&text);
	if (number == 0 || !slice_skip(&text, " from ") || !skip_host(&text) ||
	    text.len > 0)
		return (0);
	event_begin(event_r, EVENT_ABORT, why, tag);
	event_r->code = number;
	event_r->label[LABEL_SERVICE] = tag->service;
	event_r->label[LABEL_AFTER_STAGE] = stage;
	return (1);
}

/* "STAGE from client: text" or "STAGE: text". */
static bool
is_at_stage(struct slice text)
{
	struct slice stage;

	if (parse_stage(&text, &stage) == 0)
		return (false);
	return (slice_starts(text, ": ") ||
	    (slice_skip(&text, " from ") && skip_host(&text) &&
		slice_starts(text, ": ")));
}

/* What smtpd(8) does to a message besides rejecting it.  It counts nowhere: the
   message goes on, or cleanup(8) says what became of it. */
static bool
is_action(struct slice text)
{
	static const char *const actions[] = { "reject_warning", "hold",
		"discard", "redirect", "filter", "bcc", "prepend", "warn",
		"info", "trigger", "permit", "milter-hold", "milter-discard",
		"proxy-accept" };
	struct slice action;

	if (!slice_cut(&text, ':', &action) || !slice_skip(&text, " "))
		return (false);
	for (size_t i = 0; i < COUNT(actions); i++)
		if (slice_equal(action, actions[i]))
			return (is_at_stage(text));
	return (false);
}

/* "abort: TLS from client: text". */
static bool
is_tls_abort(struct slice text)
{
	return (slice_skip(&text, "abort: TLS from ") && skip_host(&text) &&
	    slice_starts(text, ": "));
}

int
parse_smtpd_session(
    const struct tag *tag, struct slice text, struct event *event_r)
{
	int known = parse_smtpd_reject(tag, text, event_r);

	if (known == 0)
		known = parse_abort(tag, text, event_r);
	if (known == 0 && (is_action(text) || is_tls_abort(text))) {
		event_r->type = EVENT_NONE;
		known = 1;
	}
	return (known);
}

/* "improper command pipelining after STAGE from client: what it sent". */
static int
parse_pipelining(
    const struct tag *tag, struct slice text, struct event *event_r)
{
	struct slice stage;

	if (!slice_skip(&text, "improper command pipelining after ") ||
	    parse_stage(&text, &stage) == 0 || !slice_skip(&text, " from ") ||
	    !skip_host(&text) || (text.len > 0 && *text.at != ':'))
		return (0);
	event_begin(event_r, EVENT_PIPELINING, 0, tag);
	event_r->label[LABEL_SERVICE] = tag->service;
	return (1);
}

int
parse_smtpd_bare(
    const struct tag *tag, struct slice text, struct event *event_r)
{
	int known = parse_abort(tag, text, event_r);

	if (known == 0)
		known = parse_pipelining(tag, text, event_r);
	if (known == 0 && slice_starts(text, "proxy-"))
		known = parse_smtpd_session(tag, text, event_r);
	return (known);
}

/* "client: SASL METHOD authentication failed: text". */
static bool
is_failed_login(struct slice text, struct slice *method_r)
{
	return (skip_host(&text) && slice_skip(&text, ": SASL ") &&
	    slice_cut(&text, ' ', method_r) &&
	    (slice_starts(text, "authentication failed") ||
		slice_equal(text, "authentication aborted")));
}

/* A client's name and its address do not agree.  An old Postfix begins with the
   address. */
static bool
is_wrong_name(struct slice text)
{
	struct slice word;

	if (slice_skip(&text, "hostname "))
		return (slice_cut(&text, ' ', &word) &&
		    slice_starts(text, "does not resolve to address "));
	if (!slice_cut(&text, ' ', &word) || word.len < 2 ||
	    word.at[word.len - 1] != ':')
		return (false);
	return (slice_starts(text, "address not listed for hostname ") ||
	    (slice_skip(&text, "hostname ") && slice_cut(&text, ' ', &word) &&
		slice_starts(text, "verification failed")));
}

void
parse_smtpd_warning(
    const struct tag *tag, struct slice text, struct event *event)
{
	struct slice method;

	event->label[LABEL_SERVICE] = tag->service;
	if (is_failed_login(text, &method)) {
		event->traits |= TRAIT_IN_LOGIN;
		event->code = words_find(methods, COUNT(methods), method,
		    &event->label[LABEL_METHOD]);
	} else if (is_wrong_name(text))
		event->traits |= TRAIT_IN_NAME;
}
