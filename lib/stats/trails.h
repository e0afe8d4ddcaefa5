/*
 * Probes' mail, followed through the log.  A message is a probe's if cleanup(8)
 * names it by a Message-ID with a token that was made with our key; from then
 * on what is said of its queue id is taken note of, and of any other queue id
 * that gets the same Message-ID.  Memory is fixed: of too many mails those are
 * forgotten first that are in no queue any more.
 */
#ifndef STATS_TRAILS_H
#define STATS_TRAILS_H

#include "lib/stats/event.h"
#include "lib/stats/probe_token.h"
#include "lib/stats/snapshot.h"

enum { TRAILS_MAX = 256, TRAILS_TEXTS = TRAILS_MAX + 1 };

struct trails;

/* NULL: no memory. */
struct trails *trails_new(const struct secret_key *key);
void trails_free(struct trails *trails);

/* Believe tokens of this key only. */
void trails_set_key(struct trails *trails, const struct secret_key *key);

/* Whether lines of a tag may say something of a mail. */
bool trails_watches(const struct tag *tag);

/* A line, and what the parsers made of it. */
struct trail_line {
	const struct tag *tag;
	unsigned instance;
	struct slice text;
	const struct event *event;
	uint32_t pid; /* of the process that wrote it; 0: not known */
};

/* Whether a line says something of a mail that is followed, or may begin to be.
   This is the quick way: most lines do not. */
bool trails_concern(const struct trails *trails, const struct trail_line *line);

/* Take note of one that does, written at `when` (seconds since 1970; 0: at the
   next trails_mark()). */
void trails_note(
    struct trails *trails, const struct trail_line *line, uint64_t when);

/* Give what has no time yet that of the newest line. */
void trails_mark(struct trails *trails, uint64_t newest);

/* Add what is known to a snapshot, as far as its capacity allows; and take it
   over from one. */
void trails_save(const struct trails *trails, struct snapshot *snapshot);
void trails_load(struct trails *trails, const struct snapshot *snapshot);

#endif
