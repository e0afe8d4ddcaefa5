/*
 * What is made of a file in a Maildir: mail of ours is told to the daemon, and
 * removed once that has counted it.
 */
#ifndef PROBE_MAILDIR_TAKE_H
#define PROBE_MAILDIR_TAKE_H

#include "probe/maildir_box.h"

/* A file that a look has met; returns whether it was opened.  `fd` is the
   directory's. */
bool maildir_take(struct maildirs *all, struct box *box, int fd,
    unsigned directory, const char *name);

/* A file has arrived; `closed`: or was written to until now. */
void maildir_arrival(struct maildirs *all, struct box *box, unsigned directory,
    const char *name, bool closed);

/* The daemon has counted a mail. */
void maildir_counted(struct maildirs *all, const struct counted *counted);

#endif
