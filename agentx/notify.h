/*
 * Notifications: made when a condition begins or ends, kept while there is no
 * connection to snmpd, since the library would lose them, and sent in order.
 */
#ifndef AGENTX_NOTIFY_H
#define AGENTX_NOTIFY_H

#include <time.h>

#include "agentx/conditions.h"
#include "agentx/probed.h"

enum {
	NOTIFY_WAITING = 32, /* kept at most; then the oldest goes */
	NOTIFY_TEXT = 256    /* bytes of a text, NUL too */
};

struct notice_object {
	enum cell_type type;
	uint64_t number;
	char text[NOTIFY_TEXT]; /* CELL_STRING */
};

/* One to be sent, with its objects as they were when it was made. */
struct notice {
	enum notification_id id;
	char text[NOTIFY_TEXT]; /* all of it in words */
	struct notice_object object[NOTIFICATION_OBJECTS];
};

/* All zero at first. */
struct notify {
	struct conditions conditions;
	struct probed probed;
	struct notice waiting[NOTIFY_WAITING]; /* a ring */
	unsigned first, count;
	bool dropped; /* one that waited, and it was logged */
};

/* Send one to all that listen.  False if it could not be: it will be tried
   again. */
typedef bool notify_sender(const struct oid *notification,
    const struct cell *objects, size_t object_count);

/* What is judged: how the store and the mail are, the cells below `base`, the
   probes' snapshot (NULL: none), and the time. */
struct notify_facts {
	const struct vitals *vitals;
	const struct oid *base;
	const struct cells *cells;
	const struct snapshot *probes;
	time_t now;
};

/* What is due is logged, and waits.  True if there is more, for the next
   call. */
bool notify_judge(struct notify *notify,
    const struct config_notifications *limits,
    const struct notify_facts *facts);

/* Send what waits, as far as `send` takes it. */
void notify_flush(
    struct notify *notify, const struct oid *base, notify_sender *send);

#endif
