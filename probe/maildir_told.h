/*
 * Mail that the daemon was told of and has not counted yet, or that is to be
 * removed since it has.
 */
#ifndef PROBE_MAILDIR_TOLD_H
#define PROBE_MAILDIR_TOLD_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "probe/mail_file.h"

struct box;

enum { MAILDIR_TOLD_MAX = 384 };

struct told_mail {
	const struct box *box; /* NULL: this place is free */
	uint64_t id;           /* of the file, as reports have it */
	struct mail_file file; /* without its message */
	unsigned directory;    /* of the box, in which it was seen last */
	char name[NAME_MAX + 1];
	bool remove;   /* it is counted */
	int64_t since; /* told or counted: clock_milliseconds() */
};

struct maildir_told {
	struct told_mail mails[MAILDIR_TOLD_MAX];
	unsigned to_remove;
};

/* Take note of it; the oldest is forgotten if there is no room. */
void maildir_told_add(struct maildir_told *told, const struct told_mail *mail);
void maildir_told_forget(struct maildir_told *told, struct told_mail *mail);
/* It is counted, but was not there to be removed. */
void maildir_told_remove(
    struct maildir_told *told, struct told_mail *mail, int64_t now);

/* NULL: there is none. */
struct told_mail *maildir_told_find(
    struct maildir_told *told, const struct box *box, uint64_t id);

/* How many were told lately: who speaks on without being answered would sooner
   or later wait for one who waits for him. */
unsigned maildir_told_waiting(const struct maildir_told *told, int64_t now);

#endif
