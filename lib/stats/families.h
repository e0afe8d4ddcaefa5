/*
 * The table's rows as Prometheus has them: a family is the rows of one name.
 * Those of several rows differ in their labels, or are one histogram.
 */
#ifndef STATS_FAMILIES_H
#define STATS_FAMILIES_H

#include "lib/stats/metrics.h"
#include "lib/util/slice.h"

/* UNTYPED: no row is; a name of others that breaks the rules of its type. */
enum family_type {
	FAMILY_COUNTER,
	FAMILY_GAUGE,
	FAMILY_HISTOGRAM,
	FAMILY_UNTYPED,
	FAMILY_TYPES
};

/* What a row is in its family; ROLE_BUCKET and behind are a histogram's. */
enum family_role { ROLE_PLAIN, ROLE_BUCKET, ROLE_SUM, ROLE_COUNT };

struct family {
	struct slice name; /* a histogram's is without _bucket */
	enum family_type type;
	const char *help;
	unsigned rows; /* 0: a PEER_FAMILY */
};

/* What FAMILY of the table says. */
struct family_help {
	const char *name;
	const char *help;
};

enum family_id {
#define FAMILY(id, name, help) FAMILY_##id,
#include "lib/stats/metrics.def"
	FAMILY_COUNT
};

enum peer_family_id {
#define PEER_FAMILY(id, type, name, help) PEER_FAMILY_##id,
#include "lib/stats/metrics.def"
	PEER_FAMILY_COUNT
};

extern const struct family_help family_helps[FAMILY_COUNT];

/* The number of the family that `metric` is of, by the order in which the table
   names them first.  Those of PEER_FAMILY come behind. */
unsigned family_of(enum metric_id metric);
unsigned family_of_peer(enum peer_family_id id);
const struct family *family_at(unsigned number);
enum family_role family_role(enum metric_id metric);

/* Step through the labels of a metric, from `*rest_r` = its key: true and a
   label's name, with its value if that is fixed (else `value_r` is empty: the
   next of the key's open labels).  Fixed labels that only its name stands for
   in Prometheus are left out. */
bool family_label_next(enum metric_id metric, struct slice *rest,
    struct slice *name_r, struct slice *value_r);

#endif
