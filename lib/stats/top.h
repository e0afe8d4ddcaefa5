/*
 * The names that are met most often: Space-Saving (Metwally, Agrawal and El
 * Abbadi, 2005).  A new name takes the place of the one with the lowest count
 * and goes on from that, so a count may be too high, by `error` at most, and
 * never too low; a name that has more than one part in TOP_TRACKED of all is
 * among them for certain.  Memory is fixed.
 *
 * In a snapshot a dimension is =top:DIMENSION:NN, the highest count first, of
 * lines
 *
 *	NAME COUNT ERROR DEFERRED BOUNCED
 */
#ifndef STATS_TOP_H
#define STATS_TOP_H

#include "lib/stats/counters.h"

enum top_dimension {
	TOP_RCPT_DOMAIN,
	TOP_SENDER_DOMAIN,
	TOP_RELAY_HOST,
	TOP_SASL_USER, /* these two are personal data */
	TOP_CLIENT,
	TOP_DIMENSIONS
};

enum {
	TOP_TRACKED = 64,
	TOP_SHOWN = 10,    /* that have keys */
	TOP_NAME_MAX = 64, /* of longer names the end is kept */
	TOP_LINE_MAX = TOP_NAME_MAX + 4 * 21 + 1,
	/* Records that a dimension takes, at most. */
	TOP_TEXTS = TOP_TRACKED / (TEXT_MAX / TOP_LINE_MAX) + 1
};

struct top_item {
	uint64_t count, error, deferred, bounced;
	uint64_t hash;
	uint8_t len;
	uint8_t next; /* of the same place; number + 1 */
	char name[TOP_NAME_MAX];
};

struct top_list {
	bool wanted;
	unsigned count;
	uint8_t first[2 * TOP_TRACKED]; /* number + 1; 0: none */
	struct top_item item[TOP_TRACKED];
};

struct top {
	struct top_list list[TOP_DIMENSIONS];
};

/* Count a dimension from now on.  Returns false if there is none of that
   name. */
bool top_want(struct top *top, struct slice dimension);

/* Whether a line of that tag may have a name to count. */
bool top_watches(const struct top *top, const struct tag *tag);

/* Count the names of a delivery or a receipt, which `text` says; and that of a
   sender, when the queue manager takes a message up the first time. */
void top_count(struct top *top, struct slice text, const struct event *event,
    uint64_t times);
void top_count_sender(
    struct top *top, struct slice text, const struct event *event);

/* Set the keys of the first TOP_SHOWN. */
void top_put(const struct top *top, struct counters *counters);

void top_save(const struct top *top, struct snapshot *snapshot);

/* A line of such a record; false if it is none. */
bool top_read(struct slice line, struct top_item *item_r);

/* Whether a dimension is of deliveries, and how many recipients of an item were
   delivered. */
bool top_has_parts(struct slice dimension);
uint64_t top_sent(const struct top_item *item);

/* Take over what is still wanted; the keys of all else are gone. */
void top_load(struct top *top, struct counters *counters,
    const struct snapshot *snapshot);

#endif
