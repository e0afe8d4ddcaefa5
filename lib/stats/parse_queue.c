/*
 * A message's way through the queue.
 *
 *	qmgr		from=<..>, size=N, nrcpt=N (queue active)
 *			from=<..>, status=expired, returned to sender
 *			removed
 *			skipped, still being delivered
 *	bounce		sender non-delivery notification: ID
 */
#include "lib/stats/parse.h"
#include "lib/util/bytes.h"

static int
queue_out(const struct tag *tag, unsigned why, struct event *event_r)
{
	event_begin(event_r, EVENT_QUEUE_OUT, why, tag);
	return (1);
}

/* If there is `what` in front of `end`, step back over it. */
SLICE_INLINE bool
step_back(const char **end, const char *start, const char *what)
{
	size_t len = strlen(what);

	if ((size_t)(*end - start) < len || memcmp(*end - len, what, len) != 0)
		return (false);
	*end -= len;
	return (true);
}

/* Where the digits begin that end at `end`; NULL if they are no number. */
__attribute__((noinline)) static const char *
number_before(const char *end, const char *start, uint64_t *number_r)
{
	const char *at = end;

	while (at > start && byte_is_digit(at[-1]))
		at--;
	return (
	    slice_number((struct slice){ at, (size_t)(end - at) }, number_r) ?
		at :
		NULL);
}

/* The same of a number of one digit. */
static inline bool
step_back_digit(const char **end, const char *start, uint64_t *number_r)
{
	const char *at = *end - 1;

	if (at <= start || !byte_is_digit(*at) || byte_is_digit(at[-1]))
		return (false);
	*number_r = (unsigned)(*at - '0');
	*end = at;
	return (true);
}

/* The same of a number. */
static inline bool
step_back_number(const char **end, const char *start, uint64_t *number_r)
{
	unsigned len = 0;

	if (*end - start >= 8)
		*number_r = bytes_last_number(bytes_load(*end - 8), &len);
	*end = len > 0 ? *end - len : number_before(*end, start, number_r);
	return (*end != NULL);
}

/*
 * What follows "from=<".  The sender is whatever a client has said and may hold
 * what looks like the fields behind it, so the line is read from its end, where
 * nobody else can put anything.
 */
__attribute__((noinline)) static int
parse_sender(const struct tag *tag, struct slice text, struct event *event_r)
{
	const char *end = text.at + text.len;
	const char *start = text.at;

	if (step_back(&end, start, " (queue active)")) {
		if ((!step_back_digit(&end, start, &event_r->recipients) &&
			!step_back_number(&end, start, &event_r->recipients)) ||
		    !step_back(&end, start, ", nrcpt=") ||
		    !step_back_number(&end, start, &event_r->bytes) ||
		    !step_back(&end, start, ">, size="))
			return (0);
		event_begin(event_r, EVENT_ACTIVE, 0, tag);
		event_r->address_end = end;
		return (1);
	}
	if (step_back(&end, start, ">, status=expired, returned to sender"))
		return (queue_out(tag, TRAIT_IS_EXPIRED, event_r));
	if (step_back(
		&end, start, ">, status=force-expired, returned to sender"))
		return (queue_out(tag, TRAIT_IS_FORCE_EXPIRED, event_r));
	return (0);
}

int
parse_qmgr(const struct tag *tag, struct slice text, struct event *event_r)
{
	if (slice_skip(&text, "from=<"))
		return (parse_sender(tag, text, event_r));
	if (slice_equal(text, "removed"))
		return (queue_out(tag, TRAIT_IS_REMOVED, event_r));
	event_r->type = EVENT_NONE;
	return (slice_equal(text, "skipped, still being delivered"));
}

int
parse_bounce(const struct tag *tag, struct slice text, struct event *event_r)
{
	if (!slice_starts(text, "sender non-delivery notification: "))
		return (parse_bounce_note(tag, text, event_r));
	return (queue_out(tag, TRAIT_IS_BOUNCE_SENT, event_r));
}
