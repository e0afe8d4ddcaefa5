/*
 * The two ways of mail that passes a content filter.
 *
 *	there	a delivery by the filter's transport or to its address; its
 *		queue id is kept, so that the removal that follows is known
 *		for the end of one half of the way
 *	back	a receipt by a service, from an address or of a user; its queue
 *		id is kept until the queue manager takes the message up
 */
#include "lib/stats/filter.h"

/* "name[address]" or "name[address]:port", as Postfix logs it. */
static bool
read_place(struct slice text, struct slice *address_r, struct slice *port_r)
{
	struct slice name;

	if (!slice_cut(&text, '[', &name) || !slice_cut(&text, ']', address_r))
		return (false);
	(void)slice_skip(&text, ":");
	*port_r = text;
	return (true);
}

/* "address", "address:port" or "[address]:port", as people write it. */
static void
read_name(struct slice text, struct filter_name *name_r)
{
	struct slice rest = text, address;

	*name_r = (struct filter_name){ text, text, { text.at, 0 } };
	if (slice_starts(text, "["))
		(void)read_place(text, &name_r->address, &name_r->port);
	else if (slice_cut(&rest, ':', &address) &&
	    slice_until(rest, ':').len == rest.len) {
		name_r->address = address;
		name_r->port = rest;
	}
}

bool
filter_add(struct filter *filter, enum filter_way way, struct slice names)
{
	while (names.len > 0) {
		size_t len = 0;

		while (len < names.len && names.at[len] != ' ' &&
		    names.at[len] != ',')
			len++;
		if (len > 0) {
			if (filter->count[way] == FILTER_NAMES_MAX)
				return (false);
			read_name((struct slice){ names.at, len },
			    &filter->name[way][filter->count[way]++]);
		}
		names = slice_from(names, len + (len < names.len ? 1 : 0));
	}
	return (true);
}

/* Whether `text` is INSTANCE/NAME. */
static bool
is_of_instance(struct slice text, struct slice instance, struct slice name)
{
	return (text.len == instance.len + 1 + name.len &&
	    memcmp(text.at, instance.at, instance.len) == 0 &&
	    text.at[instance.len] == '/' &&
	    slice_same(slice_from(text, instance.len + 1), name));
}

/* Whether a way has this name, alone or as INSTANCE/NAME. */
static bool
has_name(const struct filter *filter, enum filter_way way,
    const struct tag *tag, struct slice name)
{
	for (unsigned i = 0; i < filter->count[way]; i++)
		if (slice_same(filter->name[way][i].text, name) ||
		    is_of_instance(
			filter->name[way][i].text, tag->instance, name))
			return (true);
	return (false);
}

/* Whether a way has the place that Postfix logs.  A port that is named must be
   its port if the log `has_ports`. */
static bool
has_place(const struct filter *filter, enum filter_way way, struct slice text,
    bool has_ports)
{
	struct slice address, port;

	if (!read_place(text, &address, &port))
		return (false);
	for (unsigned i = 0; i < filter->count[way]; i++) {
		const struct filter_name *name = &filter->name[way][i];

		if (slice_same(name->address, address) &&
		    (!has_ports || name->port.len == 0 ||
			slice_same(name->port, port)))
			return (true);
	}
	return (false);
}

/* What can be said of all lines of a daemon. */
static unsigned
watches_kind(const struct filter *filter, enum daemon_kind kind)
{
	const unsigned *count = filter->count;

	switch (kind) {
	case DAEMON_QMGR:
		for (unsigned i = 0; i < FILTER_WAYS; i++)
			if (count[i] > 0)
				return (FILTER_SEES_QUEUE);
		return (0);
	case DAEMON_PIPE:
		return (count[FILTER_TRANSPORT] > 0 ? FILTER_SEES_PIPE : 0);
	case DAEMON_SMTP:
		return (count[FILTER_RELAY] > 0 ? FILTER_SEES_RELAY : 0);
	case DAEMON_SMTPD:
		return (count[FILTER_CLIENT] > 0 ? FILTER_SEES_CLIENT : 0);
	case DAEMON_PICKUP:
		return (count[FILTER_PICKUP_UID] > 0 ? FILTER_SEES_UID : 0);
	default:
		return (0);
	}
}

unsigned
filter_watches(const struct filter *filter, const struct tag *tag)
{
	unsigned sees = watches_kind(filter, tag->kind);

	/* What pipe(8) logs as transport is not in its tag. */
	if (tag->kind != DAEMON_PIPE &&
	    has_name(filter, FILTER_TRANSPORT, tag, tag->service))
		sees |= FILTER_SEES_THERE;
	if (has_name(filter, FILTER_SERVICE, tag, tag->service))
		sees |= FILTER_SEES_BACK;
	return (sees);
}

