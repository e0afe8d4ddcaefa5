/*
 * Mail of probes that counts apart (probes_apart): under probe_mail:* and
 * nowhere else.
 */
#include <stdlib.h>

#include "lib/stats/line_parts.h"
#include "lib/stats/parse.h"

enum { WAIT_SECONDS = 600 }; /* for a name: twice smtpd_timeout */

static void
count_as(struct line_counter *counter, const struct tag *tag, unsigned instance,
    unsigned trait, uint64_t times)
{
	struct event event;

	event_begin(&event, EVENT_APART, trait, tag);
	counters_event(counter->counters, instance, &event, times);
}

/* --- receipts that wait ------------------------------------------------ */

/* Count a receipt that waited, as if its line came now. */
static void
count_receipt(struct line_counter *counter, int number)
{
	const struct waiting_line *line = &counter->waiting->line[number];
	struct event event = { .type = EVENT_NONE };
	struct filter_line filtered = { .instance = line->instance,
		.text = waiting_text(line),
		.times = 1 };
	struct tag tag;

	waiting_drop(counter->waiting, number);
	if (!tag_parse(waiting_tag(line), &tag) ||
	    parse_text(&tag, filtered.text, &event) == 0)
		return;
	filtered.tag = &tag;
	filtered.sees = filter_watches(&counter->filter, &tag);
	if (filtered.sees != 0 &&
	    filter_count(&counter->filter, &counter->pending, counter->counters,
		&filtered, &event))
		return;
	if (top_watches(&counter->top, &tag))
		top_count(&counter->top, filtered.text, &event, 1);
	counters_event(counter->counters, line->instance, &event, 1);
}

/* A tag as the log has it. */
static struct slice
text_of(const struct tag *tag)
{
	const char *end = tag->daemon.at + tag->daemon.len;

	return ((struct slice){
	    tag->instance.at, (size_t)(end - tag->instance.at) });
}

/* Have a receipt wait for the name of its message.  Returns false if it is to be
   counted now. */
static bool
hold_back(struct line_counter *counter, const struct tag *tag,
    unsigned instance, struct slice text)
{
	struct slice id = counter->event.queue_id;
	int other = waiting_find(counter->waiting, instance, id);

	if (other == -1)
		other = waiting_oldest(counter->waiting);
	if (other != -1)
		count_receipt(counter, other);
	return (
	    waiting_put(counter->waiting, instance, text_of(tag), text, id));
}

/* Its message has a name now.  Returns whether it is a probe's. */
static bool
take_name(
    struct line_counter *counter, const struct tag *tag, unsigned instance)
{
	struct slice id = counter->event.queue_id;
	int receipt = waiting_find(counter->waiting, instance, id);
	bool own = trails_find(counter->trails, instance, id) != 0;

	if (receipt != -1 && own) {
		waiting_drop(counter->waiting, receipt);
		count_as(counter, tag, instance, TRAIT_IS_BACK, 1);
	} else if (receipt != -1)
		count_receipt(counter, receipt);
	return (own);
}

/* --- what becomes of it ------------------------------------------------ */

static void
take_up(struct line_counter *counter, const struct tag *tag, unsigned instance,
    const struct trail_hop *hop)
{
	if (hop->taken)
		return;
	count_as(counter, tag, instance, TRAIT_IS_MESSAGE, 1);
	count_as(counter, tag, instance, TRAIT_IS_BYTES, counter->event.bytes);
	count_as(counter, tag, instance, TRAIT_IS_RECIPIENTS,
	    counter->event.recipients);
}

static unsigned
trait_of(const struct event *event)
{
	if (event->type == EVENT_DELIVERY)
		return (event->traits &
		    (TRAIT_IS_SENT | TRAIT_IS_DEFERRED | TRAIT_IS_BOUNCED |
			TRAIT_IS_SOFTBOUNCE));
	return (event->traits == TRAIT_IS_REMOVED     ? TRAIT_IS_OVER :
		event->traits == TRAIT_IS_BOUNCE_SENT ? TRAIT_IS_NOTIFIED :
							TRAIT_IS_RETURNED);
}

bool
count_own(struct line_counter *counter, struct known_tag *known,
    struct slice text, uint64_t times)
{
	const struct event *event = &counter->event;
	unsigned instance = instance_of(counter, known), number;

	if (event->type != EVENT_RECEIVE &&
	    !trails_may_concern(counter->trails, event->type))
		return (false);
	switch (event->type) {
	case EVENT_RECEIVE:
		note_trail(counter, known, text);
		return (times == 1 &&
		    hold_back(counter, &known->tag, instance, text));
	case EVENT_NAMED:
		note_trail(counter, known, text);
		return (take_name(counter, &known->tag, instance));
	case EVENT_ACTIVE:
	case EVENT_DELIVERY:
	case EVENT_QUEUE_OUT:
		number = trails_find(
		    counter->trails, instance, event->queue_id);
		if (number == 0)
			return (false);
		if (event->type == EVENT_ACTIVE)
			take_up(counter, &known->tag, instance,
			    trails_hop(counter->trails, number));
		else
			count_as(counter, &known->tag, instance,
			    trait_of(event), times);
		note_trail(counter, known, text);
		return (true);
	default:
		note_trail(counter, known, text);
		return (false);
	}
}

/* --- between lines ----------------------------------------------------- */

bool
line_apart(struct line_counter *counter)
{
	counter->waiting = calloc(1, sizeof(*counter->waiting));
	if (counter->waiting == NULL)
		return (false);
	counters_set_aside(counter->counters, WAITING_TEXTS);
	tags_forget(&counter->tags);
	return (true);
}

void
mark_waiting(struct line_counter *counter, uint64_t newest)
{
	struct waiting *waiting = counter->waiting;

	for (int i = 0; i < WAITING_MAX; i++) {
		if (waiting->id[i] == 0)
			continue;
		if (waiting->line[i].since == 0)
			waiting->line[i].since = newest;
		else if (newest > waiting->line[i].since + WAIT_SECONDS)
			count_receipt(counter, i);
	}
}

/* Without a place to wait in, all that waited are counted. */
void
load_waiting(struct line_counter *counter, const struct snapshot *snapshot)
{
	bool stay = counter->waiting != NULL;

	if (!stay)
		counter->waiting = calloc(1, sizeof(*counter->waiting));
	if (counter->waiting == NULL)
		return;
	waiting_load(counter->waiting, snapshot);
	if (stay)
		return;
	for (int i = 0; i < WAITING_MAX; i++)
		if (counter->waiting->id[i] != 0)
			count_receipt(counter, i);
	free(counter->waiting);
	counter->waiting = NULL;
}
