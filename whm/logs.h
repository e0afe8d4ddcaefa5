/*
 * The newest messages as series of email_logs, over all servers; off unless it is
 * asked for, since each message is a series.
 */
#ifndef WHM_LOGS_H
#define WHM_LOGS_H

#include "lib/stats/snapshot.h"
#include "whm/records.h"

struct logs;

struct logs *logs_new(unsigned most); /* NULL: no memory */
void logs_free(struct logs *logs);

/* Whether any are to be kept. */
bool logs_wanted(const struct logs *logs);

/* Keep a message of server number `server` if it is among the newest.  Returns
   the server whose message is not kept any more, or was not; -1: all are.  No
   memory is as one that was not kept. */
int logs_add(struct logs *logs, unsigned server, const struct message *message);

/* Publish those of this server as `name`'s. */
void logs_save(const struct logs *logs, unsigned server, const char *name,
    struct snapshot *snapshot);

/* Take those of a store. */
void logs_load(struct logs *logs, unsigned server, const char *name,
    const struct snapshot *snapshot);

#endif
