/*
 * Receipts that are not counted yet: smtpd(8) and pickup(8) log that they take
 * in a message before cleanup(8) names it, and only by its name it is known
 * whether it is a probe's.  Memory is fixed.
 *
 * In a snapshot they are lines "INSTANCE SINCE TAG TEXT" of `=waiting:NNN',
 * oldest first; SINCE in seconds since 1970.
 */
#ifndef STATS_WAITING_H
#define STATS_WAITING_H

#include "lib/stats/snapshot.h"

enum {
	WAITING_MAX = 128,
	WAITING_LINE_MAX = 440, /* tag and text; longer ones do not wait */
	WAITING_TEXTS = WAITING_MAX
};

struct waiting_line {
	uint64_t order; /* the higher the younger */
	uint64_t since; /* seconds since 1970; 0: of the next mark */
	uint8_t instance;
	uint8_t id_len;
	uint16_t tag_len, len;
	char bytes[WAITING_LINE_MAX]; /* tag, then text, which begins with the
					 id */
};

struct waiting {
	uint64_t order;           /* of the youngest */
	int end;                  /* all behind it are free */
	uint64_t id[WAITING_MAX]; /* what stands for it; 0: free */
	struct waiting_line line[WAITING_MAX];
};

/* The number of the line of an id; -1: it is not there. */
int waiting_find(
    const struct waiting *waiting, unsigned instance, struct slice id);

/* The number of the oldest line, if there is no room for one more; -1: there
   is. */
int waiting_oldest(const struct waiting *waiting);

/* Have a line wait that begins with `id`.  Returns false if it can't. */
bool waiting_put(struct waiting *waiting, unsigned instance, struct slice tag,
    struct slice text, struct slice id);

static inline struct slice
waiting_tag(const struct waiting_line *line)
{
	return ((struct slice){ line->bytes, line->tag_len });
}

static inline struct slice
waiting_text(const struct waiting_line *line)
{
	return ((struct slice){ line->bytes + line->tag_len, line->len });
}

/* Forget a line. */
static inline void
waiting_drop(struct waiting *waiting, int number)
{
	waiting->id[number] = 0;
	while (waiting->end > 0 && waiting->id[waiting->end - 1] == 0)
		waiting->end--;
}

void waiting_save(const struct waiting *waiting, struct snapshot *snapshot);
void waiting_load(struct waiting *waiting, const struct snapshot *snapshot);

#endif
