/*
 * Notifications: made when a condition begins or ends, kept while there is no
 * connection to snmpd, since the library would lose them, and sent in order.
 */
#ifndef AGENTX_NOTIFY_H
#define AGENTX_NOTIFY_H

#include <time.h>

#include "agentx/conditions.h"

enum {
	NOTIFY_WAITING = 32, /* kept at most; then the oldest goes */
	NOTIFY_TEXT = 128    /* bytes of a text, NUL too */
};

/* One to be sent, with its objects as they were when it was made. */
struct notice {
	enum notification_id id;
	enum cell_type type[NOTIFICATION_OBJECTS];
	uint64_t number[NOTIFICATION_OBJECTS];
	char text[NOTIFY_TEXT];
};

/* All zero at first. */
struct notify {
	struct conditions conditions;
	struct notice waiting[NOTIFY_WAITING]; /* a ring */
	unsigned first, count;
	bool dropped; /* one that waited, and it was logged */
};

/* Send one to all that listen.  False if it could not be: it will be tried
   again. */
typedef bool notify_sender(const struct oid *notification,
    const struct cell *objects, size_t object_count);

/* Judge the conditions at `now`; what is due is logged, and waits. `cells` are
   those below `base`. */
void notify_judge(struct notify *notify,
    const struct config_notifications *limits, const struct vitals *vitals,
    const struct oid *base, const struct cells *cells, time_t now);

/* Send what waits, as far as `send` takes it. */
void notify_flush(
    struct notify *notify, const struct oid *base, notify_sender *send);

#endif
