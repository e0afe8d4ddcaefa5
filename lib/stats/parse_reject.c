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
#include "lib/stats/words.h"

/* How a rejection is told, as far as the line has it. */
struct refusal {
	unsigned class;          /* a trait; 0: it is no rejection */
	unsigned code;           /* 0: none of three digits */
	struct slice code_word;  /* as a label; so is */
	struct slice stage_word; /* what is of this number: */
	unsigned stage;          /* 0: none */
	unsigned reason;         /* of those for codes; 0: the reply tells it */
};

static struct slice
reason_word(unsigned reason)
{
	return (reason == REASON_MILTER  ? SLICE("milter") :
		reason == REASON_CONTENT ? SLICE("content") :
					   SLICE(""));
}

/* A rejection; `text` is the reply. */
static int
rejected(const struct tag *tag, const struct refusal *refusal,
    struct slice text, struct event *event_r)
{
	bool is_4xx = refusal->class == TRAIT_IS_4XX;

	if (refusal->class == 0)
		return (0);
	event_begin(event_r, EVENT_REJECT, refusal->class, tag);
	event_r->code = refusal->code << 8 | refusal->stage |
	    (uint64_t)refusal->reason << CODE_REASON;
	event_r->said = text;
	event_r->move_count = 0;
	event_r->label[LABEL_SERVICE] = tag->service;
	event_r->label[LABEL_REJECT_DAEMON] = tag->daemon;
	event_r->label[LABEL_CLASS] = is_4xx ? SLICE("4xx") : SLICE("5xx");
	event_r->label[LABEL_REASON] = reason_word(refusal->reason);
	event_r->label[LABEL_REPLY_CODE] = refusal->code_word;
	event_r->label[LABEL_STAGE] = refusal->stage_word;
	if (refusal->code != 0)
		event_r->traits |= TRAIT_HAS_CODE;
	if (refusal->stage != 0)
		event_r->traits |= TRAIT_HAS_STAGE;
	if (tag->kind == DAEMON_SMTPD)
		event_r->traits |= TRAIT_BY_SMTPD | TRAIT_BY_SERVER;
	else if (tag->kind == DAEMON_POSTSCREEN)
		event_r->traits |= TRAIT_BY_POSTSCREEN | TRAIT_BY_SERVER;
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

static bool
code_is_known(unsigned code)
{
	switch (code) {
#define CODE_CASE(number) case number:
		REPLY_CODES(CODE_CASE)
		return (true);
	default:
		return (false);
	}
}

/* Class and code of "554 ..", class of "5.7.1 ..". */
static void
read_code(struct slice text, struct refusal *refusal)
{
	refusal->class = code_class(text);
	if (refusal->class == 0 || text.at[1] == '.')
		return;
	refusal->code = (unsigned)(text.at[0] - '0') * 100 +
	    (unsigned)(text.at[1] - '0') * 10 + (unsigned)(text.at[2] - '0');
	refusal->code_word = code_is_known(refusal->code) ?
	    (struct slice){ text.at, 3 } :
	    SLICE("other");
}

/* "STAGE from client: " or "STAGE: ".  A client is one word: its name is a
   valid host name or `unknown`. */
static bool
skip_stage(struct slice *text, struct refusal *refusal)
{
	struct slice client;

	refusal->stage = parse_stage(text, &refusal->stage_word);
	if (refusal->stage == 0)
		return (false);
	if (slice_skip(text, ": "))
		return (true);
	return (slice_skip(text, " from ") && slice_cut(text, ' ', &client) &&
	    client.len > 0 && client.at[client.len - 1] == ':');
}

/* "STAGE from client: 554 5.7.1 text". */
static int
rejected_at_stage(unsigned reason, const struct tag *tag, struct slice text,
    struct event *event_r)
{
	struct refusal refusal = { .reason = reason };

	if (!skip_stage(&text, &refusal))
		return (0);
	read_code(text, &refusal);
	/* smtpd_forbid_bare_newline; its code is not logged, and 550 if the
	   administrator has not set another. */
	if (tag->kind == DAEMON_SMTPD &&
	    slice_starts(text, "bare <LF> received"))
		refusal.class = TRAIT_IS_5XX;
	return (rejected(tag, &refusal, text, event_r));
}

bool
skip_where(struct slice *text)
{
	struct refusal refusal;

	return (skip_stage(text, &refusal));
}

int
parse_smtpd_reject(
    const struct tag *tag, struct slice text, struct event *event_r)
{
	unsigned reason = 0;

	if (slice_skip(&text, "milter-reject: "))
		reason = REASON_MILTER;
	else if (slice_skip(&text, "proxy-reject: "))
		reason = REASON_CONTENT;
	else if (!slice_skip(&text, "reject: "))
		return (0);
	return (rejected_at_stage(reason, tag, text, event_r));
}

int
parse_postscreen_reject(
    const struct tag *tag, struct slice text, struct event *event_r)
{
	struct refusal refusal = { .class = 0 };

	if (!slice_skip(&text, "reject: ") || !skip_stage(&text, &refusal))
		return (0);
	read_code(text, &refusal);
	/* Answered with 421, which is not logged. */
	if (slice_equal(text, "too many connections") ||
	    slice_equal(text, "all screening ports busy") ||
	    slice_equal(text, "all server ports busy")) {
		refusal.class = TRAIT_IS_4XX;
		refusal.code = 421;
		refusal.code_word = SLICE("421");
	}
	return (rejected(tag, &refusal, text, event_r));
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
	struct refusal refusal = { .class = TRAIT_IS_5XX,
		.reason = REASON_CONTENT };

	if (slice_skip(&text, "milter-reject: "))
		return (rejected_at_stage(REASON_MILTER, tag, text, event_r));
	if (!slice_skip(&text, "reject: "))
		return (0);
	/* A malformed message is always refused for good (5.6.x). */
	if (slice_starts(text, "mime-error "))
		return (rejected(tag, &refusal, text, event_r));
	if (!slice_starts(text, "header ") && !slice_starts(text, "body "))
		return (0);
	refusal.class = last_class(text);
	return (rejected(tag, &refusal, text, event_r));
}
