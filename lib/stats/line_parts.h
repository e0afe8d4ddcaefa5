/*
 * What the parts of line.c share.
 */
#ifndef STATS_LINE_PARTS_H
#define STATS_LINE_PARTS_H

#include "lib/stats/commands.h"
#include "lib/stats/deliveries.h"
#include "lib/stats/line.h"
#include "lib/stats/mta.h"
#include "lib/stats/pending.h"
#include "lib/stats/tags.h"
#include "lib/stats/trails_table.h"
#include "lib/stats/waiting.h"

enum {
	HEAD_KEPT = 64,  /* bytes that a stamp is in */
	MINUTE_LEN = 13, /* of a BSD stamp, before its seconds */
	RECENT = 32      /* at least SAMPLE_COUNT, and quick to divide by */
};

struct sample {
	size_t len;
	char text[TEXT_MAX];
};

/* Messages that came into the queue. */
struct queue_in {
	uint64_t messages, bytes, recipients;
};

/* A minute, as what it was read, and when. */
struct known_minute {
	char text[MINUTE_LEN]; /* "Nov 22 08:00:" */
	time_t time, now;
};

struct line_counter {
	struct event event; /* of the line that goes by */
	struct counters *counters;
	struct sample samples[SAMPLE_COUNT];
	size_t sample_next; /* counts on; modulo is the place */
	struct tags tags;
	struct pending pending;
	struct filter filter;
	struct top top;
	struct commands commands;
	struct mta mta;
	struct deliveries deliveries;
	struct user_rules *rules;     /* NULL: none */
	struct reason_rules *reasons; /* NULL: none */
	struct trails *trails;        /* NULL: no probe's mail is followed */
	struct waiting *waiting;      /* NULL: it does not count apart */
	char last[HEAD_KEPT];         /* the last line's beginning */
	size_t last_len;
	struct known_minute minute; /* of a stamp that was read */
	/* of the lines that go by: */
	struct slice instance; /* empty: the tags' own */
	int given;             /* its number; -1: not asked for yet */
	bool by_host;          /* that is the line's host */
	uint64_t foreign, malformed, overlong; /* not passed on yet */
	struct queue_in in[INSTANCE_MAX];      /* neither */
	struct observations sizes, recipients; /* of these messages */
	uint32_t named;             /* ids of pending that are passed on */
	struct known_tag *strange;  /* tags with lines not understood */
	const char *recent[RECENT]; /* the last such lines */
	size_t recent_next;         /* counts on; modulo is the place */
	const char *run; /* where they begin; NULL: they have no heads */
};

/* The number of the instance that a line of a known tag belongs to. */
static inline unsigned
instance_of(struct line_counter *counter, struct known_tag *known)
{
	bool given = counter->instance.len > 0;
	int *number = given ? &counter->given : &known->instance;

	if (*number == -1)
		*number = (int)counters_instance(counter->counters,
		    given ? counter->instance : known->tag.instance);
	return ((unsigned)*number);
}

/* line_state.c: keep a line that is not understood. */
void keep_sample(struct line_counter *counter, struct slice line);

/*
 * line_events.c: what happens to events of which more is kept than a count.
 */

/* Count an event of which more is kept than a count.  Returns false if it is not
   understood. */
bool count_rest(struct line_counter *counter, struct known_tag *known,
    unsigned instance, uint64_t times);

/* The queue manager has taken up a message, perhaps one that came back. */
void count_active(
    struct line_counter *counter, struct known_tag *known, struct slice text);

/* Take note of what a line says of a probe's mail. */
void note_trail(
    struct line_counter *counter, struct known_tag *known, struct slice text);

/* Count the messages that it has taken up. */
void count_queue_in(struct line_counter *counter);

/* The beginning of the line that `at` is in. */
struct slice line_head(const struct line_counter *counter, const char *at);

/*
 * line_apart.c: probes' mail that counts apart.
 */

/* Take note of a line as note_trail() does, and count its event if it is of such
   mail.  Returns false if it is to be counted as all others. */
bool count_own(struct line_counter *counter, struct known_tag *known,
    struct slice text, uint64_t times);

/* Count receipts that waited too long, by the time of the newest line. */
void mark_waiting(struct line_counter *counter, uint64_t newest);

/* Take over receipts that waited. */
void load_waiting(
    struct line_counter *counter, const struct snapshot *snapshot);

#endif
