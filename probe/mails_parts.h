/*
 * Between mails.c and its parts.
 */
#ifndef PROBE_MAILS_PARTS_H
#define PROBE_MAILS_PARTS_H

#include "probe/mails.h"
#include "probe/spread.h"

enum {
	AWAITED_MAX = 128, /* mails of a probe */
	SETTLED_MAX = 64
};

/* Letters are those of the store. */
enum awaited_state {
	AWAITED_SENDING = 's', /* or nobody saw its end */
	AWAITED_SENT = 'a',    /* the server took it */
	AWAITED_UNSURE = 'u'   /* it may have been taken */
};

struct awaited {
	uint64_t serial;
	uint64_t sent;   /* when it was noted: wall clock */
	uint64_t steady; /* the same; 0: a program before this one did it */
	uint64_t took;   /* microseconds until the conversation's end */
	enum awaited_state state;
	bool overdue;   /* its time is over, and that was judged */
	bool under_way; /* this program's conversation */
};

/* A mail that was counted, and the file it was found in; 0: none. */
struct settled {
	uint64_t serial, file;
};

struct tallies {
	uint64_t sent, send_fails, arrived, late, spam, lost, duplicates,
	    uncertain;
};

struct mailing {
	const struct config_probe *config;
	struct awaited awaited[AWAITED_MAX]; /* by serial */
	unsigned awaited_count;
	struct settled settled[SETTLED_MAX]; /* the oldest first */
	unsigned settled_count;
	uint64_t next;  /* serial */
	uint64_t known; /* below it, what is not in `settled` is forgotten */
	struct tallies tallies;
	struct spread sends, deliveries;
	enum mail_result result; /* of the mail with serial `last` */
	uint64_t last;
	enum mail_result judged; /* of the last that was judged */
	uint64_t judged_serial;
	uint64_t send_duration, deliver_duration; /* microseconds */
	bool has_send, has_delivery;
	uint64_t deliver_time, sent_time; /* seconds since 1970; 0: never */
	struct arrival arrival;           /* the last that was counted */
	char mailbox[256];                /* its fault */
	bool looked;                      /* and none */
	uint64_t looked_since;            /* steady */
	uint64_t focus;                   /* serial that `trail` is of */
	struct mail_trail trail;
	uint64_t trail_since; /* steady: when it began to be of that mail */
};

struct mails {
	unsigned count;
	struct mailing *of[]; /* NULL: no delivery */
};

/* Microseconds: 0 if the first is the later one; of seconds; since a mail was
   noted. */
uint64_t mailing_since(uint64_t then, uint64_t now);
uint64_t mailing_microseconds(double seconds);
uint64_t mailing_age_of(const struct awaited *awaited, struct moment now);

/* What a mail has come to: success is that of the youngest that was judged. */
void mailing_judge(
    struct mailing *mailing, uint64_t serial, enum mail_result result);

/* Nobody waits for it any more; it is awaited no more. */
void mailing_give_up(struct mailing *mailing, struct awaited *awaited);

void mailing_save(const struct mailing *mailing, struct snapshot *snapshot);
void mailing_load(struct mailing *mailing, const struct snapshot *snapshot);

/* The mail that `where` is of: the oldest that is overdue, else the last. */
uint64_t mailing_focus(const struct mailing *mailing);

#endif
