/*
 * What the parts of trails.c share.
 */
#ifndef STATS_TRAILS_PARTS_H
#define STATS_TRAILS_PARTS_H

#include "lib/stats/trails_table.h"

/* What stands behind the queue id that a line begins with. */
static inline struct slice
trails_behind_id(const struct trail_line *line, struct slice id)
{
	return (slice_from(line->text, id.len + strlen(": ")));
}

/* Whether a message is put on hold: "hold: ..", "milter-hold: ..", but also
   "milter-header-hold: ..". */
static inline bool
trails_is_hold(struct slice text)
{
	if (slice_skip(&text, "milter-") && !slice_skip(&text, "header-"))
		(void)slice_skip(&text, "body-");
	return (slice_starts(text, "hold: "));
}

/* A message is somewhere else since `when`. */
void trails_change(struct trail_hop *hop, enum where where, uint64_t when);

/* trails_hold.c: smtpd(8) said "NOQUEUE: hold: ..", took in a message, or ended a
   session. */
void trails_note_process(struct trails *trails, const struct trail_line *line);

/* Take note of a line of a hop by its number. */
void trails_known(struct trails *trails, unsigned number,
    const struct trail_line *line, uint64_t when);

#endif
