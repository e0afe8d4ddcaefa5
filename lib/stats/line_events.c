/*
 * Events of which more is kept than a count.
 */
#include <time.h>

#include "lib/stats/line_parts.h"
#include "lib/stats/stamp.h"

static inline void
note_value(struct observations *seen, enum histogram_id id, uint64_t value)
{
	seen->times[histogram_step(&histograms[id], value)]++;
}

/* Take note of a message that the queue manager has taken up the first time
   since cleanup(8) named it. */
static inline void
note_in(struct line_counter *counter, unsigned instance)
{
	struct queue_in *in = &counter->in[instance];

	in->messages++;
	in->bytes += counter->event.bytes;
	in->recipients += counter->event.recipients;
	note_value(
	    &counter->sizes, HISTOGRAM_QUEUE_IN_SIZE, counter->event.bytes);
	note_value(&counter->recipients, HISTOGRAM_QUEUE_IN_NRCPT,
	    counter->event.recipients);
}

static void
count_values(struct line_counter *counter, enum histogram_id id,
    struct observations *seen)
{
	(void)counters_observe_all(counter->counters, id, 0, NULL, seen);
	*seen = (struct observations){ .sum = 0 };
}

void
count_queue_in(struct line_counter *counter)
{
	bool any = false;

	for (unsigned i = 0; i < INSTANCE_MAX; i++) {
		struct queue_in *in = &counter->in[i];
		struct event event = { .varies = LABEL_NONE };

		if (in->messages == 0)
			continue;
		event.type = EVENT_QUEUE_IN;
		counters_event(counter->counters, i, &event, in->messages);
		event.type = EVENT_QUEUE_IN_BYTES;
		counters_event(counter->counters, i, &event, in->bytes);
		event.type = EVENT_QUEUE_IN_RECIPIENTS;
		counters_event(counter->counters, i, &event, in->recipients);
		counter->sizes.sum += in->bytes;
		counter->recipients.sum += in->recipients;
		*in = (struct queue_in){ 0, 0, 0 };
		any = true;
	}
	if (any) {
		count_values(counter, HISTOGRAM_QUEUE_IN_SIZE, &counter->sizes);
		count_values(
		    counter, HISTOGRAM_QUEUE_IN_NRCPT, &counter->recipients);
	}
}

struct slice
line_head(const struct line_counter *counter, const char *at)
{
	const char *begin = counter->run;
	const char *newline = memrchr(begin, '\n', (size_t)(at - begin));

	if (newline != NULL)
		begin = newline + 1;
	return ((struct slice){ begin, (size_t)(at - begin) });
}

/* When the line that `at` is in was written; 0: not known.  For a stamp without a
   zone mktime(3) looks at the file that has it, so the minute that was read last
   is not read again within this second. */
static time_t
read_stamp(struct line_counter *counter, const char *at, time_t now)
{
	struct known_minute *known = &counter->minute;
	struct slice head;
	time_t seconds;

	if (counter->run == NULL)
		return (0);
	head = line_head(counter, at);
	if (head.len < HEAD_STAMP_BSD || !head_stamp_bsd(head.at))
		return (stamp_read(head, now));
	seconds = (head.at[MINUTE_LEN] - '0') * 10 +
	    (head.at[MINUTE_LEN + 1] - '0');
	if (known->now != now || seconds > 59 ||
	    memcmp(known->text, head.at, MINUTE_LEN) != 0) {
		time_t stamp = stamp_read(head, now);

		known->now = stamp != 0 ? now : 0;
		known->time = stamp - seconds;
		memcpy(known->text, head.at, MINUTE_LEN);
		return (stamp);
	}
	return (known->time + seconds);
}

__attribute__((noinline)) static void
count_master(struct line_counter *counter, unsigned instance)
{
	const struct event *event = &counter->event;
	time_t now = time(NULL), stamp;

	stamp = read_stamp(counter, event->said.at, now);
	mta_master(&counter->mta, instance, event->traits, event->said,
	    (uint64_t)(stamp < now ? stamp : now));
}

