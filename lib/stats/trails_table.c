/*
 * Mails in an array, and chains of their hops by queue id.
 */
#include "lib/stats/trails_table.h"

/* --- hops by queue id -------------------------------------------------- */

static inline const struct trail_hop *
hop_of(const struct trails *trails, unsigned number)
{
	return (&trails->mail[(number - 1) / TRAIL_HOPS]
		     .hops[(number - 1) % TRAIL_HOPS]);
}

static uint16_t *
next_of(struct trails *trails, unsigned number)
{
	return (&trails->mail[(number - 1) / TRAIL_HOPS]
		     .next[(number - 1) % TRAIL_HOPS]);
}

static struct slice
id_of(const struct trail_hop *hop)
{
	return ((struct slice){ hop->id, hop->id_len });
}

unsigned
trails_find(const struct trails *trails, unsigned instance, struct slice id)
{
	unsigned number = trails->first[trails_place(id)];

	while (number != 0) {
		const struct trail_hop *hop = hop_of(trails, number);

		if (hop->instance == instance && slice_same(id_of(hop), id))
			return (number);
		number = trails->mail[(number - 1) / TRAIL_HOPS]
			     .next[(number - 1) % TRAIL_HOPS];
	}
	return (0);
}

static unsigned
number_of(const struct trails *trails, const struct followed *mail, unsigned at)
{
	return ((unsigned)(mail - trails->mail) * TRAIL_HOPS + at + 1);
}

_Static_assert(
    TRAILS_MAX *TRAIL_HOPS < UINT16_MAX, "a hop's number has 16 bits");

static void
enter(struct trails *trails, unsigned number)
{
	uint16_t *first =
	    &trails->first[trails_place(id_of(hop_of(trails, number)))];

	*next_of(trails, number) = *first;
	*first = (uint16_t)number;
	trails->count++;
}

static void
leave(struct trails *trails, unsigned number)
{
	uint16_t *at =
	    &trails->first[trails_place(id_of(hop_of(trails, number)))];

	while (*at != 0 && *at != number)
		at = next_of(trails, *at);
	if (*at == 0)
		return;
	*at = *next_of(trails, number);
	trails->count--;
}

void
trails_end(struct trails *trails, unsigned number)
{
	leave(trails, number);
	trails_hop(trails, number)->over = true;
}

/* Take all hops of a mail out of their places. */
static void
leave_all(struct trails *trails, struct followed *mail)
{
	for (unsigned i = 0; i < mail->hop_count; i++)
		if (!mail->hops[i].over)
			leave(trails, number_of(trails, mail, i));
}

void
trails_enter(struct trails *trails, struct followed *mail)
{
	for (unsigned i = 0; i < mail->hop_count; i++)
		if (!mail->hops[i].over)
			enter(trails, number_of(trails, mail, i));
}

/* --- mails ------------------------------------------------------------- */

static bool
is_over(const struct followed *mail)
{
	for (unsigned i = 0; i < mail->hop_count; i++)
		if (!mail->hops[i].over)
			return (false);
	return (true);
}

/* A place for one more mail: a free one, or the oldest's of those that are in no
   queue, or of all. */
static struct followed *
place_for_mail(struct trails *trails)
{
	struct followed *best = &trails->mail[0];

	for (unsigned i = 1; i < TRAILS_MAX && best->order != 0; i++) {
		struct followed *mail = &trails->mail[i];
		bool over = is_over(mail), best_over = is_over(best);

		if (over != best_over ? over : mail->order < best->order)
			best = mail;
	}
	if (best->order != 0)
		leave_all(trails, best);
	return (best);
}

struct followed *
trails_mail(struct trails *trails, struct slice name, uint64_t serial)
{
	struct followed *mail;

	for (unsigned i = 0; i < TRAILS_MAX; i++) {
		mail = &trails->mail[i];
		if (mail->order != 0 && mail->serial == serial &&
		    slice_same(
			(struct slice){ mail->name, mail->name_len }, name))
			return (mail);
	}
	mail = place_for_mail(trails);
	mail->order = ++trails->order;
	mail->serial = serial;
	mail->hop_count = 0;
	mail->name_len = (uint8_t)(name.len < PROBE_NAME_MAX ? name.len :
							       PROBE_NAME_MAX);
	memcpy(mail->name, name.at, mail->name_len);
	return (mail);
}

/* Which hop of a mail to forget for another: the oldest that is over, else the
   oldest. */
static unsigned
hop_to_forget(const struct followed *mail)
{
	for (unsigned i = 0; i < mail->hop_count; i++)
		if (mail->hops[i].over)
			return (i);
	return (0);
}

static void
forget_hop(struct trails *trails, struct followed *mail, unsigned at)
{
	leave_all(trails, mail);
	mail->hop_count--;
	memmove(&mail->hops[at], &mail->hops[at + 1],
	    (mail->hop_count - at) * sizeof(mail->hops[0]));
	trails_enter(trails, mail);
}

struct trail_hop *
trails_add(struct trails *trails, struct followed *mail, unsigned instance,
    struct slice id)
{
	unsigned number = trails_find(trails, instance, id);
	struct trail_hop *hop;

	if (number != 0)
		trails_end(trails, number);
	for (unsigned i = 0; i < mail->hop_count; i++)
		if (mail->hops[i].instance == instance &&
		    slice_same(id_of(&mail->hops[i]), id)) {
			forget_hop(trails, mail, i);
			break;
		}
	if (mail->hop_count == TRAIL_HOPS)
		forget_hop(trails, mail, hop_to_forget(mail));
	hop = &mail->hops[mail->hop_count];
	*hop = (struct trail_hop){ .instance = (uint8_t)instance,
		.id_len = (uint8_t)id.len };
	memcpy(hop->id, id.at, id.len);
	enter(trails, number_of(trails, mail, mail->hop_count++));
	return (hop);
}
