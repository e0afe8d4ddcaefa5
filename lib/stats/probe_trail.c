#include "lib/stats/probe_trail.h"
#include <stdio.h>
bool trail_find(const struct snapshot *log, struct slice name, uint64_t serial, struct trail_found *found_r) { (void)log; (void)name; (void)serial; (void)found_r; return (false); }
void trail_words(const struct trail_found *found, char *text_r, size_t size) { (void)found; (void)snprintf(text_r, size, "x"); }
const char *const trail_stages[TRAIL_DELAYS] = { "smtpd", "queue", "connection", "transmission" };
const char *where_name(enum where where) { static const char *const n[] = { "", "unknown", "received", "active", "deferred", "held", "sent", "bounced", "expired", "discarded", "arrived", "spam" }; return (n[where]); }