/* The number of the process that wrote the text at `at`; 0: not known. */
static uint32_t
process_of(const struct line_counter *counter, const char *at)
{
	const char *begin = counter->run;
	uint32_t pid = 0, unit = 1;

	if (begin == NULL || at - begin < (ptrdiff_t)HEAD_STAMP_BSD ||
	    memcmp(at - strlen("]: "), "]: ", strlen("]: ")) != 0)
		return (0);
	at -= strlen("]: ");
	for (; at > begin && byte_is_digit(at[-1]) && unit < 1000000000; at--) {
		pid += (uint32_t)(at[-1] - '0') * unit;
		unit *= 10;
	}
	return (pid);
}

void
note_trail(
    struct line_counter *counter, struct known_tag *known, struct slice text)
{
	struct trail_line line = { &known->tag, instance_of(counter, known),
		text, &counter->event, 0 };
	time_t now, stamp;

	if (!trails_concern(counter->trails, &line))
		return;
	line.pid = process_of(counter, text.at);
	now = time(NULL);
	stamp = read_stamp(counter, text.at, now);
	trails_note(
	    counter->trails, &line, (uint64_t)(stamp < now ? stamp : now));
}

/* Move the rows that an event names itself. */
static void
count_moves(struct line_counter *counter, uint64_t times)
{
	const struct event *event = &counter->event;

	for (unsigned i = 0; i < event->move_count; i++) {
		enum metric_id metric = event->moves[i].metric;
		uint64_t value = event->moves[i].value;

		if (metrics[metric].kind == KIND_COUNTER)
			counters_add(counter->counters, metric, value * times);
		else
			counters_set(counter->counters, metric, value);
	}
}

/* The size of a message that the queue manager takes up, for its deliveries.
   `anew`: the first time. */
static void
note_size(struct line_counter *counter, unsigned instance, bool anew)
{
	volume_enter(&counter->deliveries.volume, instance,
	    counter->event.queue_id, counter->event.bytes, anew);
}

/* Count the end of a session.  Returns false if what its client did is not
   understood. */
__attribute__((noinline)) static bool
count_disconnect(
    struct line_counter *counter, unsigned instance, uint64_t times)
{
	const struct event *event = &counter->event;

	if (event->said.len > 0)
		return (commands_note(&counter->commands, counter->counters,
		    instance, event, times));
	counters_event(counter->counters, instance, event, times);
	return (true);
}

/* Fill in the reason that what was said gives. */
static void
find_reason(struct line_counter *counter, enum reason_about about)
{
	struct event *event = &counter->event;
	unsigned number;

	event->label[reason_label(about)] = reason_rules_find(
	    counter->reasons, about, event->said, &number);
	event->code |= (uint64_t)(number + 1) << CODE_REASON;
}

/* Count why a delivery failed. */
__attribute__((noinline)) static void
count_failure(struct line_counter *counter, unsigned instance, uint64_t times)
{
	struct event *event = &counter->event;

	event->type = EVENT_FAILURE;
	event->code = 0;
	if (event->traits & TRAIT_IN_DNS) {
		event->label[LABEL_FAIL_REASON] = SLICE("dns");
		event->code = UINT64_MAX << CODE_REASON;
	} else
		find_reason(counter, ABOUT_FAILURE);
	event->traits = 0;
	counters_event(counter->counters, instance, event, times);
}

__attribute__((noinline)) static void
count_reject(struct line_counter *counter, unsigned instance, uint64_t times)
{
	struct event *event = &counter->event;

	if (event->traits & TRAIT_BY_SERVER)
		reasons_note(&counter->mta.reasons, true,
		    event->label[LABEL_SERVICE], event->said);
	if (event->label[LABEL_REASON].len == 0)
		find_reason(counter, ABOUT_REJECT);
	counters_event(counter->counters, instance, event, times);
}

/* Whether an event is the end of its message, for which the queue manager need
   not wait.  smtpd(8) refuses commands and goes on with the transaction; only
   what it refuses after the message is over. */
static bool
is_end(const struct event *event)
{
	return (event->queue_id.len > 0 &&
	    (event->type != EVENT_REJECT ||
		!(event->traits & TRAIT_BY_SERVER) ||
		slice_equal(event->label[LABEL_STAGE], "END-OF-MESSAGE")));
}

