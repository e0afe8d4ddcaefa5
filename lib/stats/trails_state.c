/*
 * What becomes of a message that is followed, by the lines of its queue id.
 */
#include "lib/stats/delay.h"
#include "lib/stats/trails_parts.h"

void
trails_change(struct trail_hop *hop, enum where where, uint64_t when)
{
	if (hop->where == where)
		return;
	hop->where = where;
	hop->since = when;
	if (where == WHERE_DEFERRED && hop->put_off == 0)
		hop->put_off = when;
}

static bool
is_queue_id_byte(char byte)
{
	return (byte_is_digit(byte) || byte_is_letter(byte) || byte == '-');
}

/* The queue id that the next hop gave it: "queued as ID", "forwarded as ID",
   or "OK id=ID"; empty if it does not say. */
static struct slice
next_id(struct slice text)
{
	static const char *const before[] = { "queued as ", "forwarded as ",
		" id=" };

	for (size_t i = 0; i < COUNT(before); i++) {
		ptrdiff_t at = slice_find(text, before[i]);
		struct slice id;
		size_t len = 0;

		if (at < 0)
			continue;
		id = slice_from(text, (size_t)at + strlen(before[i]));
		while (len < id.len && is_queue_id_byte(id.at[len]))
			len++;
		if (len > 0 && len <= TRAIL_ID_MAX)
			return ((struct slice){ id.at, len });
	}
	return ((struct slice){ text.at, 0 });
}

/* What a delivery agent gives as the reason: what is in parentheses behind
   "status=word". */
static struct slice
reason_of(const struct trail_line *line)
{
	const char *end = line->text.at + line->text.len;
	struct slice rest = { line->event->relay,
		(size_t)(end - line->event->relay) };
	ptrdiff_t at = slice_find(rest, ", status=");

	rest = slice_from(rest, at < 0 ? rest.len : (size_t)at);
	at = slice_find(rest, " (");
	rest = slice_from(rest, at < 0 ? rest.len : (size_t)at + 2);
	if (rest.len > 0 && rest.at[rest.len - 1] == ')')
		rest.len--;
	return (rest);
}

static enum where
where_after(const struct event *event)
{
	if (event->traits & TRAIT_IS_BOUNCED)
		return (WHERE_BOUNCED);
	if (event->traits & (TRAIT_IS_DEFERRED | TRAIT_IS_SOFTBOUNCE))
		return (WHERE_DEFERRED);
	return (
	    event->traits & TRAIT_BY_DISCARD ? WHERE_DISCARDED : WHERE_SENT);
}

/* How much a result tells of a message with several recipients. */
static int
weight_of(enum where where)
{
	return (where == WHERE_BOUNCED   ? 4 :
		where == WHERE_DEFERRED  ? 3 :
		where == WHERE_DISCARDED ? 2 :
		where == WHERE_SENT      ? 1 :
					   0);
}

static void
note_delivery(
    struct trail_hop *hop, const struct trail_line *line, uint64_t when)
{
	const struct event *event = line->event;
	enum where where = where_after(event);
	const char *end = line->text.at + line->text.len;
	struct slice relay = { event->relay, (size_t)(end - event->relay) };
	uint64_t delay[TRAIL_DELAYS];
	struct trail_said said = { .transport = event->label[LABEL_TRANSPORT],
		.relay = slice_until(relay, ','),
		.reason = reason_of(line) };

	if (weight_of(where) < weight_of(hop->where))
		return;
	for (int i = 0; i < TRAIL_DELAYS; i++)
		delay[i] = delay_microseconds(
		    event->delay[DELAY_BEFORE_QUEUE_MANAGER + i]);
	if (event->delays == DELAY_STAGES)
		said.delay = delay;
	if (where == WHERE_SENT)
		said.next = next_id(said.reason);
	trail_say(hop, &said);
	trails_change(hop, where, when);
}

/* A message came to nothing, as `line` says. */
static void
discard(struct trails *trails, unsigned number, const struct trail_line *line,
    uint64_t when)
{
	struct trail_hop *hop = trails_hop(trails, number);
	struct slice id = { hop->id, hop->id_len };

	trail_say(hop,
	    &(struct trail_said){ .transport = line->tag->daemon,
		.reason = trails_behind_id(line, id) });
	trails_change(hop, WHERE_DISCARDED, when);
	trails_end(trails, number);
}

/* The end of a message that did not get to the queue manager, or was taken from
   it. */
static void
note_gone(struct trails *trails, unsigned number, const struct trail_line *line,
    uint64_t when)
{
	struct slice text = trails_behind_id(line, line->event->queue_id);

	if (line->tag->kind == DAEMON_POSTSUPER &&
	    slice_equal(text, "requeued")) {
		/* It comes back with another id. */
		trails_change(trails_hop(trails, number), WHERE_SENT, when);
		trails_end(trails, number);
	} else if (trails_hop(trails, number)->where == WHERE_DISCARDED)
		trails_end(trails, number);
	else
		discard(trails, number, line, when);
}

static void
note_queue_out(struct trails *trails, unsigned number,
    const struct event *event, uint64_t when)
{
	struct trail_hop *hop = trails_hop(trails, number);

	if (event->traits & (TRAIT_IS_EXPIRED | TRAIT_IS_FORCE_EXPIRED))
		trails_change(hop, WHERE_EXPIRED, when);
	else if (event->traits & TRAIT_IS_REMOVED)
		trails_end(trails, number);
}

/* What is said of holding a message and of letting it go. */
static void
note_other(struct trail_hop *hop, const struct trail_line *line, uint64_t when)
{
	struct slice text = trails_behind_id(line, line->event->queue_id);

	if (trails_is_hold(text) ||
	    (line->tag->kind == DAEMON_POSTSUPER &&
		slice_equal(text, "placed on hold")))
		trails_change(hop, WHERE_HELD, when);
	else if (line->tag->kind == DAEMON_POSTSUPER &&
	    slice_equal(text, "released from hold"))
		trails_change(hop,
		    hop->put_off != 0 ? WHERE_DEFERRED : WHERE_RECEIVED, when);
}

/* A rejection that is the end of its message: by cleanup(8), or after the dot. */
static bool
is_final(const struct trail_line *line)
{
	return (line->tag->kind == DAEMON_CLEANUP ||
	    slice_equal(line->event->label[LABEL_STAGE], "END-OF-MESSAGE"));
}

/* A line of an id that is followed. */
void
trails_known(struct trails *trails, unsigned number,
    const struct trail_line *line, uint64_t when)
{
	struct trail_hop *hop = trails_hop(trails, number);

	switch (line->event->type) {
	case EVENT_ACTIVE:
		hop->taken = true;
		trails_change(hop, WHERE_ACTIVE, when);
		break;
	case EVENT_DELIVERY:
		note_delivery(hop, line, when);
		break;
	case EVENT_QUEUE_OUT:
		note_queue_out(trails, number, line->event, when);
		break;
	case EVENT_GONE:
		note_gone(trails, number, line, when);
		break;
	case EVENT_REJECT:
		if (is_final(line))
			discard(trails, number, line, when);
		break;
	case EVENT_MOVES:
	case EVENT_NONE:
		note_other(hop, line, when);
		break;
	default:
		break;
	}
}
