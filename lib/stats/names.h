/*
 * Label values that came from the log, each with a small number: a bounded
 * set.  Nothing is ever removed.
 */
#ifndef STATS_NAMES_H
#define STATS_NAMES_H

#include "lib/stats/metrics.h"
#include "lib/util/slice.h"

enum { NAMES_MAX = 64 };

struct names {
	unsigned limit; /* at most NAMES_MAX */
	unsigned count;
	uint8_t len[NAMES_MAX];
	bool plain[NAMES_MAX]; /* escaped as it is raw */
	char text[NAMES_MAX][LABEL_MAX];
	uint8_t bucket[2 * NAMES_MAX]; /* number + 1; 0 empty */
};

void names_init(struct names *names, unsigned limit);

/* The number of `raw`, which is added, escaped, if it is new and there is
   room; -1 if there is none or it makes no label value. */
int names_find(struct names *names, struct slice raw);

/* The same for a value that is escaped already. */
int names_find_escaped(struct names *names, struct slice escaped);

static inline struct slice
names_text(const struct names *names, unsigned number)
{
	return ((struct slice){ names->text[number], names->len[number] });
}

#endif