/* --- there ------------------------------------------------------------- */

static bool
is_hand_over(const struct filter *filter, const struct filter_line *line,
    const struct event *event)
{
	const char *end = line->text.at + line->text.len;
	struct slice relay;

	if (line->sees & FILTER_SEES_THERE)
		return (true);
	if (line->sees & FILTER_SEES_PIPE)
		return (has_name(filter, FILTER_TRANSPORT, line->tag,
		    event->label[LABEL_TRANSPORT]));
	if (!(line->sees & FILTER_SEES_RELAY))
		return (false);
	relay = (struct slice){ event->relay, (size_t)(end - event->relay) };
	return (has_place(filter, FILTER_RELAY, slice_until(relay, ','), true));
}

static void
count_hand_over(struct pending *pending, struct counters *counters,
    const struct filter_line *line, struct event *event)
{
	unsigned result = event->traits &
	    (TRAIT_IS_SENT | TRAIT_IS_DEFERRED | TRAIT_IS_BOUNCED |
		TRAIT_IS_SOFTBOUNCE);

	if (result == TRAIT_IS_SENT &&
	    !pending_add(pending, line->instance, slice_until(line->text, ':'),
		PENDING_HANDED))
		counters_add(counters, METRIC_TAILER_OVERFLOW, 1);
	/* `sent:NAME` is what it always was. */
	if (result == TRAIT_IS_SENT && line->tag->kind == DAEMON_PIPE &&
	    (event->traits & TRAIT_BY_OTHER) != 0)
		counters_more(counters, METRIC_SENT_OTHER, line->instance,
		    &event->label[LABEL_AGENT], line->times);
	event_begin(event, EVENT_FILTER, result, line->tag);
	counters_event(counters, line->instance, event, line->times);
}

/* --- and back ---------------------------------------------------------- */

static bool
is_back(const struct filter *filter, const struct filter_line *line,
    const struct event *event)
{
	struct slice text = line->text;

	if (line->sees & FILTER_SEES_BACK)
		return (true);
	text = slice_from(text, event->queue_id.len + strlen(": "));
	if (line->sees & FILTER_SEES_CLIENT)
		return (slice_skip(&text, "client=") &&
		    has_place(
			filter, FILTER_CLIENT, slice_until(text, ','), false));
	return (line->sees & FILTER_SEES_UID && slice_skip(&text, "uid=") &&
	    has_name(
		filter, FILTER_PICKUP_UID, line->tag, slice_until(text, ' ')));
}

static void
count_back(struct pending *pending, struct counters *counters,
    const struct filter_line *line, struct event *event)
{
	if (!pending_add(
		pending, line->instance, event->queue_id, PENDING_BACK))
		counters_add(counters, METRIC_TAILER_OVERFLOW, 1);
	event_begin(event, EVENT_FILTER, TRAIT_IS_BACK, line->tag);
	counters_event(counters, line->instance, event, line->times);
}

void
filter_count_active(struct counters *counters, unsigned instance,
    const struct tag *tag, const struct event *event)
{
	struct event counted;

	event_begin(&counted, EVENT_FILTER, TRAIT_IS_MESSAGE, tag);
	counters_event(counters, instance, &counted, 1);
	counted.traits = TRAIT_IS_BYTES;
	counters_event(counters, instance, &counted, event->bytes);
	counted.traits = TRAIT_IS_RECIPIENTS;
	counters_event(counters, instance, &counted, event->recipients);
}

bool
filter_count(const struct filter *filter, struct pending *pending,
    struct counters *counters, const struct filter_line *line,
    struct event *event)
{
	switch (event->type) {
	case EVENT_DELIVERY:
		if (!is_hand_over(filter, line, event))
			return (false);
		count_hand_over(pending, counters, line, event);
		return (true);
	case EVENT_RECEIVE:
		if (!is_back(filter, line, event))
			return (false);
		count_back(pending, counters, line, event);
		return (true);
	case EVENT_QUEUE_OUT:
		if (event->traits != TRAIT_IS_REMOVED ||
		    !pending_take(pending, line->instance, event->queue_id,
			PENDING_HANDED))
			return (false);
		event_begin(event, EVENT_FILTER, TRAIT_IS_OVER, line->tag);
		counters_event(counters, line->instance, event, line->times);
		return (true);
	default:
		return (false);
	}
}
