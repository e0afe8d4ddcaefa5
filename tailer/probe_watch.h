/*
 * The key that probes' mail is known by: it is made by postfix-stats-probe,
 * whenever that is started first.
 */
#ifndef TAILER_PROBE_WATCH_H
#define TAILER_PROBE_WATCH_H

#include "lib/stats/line.h"

struct probe_watch {
	const char *directory; /* where the key is */
	struct secret_key key;
	bool has_key, warned;
	int64_t next; /* look, monotonic ms; 0: now */
};

/* Look for the key, if it is time to, and have `lines` follow mail by it.  What is
   wrong with it is logged once. */
void probe_watch_look(
    struct probe_watch *watch, struct line_counter *lines, int64_t now);

#endif
