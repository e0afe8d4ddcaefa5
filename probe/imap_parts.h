/*
 * What the parts of a session share.
 */
#ifndef PROBE_IMAP_PARTS_H
#define PROBE_IMAP_PARTS_H

#include "probe/imap_session.h"
#include "probe/wire.h"

struct imap {
	const struct target *target;
	struct wire *wire;
	unsigned tag; /* of the last command */
	char tag_text[16];
	bool broken;
	char words[IMAP_WORDS];
	char capabilities[1024]; /* blanks between */
	struct imap_reader reader;
};

/* What is made of each untagged response to a command. */
typedef void imap_take_fn(struct imap *imap, struct slice line, void *own);

/* The session is at its end; false. */
bool imap_break(struct imap *imap, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Read one response; false: there is none. */
bool imap_response(struct imap *imap, const char *doing);

/* Send a line, and send a command and read up to its end.  `doing` names it in
   faults.  *status_r is how it ended. */
bool imap_say(struct imap *imap, const char *doing, const char *line);
bool imap_command(struct imap *imap, const char *doing, imap_take_fn *take,
    void *own, struct imap_status *status_r, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Whether a command ended well; else the session does. */
bool imap_obeyed(
    struct imap *imap, const char *doing, const struct imap_status *status);

/* `text` as a quoted string; false: it can't be one. */
bool imap_quote(const char *text, char *quoted_r, size_t size);

/* imap_login.c: from the connection to being logged in. */
bool imap_greet(struct imap *imap, bool *refused_r);

#endif
