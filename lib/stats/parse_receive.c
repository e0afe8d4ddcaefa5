/*
 * Mail taken in: by smtpd(8) and qmqpd(8) over the network, by pickup(8) from
 * the maildrop queue.
 */
#include "lib/stats/parse.h"
#include "lib/stats/parse_parts.h"

/* The SASL method of a client that did not log in. */
static const struct slice none = { "NONE", 4 };

int
parse_client(const struct tag *tag, struct slice text, bool queued,
    struct event *event_r)
{
	struct slice method = none;

	if (!slice_skip(&text, "client=") || !skip_host(&text))
		return (0);
	if (slice_skip(&text, ", sasl_method="))
		method = slice_until(text, ',');
	event_begin(event_r, EVENT_RECEIVE,
	    tag->kind == DAEMON_SMTPD ? TRAIT_BY_SMTPD : 0, tag);
	if (method.at != none.at)
		event_r->varies = LABEL_SASL_METHOD;
	event_r->label[LABEL_SERVICE] = tag->service;
	event_r->label[LABEL_SASL_METHOD] = method;
	/* Without a queue id it is a connection to smtpd_proxy_filter. */
	if (!queued)
		event_r->type = EVENT_NONE;
	return (1);
}

int
parse_pickup(const struct tag *tag, struct slice text, struct event *event_r)
{
	struct slice uid;
	uint64_t number;

	if (!slice_skip(&text, "uid=") || !slice_cut(&text, ' ', &uid) ||
	    !slice_number(uid, &number) || !slice_starts(text, "from=<"))
		return (0);
	event_begin(event_r, EVENT_RECEIVE, TRAIT_BY_PICKUP, tag);
	event_r->label[LABEL_SERVICE] = tag->service;
	event_r->label[LABEL_SASL_METHOD] = none;
	return (1);
}
