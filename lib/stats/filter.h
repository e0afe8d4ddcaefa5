/*
 * Mail that passes a content filter is logged twice: on its way to the filter,
 * and again when it has come back.  The configuration names both ways; what
 * goes along them is counted under filter:*, so that one message is one
 * message.
 */
#ifndef STATS_FILTER_H
#define STATS_FILTER_H

#include "lib/stats/counters.h"
#include "lib/stats/pending.h"

enum filter_way {
	FILTER_TRANSPORT,  /* to the filter: a transport, */
	FILTER_RELAY,      /* or an address, with a port or not */
	FILTER_SERVICE,    /* back from it: a service, */
	FILTER_CLIENT,     /* a client's address, */
	FILTER_PICKUP_UID, /* or who calls sendmail */
	FILTER_WAYS
};

enum { FILTER_NAMES_MAX = 16 };

struct filter_name {
	struct slice text;
	struct slice address, port; /* "address:port", taken apart */
};

struct filter {
	struct filter_name name[FILTER_WAYS][FILTER_NAMES_MAX];
	unsigned count[FILTER_WAYS];
};

/* Add names, blanks or commas between them; they must stay valid.  Returns false
   if there are too many. */
bool filter_add(struct filter *filter, enum filter_way way, struct slice names);

/* What to look for in lines of a tag; from FILTER_BIT on, so that others may
   have the bits below. */
enum {
	FILTER_BIT = 3,
	FILTER_SEES_THERE = 1 << FILTER_BIT,   /* any delivery is a hand-over */
	FILTER_SEES_PIPE = 2 << FILTER_BIT,    /* one of that transport is */
	FILTER_SEES_RELAY = 4 << FILTER_BIT,   /* one to that address is */
	FILTER_SEES_BACK = 8 << FILTER_BIT,    /* any mail taken in is back */
	FILTER_SEES_CLIENT = 16 << FILTER_BIT, /* what that address sends is */
	FILTER_SEES_UID = 32 << FILTER_BIT,    /* what that user sends is */
	FILTER_SEES_QUEUE = 64 << FILTER_BIT   /* some queue ids are its own */
};

unsigned filter_watches(const struct filter *filter, const struct tag *tag);

/* The message of a line: what the line says of it beside its event. */
struct filter_line {
	const struct tag *tag;
	unsigned sees; /* what filter_watches() said of the tag */
	unsigned instance;
	struct slice text;
	uint64_t times; /* that the line stands for */
};

/*
 * Count an event if it is of mail that passes a filter: then it counts nowhere
 * else.  Returns whether it is.
 */
bool filter_count(const struct filter *filter, struct pending *pending,
    struct counters *counters, const struct filter_line *line,
    struct event *event);

/* Count a message that is back, and that the queue manager has taken up. */
void filter_count_active(struct counters *counters, unsigned instance,
    const struct tag *tag, const struct event *event);

#endif
