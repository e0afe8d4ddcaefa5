/*
 * What the store of postfix-stats-whm (whm.db) has, and for how long it is
 * worth showing.
 */
#ifndef STATS_WHM_ROWS_H
#define STATS_WHM_ROWS_H

#include "lib/stats/snapshot.h"

#define WHM_NEVER UINT64_MAX

/* Take out of `snapshot` what is too old at `now`, in seconds since 1970: what an
   endpoint said, when it expires, and whether a server is up, when that does.
   What was counted stays.  *dropped_r becomes true if there was anything, and else
   stays.  Returns when more will be too old; WHM_NEVER: nothing will. */
uint64_t whm_expire(struct snapshot *snapshot, uint64_t now, bool *dropped_r);

/* Whether it is of more servers than one. */
bool whm_has_several(const struct snapshot *snapshot);

/* A name as a value of `label`: "-" if it is empty, escaped, and if it is too long
   its beginning and a hash of it.  Returns the length. */
size_t whm_label(
    enum label_id label, struct slice name, char value_r[LABEL_MAX]);

/* The labels of email_user_stats that a row's key does not have, or not in full;
   `value`: server, user, domain of the key.  Borrowed from the snapshot. */
struct whm_names {
	struct slice domain, primary_domain, owner;
};
void whm_names(const struct snapshot *snapshot, const struct slice value[3],
    struct whm_names *names_r);

/*
 * email_logs: messages as series.  A record =email_log:SERVER:NNNNN:P for each
 * part of one; together they are its labels, in this order, with the byte
 * WHM_LOG_MARK between.
 */
enum { WHM_LOG_LABELS = 22, WHM_LOG_PARTS = 4, WHM_LOG_MARK = 0x1f };
extern const char *const whm_log_labels[WHM_LOG_LABELS];

#endif
