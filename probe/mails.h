/*
 * The mail of each probe that looks for its arrival: what was sent, what was
 * found, what is awaited.  It knows no clock, no file and no process: it is told,
 * and its state goes into the store and comes back from it, so that each mail is
 * counted once, whatever happens between.
 *
 * A mail is taken note of, and that is published, before it is sent.  So a mail
 * that is found was noted; one that is noted and whose sending nobody saw the end
 * of may have been sent.
 *
 * Probes are meant by their number in the configuration.  Those without delivery
 * have no mail, and nothing here does anything for them.
 */
#ifndef PROBE_MAILS_H
#define PROBE_MAILS_H

#include "lib/config/config_probe.h"
#include "lib/stats/probe_trail.h"
#include "lib/stats/snapshot.h"
#include "probe/arrival.h"
#include "probe/outcome.h"

/* Numbers and names are those of the label MAIL_RESULT. */
enum mail_result {
	MAIL_NONE,      /* nothing was sent yet */
	MAIL_WAITING,   /* sent, and there is time */
	MAIL_OVERDUE,   /* the time is over, it is not there */
	MAIL_ARRIVED,   /* in time */
	MAIL_LATE,      /* later */
	MAIL_SPAM,      /* in the folder for spam */
	MAIL_LOST,      /* nobody waits for it any more */
	MAIL_UNSENT,    /* the conversation did not come to it */
	MAIL_UNCERTAIN, /* it may have been taken, and is not there */
	MAIL_UNSEEN,    /* the time is over, nobody can look */
	MAIL_RESULT_COUNT
};

/* Two clocks: microseconds since 1970, and those that never go back
   (wire_now()). */
struct moment {
	uint64_t wall, steady;
};

struct mails;

/* NULL: no memory.  `probes` must outlive it.  `first` is the serial of the first
   mails, unless a snapshot knows better; from PROBE_TOKEN_ONCE on, only these are
   anybody's of ours. */
struct mails *mails_new(
    const struct config_probe *probes, unsigned count, uint64_t first);
void mails_free(struct mails *mails);

/* Take note of a mail that is to be sent; its serial.  The oldest that is awaited
   is given up if there are too many. */
uint64_t mails_begin(struct mails *mails, unsigned probe, struct moment now);

/* Its conversation begins: from here on is counted how long it is on its way. */
void mails_speak(
    struct mails *mails, unsigned probe, uint64_t serial, struct moment now);

/* Its conversation has ended; `counts` as schedule_ended() says. */
void mails_ended(struct mails *mails, unsigned probe, uint64_t serial,
    const struct outcome *outcome, bool counts, struct moment now);

/* It was not sent, and nobody tried. */
void mails_drop(struct mails *mails, unsigned probe, uint64_t serial);

/* A mail was found.  Returns whether it is to be removed where it was found, if
   the configuration says so, once that is published; false: it is none of ours
   to touch. */
bool mails_found(struct mails *mails, unsigned probe,
    const struct arrival *arrival, struct moment now);

/* How the mailbox is: NULL: all that is there was looked at, and it is watched;
   else why that can't be, or "" if it was not looked at yet. */
void mails_mailbox(
    struct mails *mails, unsigned probe, const char *fault, struct moment now);

/* What time alone brings about: call it after mails_wait() milliseconds (-1:
   never).  mails_tick() returns whether anything has changed. */
bool mails_tick(struct mails *mails, struct moment now);
int64_t mails_wait(const struct mails *mails, struct moment now);

/* Look for the mail of each probe in what the tailer published; NULL: there is
   nothing.  Returns whether that has told anything new. */
bool mails_follow(struct mails *mails, const struct snapshot *log);

/* Whether the log may have more to tell about any. */
bool mails_follows(const struct mails *mails, struct moment now);

/* What the log says of one mail. */
enum { TRAIL_WORDS = 320 };
struct mail_trail {
	enum where where;
	char words[TRAIL_WORDS], id[QUEUE_ID_TEXT], next[QUEUE_ID_TEXT];
	bool has_delays;
	uint64_t delay[TRAIL_DELAYS]; /* microseconds */
};

/* The last mail of a probe. */
struct mail_story {
	enum mail_result result;
	bool has_arrived;
	uint64_t way;     /* microseconds from the beginning to its arrival */
	uint64_t arrived; /* seconds since 1970 */
	struct mail_trail trail;
	char spf[ARRIVAL_WORD], dkim[ARRIVAL_WORD], dmarc[ARRIVAL_WORD];
	char mailbox[256]; /* why it can't be looked at; empty: it can */
};
void mails_tell(
    const struct mails *mails, unsigned probe, struct mail_story *story_r);

const char *mail_result_name(enum mail_result result);

/* To and from a snapshot; the first is not sorted yet, the second is.  What comes
   back was not necessarily written by this program. */
void mails_save(const struct mails *mails, struct snapshot *snapshot);
void mails_load(struct mails *mails, const struct snapshot *snapshot);

/* Records that the mail of a probe has at most. */
enum { MAILS_KEYS = 160 };

/* Move what `old` knows of a probe. */
void mails_inherit(
    struct mails *mails, unsigned probe, struct mails *old, unsigned old_probe);

#endif
