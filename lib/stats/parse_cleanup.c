/*
 * What cleanup(8) says of a message: its name, and what header and body checks
 * and milters made of it.
 *
 *	message-id=..			(resent-message-id=.. is one more)
 *	hold: header Subject: .. from ..; ..: text
 *	milter-header-hold: header ..	(milter_header_checks)
 *	milter-hold: END-OF-MESSAGE from name[address]: ..
 *	removed (canceled)
 *
 * `warning: header' is what a check found in mail, and no fault of cleanup.
 */
#include "lib/stats/parse.h"

struct action {
	struct slice word;
	enum metric_id metric;
};

static const struct action checks[] = {
	{ { "warning", 7 }, METRIC_CLEANUP_WARN },
	{ { "info", 4 }, METRIC_CLEANUP_INFO },
	{ { "hold", 4 }, METRIC_CLEANUP_HOLD },
	{ { "discard", 7 }, METRIC_CLEANUP_DISCARD },
	{ { "redirect", 8 }, METRIC_CLEANUP_REDIRECT },
	{ { "filter", 6 }, METRIC_CLEANUP_FILTER },
	{ { "prepend", 7 }, METRIC_CLEANUP_PREPEND },
	{ { "replace", 7 }, METRIC_CLEANUP_REPLACE },
	{ { "strip", 5 }, METRIC_CLEANUP_STRIP },
	{ { "bcc", 3 }, METRIC_CLEANUP_BCC },
	{ { "pass", 4 }, METRIC_CLEANUP_PASS },
};

/* A message that comes to nothing does not reach the queue manager. */
static int
acted(enum metric_id metric, struct event *event_r)
{
	event_move(event_r, metric, 1);
	if (metric == METRIC_CLEANUP_DISCARD ||
	    metric == METRIC_CLEANUP_MILTER_DISCARD ||
	    metric == METRIC_CLEANUP_CANCELED)
		event_r->type = EVENT_GONE;
	return (1);
}

static int
rejected(const struct tag *tag, struct slice text, enum metric_id metric,
    struct event *event_r)
{
	if (!parse_cleanup_reject(tag, text, event_r))
		return (0);
	event_r->move_count = 1;
	event_r->moves[0] = (struct move){ metric, 1 };
	return (1);
}

/* "ACTION: header ..", "ACTION: body ..", of a check. */
static int
parse_check(const struct tag *tag, struct slice text, struct event *event_r)
{
	struct slice all = text, word;

	if (!slice_cut(&text, ':', &word))
		return (0);
	if (slice_equal(word, "reject"))
		return (rejected(tag, all, METRIC_CLEANUP_REJECT, event_r));
	if (!slice_starts(text, " header ") && !slice_starts(text, " body ") &&
	    !slice_starts(text, " content "))
		return (0);
	for (size_t i = 0; i < COUNT(checks); i++)
		if (slice_same(word, checks[i].word))
			return (acted(checks[i].metric, event_r));
	return (0);
}

/* What follows "milter-". */
static int
parse_milter(const struct tag *tag, struct slice text, struct slice all,
    struct event *event_r)
{
	enum metric_id metric;

	if (slice_skip(&text, "header-") || slice_skip(&text, "body-"))
		return (parse_check(tag, text, event_r));
	if (slice_starts(text, "reject: "))
		return (
		    rejected(tag, all, METRIC_CLEANUP_MILTER_REJECT, event_r));
	if (slice_skip(&text, "hold: "))
		metric = METRIC_CLEANUP_MILTER_HOLD;
	else if (slice_skip(&text, "discard: "))
		metric = METRIC_CLEANUP_MILTER_DISCARD;
	else
		return (0);
	return (skip_where(&text) ? acted(metric, event_r) : 0);
}

/* All but the message's name. */
__attribute__((noinline)) static int
parse_rest(const struct tag *tag, struct slice text, struct event *event_r)
{
	struct slice all = text;

	if (slice_starts(text, "resent-message-id=")) {
		event_r->type = EVENT_NONE;
		return (1);
	}
	if (slice_equal(text, "removed (canceled)"))
		return (acted(METRIC_CLEANUP_CANCELED, event_r));
	if (slice_equal(text, "removed (discarded)")) {
		event_r->type = EVENT_GONE; /* said and counted before */
		event_r->move_count = 0;
		return (1);
	}
	if (slice_skip(&text, "milter-"))
		return (parse_milter(tag, text, all, event_r));
	return (parse_check(tag, text, event_r));
}

int
parse_cleanup(const struct tag *tag, struct slice text, struct event *event_r)
{
	if (!slice_starts(text, "message-id="))
		return (parse_rest(tag, text, event_r));
	event_r->type = EVENT_NAMED;
	return (1);
}
