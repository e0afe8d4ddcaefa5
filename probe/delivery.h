/*
 * The daemon's part in mail that has to arrive: what its watchers find, what the
 * log says, what time brings; and what they are told once it is published.
 */
#ifndef PROBE_DELIVERY_H
#define PROBE_DELIVERY_H

#include "probe/plan.h"

struct delivery;

/* `directory` is where the key and the stores are, and must stay.  A key is made
   if there is none, and kept; unless `once`, for which any does.  NULL: no
   memory. */
struct delivery *delivery_new(const char *directory, bool once);
void delivery_free(struct delivery *delivery);

/* Watch the mailboxes of this plan, and no others: at the start, and when another
   plan has come.  `plan` has to stay until then.  Returns 0, or -1 and *error_r. */
int delivery_watch(
    struct delivery *delivery, struct plan *plan, const char **error_r);

/* A mail for a probe, to be freed; NULL: no memory. */
char *delivery_mail(const struct delivery *delivery, unsigned probe,
    uint64_t serial, size_t *len_r);

/* Look at all that may have happened; true if there is something to publish. */
bool delivery_look(struct delivery *delivery);

/* What gets readable when there is something to look at; -1: nothing does.  And in
   how many milliseconds to look even so: -1 is never. */
int delivery_fd(const struct delivery *delivery);
int64_t delivery_wait(const struct delivery *delivery, int64_t now);

/* Whether the log is followed, so that it may tell of mail with this key. */
bool delivery_has_log(const struct delivery *delivery);

/* What was counted is published: mail that was found may be removed. */
void delivery_published(struct delivery *delivery);

#endif
