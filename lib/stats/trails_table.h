/*
 * Mail that is followed, found by its token and by its queue ids.
 */
#ifndef STATS_TRAILS_TABLE_H
#define STATS_TRAILS_TABLE_H

#include "lib/stats/queue_id.h"
#include "lib/stats/trail_record.h"
#include "lib/stats/trails.h"

enum {
	PROBE_NAME_MAX = 32,
	TRAILS_PLACES_BITS = 10,
	TRAILS_PLACES = 1 << TRAILS_PLACES_BITS,
	HELD_MAX = 16,
	HOLDERS_MAX = 16
};

struct followed {
	uint64_t order; /* the higher the younger; 0: no mail */
	uint64_t serial;
	uint8_t name_len;
	char name[PROBE_NAME_MAX];
	unsigned hop_count;
	struct trail_hop hops[TRAIL_HOPS]; /* oldest first */
	uint16_t next[TRAIL_HOPS];         /* of the same place, as below */
};

/* An id that was put on hold before its message got a name. */
struct held {
	uint8_t instance;
	uint8_t len;
	char id[TRAIL_ID_MAX];
};

/* A process of smtpd(8) that will put what it takes in next on hold. */
struct holder {
	uint32_t pid;
	unsigned instance;
};

struct trails {
	unsigned count; /* hops that have a place */
	unsigned holder_count;
	struct holder holders[HOLDERS_MAX]; /* oldest first */
	struct secret_key key;
	uint16_t first[TRAILS_PLACES]; /* number of a hop, from 1; 0: none */
	uint64_t order;                /* of the youngest mail */
	size_t held_next;              /* counts on; modulo is the place */
	struct held held[HELD_MAX];
	struct followed mail[TRAILS_MAX];
};

/* Whether an event may be of a mail that is followed, whatever its id. */
static inline bool
trails_may_concern(const struct trails *trails, enum event_type type)
{
	return (trails->count > 0 || trails->holder_count > 0 ||
	    type == EVENT_NAMED || type == EVENT_MOVES || type == EVENT_NONE);
}

static inline size_t
trails_place(struct slice id)
{
	return (
	    (queue_id_first(id) + queue_id_last(id)) * 0x9e3779b97f4a7c15u >>
	    (64 - TRAILS_PLACES_BITS));
}

/* The number of the hop that has an id now; 0: none. */
unsigned trails_find(
    const struct trails *trails, unsigned instance, struct slice id);

static inline struct followed *
trails_mail_of(struct trails *trails, unsigned number)
{
	return (&trails->mail[(number - 1) / TRAIL_HOPS]);
}

static inline struct trail_hop *
trails_hop(struct trails *trails, unsigned number)
{
	return (
	    &trails_mail_of(trails, number)->hops[(number - 1) % TRAIL_HOPS]);
}

/* The mail of a token; one that is new takes the place of another if there is
   no room. */
struct followed *trails_mail(
    struct trails *trails, struct slice name, uint64_t serial);

/* Have an id be the youngest one of a mail. */
struct trail_hop *trails_add(struct trails *trails, struct followed *mail,
    unsigned instance, struct slice id);

/* A hop's id is not its mail's any more. */
void trails_end(struct trails *trails, unsigned number);

/* Put hops of a mail that was read into their places. */
void trails_enter(struct trails *trails, struct followed *mail);

/* Take note of an id that was put on hold; and whether it was, once. */
void trails_hold(struct trails *trails, unsigned instance, struct slice id);
bool trails_was_held(struct trails *trails, unsigned instance, struct slice id);

#endif
