/*
 * Why a service turned a client away last, and why a connection of a transport
 * failed last: one text for each group of MTA-MIB, in fixed memory.  In a
 * snapshot they are texts =reasons:NN of lines
 *
 *	GROUP TEXT
 */
#ifndef STATS_REASONS_H
#define STATS_REASONS_H

#include "lib/stats/mtagroups.h"

enum {
	REASONS_MAX = 96, /* as many transports and services as are told
	                          apart */
	REASON_MAX = 200, /* bytes of a text; less in a snapshot if there
	                          are more than two for each record of it: */
	REASONS_TEXTS_MAX = 24
};

struct reason {
	bool service;   /* else a transport's */
	uint32_t group; /* its number; 0: not known yet */
	uint8_t name_len, len;
	char name[LABEL_MAX];  /* as the log has it */
	char text[REASON_MAX]; /* as the log has it, too */
};

struct reasons {
	unsigned count;
	struct reason at[REASONS_MAX];
};

/* Keep a text.  If there is no room for another name it
   goes to `other`. */
void reasons_note(struct reasons *reasons, bool service, struct slice name,
    struct slice text);

/* Give those that are new to their groups.  A name without one of its own was
   counted as `other`. */
void reasons_mark(struct reasons *reasons, const struct mtagroups *set);

void reasons_save(const struct reasons *reasons, struct snapshot *snapshot);
void reasons_load(struct reasons *reasons, const struct snapshot *snapshot,
    const struct mtagroups *set);

/* The text of a group in a snapshot; false if it has none. */
bool reasons_find(
    const struct snapshot *snapshot, uint32_t group, struct slice *text_r);

#endif
