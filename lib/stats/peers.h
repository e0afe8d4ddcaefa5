/*
 * The table's rows of names that other exporters made known: what series of
 * theirs a key is a part of.
 */
#ifndef STATS_PEERS_H
#define STATS_PEERS_H

#include "lib/stats/families.h"
#include "lib/stats/mtagroups.h"

enum { PEER_LABELS = 6, PEER_CONDITIONS = 2 };

enum peer_source {
	PEER_COPY,           /* of the key's label `at` */
	PEER_FIXED,          /* `value` */
	PEER_SECRET_BITS,    /* of the cipher in label `at` */
	PEER_ALGORITHM_BITS, /* the same */
};

enum peer_test {
	PEER_IS,
	PEER_IS_NOT,
	PEER_BEGINS,
	PEER_IS_OF, /* a transport or service of the daemon `value` */
};

struct peer_label {
	struct slice name;
	enum peer_source source;
	unsigned at; /* of the metric's open labels */
	struct slice value;
};

struct peer_condition {
	enum peer_test test;
	unsigned at;
	struct slice value;
};

/* A row PEER_SERIES. */
struct peer {
	enum metric_id metric;
	unsigned family;
	unsigned label_count; /* of a histogram's buckets without the bound */
	struct peer_label label[PEER_LABELS];
	unsigned condition_count;
	struct peer_condition condition[PEER_CONDITIONS];
	const struct peer *next; /* of the same metric, or NULL */
};

/* The first of the rows of a metric, or NULL. */
const struct peer *peers_of(enum metric_id metric);

/* Whether a key with these values of its open labels is a part of `peer`, and
   with which values there.  A value that is empty meets all conditions. */
bool peer_takes(const struct peer *peer, const struct mtagroups *set,
    const struct slice *value, struct slice value_r[PEER_LABELS]);

#endif
