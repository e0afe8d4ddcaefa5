/*
 * What the daemon is told of a Maildir.  Where it does not listen any more, what
 * it has said before is still done, and then the process ends: maildir.c.
 */
#ifndef PROBE_MAILDIR_TELL_H
#define PROBE_MAILDIR_TELL_H

#include "probe/maildir_box.h"

void maildir_tell(
    const struct maildirs *all, const struct box *box, struct report *report);

/* A fault, in words that are printable. */
void maildir_tell_fault(
    const struct maildirs *all, const struct box *box, const char *words);

/* The box's fault, if it is not what was told last. */
void maildir_tell_change(const struct maildirs *all, struct box *box);

/* That its place was looked at, if the folder for spam was, too. */
void maildir_tell_looked(const struct maildirs *all, const struct box *box);

#endif
