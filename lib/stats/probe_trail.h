#ifndef STATS_PROBE_TRAIL_H
#define STATS_PROBE_TRAIL_H
#include "lib/stats/snapshot.h"
enum { TRAIL_DELAYS = 4 };
enum where { WHERE_NONE, WHERE_UNKNOWN=1, WHERE_RECEIVED, WHERE_ACTIVE, WHERE_DEFERRED, WHERE_HELD, WHERE_SENT, WHERE_BOUNCED, WHERE_EXPIRED, WHERE_DISCARDED, WHERE_ARRIVED, WHERE_SPAM };
struct trail_found { enum where where; struct slice id, next, transport, relay, reason; uint64_t since; uint64_t delay[TRAIL_DELAYS]; bool has_delays; };
bool trail_find(const struct snapshot *log, struct slice name, uint64_t serial, struct trail_found *found_r);
void trail_words(const struct trail_found *found, char *text_r, size_t size);
const char *where_name(enum where where);
extern const char *const trail_stages[TRAIL_DELAYS];
#endif