/* cleanup(8) has named a message that the queue manager may take up. */
static void
count_named(struct line_counter *counter, unsigned instance)
{
	struct slice id = counter->event.queue_id;

	volume_expect(&counter->deliveries.volume, instance, id);
	if (!pending_add(&counter->pending, instance, id, PENDING_NAMED))
		counters_add(counter->counters, METRIC_TAILER_OVERFLOW, 1);
}

/* It has taken it up. */
static void
take_active(struct line_counter *counter, unsigned instance)
{
	bool named = pending_take(&counter->pending, instance,
			 counter->event.queue_id, PENDING_NAMED) != 0;

	if (named)
		note_in(counter, instance);
	note_size(counter, instance, named);
}

/* It need not wait for a message any more, if that has come to its end. */
static void
count_end(struct line_counter *counter, unsigned instance, uint64_t times)
{
	count_moves(counter, times);
	if (is_end(&counter->event))
		(void)pending_take(&counter->pending, instance,
		    counter->event.queue_id, PENDING_NAMED | PENDING_BACK);
}

static void
count_unconnected(
    struct line_counter *counter, unsigned instance, uint64_t times)
{
	const struct event *event = &counter->event;

	reasons_note(&counter->mta.reasons, false,
	    event->label[LABEL_TRANSPORT], event->said);
	counters_event(counter->counters, instance, event, times);
}

/* The number of the transport of a delivery. */
static unsigned
transport_of(struct line_counter *counter, struct known_tag *known)
{
	const struct event *event = &counter->event;

	if (event->varies == LABEL_TRANSPORT)
		return (counters_label_number(counter->counters,
		    LABEL_TRANSPORT, event->label[LABEL_TRANSPORT]));
	if (known->transport == -1)
		known->transport = (int)counters_label_number(counter->counters,
		    LABEL_TRANSPORT, event->label[LABEL_TRANSPORT]);
	return ((unsigned)known->transport);
}

static void
count_delivery(struct line_counter *counter, struct known_tag *known,
    unsigned instance, uint64_t times)
{
	const struct event *event = &counter->event;

	counters_event(counter->counters, instance, event, times);
	if (event->traits & (TRAIT_IS_SENT | TRAIT_IS_BOUNCED))
		deliveries_note(&counter->deliveries, instance,
		    transport_of(counter, known), event, times);
	if (event->said.len > 0)
		count_failure(counter, instance, times);
}

bool
count_rest(struct line_counter *counter, struct known_tag *known,
    unsigned instance, uint64_t times)
{
	switch (counter->event.type) {
	case EVENT_DELIVERY:
		count_delivery(counter, known, instance, times);
		break;
	case EVENT_DISCONNECT:
		return (count_disconnect(counter, instance, times));
	case EVENT_NAMED:
		count_named(counter, instance);
		break;
	case EVENT_ACTIVE:
		take_active(counter, instance);
		break;
	case EVENT_RANKED:
		counters_observe(counter->counters, HISTOGRAM_SCREEN_RANK,
		    instance, &counter->event, counter->event.code, times);
		count_moves(counter, times);
		break;
	case EVENT_MOVES:
		count_moves(counter, times);
		break;
	case EVENT_REJECT:
		count_reject(counter, instance, times);
		count_end(counter, instance, times);
		break;
	case EVENT_MASTER:
		count_master(counter, instance);
		break;
	case EVENT_CONNECT_FAILURE:
		count_unconnected(counter, instance, times);
		break;
	default: /* EVENT_GONE */
		count_end(counter, instance, times);
	}
	return (true);
}

void
count_active(
    struct line_counter *counter, struct known_tag *known, struct slice text)
{
	unsigned instance = instance_of(counter, known);
	unsigned state = pending_take(&counter->pending, instance,
	    counter->event.queue_id, PENDING_NAMED | PENDING_BACK);

	note_size(counter, instance, state != 0);
	if (state & PENDING_BACK)
		filter_count_active(
		    counter->counters, instance, &known->tag, &counter->event);
	else if (state != 0) {
		note_in(counter, instance);
		top_count_sender(&counter->top, text, &counter->event);
	}
}
