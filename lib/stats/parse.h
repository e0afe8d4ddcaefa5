/*
 * What Postfix says in a line: one hand-written parser per kind of line, each
 * anchored at the start of the text and going through the fields in the order
 * in which Postfix writes them.  Nothing is searched for in text that a
 * client or a remote server may have chosen.
 */
#ifndef STATS_PARSE_H
#define STATS_PARSE_H

#include "lib/stats/event.h"
#include "lib/stats/head.h"

/*
 * Returns 1 and an event if the line is known (EVENT_NONE if it is known but
 * nothing counts it), 0 if it is not.
 */
int parse_text(const struct tag *tag, struct slice text, struct event *event_r);

/*
 * The parsers behind it.  `text` begins behind the queue id.  Same results.
 */

/* What follows "to=<" in "to=<..>, relay=.., ..., status=.. (..)": any delivery
   agent. */
int parse_delivery(
    const struct tag *tag, struct slice text, struct event *event_r);

/* "client=name[address], ...": smtpd(8) and others that take in mail. */
int parse_client(const struct tag *tag, struct slice text, bool queued,
    struct event *event_r);

/* Take a stage of an SMTP session, "RCPT" or "DATA content", off the front.
   Returns its number and its word as a label has it, 0 if there is none. */
unsigned parse_stage(struct slice *text, struct slice *stage_r);

/* "connect from ..", "disconnect from ..": smtpd(8). */
int parse_session(
    const struct tag *tag, struct slice text, struct event *event_r);

/* "STAGE from client: " or "STAGE: ". */
bool skip_where(struct slice *text);

/* What smtp(8) and lmtp(8) say without a queue id. */
int parse_smtp_bare(
    const struct tag *tag, struct slice text, struct event *event_r);

/* "lost connection with ..": smtp(8), lmtp(8). */
int parse_smtp_session(
    const struct tag *tag, struct slice text, struct event *event_r);

/* What cleanup(8) says of a message: its name, or what became of it. */
int parse_cleanup(
    const struct tag *tag, struct slice text, struct event *event_r);

/* "from=<..>, size=.., nrcpt=.. (queue active)", "removed": qmgr(8). */
int parse_qmgr(const struct tag *tag, struct slice text, struct event *event_r);

/* "sender non-delivery notification: ..": bounce(8). */
int parse_bounce(
    const struct tag *tag, struct slice text, struct event *event_r);

/* "CONNECT from ..", "PASS NEW ..": postscreen(8).  "addr .. listed by ..":
   dnsblog(8). */
int parse_postscreen(
    const struct tag *tag, struct slice text, struct event *event_r);
int parse_dnsblog(
    const struct tag *tag, struct slice text, struct event *event_r);

/* "statistics: ..": anvil(8), scache(8). */
int parse_anvil(
    const struct tag *tag, struct slice text, struct event *event_r);
int parse_scache(
    const struct tag *tag, struct slice text, struct event *event_r);

/* "cache .. cleanup: retained=.. dropped=.. entries", which these rows take. */
int parse_cache(struct slice text, enum metric_id retained,
    enum metric_id dropped, struct event *event_r);

/* "CONNECT from ..": tlsproxy(8). */
int parse_tlsproxy(
    const struct tag *tag, struct slice text, struct event *event_r);

/* "Deleted: .." and, behind a queue id, "removed": postsuper(1). */
int parse_postsuper(
    const struct tag *tag, struct slice text, struct event *event_r);
int parse_postsuper_message(
    const struct tag *tag, struct slice text, struct event *event_r);

/* What no counter wants: of any program; behind a queue id, of smtp(8) and of
   bounce(8). */
int parse_known(
    const struct tag *tag, struct slice text, struct event *event_r);
int parse_smtp_note(
    const struct tag *tag, struct slice text, struct event *event_r);
int parse_bounce_note(
    const struct tag *tag, struct slice text, struct event *event_r);

/* What master(8) says. */
int parse_master(
    const struct tag *tag, struct slice text, struct event *event_r);

/* "uid=.. from=<..>": pickup(8). */
int parse_pickup(
    const struct tag *tag, struct slice text, struct event *event_r);

/* What smtpd(8) says with a queue id or NOQUEUE before it, and without. */
int parse_smtpd_session(
    const struct tag *tag, struct slice text, struct event *event_r);
int parse_smtpd_bare(
    const struct tag *tag, struct slice text, struct event *event_r);

/* What any program says of TLS. */
int parse_tls(const struct tag *tag, struct slice text, struct event *event_r);

/* Whether this is what one says of a handshake and nothing counts; and what one
   says behind the other's name[address]. */
bool is_tls_note(struct slice text);
bool is_tls_peer_note(struct slice text);

/* Add to a warning of smtpd(8), `text`, what else it counts as. */
void parse_smtpd_warning(
    const struct tag *tag, struct slice text, struct event *event);

/* "reject: ..", "milter-reject: ..": smtpd(8), postscreen(8), cleanup(8). */
int parse_smtpd_reject(
    const struct tag *tag, struct slice text, struct event *event_r);
int parse_postscreen_reject(
    const struct tag *tag, struct slice text, struct event *event_r);
int parse_cleanup_reject(
    const struct tag *tag, struct slice text, struct event *event_r);

#endif
