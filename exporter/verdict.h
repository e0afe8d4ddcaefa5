/*
 * Is mail flowing?  The answer in words, and why.
 */
#ifndef EXPORTER_VERDICT_H
#define EXPORTER_VERDICT_H

#include "exporter/site.h"
#include "lib/stats/tally.h"

enum mood { MOOD_GOOD, MOOD_NOTICE, MOOD_PROBLEM };

enum { FINDINGS = 10, FINDING_TITLE = 96, FINDING_WHY = 640 };

struct finding {
	enum mood mood;
	char title[FINDING_TITLE];
	char why[FINDING_WHY]; /* text, not HTML */
};

/* The first answers the question; there is one at least. */
struct verdict {
	unsigned count;
	struct finding at[FINDINGS];
};

/* `source` is of the first store's snapshot, if it has one. */
void verdict_find(struct site *site, const struct store_view *store,
    const struct tally_source *source, struct verdict *verdict_r);

/* What probes found, to the end of it; false if there are no probes. */
bool verdict_probes(struct verdict *verdict, const struct snapshot *snapshot);

/* What servers with cPanel said, to the end of it; false if none was asked. */
bool verdict_whm(struct verdict *verdict, const struct snapshot *snapshot);

/* One more, unless there are too many. */
void verdict_add(struct verdict *verdict, enum mood mood, const char *title,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
