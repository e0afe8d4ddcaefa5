/*
 * What lines say of mail that is followed.
 */
#include <stdlib.h>

#include "lib/stats/trails_parts.h"

#define NAMED   "message-id=<pfs1."
#define AT_MARK UINT64_MAX /* a time that trails_mark() sets */

struct trails *
trails_new(const struct secret_key *key)
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
trails_set_key(struct trails *trails, const struct secret_key *key)
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

/* Whether a line's daemon may say so before the message has its name. */
static inline bool
may_hold(const struct trail_line *line)
{
	enum event_type type = line->event->type;

	return ((type == EVENT_MOVES && line->tag->kind == DAEMON_CLEANUP) ||
	    (type == EVENT_NONE && line->tag->kind == DAEMON_SMTPD));
}

/* Whether a line tells of a message that has no queue id yet, and is to be held;
   or may tell which one that is. */
static inline bool
is_of_process(const struct trails *trails, const struct trail_line *line)
{
	enum event_type type = line->event->type;
	struct slice text = line->text;

	if (line->tag->kind != DAEMON_SMTPD)
		return (false);
	if (type == EVENT_RECEIVE || type == EVENT_DISCONNECT)
		return (trails->holder_count > 0);
	return (type == EVENT_NONE && slice_skip(&text, "NOQUEUE: ") &&
	    trails_is_hold(text));
}

bool
trails_concern(const struct trails *trails, const struct trail_line *line)
{
	struct slice id = id_of(line);

	if (is_of_process(trails, line))
		return (true);
	if (id.len == 0)
		return (false);
	if (line->event->type == EVENT_NAMED &&
	    slice_starts(trails_behind_id(line, id), NAMED))
		return (true);
	if (may_hold(line))
		return (trails_is_hold(trails_behind_id(line, id)));
	return (
	    trails->count > 0 && trails_find(trails, line->instance, id) != 0);
}

/* cleanup(8) has named a message. */
static void
note_name(struct trails *trails, const struct trail_line *line, struct slice id,
    uint64_t when)
{
	bool was_held = trails_was_held(trails, line->instance, id);
	unsigned old = trails_find(trails, line->instance, id);
	struct probe_token token;
	struct slice name = trails_behind_id(line, id);

	/* An id that was used before is another message's now. */
	if (old != 0)
		trails_end(trails, old);
	if (!slice_starts(name, NAMED) ||
	    !probe_token_find(&trails->key, name, &token))
		return;
	trails_change(
	    trails_add(trails, trails_mail(trails, token.name, token.serial),
		line->instance, id),
	    was_held ? WHERE_HELD : WHERE_RECEIVED, when);
}

void
trails_note(struct trails *trails, const struct trail_line *line, uint64_t when)
{
	struct slice id = id_of(line);
	unsigned number;

	if (is_of_process(trails, line)) {
		trails_note_process(trails, line);
		return;
	}
	if (when == 0)
		when = AT_MARK;
	if (line->event->type == EVENT_NAMED) {
		note_name(trails, line, id, when);
		return;
	}
	number = trails_find(trails, line->instance, id);
	if (number != 0)
		trails_known(trails, number, line, when);
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
