/*
 * Messages that are put on hold before they have a name, or even a queue id:
 * smtpd(8) gets that for the first recipient that it takes, after it has looked
 * at the restrictions for him.  Then it is the process that tells which message
 * it is.
 */
#include "lib/stats/trails_parts.h"

void
trails_hold(struct trails *trails, unsigned instance, struct slice id)
{
	struct held *held = &trails->held[trails->held_next++ % HELD_MAX];

	held->instance = (uint8_t)instance;
	held->len = (uint8_t)id.len;
	memcpy(held->id, id.at, id.len);
}

bool
trails_was_held(struct trails *trails, unsigned instance, struct slice id)
{
	for (unsigned i = 0; i < HELD_MAX; i++) {
		struct held *held = &trails->held[i];

		if (held->len > 0 && held->instance == instance &&
		    slice_same((struct slice){ held->id, held->len }, id)) {
			held->len = 0;
			return (true);
		}
	}
	return (false);
}

/* --- by the process ----------------------------------------------------- */

static struct holder *
find_holder(struct trails *trails, const struct trail_line *line)
{
	for (unsigned i = 0; i < trails->holder_count; i++)
		if (trails->holders[i].pid == line->pid &&
		    trails->holders[i].instance == line->instance)
			return (&trails->holders[i]);
	return (NULL);
}

/* Forget one; those behind it move up. */
static void
drop_holder(struct trails *trails, struct holder *holder)
{
	struct holder *end = &trails->holders[--trails->holder_count];

	memmove(holder, holder + 1, (size_t)(end - holder) * sizeof(*holder));
}

/* A process will hold the message that it takes in next. */
static void
add_holder(struct trails *trails, const struct trail_line *line)
{
	if (line->pid == 0 || find_holder(trails, line) != NULL)
		return;
	if (trails->holder_count == HOLDERS_MAX)
		drop_holder(trails, &trails->holders[0]);
	trails->holders[trails->holder_count++] = (struct holder){ line->pid,
		line->instance };
}

void
trails_note_process(struct trails *trails, const struct trail_line *line)
{
	struct holder *holder;

	if (line->event->type == EVENT_NONE) {
		add_holder(trails, line);
		return;
	}
	holder = find_holder(trails, line);
	if (holder == NULL)
		return;
	if (line->event->type == EVENT_RECEIVE)
		trails_hold(trails, line->instance, line->event->queue_id);
	drop_holder(trails, holder);
}
