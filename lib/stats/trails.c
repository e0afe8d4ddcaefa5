/*
 * What lines say of mail that is followed.
 */
#include <stdlib.h>

#include "lib/stats/delay.h"
#include "lib/stats/parse.h"
#include "lib/stats/trails_table.h"

#define NAMED   "message-id=<pfs1."
#define AT_MARK UINT64_MAX /* a time that trails_mark() sets */

struct trails *
trails_new(const struct probe_key *key)
{
	struct trails *trails = calloc(1, sizeof(*trails));

	if (trails != NULL)
		trails->key = *key;
	return (trails);
}

void
trails_free(struct trails *trails)
{
	free(trails);
}

void
trails_set_key(struct trails *trails, const struct probe_key *key)
{
	trails->key = *key;
}

bool
trails_watches(const struct tag *tag)
{
	switch (tag->kind) {
	case DAEMON_ANVIL:
	case DAEMON_DNSBLOG:
	case DAEMON_MASTER:
	case DAEMON_POSTSCREEN:
	case DAEMON_SCACHE:
	case DAEMON_SCRIPT:
	case DAEMON_TLSMGR:
	case DAEMON_TLSPROXY:
	case DAEMON_VERIFY:
		return (false);
	default:
		return (true);
	}
}

/* The queue id that a line begins with; empty if there is none. */
static inline struct slice
id_of(const struct trail_line *line)
{
	enum event_type type = line->event->type;

	/* Only these say nothing of an id, not even that there is none. */
	if (type == EVENT_CONNECT || type == EVENT_DISCONNECT)
		return ((struct slice){ line->text.at, 0 });
	return (line->event->queue_id);
}

/* What stands behind it. */
static inline struct slice
behind_id(const struct trail_line *line, struct slice id)
{
	return (slice_from(line->text, id.len + strlen(": ")));
}

/* Whether a message is put on hold: "hold: ..", "milter-hold: ..", but also
   "milter-header-hold: ..". */
static bool
is_hold(struct slice text)
{
	if (slice_skip(&text, "milter-") && !slice_skip(&text, "header-"))
		(void)slice_skip(&text, "body-");
	return (slice_starts(text, "hold: "));
}

/* Whether a line's daemon may say so before the message has its name. */
static inline bool
may_hold(const struct trail_line *line)
{
	enum event_type type = line->event->type;

	return ((type == EVENT_MOVES && line->tag->kind == DAEMON_CLEANUP) ||
	    (type == EVENT_NONE && line->tag->kind == DAEMON_SMTPD));
}

bool
trails_concern(const struct trails *trails, const struct trail_line *line)
{
	struct slice id = id_of(line);

	if (id.len == 0)
		return (false);
	if (line->event->type == EVENT_NAMED &&
	    slice_starts(behind_id(line, id), NAMED))
		return (true);
	if (may_hold(line))
		return (is_hold(behind_id(line, id)));
	return (
	    trails->count > 0 && trails_find(trails, line->instance, id) != 0);
}

/* --- what becomes of a message ----------------------------------------- */

static void
change(struct trail_hop *hop, enum where where, uint64_t when)
{
	if (hop->where == where)
		return;
	hop->where = where;
	hop->since = when;
	if (where == WHERE_DEFERRED && hop->put_off == 0)
		hop->put_off = when;
}

/* cleanup(8) has named a message. */
static void
note_name(struct trails *trails, const struct trail_line *line, struct slice id,
    uint64_t when)
{
	bool was_held = trails_was_held(trails, line->instance, id);
	unsigned old = trails_find(trails, line->instance, id);
	struct probe_token token;
	struct slice name = behind_id(line, id);

	/* An id that was used before is another message's now. */
	if (old != 0)
		trails_end(trails, old);
	if (!slice_starts(name, NAMED) ||
	    !probe_token_find(&trails->key, name, &token))
		return;
	change(trails_add(trails, trails_mail(trails, token.name, token.serial),
		   line->instance, id),
	    was_held ? WHERE_HELD : WHERE_RECEIVED, when);
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
	change(hop, where, when);
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
		.reason = behind_id(line, id) });
	change(hop, WHERE_DISCARDED, when);
	trails_end(trails, number);
}

/* The end of a message that did not get to the queue manager, or was taken from
   it. */
static void
note_gone(struct trails *trails, unsigned number, const struct trail_line *line,
    uint64_t when)
{
	struct slice text = behind_id(line, line->event->queue_id);

	if (line->tag->kind == DAEMON_POSTSUPER &&
	    slice_equal(text, "requeued")) {
		/* It comes back with another id. */
		change(trails_hop(trails, number), WHERE_SENT, when);
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
		change(hop, WHERE_EXPIRED, when);
	else if (event->traits & TRAIT_IS_REMOVED)
		trails_end(trails, number);
}

/* What is said of holding a message and of letting it go. */
static void
note_other(struct trail_hop *hop, const struct trail_line *line, uint64_t when)
{
	struct slice text = behind_id(line, line->event->queue_id);

	if (is_hold(text) ||
	    (line->tag->kind == DAEMON_POSTSUPER &&
		slice_equal(text, "placed on hold")))
		change(hop, WHERE_HELD, when);
	else if (line->tag->kind == DAEMON_POSTSUPER &&
	    slice_equal(text, "released from hold"))
		change(hop, hop->put_off != 0 ? WHERE_DEFERRED : WHERE_RECEIVED,
		    when);
}

/* A rejection that is the end of its message: by cleanup(8), or after the dot. */
static bool
is_final(const struct trail_line *line)
{
	return (line->tag->kind == DAEMON_CLEANUP ||
	    slice_equal(line->event->label[LABEL_STAGE], "END-OF-MESSAGE"));
}

/* A line of an id that is followed. */
static void
note_known(struct trails *trails, unsigned number,
    const struct trail_line *line, uint64_t when)
{
	struct trail_hop *hop = trails_hop(trails, number);

	switch (line->event->type) {
	case EVENT_ACTIVE:
		hop->taken = true;
		change(hop, WHERE_ACTIVE, when);
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

void
trails_note(struct trails *trails, const struct trail_line *line, uint64_t when)
{
	struct slice id = id_of(line);
	unsigned number;

	if (when == 0)
		when = AT_MARK;
	if (line->event->type == EVENT_NAMED) {
		note_name(trails, line, id, when);
		return;
	}
	number = trails_find(trails, line->instance, id);
	if (number != 0)
		note_known(trails, number, line, when);
	else if (may_hold(line))
		trails_hold(trails, line->instance, id);
}

void
trails_mark(struct trails *trails, uint64_t newest)
{
	for (unsigned i = 0; i < TRAILS_MAX; i++)
		for (unsigned h = 0; h < trails->mail[i].hop_count; h++) {
			struct trail_hop *hop = &trails->mail[i].hops[h];

			if (hop->since == AT_MARK)
				hop->since = newest;
			if (hop->put_off == AT_MARK)
				hop->put_off = newest;
		}
}
