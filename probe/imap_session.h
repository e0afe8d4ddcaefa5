/*
 * A session with an IMAP server (RFC 3501): commands, each with its deadline, from
 * the greeting to what is wanted of a mailbox.  Blocks, but no longer than the
 * target's phase_deadline for each command.
 */
#ifndef PROBE_IMAP_SESSION_H
#define PROBE_IMAP_SESSION_H

#include "probe/imap_reply.h"
#include "probe/target.h"

struct imap;

/* A session that is logged in.  NULL, and why not in words_r, with no password in
   it; *refused_r: the login was refused, so that trying again soon is unwise. */
struct imap *imap_open(
    const struct target *target, char words_r[IMAP_WORDS], bool *refused_r);
void imap_close(struct imap *imap);

/* The connection, to be polled. */
int imap_fd(const struct imap *imap);

/* Whether the server offers this (CAPABILITY). */
bool imap_offers(const struct imap *imap, const char *capability);

/* Whatever of these returns false has ended the session, but for imap_close(), and
   imap_words() says why. */
const char *imap_words(const struct imap *imap);

/* Turn to a mailbox, so that mail may be removed from it. */
struct imap_mailbox {
	uint64_t validity; /* UIDVALIDITY */
	uint64_t next;     /* UIDNEXT; 0: not told */
};
bool imap_select(
    struct imap *imap, const char *name, struct imap_mailbox *mailbox_r);

/* UIDs of messages from `first` on, not from before the day of `since`, that may be
   ours; as many as there is room for, the rest is for another time. */
bool imap_search(struct imap *imap, uint64_t first, uint64_t since,
    uint64_t *uids_r, unsigned room, unsigned *count_r);

/* One message, cut at MAIL_READ_MAX bytes; borrowed until the next command.
   message_r->uid is 0 if it is there no more. */
bool imap_fetch(struct imap *imap, uint64_t uid, struct imap_message *message_r,
    struct slice *bytes_r);

/* Remove one, and nothing else: where that can't be done it is marked only. */
bool imap_remove(struct imap *imap, uint64_t uid);

/* Wait for what is new in the mailbox, until imap_wake() says that it is enough:
   the server tells by itself if it offers IDLE (RFC 2177).  imap_heard() takes in
   what it has said; *new_r becomes true if there may be new mail, and else stays. */
bool imap_idle(struct imap *imap);
bool imap_heard(struct imap *imap, bool *new_r);
bool imap_wake(struct imap *imap);

/* Ask whether there is anything new, if it does not tell. */
bool imap_noop(struct imap *imap);

#endif
