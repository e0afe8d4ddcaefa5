/*
 * Looking through all files of a Maildir, a slice at a time.
 */
#ifndef PROBE_MAILDIR_LOOK_H
#define PROBE_MAILDIR_LOOK_H

#include "probe/maildir_box.h"

/* Begin a look, or go on with the one under way, for some milliseconds at most;
   box->due is set at its end. */
void maildir_look(struct maildirs *all, struct box *box);

#endif
